"""What AVDesk does to jobs, as the real gcloud sees it afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from avdesk.core import wire
from avdesk.core.actions import ActionKind, ActionState
from avdesk.core.customjob import read_custom_job
from avdesk.core.jobs import Job, JobState
from tests.gcloud.conftest import Gcloud
from tests.harness.acting import Bench, bench

pytestmark = [pytest.mark.gcloud, pytest.mark.timeout(180)]


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[Bench]:
    """A quick server, and what acts on it."""
    with bench(tmp_path / "home") as made:
        yield made


def described(deck: Bench, program: str, home: Path, job: Job) -> Job:
    """Return a job as gcloud describes it."""
    run = Gcloud(program, home, deck.emulator)
    told = run("ai", "custom-jobs", "describe", job.resource_name, "--format=json").json()
    found = read_custom_job(told)
    assert found is not None
    return found


def test_a_cancelled_job_is_cancelled(deck: Bench, gcloud_program: str, tmp_path: Path) -> None:
    job = deck.make_job(region="us-west1")
    deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
    seen = described(deck, gcloud_program, tmp_path, job)
    assert seen.state is JobState.CANCELLED
    assert seen.error is not None
    assert seen.error.code == 1


def test_a_retry_elsewhere_is_one_job_with_the_old_ones_specification(
    deck: Bench, gcloud_program: str, tmp_path: Path
) -> None:
    old = deck.ended_job()
    deck.emulator.faults.add("google:POST */customJobs=lost")
    outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old, {"region": "us-east1", "gpu": "l4"}))
    assert outcome.record.state is ActionState.CONFIRMED
    listed = Gcloud(gcloud_program, tmp_path, deck.emulator)(
        "ai", "custom-jobs", "list", "--region=us-east1", "--format=json"
    ).json()
    [seen] = [read_custom_job(item) for item in wire.as_list(listed)]
    assert seen is not None
    assert (seen.id, seen.retry_of) == (outcome.record.new_job_id, old.id)
    assert (seen.machine_type, seen.accelerator_type) == ("g2-standard-8", "NVIDIA_L4")


def test_a_restart_leaves_one_job_that_ended_and_one_that_lives(
    deck: Bench, gcloud_program: str, tmp_path: Path
) -> None:
    old = deck.make_job()
    outcome = deck.actions.carry_out(deck.request(ActionKind.RESTART, old))
    assert outcome.job is not None
    assert described(deck, gcloud_program, tmp_path, old).state is JobState.CANCELLED
    assert described(deck, gcloud_program, tmp_path, outcome.job).retry_of == old.id


def test_gcloud_as_the_way_acts_as_rest_does(
    deck: Bench, gcloud_program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del gcloud_program
    token = tmp_path / "token"
    token.write_text(deck.emulator.token)
    monkeypatch.setenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", str(token))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    job = deck.make_job()
    acting = Bench(deck.emulator, tmp_path / "other", vertex="gcloud")
    try:
        outcome = acting.actions.carry_out(acting.request(ActionKind.CANCEL, job))
        assert outcome.record.state is ActionState.CONFIRMED, outcome
        again = acting.actions.carry_out(acting.request(ActionKind.RETRY, job))
        assert again.record.state is ActionState.CONFIRMED, again
    finally:
        acting.close()
    assert len(deck.live()) == 2
