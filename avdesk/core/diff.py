"""From two snapshots to the events between them: pure, and silent about what was already so at the start."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from avdesk.core.checkcourse import NO_COURSE, CheckCourse
from avdesk.core.events import Event, EventKind
from avdesk.core.health import MAIN, CheckResult, Health
from avdesk.core.jobs import Job, JobState
from avdesk.core.ownchecks import CREDENTIALS, TOKEN, region_of
from avdesk.core.phases import PhaseState
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import Reach, Snapshot
from avdesk.core.wording import health_state

_RUN_ENDS = {
    RunState.SUCCEEDED: EventKind.RUN_SUCCEEDED,
    RunState.FAILED: EventKind.RUN_FAILED,
    RunState.CANCELLED: EventKind.RUN_CANCELLED,
    RunState.UNKNOWN: EventKind.RUN_LOST,
}
_JOB_ENDS = {
    JobState.SUCCEEDED: EventKind.JOB_SUCCEEDED,
    JobState.PARTIALLY_SUCCEEDED: EventKind.JOB_SUCCEEDED,
    JobState.FAILED: EventKind.JOB_FAILED,
    JobState.EXPIRED: EventKind.JOB_FAILED,
    JobState.CANCELLED: EventKind.JOB_CANCELLED,
}


def diff(old: Snapshot, new: Snapshot) -> tuple[Event, ...]:
    """Return what happened between `old` and `new`, in the order in which it happened.

    A side that was UNKNOWN in `old` has not changed by being seen for the first time: nothing happens at start-up.
    """
    events = [
        *_run_events(old, new),
        *_job_events(old, new),
        *_health_events(old, new),
        *_reach_events(old, new),
    ]
    return tuple(sorted(events, key=lambda event: event.at))


def _run_events(old: Snapshot, new: Snapshot) -> Iterator[Event]:
    before, after = old.run, new.run
    if before is not None and (after is None or after.id != before.id) and not before.ended:
        yield _event(new, EventKind.RUN_LOST, new.at, before.id, before.id)
    if after is None:
        return
    if before is None or before.id != after.id:
        if old.server.status is None:
            return
        if after.started_at is not None or not after.ended:
            yield _event(new, EventKind.RUN_STARTED, after.started_at or new.at, after.id, after.id)
        before = None
    ends = list(_phase_ends(new, before, after))
    yield from ends
    if after.ended and (before is None or not before.ended):
        yield _run_end(new, after, ends)


def _phase_ends(snapshot: Snapshot, before: Run | None, after: Run) -> Iterator[Event]:
    moment = after.started_at
    for phase in after.phases:
        if moment is not None and phase.duration_s is not None and phase.state is PhaseState.DONE:
            moment = min(moment + timedelta(seconds=phase.duration_s), snapshot.at)
        if phase.state is not PhaseState.DONE:
            continue
        known = before.phase(phase.name) if before is not None else None
        if known is None or known.state is not PhaseState.DONE:
            at = moment or snapshot.at
            yield _event(snapshot, EventKind.PHASE_ENDED, at, phase.name, after.id, duration_s=phase.duration_s)


def _run_end(snapshot: Snapshot, run: Run, phase_ends: Sequence[Event]) -> Event:
    """Return the end of a run, which is never told before that of its last phase."""
    ended = run.ended_at or snapshot.at
    event = _event(
        snapshot,
        _RUN_ENDS[run.state],
        max([ended, *(event.at for event in phase_ends)]),
        run.id,
        run.id,
        duration_s=run.total_s,
        detail=run.error or "",
    )
    return replace(event, job_id=run.job_id or "")


def _job_events(old: Snapshot, new: Snapshot) -> Iterator[Event]:
    before = {(job.id, job.number): job for job in old.all_jobs}
    blind = old.vertex.asked_at is None
    for job in new.all_jobs:
        known = before.get((job.id, job.number))
        if known is None and (blind or not job.state.active):
            continue
        if known is not None and known.state is job.state:
            continue
        event = _job_event(new, known, job)
        if event is not None:
            yield event


def _job_event(snapshot: Snapshot, known: Job | None, job: Job) -> Event | None:
    run = snapshot.run
    run_id = run.id if run is not None and run.job_id == job.id else None
    if job.state.waiting and (known is None or not known.state.waiting):
        return _event(snapshot, EventKind.JOB_QUEUED, job.created_at or snapshot.at, job.id, run_id)
    if job.state is JobState.RUNNING:
        at = job.started_at or snapshot.at
        return _event(snapshot, EventKind.JOB_STARTED, at, job.id, run_id, duration_s=job.queue_s(snapshot.at))
    kind = _JOB_ENDS.get(job.state)
    if kind is None:
        return None
    at = job.ended_at or snapshot.at
    detail = job.error.message if job.error is not None and kind is EventKind.JOB_FAILED else ""
    return _event(snapshot, kind, at, job.id, run_id, duration_s=job.total_s(snapshot.at), detail=detail)


def _health_events(old: Snapshot, new: Snapshot) -> Iterator[Event]:
    for name, result in {**new.checks, **new.own_checks}.items():
        if name == MAIN or (region_of(name) and new.vertex.reach is not Reach.YES):
            continue  # that the server, or all of Vertex AI, is away has an event of its own
        kind = _health_kind(old.courses.get(name, NO_COURSE), new.courses.get(name, NO_COURSE))
        if kind is None:
            continue
        if kind is EventKind.HEALTH_CHANGED and name in (CREDENTIALS, TOKEN):
            kind = EventKind.HEALTH_LOST  # a credential that is about to end is told of before it does
        words = health_state(result.status) if kind is EventKind.HEALTH_CHANGED else _why(result)
        yield _event(new, kind, result.checked_at or new.at, name, None, detail=words)


def _health_kind(before: CheckCourse, after: CheckCourse) -> EventKind | None:
    """Return what has happened to a check, None where that is no news.

    Between two answers there may be some that could not be had; and while a check flaps, no change is news.
    """
    if after.flapping:
        return None if before.flapping else EventKind.HEALTH_FLAPS
    if before.known is None or after.known is None or (before.known is after.known and not before.flapping):
        return None
    return {Health.HEALTHY: EventKind.HEALTH_REGAINED, Health.UNHEALTHY: EventKind.HEALTH_LOST}.get(
        after.known, EventKind.HEALTH_CHANGED
    )


def _why(result: CheckResult) -> str:
    return result.error or result.detail or ""


def _reach_events(old: Snapshot, new: Snapshot) -> Iterator[Event]:
    was, now = old.server.reach, new.server.reach
    if was is Reach.YES and now is Reach.NO and not new.server.batch:
        detail = new.server.trouble.message if new.server.trouble else ""
        yield _event(new, EventKind.SERVER_LOST, new.server.since or new.at, "", None, detail=detail)
    if was is Reach.NO and now is Reach.YES and not new.server.batch:
        away = (new.at - old.server.since).total_seconds() if old.server.since else None
        yield _event(new, EventKind.SERVER_REGAINED, new.at, "", None, duration_s=away)
    if old.vertex.reach is Reach.YES and new.vertex.reach is Reach.NO:
        trouble = next(iter(new.vertex.troubles.values()), None)
        yield _event(new, EventKind.VERTEX_LOST, new.at, "", None, detail=trouble.message if trouble else "")
    if old.vertex.reach is Reach.NO and new.vertex.reach is Reach.YES:
        yield _event(new, EventKind.VERTEX_REGAINED, new.at, "", None)


def _event(
    snapshot: Snapshot,
    kind: EventKind,
    at: datetime,
    subject: str,
    run_id: str | None,
    *,
    duration_s: float | None = None,
    detail: str = "",
) -> Event:
    return Event(kind, snapshot.environment, at, subject, run_id, duration_s, detail)
