"""What a snapshot comes down to: one state, one headline, one sign for the tray."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from avdesk.core import phases, reasons, wording
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
    if run is not None and run.state in (RunState.RUNNING, RunState.SUCCEEDED, RunState.FAILED):
        return _told(snapshot, run, now)
    if job is not None and job.state.active:
        return _job_alone(snapshot, job, now)
    if run is not None and run.state is RunState.CANCELLED:
        return _of_run(snapshot, run, now, State.CANCELLED, Sign.IDLE, _cancelled_headline(run))
    if run is not None:
        headline = _("The run ended, its outcome is not known")
        return _of_run(snapshot, run, now, State.UNKNOWN, Sign.ATTENTION, headline)
    return _without_run(snapshot)


def _told(snapshot: Snapshot, run: Run, now: datetime) -> Summary:
    """Return the summary of a run whose state the server tells."""
    if run.state is RunState.RUNNING:
        return _running(snapshot, run, now)
    if run.state is RunState.FAILED:
        return _failed(snapshot, run, now)
    return _of_run(snapshot, run, now, State.SUCCEEDED, Sign.SUCCEEDED, _done_headline(run))


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
    age = snapshot.age_s(now)
    if age is None or age <= STALE_AFTER_S:
        return False
    planned = snapshot.next_look_at
    grace = timedelta(seconds=STALE_AFTER_S / 2)
    return snapshot.paused or planned is None or now > planned + grace


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
    return _of_run(snapshot, run, now, State.RUNNING, sign, _running_headline(run, job, now), error=error)


def _running_headline(run: Run, job: Job | None, now: datetime) -> str:
    if run.vm_id is not None:
        return _("Rendering on the virtual machine {vm}").format(vm=run.vm_id)
    if run.current_phase == phases.VIDEO and job is not None:
        return job_headline(job, now)
    return wording.phase_activity(run.current_phase)


def job_headline(job: Job, now: datetime) -> str:
    """Return what a job does, for a headline: ``Rendering on 1× NVIDIA_TESLA_T4, us-central1, 12 min``."""
    where = job.region or _("unknown region")
    if job.state.waiting:
        what = _("a GPU") if job.accelerator_type else _("a machine")
        waited = wording.rough_duration(job.queue_s(now))
        return _("Waiting for {what}, {region}, {time}").format(what=what, region=where, time=waited)
    if job.state is JobState.RUNNING:
        ran = wording.rough_duration(job.run_s(now))
        return _("Rendering on {machine}, {region}, {time}").format(
            machine=wording.machine(job), region=where, time=ran
        )
    if job.state is JobState.SUCCEEDED:
        return _("Rendered, finishing the video")
    if job.state is JobState.CANCELLING:
        return _("Cancelling {job}").format(job=job.id)
    if job.state.ended:
        return _("Render job {state}, waiting for the server").format(state=wording.job_state(job.state).lower())
    return _("Render job: {state}").format(state=job.vertex_state)


def _failed(snapshot: Snapshot, run: Run, now: datetime) -> Summary:
    reason = reasons.explain(run.error)
    job = snapshot.job
    if job is not None and job.state.active:
        headline = _("Failed: {reason}; its render job still runs").format(reason=reason.what)
    else:
        headline = _("Failed: {reason}").format(reason=reason.what)
    return _of_run(snapshot, run, now, State.FAILED, Sign.FAILED, headline, advice=reason.advice, error=run.error)


def _job_alone(snapshot: Snapshot, job: Job, now: datetime) -> Summary:
    """Return the summary while a job is active that the server no longer speaks of: never idle."""
    if job.state is JobState.CANCELLING:
        sign, headline, advice = Sign.ATTENTION, job_headline(job, now), ""
    elif not _server_knows_better(snapshot, job):
        sign = Sign.WAITING if job.state.waiting else Sign.RUNNING
        headline, advice = job_headline(job, now), ""
    else:
        sign = Sign.ATTENTION
        headline = _("The server has stopped, but {job} is still {state}").format(
            job=job.id, state=wording.job_state(job.state).lower()
        )
        advice = _("Cancel the job at Vertex AI if its video is no longer wanted: it goes on costing money.")
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
) -> Summary:
    elapsed = None
    if run.phase_started_at is not None:
        elapsed = max(0.0, (now - run.phase_started_at).total_seconds())
    return Summary(
        state=state,
        sign=sign,
        headline=headline,
        advice=advice,
        phase=run.current_phase,
        phase_elapsed_s=elapsed,
        phases=run.phases_at(now),
        eta=snapshot.eta,
        started_at=run.started_at,
        job_id=_job_id(snapshot),
        error=error,
    )


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
    if server.status.kind is TextKind.UNKNOWN:
        text = reasons.explain(server.status.text).what if server.status.text else _("no words")
        return Summary(State.UNKNOWN, Sign.ATTENTION, _("The server says: {text}").format(text=text))
    return Summary(State.IDLE, Sign.IDLE, _("Idle"))


def _done_headline(run: Run) -> str:
    if run.total_s is None:
        return _("Done")
    return _("Done in {time}").format(time=wording.rough_duration(run.total_s))


def _cancelled_headline(run: Run) -> str:
    if run.late_outcome is TextKind.COMPLETED:
        return _("Cancelled; the server finished it all the same")
    return _("Cancelled")


def _job_id(snapshot: Snapshot) -> str | None:
    if snapshot.run is not None and snapshot.run.job_id is not None:
        return snapshot.run.job_id
    return snapshot.job.id if snapshot.job is not None and snapshot.job.state.active else None
