"""Which jobs were cancelled from AVDesk, remembered for the monitors of all processes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from avdesk.store.memory import Memory

FACT = "cancelled_jobs"
KEPT_FOR = timedelta(days=2)
"""A run ends within hours of its job."""


@dataclass(frozen=True, slots=True)
class CancelledJobs:
    """Job id → when its cancelling was asked for."""

    asked_at: Mapping[str, datetime] = field(default_factory=dict)


def cancelled_jobs(memory: Memory, environment: str) -> frozenset[str]:
    """Return the ids of the jobs that were cancelled lately."""
    known = memory.recall(environment, FACT, CancelledJobs)
    return frozenset(known[0].asked_at) if known is not None else frozenset()


def note_cancelled(memory: Memory, environment: str, job_id: str, now: datetime) -> None:
    """Remember that a job's cancelling is asked for now: before it is sent, so that no outcome is faster."""
    _change(memory, environment, now, {job_id: now}, "")


def withdraw(memory: Memory, environment: str, job_id: str, now: datetime) -> None:
    """Forget it again: the cancelling was refused or came too late, so the run's outcome is what the server says."""
    _change(memory, environment, now, {}, job_id)


def _change(memory: Memory, environment: str, now: datetime, more: Mapping[str, datetime], less: str) -> None:
    """Change the fact as one step: another process may do the same at the same time."""

    def changed(known: CancelledJobs | None) -> CancelledJobs:
        before = known.asked_at if known is not None else {}
        kept = {job: at for job, at in before.items() if now - at < KEPT_FOR and job != less}
        return CancelledJobs({**kept, **more})

    memory.amend(environment, FACT, CancelledJobs, changed, now)
