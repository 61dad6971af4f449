"""Tying a run to its CustomJob: by the id that the server names, or by time where it names none."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from avdesk.core import phases
from avdesk.core.jobs import Job
from avdesk.core.run import Run, RunState
from avdesk.core.status import ServerStatus

CLOCKS_APART = timedelta(seconds=30)
"""How far the clocks of the server and of Vertex AI may differ from ours."""


def job_of_run(run: Run | None, status: ServerStatus | None, jobs: Iterable[Job]) -> Job | None:
    """Return the job to show with a run: its own, else an active one that the server no longer speaks of.

    Vertex AI's word on a job goes before the server's, which asks in one region only.
    """
    known = [job for job in jobs if job.is_autovideo]
    if run is not None and run.job_id is not None:
        own = [job for job in known if job.id == run.job_id]
        if own:
            return max(own, key=_created)
        reported = status.job if status is not None else None
        if reported is not None and reported.id == run.job_id:
            return reported
        if run.state is not RunState.CANCELLED:
            return None
    active = [job for job in known if job.state.active]
    if run is not None and run.state is RunState.RUNNING:
        active = [job for job in active if _may_belong(job, run)]
    elif run is not None and run.state in (RunState.SUCCEEDED, RunState.FAILED):
        return None
    return max(active, key=_created) if active else None


def tied(run: Run, job: Job | None) -> Run:
    """Return the run with the job's id where it had none and is on."""
    if job is None or run.job_id is not None or run.state is not RunState.RUNNING:
        return run
    return replace(run, job_id=job.id)


def job_ahead(run: Run | None, jobs: Iterable[Job], told_at: datetime | None) -> bool:
    """Whether a job tells more than the server did when it was last heard (`told_at`).

    That is so for a job of a run that was heard in a phase before the video, and, while no run was on, for a job that
    is younger than what the server said.
    """
    active = [job for job in jobs if job.is_autovideo and job.state.active]
    if run is None or run.ended:
        return told_at is not None and any(job.created_at is not None and job.created_at > told_at for job in active)
    if run.current_phase is None or phases.position(run.current_phase) >= phases.position(phases.VIDEO):
        return False
    return any(_may_belong(job, run) for job in active)


def _may_belong(job: Job, run: Run) -> bool:
    if job.created_at is None or run.started_at is None:
        return False
    return job.created_at >= run.started_at - CLOCKS_APART


def _created(job: Job) -> float:
    return job.created_at.timestamp() if job.created_at is not None else 0.0
