"""What is typed into the query line finds the jobs that it says, and nothing typed breaks it."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk import i18n
from avdesk.core.jobcompletion import completions
from avdesk.core.jobfacts import JobFacts
from avdesk.core.jobquery import LONGEST, MOST_TERMS, JobQuery, parse_query, quoted
from avdesk.core.jobs import Job, JobError, JobState
from avdesk.core.jobterms import NAMES, term_help
from tests.harness.jobs import NOW, make_job, many_jobs

JOBS = many_jobs(120, seed=5)
FACTS = [JobFacts(job) for job in JOBS]
QUOTA = "The following quota metrics exceed\nquota limits: custom_model_training_nvidia_l4_gpus"
FAILED = make_job(
    0xAB12CD34,
    state=JobState.FAILED,
    region="us-west1",
    machine_type="g2-standard-8",
    accelerator_type="NVIDIA_L4",
    spot=True,
    error=JobError(8, QUOTA),
    labels=MappingProxyType({"pipeline": "autovideo", "team": "Video"}),
)
RUNNING = make_job(2, state=JobState.RUNNING, started_at=NOW - timedelta(minutes=20), ended_at=None)
WAITING = make_job(3, state=JobState.PENDING, started_at=None, ended_at=None, created_at=NOW - timedelta(minutes=7))
OTHERS = make_job(
    4, display_name="Nightly training", id="4611", labels=MappingProxyType({}), accelerator_type=None, spot=None
)


def found(text: str, *jobs: Job, environment: str = "prod") -> list[str]:
    """Return the ids of the jobs that answer to a query without problems."""
    query = parse_query(text)
    assert query.problems == ()
    return [job.id for job in jobs or (FAILED, RUNNING, WAITING, OTHERS) if query.matches(job, NOW, environment)]


F, R, W, N = FAILED.id, RUNNING.id, WAITING.id, OTHERS.id


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", [F, R, W, N]),
        ("   ", [F, R, W, N]),
        ("quota", [F]),
        ("QUOTA l4", [F]),
        ('"exceed quota limits"', [F]),
        ("-quota", [R, W, N]),
        ("nightly", [N]),
        ("team=video", [F]),
        ("waiting", [W]),
        ("state:failed", [F]),
        ("state:fail,pend", [F, W]),
        ("state:active", [R, W]),
        ("state:waiting", [W]),
        ("state:bad", [F]),
        ("-state:active", [F, N]),
        ("STATE:FAILED", [F]),
        ("region:us-west1", [F]),
        ("region:us", [F, R, W, N]),
        ("gpu:l4", [F]),
        ("gpu:t4", [R, W]),
        ("gpu:cpu", [N]),
        ("gpu:l4,cpu", [F, N]),
        ("machine:n1-", [R, W, N]),
        ("spot:yes", [F]),
        ("spot:no", [R, W]),
        ("spot:unknown", [N]),
        ("id:ab12", [F]),
        ("name:train", [N]),
        ("error:quota", [F]),
        ("error:8", [F]),
        ("label:team", [F]),
        ("label:team=video", [F]),
        ("label:team=x", []),
        ("kind:other", [N]),
        ("env:pro", [F, R, W, N]),
        ("env:dev", []),
        ("age<10m", [W]),
        ("age>1h", [F, R, N]),
        ("age>1h30m", [F, R, N]),
        ("ran>15m", [R]),
        ("ran<=10m", [F, N]),
        ("-ran>15m", [F, W, N]),
        ("queued>5m", [F, R, W, N]),
        ("queued<8m", [W]),
        ("cost>0.1", [R]),
        ("cost>$0", [F, R]),
        ("cost:<=0", [W]),
        ("12:30", []),
        ("gs://bucket", []),
    ],
)
def test_each_term_finds_what_it_says(text: str, ids: list[str]) -> None:
    assert found(text) == ids


def test_a_region_with_a_number_is_not_the_beginning_of_another() -> None:
    twelve = replace(FAILED, region="europe-west12")
    assert found("region:europe-west1", twelve, replace(RUNNING, region="europe-west1-b")) == [R]


@pytest.mark.parametrize(
    ("text", "said", "unfinished"),
    [
        ("stat:failed", "“stat:” is no term; it is looked for as text. Did you mean state:?", False),
        ("wibble<3", "“wibble<” is no term", False),
        ("state:wibble", "No state begins with “wibble”", False),
        ("state:", "needs a value", True),
        ("state<3", "cannot be compared", False),
        ("age<", "is no duration", True),
        ("age<2", "is no duration", True),
        ("age<1h3", "is no duration", True),
        ("age<soon", "is no duration", False),
        ("age:2d", "is compared", False),
        ("cost>much", "no amount of dollars", False),
        ("spot:maybe", "takes yes, no or unknown", False),
        ("spot:ye", "takes yes, no or unknown", True),
        ("label:=x", "needs a label’s name", False),
        ('failed "open', "A quote is not closed", True),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(text: str, said: str, unfinished: bool) -> None:
    [problem] = parse_query(text).problems
    assert said in problem.message
    assert problem.unfinished is unfinished
    assert 0 <= problem.start < problem.end <= len(text)


def test_a_name_that_is_none_is_looked_for_as_text() -> None:
    query = parse_query("stat:failed")
    assert not query.matches(FAILED, NOW)
    assert query.matches(replace(FAILED, error=JobError(3, "stat:failed")), NOW)


def test_the_rest_of_a_query_holds_beside_a_problem() -> None:
    query = parse_query("age<soon state:failed")
    assert [job.id for job in (FAILED, RUNNING) if query.matches(job, NOW)] == [F]
    assert query.problems[0].start == 0


def test_very_long_queries_are_cut_and_that_is_told() -> None:
    assert parse_query("x" * (LONGEST + 1)).problems[0].start == LONGEST
    many = parse_query("a " * (MOST_TERMS + 5))
    assert len(many.terms) == MOST_TERMS
    assert "More than" in many.problems[0].message


_PIECES = st.sampled_from(
    [
        *(name + sign for name in NAMES for sign in (":", "<", ">=", "=")),
        *("failed", "quota", "us", "l4", "1", "2d", "10m", "0.5", "yes", "-", '"', " ", ",", "pipeline=autovideo"),
    ]
)


@given(st.text() | st.lists(_PIECES).map("".join))
def test_nothing_that_is_typed_raises(text: str) -> None:
    query = parse_query(text)
    query.select(FACTS[:5], NOW, "prod")
    completions(text, len(text))
    for problem in query.problems:
        assert 0 <= problem.start < problem.end <= len(text)


_QUERIES = st.lists(_PIECES, max_size=6).map(" ".join)


@given(_QUERIES, _QUERIES)
def test_more_terms_never_find_more(one: str, other: str) -> None:
    both = {id(row) for row in parse_query(f"{one} {other}".replace('"', "")).select(FACTS, NOW)}
    alone = {id(row) for row in parse_query(one.replace('"', "")).select(FACTS, NOW)}
    assert both <= alone


@given(_QUERIES)
def test_a_term_and_its_opposite_share_the_jobs(text: str) -> None:
    for term in parse_query(text).terms:
        plain, turned = JobQuery("", (term,)), JobQuery("", (replace(term, negated=not term.negated),))
        assert len(plain.select(FACTS, NOW)) + len(turned.select(FACTS, NOW)) == len(FACTS)


@given(st.text(min_size=1, max_size=20).filter(lambda text: '"' not in text))
def test_a_quoted_value_is_one_piece(value: str) -> None:
    query = parse_query("name:" + quoted(value))
    assert len(query.terms) <= 1
    assert all(term.name == "name" for term in query.terms)


def test_every_example_of_the_help_is_understood() -> None:
    for term in term_help():
        assert term.meaning
        query = parse_query(term.example)
        assert query.problems == ()
        assert [each.name for each in query.terms] == [term.name.rstrip(":<>")]
    assert {term.name.rstrip(":<>") for term in term_help()} == set(NAMES)


def test_the_state_is_found_by_its_word_in_the_users_language() -> None:
    i18n.install(i18n.PSEUDO_LOCALE)
    try:
        word = i18n.pseudo("Failed").split()[0].strip("⟦")
        assert parse_query(word).matches(FAILED, NOW)
    finally:
        i18n.install(None)
    assert parse_query("failed").matches(FAILED, NOW)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("st", "state:"),
        ("quota -st", "state:"),
        ("state:fa", "state:failed"),
        ("state:failed,can", "state:failed,cancelled"),
        ("region:we", "region:us-west1"),
        ("age<", "age<1d"),
        ("cost>", "cost>1"),
        ("label:te", 'label:"team=my video"'),
    ],
)
def test_completion_offers_terms_and_values_that_occur(text: str, offered: str) -> None:
    known = {"region": {"us-west1", "us-east1"}, "label": {"team=my video"}}
    found = completions(text, len(text), known)
    assert offered in [each.text for each in found]
    [chosen] = [each for each in found if each.text == offered]
    completed = text[: chosen.start] + chosen.text + text[chosen.end :]
    assert not [problem for problem in parse_query(completed).problems if not problem.unfinished]


@given(st.text(max_size=30), st.integers(-5, 40))
def test_a_completion_replaces_a_part_of_what_is_typed(text: str, cursor: int) -> None:
    for each in completions(text, cursor):
        assert 0 <= each.start <= each.end <= len(text)
