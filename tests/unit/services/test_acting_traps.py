"""Traps of Vertex AI that acting on jobs meets: cautious bodies, states that are new, waiting, the audit list."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from avdesk.core.actions import ActionKind, ActionRecord, ActionState
from avdesk.core.cancelling import as_cancelled
from avdesk.core.errors import NotFoundError, ServerFailedError, UsageError
from avdesk.core.jobs import Job, JobState
from avdesk.core.run import Run, RunState
from avdesk.core.status import TextKind
from avdesk.services.audit import as_csv
from avdesk.services.clock import Clock
from avdesk.services.job_waiting import BLIND_FOR_S, wait_for_end
from avdesk.services.machines import Changes, cautions, changes_of, problems, retry_body
from avdesk.services.previews import new_request, preview
from tests.harness.acting import Bench
from tests.harness.snapshots import NOW

JOB = Job(
    "video-job-ab12cd34",
    "av-video-render-video-job-ab12cd34",
    "",
    "1",
    JobState.RUNNING,
    "JOB_STATE_RUNNING",
    "us-central1",
)
POOL = {"machineSpec": {"machineType": "n1-standard-8"}, "containerSpec": {"imageUri": "gcr.io/x/y"}}


def body(raw: dict[str, object], **changes: object) -> dict[str, object]:
    wished = Changes(**changes)  # type: ignore[arg-type]
    return retry_body(raw, old_id="1234", new_id="video-job-ab12cd34", region="us-central1", changes=wished)


def test_a_job_that_is_not_autovideos_keeps_its_name_and_does_not_become_one() -> None:
    made = body({"displayName": "training", "jobSpec": {"workerPoolSpecs": [POOL]}, "labels": {"team": "a"}})
    assert made["displayName"] == "training-retry-ab12cd34"
    assert made["labels"] == {"team": "a", "retry_of": "1234"}


def test_a_flexible_start_does_not_outlive_the_change_to_spot() -> None:
    spec = {"workerPoolSpecs": [POOL], "scheduling": {"strategy": "FLEX_START", "maxWaitDuration": "60s"}}
    made = body({"displayName": "x", "jobSpec": spec}, spot=False)
    assert made["jobSpec"]["scheduling"] == {"strategy": "STANDARD"}  # type: ignore[index]


def test_an_empty_job_cannot_be_sent_and_says_why() -> None:
    with pytest.raises(UsageError, match="worker pool"):
        body({"displayName": "x"})
    pools = [{"machineSpec": {"machineType": "x", "acceleratorType": "NVIDIA_L4"}}]
    assert len(problems({"jobSpec": {"workerPoolSpecs": pools}, "labels": {"Bad": "x"}})) == 3
    assert problems({"jobSpec": {"workerPoolSpecs": [POOL, {}]}}) == ()


def test_what_lies_in_one_region_alone_is_warned_of() -> None:
    raw = {"jobSpec": {"tensorboard": "x"}, "encryptionSpec": {"kmsKeyName": "k"}}
    assert len(cautions(raw, "us-central1", changes_of({"region": "us-west1"}))) == 2
    assert cautions(raw, "us-central1", changes_of({"region": "us-central1"})) == ()


def test_a_state_that_is_new_to_us_is_no_end_and_can_be_cancelled(deck: Bench) -> None:
    job = deck.make_job()
    record = deck.live()[-1]
    record.state = "JOB_STATE_HIBERNATING"
    assert not deck.actions.preview(deck.request(ActionKind.CANCEL, job), deck.look(job)).refused
    assert deck.actions.carry_out(deck.request(ActionKind.CANCEL, job)).record.state is ActionState.CONFIRMED


def test_a_job_that_was_deleted_meanwhile_is_unknown(deck: Bench) -> None:
    job = deck.ended_job()
    with deck.emulator.world.lock:
        deck.emulator.world.delete_job(deck.live()[-1])
    for kind in (ActionKind.CANCEL, ActionKind.RETRY, ActionKind.RESTART):
        assert isinstance(deck.actions.carry_out(deck.request(kind, job)).error, NotFoundError)


class Sightings:
    """Vertex AI of which each look is known."""

    way = "rest"

    def __init__(self, *looks: JobState | Exception) -> None:
        self._looks: Iterator[JobState | Exception] = iter(looks)

    def get_job(self, region: str, number: str) -> Job:
        look = next(self._looks)
        if isinstance(look, Exception):
            raise look
        return replace(JOB, region=region, number=number, state=look)


def watched(*looks: JobState | Exception, timeout_s: float | None = None) -> tuple[Job, list[JobState], float]:
    passed = [0.0]
    changes: list[JobState] = []

    def pause(seconds: float) -> None:
        passed[0] += seconds

    ended = wait_for_end(
        Sightings(*looks),  # type: ignore[arg-type]
        JOB,
        Clock(mono=lambda: passed[0]),
        pause,
        timeout_s=timeout_s,
        changed=lambda job: changes.append(job.state),
    )
    return ended, changes, passed[0]


def test_waiting_survives_a_spot_restart_and_a_moments_failure() -> None:
    looks = (JobState.PENDING, ServerFailedError("503"), JobState.RUNNING, JobState.CANCELLING, JobState.SUCCEEDED)
    ended, changes, _passed = watched(*looks)
    assert ended.state is JobState.SUCCEEDED
    assert changes == [state for state in looks if isinstance(state, JobState)]


def test_waiting_ends_with_the_reason_when_nothing_is_seen_for_long() -> None:
    with pytest.raises(ServerFailedError):
        watched(*[ServerFailedError("503")] * int(BLIND_FOR_S))
    with pytest.raises(NotFoundError):
        watched(NotFoundError("gone"))


def test_waiting_keeps_to_its_time() -> None:
    ended, _changes, passed = watched(*[JobState.RUNNING] * 100, timeout_s=7.0)
    assert ended.state is JobState.RUNNING
    assert passed == pytest.approx(7.0)


def test_only_an_outcome_of_a_cancelled_job_becomes_a_cancelled_run() -> None:
    run = Run("run-1", RunState.SUCCEEDED, (), job_id=JOB.id)
    late = as_cancelled(run, {JOB.id})
    assert late is not None
    assert (late.state, late.late_outcome) == (RunState.CANCELLED, TextKind.COMPLETED)
    for other in (
        replace(run, state=RunState.RUNNING),
        replace(run, job_id=None),
        replace(run, job_id="video-job-0"),
    ):
        assert as_cancelled(other, {JOB.id}) is other


def test_an_exported_list_holds_no_formula(deck: Bench) -> None:
    record = ActionRecord(
        new_request(ActionKind.CANCEL, "dev"), "=cmd|'x'", "cli", NOW, NOW, ActionState.REFUSED, "@sum(1)"
    )
    line = as_csv([record]).splitlines()[1]
    assert "'=cmd" in line
    assert "'@sum" in line
    assert deck.actions.records() == ()


def test_a_preview_says_what_goes_out_and_what_is_lost(deck: Bench) -> None:
    environment = replace(deck.environment, production=True)
    told = preview(environment, new_request(ActionKind.RESTART, "dev", JOB), JOB, by_server=False)
    assert told.sends[0].rpartition("/")[2] == "1:cancel"
    assert told.sends[-1].endswith("/us-central1/customJobs")
    assert told.loses
    assert told.needs_typed_name
    assert any("pick" in warning for warning in told.warnings)
    planned = preview(environment, new_request(ActionKind.RETRY, "dev", JOB), JOB, by_server=True)
    assert planned.sends == (f"POST {environment.url}/jobs/{JOB.id}/retry",)
    assert planned.refused  # it runs


def test_a_preview_tells_both_ways_as_long_as_it_is_not_known_what_the_server_has(deck: Bench) -> None:
    server, vertex = deck.environment.url, ":cancel"
    sends = preview(deck.environment, new_request(ActionKind.CANCEL, "dev", JOB), JOB).sends
    assert sends[0] == f"POST {server}/jobs/{JOB.id}/cancel (where the server has it)"
    assert sends[1].startswith("otherwise POST projects/")
    assert sends[1].endswith(vertex)
    restart = preview(deck.environment, new_request(ActionKind.RESTART, "dev", JOB), JOB).sends
    assert restart[:-1] == sends
    assert not restart[-1].startswith("otherwise")  # the new job is created either way
    foreign = replace(JOB, id="77", display_name="somebody else's")
    alone = preview(deck.environment, new_request(ActionKind.CANCEL, "dev", foreign), foreign).sends
    assert len(alone) == 1 + foreign.is_autovideo
    batch = replace(deck.environment, url="")
    assert all(server not in line for line in preview(batch, new_request(ActionKind.CANCEL, "dev", JOB), JOB).sends)
