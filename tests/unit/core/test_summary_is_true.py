"""The one sentence about a pipeline says no more than is known, and never less than there is."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from avdesk.core import phases
from avdesk.core.jobs import Job, JobError, JobState
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import Budget, Eta, Reach, ServerView, Snapshot, Trouble, VertexView
from avdesk.core.status import ServerStatus, read_status
from avdesk.core.summary import Sign, State, Summary, summarise
from avdesk.core.tie import job_of_run
from tests.harness.statuses import at, body

NOW = at(1000)
AWAY = Trouble("RefusedError", "Nothing answers at 127.0.0.1:8080.", "Check that the server runs.")
JOB_TEXT = "Vertex AI job running: video-job-ab12cd34"


def job(state: JobState = JobState.RUNNING, **changes: object) -> Job:
    known: dict[str, object] = {
        "id": "video-job-ab12cd34",
        "display_name": "av-video-render-video-job-ab12cd34",
        "resource_name": "projects/1/locations/us-central1/customJobs/5",
        "number": "5",
        "state": state,
        "vertex_state": f"JOB_STATE_{state.name}",
        "region": "us-central1",
        "accelerator_type": "NVIDIA_TESLA_T4",
        "accelerator_count": 1,
        "created_at": at(100),
        "started_at": None if state.waiting else at(280),
        "ended_at": at(900) if state.ended else None,
    }
    return Job(**(known | changes))  # type: ignore[arg-type]


def run(state: RunState = RunState.RUNNING, **changes: object) -> Run:
    on = state is RunState.RUNNING
    known: dict[str, object] = {
        "id": "run-1",
        "state": state,
        "phases": (Phase(phases.VIDEO, PhaseState.RUNNING if on else PhaseState.DONE, 900.0),),
        "started_at": at(0),
        "current_phase": phases.VIDEO if on else None,
        "phase_started_at": at(90) if on else None,
        "job_id": "video-job-ab12cd34",
    }
    return Run(**(known | changes))  # type: ignore[arg-type]


def status(text: str = JOB_TEXT, *, on: bool = True) -> ServerStatus:
    return read_status(body(text, on=on))


def snapshot(**changes: object) -> Snapshot:
    server: dict[str, object] = {"reach": Reach.YES, "since": at(0), "status": status(), "status_at": at(995)}
    server.update(changes.pop("server", {}))  # type: ignore[call-overload]
    known: dict[str, object] = {
        "environment": "dev",
        "at": NOW,
        "server": ServerView(**server),  # type: ignore[arg-type]
        "vertex": VertexView(Reach.YES, at(998)),
        "next_look_at": NOW + timedelta(seconds=10),
        "budget": Budget(10, 300.0, 3),
    }
    return Snapshot(**(known | changes))  # type: ignore[arg-type]


def told(now: datetime = NOW, **changes: object) -> Summary:
    return summarise(snapshot(**changes), now)


@pytest.mark.parametrize("text", ["reset", "initializing", "generating images", "ready", JOB_TEXT])
@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.PENDING, JobState.QUEUED, JobState.CANCELLING])
@pytest.mark.parametrize("known", [None, RunState.CANCELLED])
def test_stopped_server_with_an_active_job_is_never_idle(text: str, state: JobState, known: RunState | None) -> None:
    idle = status(text, on=False)
    which = run(known) if known is not None else None
    active = job(state)
    assert job_of_run(which, idle, [active]) is active
    summary = told(server={"status": idle}, run=which, job=active)
    assert summary.state is State.RUNNING
    assert summary.job_id == active.id


def test_timed_out_run_says_that_its_job_still_costs_money() -> None:
    error = "Video creation failed: Job did not complete within 3600 seconds"
    summary = told(
        run=run(RunState.FAILED, error=error), job=job(), server={"status": status(f"error: {error}", on=False)}
    )
    assert summary.state is State.FAILED
    assert "still runs" in summary.headline
    assert "costing money" in summary.advice


def test_finished_run_says_that_its_job_still_runs() -> None:
    summary = told(
        run=run(RunState.SUCCEEDED, total_s=60.0), job=job(), server={"status": status("completed", on=False)}
    )
    assert summary.state is State.SUCCEEDED
    assert summary.sign is Sign.ATTENTION
    assert summary.headline == "Done in 1 min; its render job still runs"


def test_late_completed_after_a_cancel_stays_cancelled() -> None:
    done = status("completed", on=False)
    ended = job(JobState.SUCCEEDED)
    summary = told(run=run(RunState.CANCELLED, late_outcome=done.kind), job=ended, server={"status": done})
    assert summary.state is State.CANCELLED
    assert summary.headline == "Cancelled; the server finished it all the same"


def test_job_in_a_state_of_the_future_counts_as_not_over() -> None:
    strange = job(JobState.UNKNOWN, vertex_state="JOB_STATE_TELEPORTING")
    summary = told(run=run(RunState.CANCELLED), job=strange, server={"status": status("reset", on=False)})
    assert summary.state is State.RUNNING
    assert "job_state_teleporting" in summary.headline.lower()


def test_server_away_with_an_active_job_says_who_tells() -> None:
    summary = told(run=run(), job=job(), server={"reach": Reach.NO, "trouble": AWAY})
    assert summary.state is State.RUNNING
    assert summary.headline == "Rendering on 1× NVIDIA_TESLA_T4, us-central1, 12 min"
    assert "not reachable" in summary.advice
    orphan = told(
        run=None, job=job(), server={"reach": Reach.NO, "trouble": AWAY, "status": status("ready", on=False)}
    )
    assert "has stopped" not in orphan.headline


def test_server_away_without_an_active_job_is_offline() -> None:
    summary = told(run=run(), job=None, server={"reach": Reach.NO, "since": at(400), "trouble": AWAY})
    assert summary.state is State.OFFLINE
    assert summary.headline == "Server not reachable for 10 min"


def test_batch_server_that_has_gone_leaves_no_run_on() -> None:
    gone = {"reach": Reach.NO, "batch": True, "trouble": AWAY}
    for ended in (None, job(JobState.SUCCEEDED), job(JobState.FAILED, error=JobError(8, "RESOURCE_EXHAUSTED"))):
        summary = told(run=run(), job=ended, server=gone, eta=Eta(1.0, 2.0))
        assert summary.state is State.UNKNOWN
        assert summary.eta is None
        assert summary.phase is None
        assert all(phase.state is not PhaseState.RUNNING for phase in summary.phases)
    assert told(run=run(), job=job(), server=gone).state is State.RUNNING
    assert told(run=None, server=gone).state is State.IDLE


def test_state_that_nobody_told_for_long_is_stale_however_often_others_are_asked() -> None:
    summary = told(run=run(), job=None, server={"status_at": at(600)}, next_look_at=NOW + timedelta(seconds=3))
    assert summary.state is State.STALE
    assert summary.headline == "Not updated for 7 min"


def test_small_allowance_makes_nothing_stale_that_is_told_as_often_as_it_allows() -> None:
    seldom = Budget(3, 3600.0, 1)
    assert told(run=run(), job=None, server={"status_at": at(0)}, budget=seldom).state is State.RUNNING


def test_region_that_does_not_answer_lets_its_job_grow_old() -> None:
    view = VertexView(Reach.YES, at(998), {"us-central1": AWAY})
    summary = told(run=run(), job=job(), vertex=view, server={"status_at": at(700)})
    assert summary.state is State.STALE


def test_vertex_alone_asked_seldom_is_not_stale_between_two_looks() -> None:
    off = {"reach": Reach.OFF, "status": None, "status_at": None}
    planned = NOW + timedelta(seconds=90)
    seldom = VertexView(Reach.YES, at(790))
    assert told(server=off, vertex=seldom, budget=None, next_look_at=planned).state is State.IDLE
    assert told(server=off, vertex=seldom, budget=None, next_look_at=planned, paused=True).state is State.STALE


@pytest.mark.parametrize("text", ["launching fast render VM", "fast render VM active: av-render-77"])
def test_machine_that_renders_beside_any_run_is_shown(text: str) -> None:
    summary = told(run=None, server={"status": status(text, on=False)})
    assert summary.state is State.RUNNING
    assert text in summary.headline


def test_machine_is_no_longer_named_once_the_video_is_uploaded() -> None:
    uploading = run(current_phase=phases.UPLOAD, vm_id="av-render-77")
    summary = told(run=uploading, server={"status": status("uploading to YouTube")})
    assert summary.headline == "Uploading to YouTube"


@pytest.mark.parametrize("text", ["shuffling cards", "fast render VM launched successfully"])
def test_unknown_text_is_shown_as_it_is(text: str) -> None:
    summary = told(run=None, server={"status": status(text, on=False)})
    assert summary.state is State.UNKNOWN
    assert summary.headline == f"The server says: {text}"
    assert summary.error is None


def test_unknown_text_in_the_middle_of_a_run_is_its_headline() -> None:
    going = run(current_phase=None, job_id=None)
    assert (
        told(run=going, server={"status": status("shuffling cards")}).headline == "The server says: shuffling cards"
    )


def test_text_with_secrets_and_breaks_is_harmless_in_the_headline() -> None:
    text = "mixing\nwith {braces} api_key=abcdef0123456789 \u202eevil " + "x" * 500
    summary = told(run=None, server={"status": status(text, on=False)})
    assert "abcdef" not in summary.headline
    assert "\n" not in summary.headline
    assert len(summary.headline) < 250


@pytest.mark.parametrize("text", ["error:", "error: ", "error"])
def test_error_without_a_reason_has_none(text: str) -> None:
    told_status = status(text, on=False)
    assert told_status.error in (None, "error")
    failed = run(RunState.FAILED, error=told_status.error)
    assert told(run=failed, server={"status": told_status}).headline.startswith("Failed: ")


def test_cancelled_job_with_error_code_1_is_no_failure() -> None:
    cancelled = job(JobState.CANCELLED, error=JobError(1, "CANCELED"))
    summary = told(run=run(RunState.CANCELLED), job=cancelled, server={"status": status("reset", on=False)})
    assert summary.state is State.CANCELLED
    assert summary.error is None


def test_age_is_never_negative_when_clocks_disagree() -> None:
    ahead = snapshot(server={"status_at": at(2000)})
    assert ahead.age_s(NOW) == 0.0
    early = replace(job(JobState.PENDING), created_at=at(2000))
    assert early.queue_s(NOW) == 0.0
