"""`jobs` and `generate` as scripts use them: results on stdout, words on stderr, exit codes as promised."""

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avdesk.cli.session import Session
from avdesk.core.jobs import JobState
from avdesk.emulator.server import Emulator
from avdesk.services.runtime import Runtime
from tests.harness.acting import Bench
from tests.unit.cli.conftest import Call


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """The embedded AutoVideo, sixty times as fast as reality, with a past."""
    with Emulator(speed=60.0, seed=3, failure_rate=0.0, past_jobs=40) as running:
        yield running


Configure = Callable[..., None]


@pytest.fixture
def environment(emulator: Emulator, configure: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Write the configuration of the environment dev, with further lines."""

    def write(*lines: str, regions: str = "") -> None:
        names = regions or ", ".join(f'"{region}"' for region in emulator.regions)
        configure(
            "\n".join(
                [
                    "[environments.dev]",
                    f'url = "{emulator.autovideo_url}"',
                    f'project = "{emulator.project}"',
                    f"regions = [{names}]",
                    'vertex = "rest"',
                    f'google_endpoint = "{emulator.google_url}"',
                    *lines,
                ]
            )
            + "\n"
        )

    def runtime(session: Session) -> Runtime:
        return Runtime(session.loaded.settings, session.paths, google_token=emulator.token)

    monkeypatch.setattr(Session, "runtime", runtime)
    write()
    return write


@pytest.fixture
def deck(emulator: Emulator, tmp_path: Path, environment: Configure) -> Iterator[Bench]:
    """A hand that makes jobs in the emulator."""
    del environment
    made = Bench(emulator, tmp_path / "hand")
    yield made
    made.close()


class Terminal(io.StringIO):
    """A terminal on which somebody types."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


def types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let somebody type."""
    monkeypatch.setattr(sys, "stdin", Terminal(text))


# list


def test_the_list_is_complete_and_newest_first(deck: Bench, call: Call) -> None:
    made = deck.make_job()
    outcome = call("jobs", "list", "--json")
    assert outcome.code == 0
    told = outcome.json
    jobs = told["jobs"]
    assert isinstance(jobs, list)
    assert list(told)[:3] == ["environment", "observed_at", "jobs"]
    assert jobs[0]["id"] == made.id
    assert len(jobs) == 41
    created = [job["created_at"] for job in jobs]
    assert created == sorted(created, reverse=True)
    good = call("jobs", "list", "--state", "succeeded", "--json").json["jobs"]
    assert isinstance(good, list)
    assert {job["state"] for job in good} == {"succeeded"}
    few = call("jobs", "list", "--limit", "3", "--region", "us-west1", "--json").json["jobs"]
    assert isinstance(few, list)
    assert len(few) == 3
    assert {job["region"] for job in few} == {"us-west1"}


def test_a_region_that_fails_is_told_and_blanks_no_other(deck: Bench, call: Call) -> None:
    deck.emulator.faults.add("google:/v1/*/us-west1/*=denied")
    outcome = call("jobs", "list", "--json")
    assert outcome.code == 0
    assert "us-west1" in outcome.err
    assert "aiplatform.customJobs.list" in outcome.err
    regions = {job["region"] for job in outcome.json["jobs"]}  # type: ignore[attr-defined]
    assert len(regions) == 4


@pytest.mark.parametrize(("fault", "code"), [("denied", 4), ("expired", 4), ("reset", 3), ("429:60", 6), ("html", 3)])
def test_when_all_regions_fail_the_exit_code_says_how(deck: Bench, call: Call, fault: str, code: int) -> None:
    deck.emulator.faults.add(f"google:*={fault}")
    outcome = call("jobs", "list")
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.complaint


def test_the_table_names_every_job(deck: Bench, call: Call) -> None:
    job = deck.make_job()
    outcome = call("jobs", "list")
    assert outcome.code == 0
    assert job.id in outcome.out
    assert len(outcome.out.splitlines()) == 42


def test_the_list_for_people_says_how_long_ago_a_job_was_created(deck: Bench, call: Call) -> None:
    job = deck.make_job()
    [row] = [line for line in call("jobs", "list").out.splitlines() if job.id in line]
    assert re.search(r"  \d+ (s|min) ago  ", row), row


@pytest.mark.parametrize("arguments", [("--state", "odd"), ("--limit", "0"), ("--region", "a b")])
def test_wrong_wishes_for_the_list_are_wrong_use(deck: Bench, call: Call, arguments: tuple[str, str]) -> None:
    del deck
    assert call("jobs", "list", *arguments).code == 2


# show: which job is meant


def test_a_job_is_named_in_five_ways(deck: Bench, call: Call) -> None:
    job = deck.make_job("video-job-fedcba98", region="us-west1")
    for name in (job.id, job.display_name, job.id[:14], job.number, job.resource_name):
        told = call("jobs", "show", name, "--json")
        assert told.code == 0, told.err
        assert (told.json["id"], told.json["region"]) == (job.id, "us-west1")
    assert job.resource_name in call("jobs", "show", job.id).out


def test_a_resource_name_wins_over_the_regions(deck: Bench, call: Call, environment: Configure) -> None:
    job = deck.make_job(region="us-west1")
    environment(regions='"us-central1"')
    assert call("jobs", "show", job.id).code == 5
    assert call("jobs", "show", job.resource_name).code == 0
    elsewhere = job.resource_name.replace("projects/" + job.resource_name.split("/")[1], "projects/other-project")
    assert call("jobs", "show", elsewhere).code == 2


def test_a_beginning_that_several_jobs_share_is_refused_with_their_names(deck: Bench, call: Call) -> None:
    deck.make_job("video-job-ab12cd34")
    deck.make_job("video-job-ab12cd99")
    outcome = call("jobs", "cancel", "video-job-ab12", "--yes")
    assert outcome.code == 2
    assert "video-job-ab12cd34, video-job-ab12cd99" in outcome.err
    assert not deck.posts()


@pytest.mark.parametrize("name", ["video-job-00000000", "nonsense", "99", "video-job-zz", ""])
def test_a_job_that_there_is_not_is_refused(deck: Bench, call: Call, name: str) -> None:
    del deck
    for command in (("show",), ("cancel", "--yes"), ("retry", "--yes"), ("wait",)):
        assert call("jobs", command[0], name, *command[1:]).code == 5


# cancel


def test_cancel_and_wait_ends_well(deck: Bench, call: Call) -> None:
    job = deck.make_job()
    outcome = call("jobs", "cancel", job.id, "--yes", "--wait")
    assert outcome.code == 0
    assert outcome.out == f"{job.id} is cancelled.\n"
    assert deck.state(job) is JobState.CANCELLED
    assert call("jobs", "wait", job.id).code == 1
    again = call("jobs", "cancel", job.id, "--yes")
    assert again.code == 5
    assert len(again.complaint) == 2


def test_cancel_twice_is_harmless(deck: Bench, call: Call) -> None:
    job = deck.make_job()
    assert call("jobs", "cancel", job.id, "--yes").code == 0
    assert call("jobs", "cancel", job.id, "--yes").code in (0, 5)  # by now it may have ended
    assert call("jobs", "show", job.id, "--json").json["state"] in ("cancelling", "cancelled")


def test_nobody_is_asked_where_nobody_can_answer(deck: Bench, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    job = deck.make_job()
    deck.emulator.requests.clear()
    for stdin in (io.StringIO("y\n"), None):
        monkeypatch.setattr(sys, "stdin", stdin)
        for verb in ("cancel", "retry", "restart"):
            assert call("jobs", verb, job.id).code == 2
    assert not deck.emulator.requests


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 5), ("\n", 5), ("", 5)])
def test_on_a_terminal_it_asks(
    deck: Bench, call: Call, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    job = deck.make_job()
    types(monkeypatch, typed)
    outcome = call("jobs", "cancel", job.id)
    assert outcome.code == code
    assert f"Cancel {job.id} in dev?" in outcome.err
    assert bool(deck.posts()) == (code == 0)


@pytest.mark.parametrize(("typed", "code"), [("dev\n", 0), ("y\n", 5)])
def test_a_production_environments_name_is_typed(
    deck: Bench,
    call: Call,
    environment: Configure,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
) -> None:
    environment("production = true")
    job = deck.make_job()
    types(monkeypatch, typed)
    assert call("jobs", "cancel", job.id).code == code
    assert bool(deck.posts()) == (code == 0)


def test_read_only_comes_before_everything_else(deck: Bench, call: Call, environment: Configure) -> None:
    environment("read_only = true")
    job = deck.make_job()
    deck.emulator.requests.clear()
    for arguments in (
        ("jobs", "cancel", job.id, "--yes"),
        ("jobs", "cancel", job.id),
        ("jobs", "retry", job.id, "--yes"),
        ("jobs", "restart", job.id, "--yes"),
        ("generate", "--topic", "Owls"),
    ):
        outcome = call(*arguments)
        assert (outcome.code, outcome.out) == (4, "")
    assert not deck.emulator.requests


def test_a_missing_permission_is_named(deck: Bench, call: Call) -> None:
    job = deck.make_job()
    deck.emulator.faults.add("google:POST *=denied")
    outcome = call("jobs", "cancel", job.id, "--yes")
    assert outcome.code == 4
    assert "aiplatform.customJobs.cancel" in outcome.err


# retry, restart


def test_retry_elsewhere(deck: Bench, call: Call) -> None:
    job = deck.ended_job()
    outcome = call("jobs", "retry", job.id, "--region", "us-west1", "--gpu", "l4", "--spot", "--yes")
    assert outcome.code == 0, outcome.err
    new = deck.live()[-1]
    assert new.labels["job_id"] in outcome.out
    assert (new.region, new.labels["retry_of"], new.labels["gpu_type"]) == ("us-west1", job.id, "nvidia_l4")
    shown = call("jobs", "show", new.labels["job_id"], "--json").json
    assert (shown["retry_of"], shown["spot"]) == (job.id, True)


@pytest.mark.parametrize("fault", ["google:POST *=lost", "google:POST */customJobs=truncate x1"])
def test_a_lost_answer_makes_one_job(deck: Bench, call: Call, fault: str) -> None:
    job = deck.ended_job()
    deck.emulator.faults.add(fault)
    assert call("jobs", "retry", job.id, "--yes").code == 0
    assert len(deck.live()) == 2


def test_retry_and_wait_tells_how_the_new_job_ended(deck: Bench, call: Call) -> None:
    job = deck.ended_job()
    deck.emulator.faults.add("gpu:*=quota")
    outcome = call("jobs", "retry", job.id, "--gpu", "l4", "--yes", "--wait")
    assert outcome.code == 1
    assert "Failed" in outcome.out
    assert len(deck.live()) == 2


@pytest.mark.parametrize("arguments", [("--gpu", "a100"), ("--region", "mars-north1"), ("--region", "../x")])
def test_wrong_wishes_for_a_retry_are_wrong_use(deck: Bench, call: Call, arguments: tuple[str, str]) -> None:
    job = deck.ended_job()
    assert call("jobs", "retry", job.id, "--yes", *arguments).code == 2
    assert len(deck.live()) == 1


def test_retry_of_a_job_that_runs_is_refused(deck: Bench, call: Call) -> None:
    job = deck.make_job()
    assert call("jobs", "retry", job.id, "--yes").code == 5
    assert len(deck.live()) == 1


def test_restart(deck: Bench, call: Call) -> None:
    job = deck.make_job()
    outcome = call("jobs", "restart", job.id, "--region", "us-east1", "--yes")
    assert outcome.code == 0, outcome.err
    assert deck.state(job) is JobState.CANCELLED
    assert deck.live()[-1].region == "us-east1"


# wait


def test_wait_gives_up_when_the_time_is_over(deck: Bench, call: Call) -> None:
    job = deck.make_job()
    outcome = call("jobs", "wait", job.id, "--timeout", "0.2")
    assert outcome.code == 1
    assert "has not ended within" in outcome.err


def test_wait_ends_with_the_job(deck: Bench, call: Call) -> None:
    job = deck.ended_job()
    with deck.emulator.world.lock:
        record = deck.live()[-1]
        record.state = "JOB_STATE_SUCCEEDED"
    assert call("jobs", "wait", job.id).code == 0
    record.state = "JOB_STATE_EXPIRED"
    assert call("jobs", "wait", job.id).code == 1


# generate


def test_generate(deck: Bench, call: Call) -> None:
    outcome = call("generate", "--topic", "Owls", "--max-length", "45", "--tts", "google", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json["state"] == "confirmed"
    assert outcome.json["parameters"] == {"topic": "Owls", "max_length": "45", "tts": "google"}
    [sent] = deck.sent()
    assert sent.request.json() == {"topic": "Owls", "max_length": 45, "tts_service": "google"}
    again = call("generate", "--topic", "Owls")
    assert again.code == 5
    assert "already in progress" in again.err


@pytest.mark.parametrize("arguments", [(), ("--topic", ""), ("--topic", "x", "--tts", "robot")])
def test_generate_with_wrong_wishes(deck: Bench, call: Call, arguments: tuple[str, ...]) -> None:
    assert call("generate", *arguments).code == 2
    assert not deck.posts()


def test_generate_where_the_server_is_away(deck: Bench, call: Call) -> None:
    deck.emulator.faults.add("/generate=reset")
    assert call("generate", "--topic", "Owls").code == 3


def test_generate_when_the_allowance_is_spent(deck: Bench, call: Call) -> None:
    deck.emulator.faults.add("/generate=429")
    assert call("generate", "--topic", "Owls").code == 6


# the audit list


def test_what_was_done_is_written_down(deck: Bench, call: Call, home: Path) -> None:
    from avdesk.config.paths import find_paths
    from avdesk.services.audit import Audit, as_csv, as_json_lines
    from avdesk.store.memory import Memory

    job = deck.make_job()
    call("jobs", "cancel", job.id, "--yes", "--wait")
    call("generate", "--topic", "Owls token=ya29.abcdefghijkl")
    memory = Memory(find_paths(home).database)
    records = Audit(memory).records()
    memory.close()
    assert [record.request.kind.value for record in records] == ["generate", "cancel"]
    assert [record.state.value for record in records] == ["confirmed", "confirmed"]
    lines = as_json_lines(records)
    assert "ya29" not in lines + as_csv(records)
    assert json.loads(lines.splitlines()[1])["job_id"] == job.id
    assert len(as_csv(records).splitlines()) == 3
