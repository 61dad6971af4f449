"""What happened, between one snapshot and the next: the only thing beside the snapshot that goes up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """The kinds of event, as they are stored."""

    RUN_STARTED = "run_started"
    PHASE_ENDED = "phase_ended"
    RUN_SUCCEEDED = "run_succeeded"
    RUN_FAILED = "run_failed"
    RUN_CANCELLED = "run_cancelled"
    RUN_LOST = "run_lost"
    """A run ended, and nothing says how."""
    JOB_QUEUED = "job_queued"
    JOB_STARTED = "job_started"
    JOB_STUCK = "job_stuck"
    JOB_SUCCEEDED = "job_succeeded"
    JOB_FAILED = "job_failed"
    JOB_CANCELLED = "job_cancelled"
    HEALTH_CHANGED = "health_changed"
    HEALTH_LOST = "health_lost"
    HEALTH_REGAINED = "health_regained"
    HEALTH_FLAPS = "health_flaps"
    """A check comes and goes; its single changes are no news until it has settled."""
    SERVER_LOST = "server_lost"
    SERVER_REGAINED = "server_regained"
    VERTEX_LOST = "vertex_lost"
    VERTEX_REGAINED = "vertex_regained"
    RATE_LIMITED = "rate_limited"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        kind: what.
        environment: where.
        at: when, as exactly as can be told (UTC).
        subject: what it happened to: a run's or job's id, a phase's or check's name; empty for the server itself.
        run_id: the run that it belongs to, None without one.
        duration_s: how long what ended had taken, seconds; None is unknown or does not apply.
        detail: the reason or the new state, in words that came from outside or from an error; may be empty.
        job_id: the render job of a run that ended; empty without one.
    """

    kind: EventKind
    environment: str
    at: datetime
    subject: str = ""
    run_id: str | None = None
    duration_s: float | None = None
    detail: str = ""
    job_id: str = ""
