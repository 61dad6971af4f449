"""One snapshot for each state that the window has to show, as of `NOW`."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from avdesk.config.settings import Environment
from avdesk.core import phases
from avdesk.core.errors import PermissionDeniedError, RefusedError
from avdesk.core.events import Event, EventKind
from avdesk.core.health import CheckResult, Health
from avdesk.core.jobs import Job, JobError, JobState
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import Budget, Eta, Reach, ServerView, Snapshot, Trouble, VertexView
from avdesk.core.status import read_status

NOW = datetime(2025, 6, 8, 14, 2, 13, tzinfo=UTC)
ENVIRONMENTS = (
    Environment(name="prod", project="av-8675309", production=True, colour="#D55E00"),
    Environment(name="staging", project="av-8675309", read_only=True, colour="#E69F00"),
    Environment(name="dev", project="av-8675309", colour="green"),
)
TIME_LIMIT_TEXT = "Vertex AI job did not complete within 3600 seconds\n  at render_video (video-job-ab12cd34)"

_STATUS = read_status({"is_generating": True, "is_initialized": True, "last_generation_status": "Creating video"})
_IDLE = read_status({"is_generating": False, "is_initialized": True, "last_generation_status": "Ready"})


def before(seconds: float) -> datetime:
    """Return the moment that many seconds before `NOW`."""
    return NOW - timedelta(seconds=seconds)


def _server(**changes: object) -> ServerView:
    known: dict[str, object] = {
        "reach": Reach.YES,
        "since": before(7200),
        "answered_at": before(8),
        "status": _STATUS,
        "status_at": before(8),
        "latency_s": 0.031,
    }
    return ServerView(**(known | changes))  # type: ignore[arg-type]


_VERTEX = VertexView(reach=Reach.YES, asked_at=before(4), by="rest")


def job(state: JobState = JobState.RUNNING, **changes: object) -> Job:
    """Return a render job; by default it has run for 12 min 40 s of its hour."""
    known: dict[str, object] = {
        "id": "video-job-ab12cd34",
        "display_name": "av-video-render-video-job-ab12cd34",
        "resource_name": "projects/8675309000/locations/us-central1/customJobs/1234567890123456789",
        "number": "1234567890123456789",
        "state": state,
        "vertex_state": f"JOB_STATE_{state.name}",
        "region": "us-central1",
        "machine_type": "n1-standard-4",
        "accelerator_type": "NVIDIA_TESLA_T4",
        "accelerator_count": 1,
        "spot": False,
        "created_at": before(1130),
        "started_at": before(760),
        "updated_at": before(5),
        "time_limit_s": 3600.0,
    }
    return Job(**(known | changes))  # type: ignore[arg-type]


def _phases(*times: float | None, running: float | None = None, last: PhaseState | None = None) -> tuple[Phase, ...]:
    found = []
    for place, name in enumerate(phases.EXPECTED):
        if place < len(times):
            found.append(Phase(name, PhaseState.DONE, times[place]))
        elif place == len(times) and last is not None:
            found.append(Phase(name, last, running))
        else:
            found.append(Phase(name, PhaseState.PENDING))
    return tuple(found)


def _run(state: RunState, found: tuple[Phase, ...], **changes: object) -> Run:
    known: dict[str, object] = {"id": "run-00c0ffee", "state": state, "phases": found, "seen_running": True}
    return Run(**(known | changes))  # type: ignore[arg-type]


_DONE = _phases(36.0, 61.5, 35.1, 1187.0)
PAST_RUNS = (
    _run(RunState.SUCCEEDED, _DONE, id="run-1", ended_at=before(9000), started_at=before(10320), total_s=1319.6),
    _run(
        RunState.FAILED,
        _phases(36.2, 58.0, 33.0, running=3600.0, last=PhaseState.FAILED),
        id="run-2",
        ended_at=before(14_400),
        started_at=before(18_127),
        total_s=3727.0,
        error=TIME_LIMIT_TEXT,
    ),
    _run(RunState.CANCELLED, _phases(37.0), id="run-3", ended_at=before(90_000), total_s=71.0),
    _run(RunState.UNKNOWN, _phases(37.0), id="run-4"),
)
EVENTS = (
    Event(EventKind.JOB_STARTED, "prod", before(760), "video-job-ab12cd34", "run-00c0ffee", 370.0),
    Event(EventKind.JOB_QUEUED, "prod", before(1130), "video-job-ab12cd34", "run-00c0ffee"),
    Event(EventKind.PHASE_ENDED, "prod", before(1130), phases.VOICE, "run-00c0ffee", 36.0),
    Event(EventKind.PHASE_ENDED, "prod", before(1166), phases.IMAGES, "run-00c0ffee", 59.0),
    Event(EventKind.PHASE_ENDED, "prod", before(1225), phases.STORY, "run-00c0ffee", 37.0),
    Event(EventKind.RUN_STARTED, "prod", before(1262), "run-00c0ffee", "run-00c0ffee"),
    Event(EventKind.RUN_SUCCEEDED, "prod", before(9000), "run-1", "run-1", 1319.6),
    Event(
        EventKind.RUN_FAILED, "prod", before(14_400), "run-2", "run-2", 3727.0, "the job reached its 3,600 s limit"
    ),
    Event(EventKind.SERVER_REGAINED, "prod", before(100_000), duration_s=125.0),
    Event(EventKind.SERVER_LOST, "prod", before(100_125), detail="Nothing listens at 127.0.0.1:8080."),
)


def _check(name: str, status: Health, age_s: float, error: str | None = None) -> CheckResult:
    return CheckResult(name, status, status.value, 200, 0.03, before(age_s), error=error)


CHECKS: Mapping[str, CheckResult] = {
    "main": _check("main", Health.HEALTHY, 8),
    "openai": _check("openai", Health.HEALTHY, 8),
    "vertex_ai": _check("vertex_ai", Health.HEALTHY, 420),
    "quota": _check("quota", Health.UNHEALTHY, 420, "Quota NVIDIA_T4_GPUS in us-west1 is 0"),
    "service_account": _check("service_account", Health.DEGRADED, 420, "No permission to list keys"),
    "machine_types": CheckResult("machine_types"),
    "veo": CheckResult("veo", absent=True),
    "tts": _check("tts", Health.DISABLED, 900),
}
_REFUSED = Trouble.of(
    RefusedError("Nothing listens at 127.0.0.1:8080.", "Start the server, or correct the environment's url.")
)
_DENIED = Trouble.of(
    PermissionDeniedError(
        "Vertex AI refuses: permission aiplatform.customJobs.list is missing for "
        "av-runner@av-8675309.iam.gserviceaccount.com.",
        "Grant roles/aiplatform.viewer to it.",
    )
)
_RUNNING_PHASES = _phases(37.0, 59.0, 36.0, running=1130.0, last=PhaseState.RUNNING)


def _running(**changes: object) -> Run:
    known: dict[str, object] = {
        "started_at": before(1262),
        "phase_started_at": before(1130),
        "current_phase": phases.VIDEO,
        "job_id": "video-job-ab12cd34",
    }
    return _run(RunState.RUNNING, _RUNNING_PHASES, **(known | changes))


def _snapshot(**changes: object) -> Snapshot:
    known: dict[str, object] = {
        "environment": "prod",
        "at": before(8),
        "server": _server(),
        "vertex": _VERTEX,
        "checks": CHECKS,
        "budget": Budget(10, 300.0, 4),
        "next_look_at": NOW + timedelta(seconds=42),
        "events": EVENTS,
        "past_runs": PAST_RUNS,
    }
    return Snapshot(**(known | changes))  # type: ignore[arg-type]


def _ended(state: RunState, found: tuple[Phase, ...], **changes: object) -> Run:
    known: dict[str, object] = {"started_at": before(3900), "ended_at": before(180), "total_s": 3720.0}
    return _run(state, found, **(known | changes))


def all_states() -> dict[str, Snapshot]:
    """Return the snapshots by the name of what they show."""
    idle = _server(status=_IDLE)
    away = _server(
        reach=Reach.NO, since=before(420), answered_at=before(420), status_at=before(420), trouble=_REFUSED
    )
    failed = _phases(37.0, 59.0, 36.0, running=3588.0, last=PhaseState.FAILED)
    return {
        "running": _snapshot(run=_running(), job=job(), eta=Eta(840.0, 2280.0)),
        "early": _snapshot(
            run=_running(
                phases=_phases(37.0, running=12.0, last=PhaseState.RUNNING),
                current_phase=phases.IMAGES,
                phase_started_at=before(12),
                started_at=before(49),
                job_id=None,
            ),
            eta=Eta(1500.0, 3300.0),
            events=EVENTS[4:],
        ),
        "waiting": _snapshot(
            run=_running(),
            job=job(JobState.PENDING, started_at=None, created_at=before(1130)),
            eta=Eta(1500.0, 4200.0),
            budget=Budget(10, 300.0, 10, NOW + timedelta(seconds=95)),
        ),
        "succeeded": _snapshot(run=_ended(RunState.SUCCEEDED, _DONE), server=idle),
        "failed": _snapshot(
            run=_ended(RunState.FAILED, failed, error=TIME_LIMIT_TEXT),
            server=idle,
            job=job(
                JobState.FAILED,
                started_at=before(3900),
                created_at=before(4200),
                ended_at=before(300),
                error=JobError(8, "The replica workerpool0-0 exited with a non-zero status of 1."),
            ),
        ),
        "cancelled": _snapshot(
            run=_ended(RunState.CANCELLED, _phases(37.0, running=21.0, last=PhaseState.SKIPPED)), server=idle
        ),
        "orphan": _snapshot(run=None, server=idle, job=job()),
        "unknown": _snapshot(run=_ended(RunState.UNKNOWN, _phases(37.0)), server=idle),
        "idle": _snapshot(run=None, server=idle),
        "empty": Snapshot(
            "prod",
            before(2),
            server=_server(status=_IDLE, status_at=before(2)),
            vertex=_VERTEX,
            budget=Budget(10, 300.0, 1),
        ),
        "first": Snapshot("prod", NOW),
        "offline": _snapshot(server=away, run=_running(), vertex=VertexView(Reach.NO, before(400))),
        "stale": _snapshot(run=_running(), server=_server(status_at=before(900)), next_look_at=before(600)),
        "paused": _snapshot(run=_running(), server=_server(status_at=before(900)), paused=True),
        "batch": _snapshot(run=None, server=_server(reach=Reach.NO, batch=True, trouble=_REFUSED, status=None)),
        "denied": _snapshot(run=None, server=idle, vertex=VertexView(Reach.NO, None, {"us-central1": _DENIED})),
        "six phases": _snapshot(
            run=_running(
                phases=tuple(
                    Phase(name, PhaseState.RUNNING if name == phases.VIDEO else PhaseState.DONE, 12_345.0)
                    for name in phases.ORDER
                )
            ),
            job=job(spot=True, time_limit_s=None, machine_type="a2-ultragpu-8g", accelerator_type="NVIDIA_A100_80GB"),
        ),
        "hostile": _snapshot(
            run=_ended(RunState.FAILED, failed, error="<b>Boom</b> " + "x" * 500),
            server=idle,
            job=job(JobState.FAILED, ended_at=before(5), error=JobError(2, "<a href='x'>y</a>" + "z" * 3000)),
            events=(Event(EventKind.RUN_FAILED, "prod", before(3), "r", "r", 1.0, "<img src=x>" + "w" * 600),),
        ),
    }
