"""What a snapshot comes down to: one state, one headline, one sign for the tray."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from avdesk.core import headlines, phases, reasons, wording
from avdesk.core.jobs import Job, JobState
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import STALE_AFTER_S, Eta, Reach, Snapshot
from avdesk.core.status import TextKind
from avdesk.i18n import _


class State(StrEnum):
    """The pipeline's state, as the command line's JSON names it."""

    IDLE = "idle"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    OFFLINE = "offline"
    STALE = "stale"
    UNKNOWN = "unknown"


class Sign(StrEnum):
    """What tray, badges and rows show: each a shape of its own."""

    IDLE = "idle"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    ATTENTION = "attention"
    FAILED = "failed"
    STALE = "stale"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Summary:
    """A snapshot in short.

    Attributes:
        state: the pipeline's state; `sign` how it is drawn.
        headline: one sentence without its full stop.
        advice: the one next step; empty when there is nothing to do.
        phase: the phase now; `phase_elapsed_s` the seconds in it.
        phases: this run's phases as of now.
        eta: of the run that is on.
        started_at: when the run began.
        job_id: the render job's id.
        error: why it failed, the raw text.
    """

    state: State
    sign: Sign
    headline: str
    advice: str = ""
    phase: str | None = None
    phase_elapsed_s: float | None = None
    phases: tuple[Phase, ...] = ()
    eta: Eta | None = None
    started_at: datetime | None = None
    job_id: str | None = None
    error: str | None = None


def summarise(snapshot: Snapshot, now: datetime) -> Summary:
    """Return what `snapshot` comes down to at `now`."""
    if _blind(snapshot):
        return _offline(snapshot, now)
    if _is_stale(snapshot, now):
        return _stale(snapshot, now)
    run, job = snapshot.run, snapshot.job
    if run is not None and run.state is RunState.RUNNING and snapshot.server.reach is Reach.NO and not _open(job):
        return _exited(snapshot, run, now)
    if _machine_renders(snapshot):
        headline = _("The server says: {text}").format(text=headlines.server_words(snapshot))
        return Summary(State.RUNNING, Sign.RUNNING, headline, phase=phases.VIDEO, job_id=_job_id(snapshot))
    if run is not None and run.state in (RunState.RUNNING, RunState.SUCCEEDED, RunState.FAILED):
        return _told(snapshot, run, now)
    if job is not None and _open(job):
        return _job_alone(snapshot, job, now)
    return _at_rest(snapshot, run, now) if run is not None else _without_run(snapshot)


def _at_rest(snapshot: Snapshot, run: Run, now: datetime) -> Summary:
    """Return the summary after a run that was cancelled, or whose outcome nobody told."""
    if run.state is RunState.CANCELLED and run.job_id is not None and snapshot.job is None:
        headline = _("Cancelled on the server; whether {job} still runs is not known").format(job=run.job_id)
        advice = _("Look the job up at Vertex AI: the server's cancelling does not end it.")
        return _of_run(snapshot, run, now, State.CANCELLED, Sign.ATTENTION, headline, advice=advice)
    if run.state is RunState.CANCELLED:
        return _of_run(snapshot, run, now, State.CANCELLED, Sign.IDLE, headlines.cancelled(run))
    headline = _("The run ended, its outcome is not known")
    if snapshot.server.status is not None and snapshot.server.status.kind is TextKind.UNKNOWN:
        headline = _("The run ended; the server says: {text}").format(text=headlines.server_words(snapshot))
    return _of_run(snapshot, run, now, State.UNKNOWN, Sign.ATTENTION, headline)


def _told(snapshot: Snapshot, run: Run, now: datetime) -> Summary:
    """Return the summary of a run whose state the server tells."""
    if run.state is RunState.RUNNING:
        return _running(snapshot, run, now)
    if run.state is RunState.FAILED:
        return _failed(snapshot, run, now)
    if _open(snapshot.job):
        headline = _("{done}; its render job still runs").format(done=headlines.done(run))
        return _of_run(snapshot, run, now, State.SUCCEEDED, Sign.ATTENTION, headline, advice=headlines.costly())
    return _of_run(snapshot, run, now, State.SUCCEEDED, Sign.SUCCEEDED, headlines.done(run))


def _open(job: Job | None) -> bool:
    """Whether there is a job that may still run: a state that is not known is no end."""
    return job is not None and not job.state.ended


def _machine_renders(snapshot: Snapshot) -> bool:
    """Whether the server speaks of a virtual machine that renders beside any run."""
    status = snapshot.server.status
    run_tells = snapshot.run is not None and snapshot.run.state is RunState.RUNNING
    return (
        status is not None
        and status.kind is TextKind.RENDER_VM
        and not run_tells
        and not headlines.launched(status.text)
    )


def _exited(snapshot: Snapshot, run: Run, now: datetime) -> Summary:
    """Return the summary after a server in batch mode has gone in the middle of a run: it does so at the end."""
    headline = _("The server has exited; how the run ended is not known")
    if snapshot.job is not None and snapshot.job.state is JobState.SUCCEEDED:
        headline = _("Rendered, and the server has exited; whether all went well is not known")
    elif snapshot.job is not None and snapshot.job.error is not None and snapshot.job.state is JobState.FAILED:
        reason = reasons.explain(snapshot.job.error.message)
        headline = _("The server has exited after its render job failed: {reason}").format(reason=reason.what)
    advice = _("Look at the server's logs for its last words.")
    return _of_run(snapshot, run, now, State.UNKNOWN, Sign.ATTENTION, headline, advice=advice, over=True)


def _blind(snapshot: Snapshot) -> bool:
    """Whether nothing can be said: the server is away and no active job tells more in its stead."""
    server = snapshot.server
    told_by_job = snapshot.job is not None and snapshot.job.state.active and snapshot.vertex.reach is Reach.YES
    if server.reach is Reach.NO:
        return not told_by_job and not server.batch
    return server.reach is Reach.OFF and snapshot.vertex.reach is Reach.NO


def _is_stale(snapshot: Snapshot, now: datetime) -> bool:
    if snapshot.server.batch and snapshot.server.reach is Reach.NO:
        return False
    age, seen, planned = snapshot.age_s(now), snapshot.observed_at, snapshot.next_look_at
    if age is None or seen is None:
        return False
    fresh_for = STALE_AFTER_S
    if snapshot.server.reach is Reach.OFF and planned is not None and not snapshot.paused:
        fresh_for = max(fresh_for, (planned - seen).total_seconds() + STALE_AFTER_S / 2)  # asked more seldom
    elif snapshot.budget is not None:
        fresh_for = max(fresh_for, 1.5 * snapshot.budget.window_s / max(1, snapshot.budget.limit))
    return age > fresh_for


def _offline(snapshot: Snapshot, now: datetime) -> Summary:
    server = snapshot.server
    trouble = server.trouble or next(iter(snapshot.vertex.troubles.values()), None)
    if server.reach is Reach.OFF:
        headline = _("Vertex AI not reachable")
    elif server.since is not None and (now - server.since).total_seconds() >= wording.MINUTE_S:
        away = wording.rough_duration((now - server.since).total_seconds())
        headline = _("Server not reachable for {time}").format(time=away)
    else:
        headline = _("Server not reachable")
    return Summary(
        state=State.OFFLINE,
        sign=Sign.OFFLINE,
        headline=headline,
        advice=f"{trouble.message} {trouble.advice}" if trouble else "",
        phases=snapshot.run.phases if snapshot.run else (),
        started_at=snapshot.run.started_at if snapshot.run else None,
        job_id=_job_id(snapshot),
        error=trouble.message if trouble else None,
    )


def _stale(snapshot: Snapshot, now: datetime) -> Summary:
    headline = _("Not updated for {time}").format(time=wording.rough_duration(snapshot.age_s(now)))
    return Summary(
        state=State.STALE,
        sign=Sign.STALE,
        headline=headline,
        advice=_("Asking is paused.") if snapshot.paused else "",
        phases=snapshot.run.phases if snapshot.run else (),
        started_at=snapshot.run.started_at if snapshot.run else None,
        job_id=_job_id(snapshot),
    )


def _running(snapshot: Snapshot, run: Run, now: datetime) -> Summary:
    job = snapshot.job
    sign = Sign.WAITING if job is not None and job.state.waiting else Sign.RUNNING
    if job is not None and job.state in (JobState.FAILED, JobState.EXPIRED, JobState.CANCELLED):
        sign = Sign.ATTENTION
    error = job.error.message if job is not None and job.error is not None and job.state is JobState.FAILED else None
    advice = headlines.told_by_vertex(snapshot)
    headline = headlines.running(snapshot, run, now)
    return _of_run(snapshot, run, now, State.RUNNING, sign, headline, advice=advice, error=error)


def _failed(snapshot: Snapshot, run: Run, now: datetime) -> Summary:
    reason = reasons.explain(run.error)
    advice = reason.advice
    if _open(snapshot.job):
        headline = _("Failed: {reason}; its render job still runs").format(reason=reason.what)
        advice = f"{headlines.costly()} {advice}".strip()
    else:
        headline = _("Failed: {reason}").format(reason=reason.what)
    return _of_run(snapshot, run, now, State.FAILED, Sign.FAILED, headline, advice=advice, error=run.error)


def _job_alone(snapshot: Snapshot, job: Job, now: datetime) -> Summary:
    """Return the summary while a job is active that the server no longer speaks of: never idle."""
    if job.state is JobState.CANCELLING:
        sign, headline, advice = Sign.ATTENTION, headlines.of_job(job, now), ""
    elif not _server_knows_better(snapshot, job):
        sign = Sign.WAITING if job.state.waiting else Sign.RUNNING
        headline, advice = headlines.of_job(job, now), ""
    elif snapshot.server.reach is Reach.NO:
        sign = Sign.WAITING if job.state.waiting else Sign.RUNNING
        headline, advice = headlines.of_job(job, now), headlines.told_by_vertex(snapshot)
    elif snapshot.server.status is None:
        sign = Sign.ATTENTION
        headline = headlines.of_job(job, now)
        advice = snapshot.server.trouble.message if snapshot.server.trouble is not None else ""
    else:
        sign = Sign.ATTENTION
        headline = _("The server has stopped, but {job} is not over: {state}").format(
            job=job.id, state=headlines.job_word(job).lower()
        )
        advice = headlines.costly()
    run = snapshot.run
    queue_or_run = job.queue_s(now) if job.state.waiting else job.run_s(now)
    return Summary(
        state=State.RUNNING,
        sign=sign,
        headline=headline,
        advice=advice,
        phase=phases.VIDEO,
        phase_elapsed_s=queue_or_run,
        phases=run.phases if run is not None else (Phase(phases.VIDEO, PhaseState.RUNNING, job.total_s(now)),),
        eta=snapshot.eta,
        started_at=(run.started_at if run is not None else None) or job.created_at,
        job_id=job.id,
    )


def _server_knows_better(snapshot: Snapshot, job: Job) -> bool:
    """Whether the server, heard after the job was made, said that nothing is on."""
    told = snapshot.server.status_at
    if snapshot.server.reach is not Reach.YES or told is None:
        return False
    return job.created_at is None or told > job.created_at


def _of_run(
    snapshot: Snapshot,
    run: Run,
    now: datetime,
    state: State,
    sign: Sign,
    headline: str,
    *,
    advice: str = "",
    error: str | None = None,
    over: bool = False,
) -> Summary:
    """Return the summary of a run; `over`: it is known to have ended, though the server never said so."""
    elapsed = None
    if run.phase_started_at is not None and not over:
        elapsed = max(0.0, (now - run.phase_started_at).total_seconds())
    return Summary(
        state=state,
        sign=sign,
        headline=headline,
        advice=advice,
        phase=None if over else run.current_phase,
        phase_elapsed_s=elapsed,
        phases=tuple(_stopped(phase) for phase in run.phases) if over else run.phases_at(now),
        eta=None if over else snapshot.eta,
        started_at=run.started_at,
        job_id=_job_id(snapshot),
        error=error,
    )


def _stopped(phase: Phase) -> Phase:
    """Return a phase of a run that is over: what was never seen to end has no known duration."""
    return phase if phase.state is PhaseState.DONE else replace(phase, state=PhaseState.SKIPPED, duration_s=None)


def _without_run(snapshot: Snapshot) -> Summary:
    server = snapshot.server
    if server.reach is Reach.NO and server.batch:
        return Summary(State.IDLE, Sign.IDLE, _("The server runs in batch mode and is off between runs"))
    if server.reach is Reach.OFF:
        if snapshot.vertex.reach is Reach.YES:
            return Summary(State.IDLE, Sign.IDLE, _("No render job is active"))
        return Summary(State.UNKNOWN, Sign.STALE, _("Not known yet"))
    if server.status is None and server.trouble is not None:
        trouble = server.trouble
        return Summary(
            State.UNKNOWN, Sign.ATTENTION, trouble.message.rstrip("."), trouble.advice, error=trouble.message
        )
    if server.status is None:
        return Summary(State.UNKNOWN, Sign.STALE, _("Not known yet"))
    if server.status.kind not in (TextKind.READY, TextKind.INITIALIZING, TextKind.RESET):
        text = headlines.server_words(snapshot)
        return Summary(State.UNKNOWN, Sign.ATTENTION, _("The server says: {text}").format(text=text))
    return Summary(State.IDLE, Sign.IDLE, _("Idle"))


def _job_id(snapshot: Snapshot) -> str | None:
    if snapshot.run is not None and snapshot.run.job_id is not None:
        return snapshot.run.job_id
    return snapshot.job.id if snapshot.job is not None and snapshot.job.state.active else None
