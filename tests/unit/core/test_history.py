"""Past runs: finding some among them, and what they come down to."""

from dataclasses import replace

import pytest

from avdesk.core import phases
from avdesk.core.history import counts, matching, success_share, usual, usual_phases, usual_total
from avdesk.core.run import Run, RunState
from tests.harness.past_runs import past_runs

RUNS = past_runs(60).runs


def with_error(text: str) -> Run:
    return replace(RUNS[2], error=text)


@pytest.mark.parametrize(
    ("durations", "expected"),
    [
        ([], None),
        ([5.0], (1, 5.0, 5.0)),
        ([4.0, 2.0], (2, 3.0, 4.0)),
        ([float(n) for n in range(1, 11)], (10, 5.5, 9.0)),
        ([float("nan"), float("inf"), -1.0, 3.0], (1, 3.0, 3.0)),
    ],
)
def test_half_and_nine_of_ten(durations: list[float], expected: tuple[int, float, float] | None) -> None:
    found = usual("story_generation", durations)
    assert (None if found is None else (found.count, found.median_s, found.p90_s)) == expected


def test_only_what_came_to_its_end_says_how_long_it_takes() -> None:
    by_name = {each.thing: each for each in usual_phases(RUNS)}
    assert list(by_name) == list(phases.EXPECTED)
    done = sum(run.state is RunState.SUCCEEDED for run in RUNS)
    assert by_name[phases.VIDEO].count == done
    assert by_name[phases.VIDEO].p90_s < 2500, "the hour of a run that was given up is no video's"
    assert by_name[phases.STORY].count == len(RUNS)
    total = usual_total(RUNS)
    assert total is not None
    assert total.count == done
    assert usual_total([run for run in RUNS if run.state is RunState.FAILED]) is None


def test_a_run_that_was_cancelled_or_lost_says_nothing_of_reliability() -> None:
    found = counts(RUNS)
    assert sum(found.values()) == len(RUNS)
    assert found[RunState.CANCELLED] > 0
    assert found[RunState.UNKNOWN] > 0
    expected = found[RunState.SUCCEEDED] / (found[RunState.SUCCEEDED] + found[RunState.FAILED])
    assert success_share(RUNS) == expected
    assert success_share([run for run in RUNS if run.state is RunState.CANCELLED]) is None


def test_runs_are_found_by_outcome_and_by_every_word() -> None:
    failed = matching(RUNS, {RunState.FAILED}, "")
    assert {run.state for run in failed} == {RunState.FAILED}
    assert matching(RUNS, set(), "") == RUNS
    assert matching(RUNS, set(), "video-job-00000003") == (RUNS[3],)
    assert matching(RUNS, set(), "VIDEO-JOB-00000003 run-00000004") == ()
    assert matching(RUNS, {RunState.CANCELLED}, "video-job-00000003") == ()
    limit = matching(RUNS, set(), "3,600 s LIMIT")  # the explanation's words, not the server's
    assert limit
    assert all("3600" in (run.error or "") for run in limit)
    day = f"{RUNS[20].started_at.astimezone():%Y-%m-%d}" if RUNS[20].started_at else ""
    assert RUNS[20] in matching(RUNS, set(), day)


def test_hostile_words_are_only_text() -> None:
    odd = with_error("<b>[x](y)*" * 50)
    assert matching((odd,), set(), "[x](y)*") == (odd,)
    assert matching((odd,), set(), "\x00\x1b[31m") == ()
