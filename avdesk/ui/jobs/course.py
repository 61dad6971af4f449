"""A job's course: made, started, ended, with what lay between. Pure; the widget is in `course_view`."""

from dataclasses import dataclass
from datetime import datetime

from avdesk.core import wording
from avdesk.core.jobs import Job, JobState
from avdesk.core.phases import PhaseState
from avdesk.core.run import Run
from avdesk.core.snapshot import Snapshot
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui import phrases
from avdesk.ui.colours import job_sign


@dataclass(frozen=True, slots=True)
class CourseStep:
    """One point of the course.

    Attributes:
        word: what happened.
        at: when; None for a point that is not known or still to come.
        before: what lay between the step before and this one, as ``waited 6 min``; may be empty.
        sign: the sign of the state that was reached.
    """

    word: str
    at: datetime | None
    before: str
    sign: Sign


def course(job: Job, now: datetime) -> tuple[CourseStep, ...]:
    """Return the points of a job's course, the present one last."""
    steps = [CourseStep(_("Created"), job.created_at, "", Sign.IDLE)]
    waited = job.queue_s(now)
    if job.started_at is not None:
        between = "" if waited is None else _("waited {time}").format(time=wording.duration(waited))
        steps.append(CourseStep(_("Started"), job.started_at, between, Sign.RUNNING))
    ran = phrases.ran_words(job, now)
    if job.state.ended:
        steps.append(
            CourseStep(wording.job_state(job.state), job.ended_at, _end_words(job, ran), job_sign(job.state))
        )
    else:
        between = "" if ran is None else _("runs for {time}").format(time=ran)
        if job.started_at is None and waited is not None:
            between = _("waits for {time}").format(time=wording.duration(waited))
        steps.append(CourseStep(_present(job.state), None, between, job_sign(job.state)))
    return tuple(steps)


def run_of(job: Job, snapshot: Snapshot | None) -> Run | None:
    """Return the pipeline run that the job belongs to, as far as AVDesk has followed it."""
    if snapshot is None:
        return None
    runs = (*((snapshot.run,) if snapshot.run is not None else ()), *snapshot.past_runs)
    return next((run for run in runs if run.job_id == job.id), None)


def run_words(run: Run) -> str:
    """Return a run's phases on one line: ``Story 37 s · Images 59 s · Video failed``."""
    parts = []
    for phase in run.phases:
        name = wording.phase_name(phase.name)
        match phase.state:
            case PhaseState.DONE | PhaseState.RUNNING:
                time = wording.duration(phase.duration_s)
                parts.append(name if phase.duration_s is None else f"{name} {time}")
            case PhaseState.FAILED:
                parts.append(_("{phase} failed").format(phase=name))
            case _:
                continue
    return " · ".join(parts) or phrases.run_outcome(run)


def _end_words(job: Job, ran: str | None) -> str:
    if job.started_at is None:
        waited = job.total_s(job.ended_at) if job.ended_at is not None else None
        if waited is None:
            return _("never started")
        return _("never started, {time} after it was made").format(time=wording.duration(waited))
    return "" if ran is None else _("ran {time}").format(time=ran)


def _present(state: JobState) -> str:
    if state is JobState.RUNNING:
        return _("Running now")
    return wording.job_state(state)
