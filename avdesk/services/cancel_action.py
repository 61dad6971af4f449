"""Cancelling a job, and the server's run with it where the run is its own.

AutoVideo's ``/cancel`` only clears flags: its worker and the job at Vertex AI go on. So the job is cancelled at
Vertex AI first, where it costs money, and then the flags are cleared; a server that has the planned
``/jobs/{id}/cancel`` does it all by itself.
"""

import logging
from datetime import UTC, datetime

from avdesk.core.actions import ActionState
from avdesk.core.endpoints import CANCEL, JOB_CANCEL
from avdesk.core.errors import (
    AbortedError,
    KnownError,
    NotAllowedError,
    NotFoundError,
    RateLimitedError,
    RequestRefusedError,
)
from avdesk.core.jobs import Job, JobState
from avdesk.core.wording import job_state
from avdesk.i18n import _
from avdesk.services.cancelled_jobs import note_cancelled, withdraw
from avdesk.services.deed import Progress, Scene

log = logging.getLogger(__name__)

STATUS_YOUNG_S = 20.0
"""Whose run a job belongs to is decided by a status of at most this age."""

_TRIES = 3
_LONGEST_PAUSE_S = 8.0


def cancel(scene: Scene, progress: Progress, *, wait: bool) -> Job:
    """Cancel the job of the action; with `wait` until it has ended. Returns the job as it was seen last.

    Raises:
        RequestRefusedError: the job has ended, or does not exist.
        KnownError: it could not be asked for.
    """
    job = scene.find(progress.request)
    if job.state.ended:
        raise already_ended(job)
    progress.move(ActionState.SENDING, _("Cancelling {job}.").format(job=job.id))
    note_cancelled(scene.memory, scene.environment.name, job.id, scene.clock.now())
    try:
        said = _send(scene, job)
    except (RequestRefusedError, NotAllowedError):  # after any other error it may have taken effect all the same
        withdraw(scene.memory, scene.environment.name, job.id, scene.clock.now())
        raise
    detail = _("{job} is being cancelled; that takes some minutes.").format(job=job.id)
    progress.move(ActionState.REQUESTED, f"{detail} {said}".strip())
    return await_end(scene, job) if wait else _look_once(scene, job)


def confirm_cancelled(scene: Scene, progress: Progress, job: Job) -> None:
    """Note how the cancelling of `job` came out.

    Raises:
        RequestRefusedError: the job ended otherwise before it took effect.
    """
    if job.state is JobState.CANCELLED:
        progress.move(ActionState.CONFIRMED, _("{job} is cancelled.").format(job=job.id))
        return
    if job.state.ended:
        withdraw(scene.memory, scene.environment.name, job.id, scene.clock.now())
        raise already_ended(job)


def timed_out(progress: Progress, job: Job) -> None:
    """Note that the job had not ended within the time allowed."""
    progress.move(
        ActionState.TIMED_OUT,
        _("{job} was told to end, but is still {state}.").format(job=job.id, state=job_state(job.state).lower()),
        _("Look at it in the Google Cloud console; it goes on costing money until it has ended."),
    )


def already_ended(job: Job) -> RequestRefusedError:
    """Return the error for a job that has ended."""
    return RequestRefusedError(
        _("{job} has already ended: {state}.").format(job=job.id, state=job_state(job.state).lower()),
        _("There is nothing left to cancel."),
    )


def _send(scene: Scene, job: Job) -> str:
    """Ask for the end of the job; returns what else is to be said, empty when nothing is."""
    if job.is_autovideo and _by_server(scene, job):
        return ""
    own, why_not = _is_own(scene, job)
    if job.state is not JobState.CANCELLING:
        _at_vertex(scene, job)
    return _clear_flags(scene) if own else why_not


def _by_server(scene: Scene, job: Job) -> bool:
    """Whether the server has cancelled the job: it may lack the endpoint, or be away, which is no fault."""
    if scene.server_calls is None:
        return False
    try:
        reply = scene.server_calls.try_endpoint(
            scene.memory, JOB_CANCEL, lambda client: client.job_cancel(job.id), sparing=True
        )
    except AbortedError:
        raise
    except KnownError as error:
        log.info("%s: not cancelled by the server: %s", job.id, error)
        return False
    return reply is not None


def _is_own(scene: Scene, job: Job) -> tuple[bool, str]:
    """Return whether the server's run is the job's, and what is to be said where that is not known."""
    calls = scene.server_calls
    if calls is None or not job.is_autovideo:
        return False, ""
    known = calls.known_status(scene.memory)
    try:
        status, _at = calls.status(scene.memory, young_s=STATUS_YOUNG_S)
    except AbortedError:
        raise
    except KnownError as error:
        if known is None or not known[0].generating or known[0].job_id not in (None, job.id):
            return False, ""
        return False, _("The run on the server was left alone: {reason}").format(reason=error.message)
    return status.generating and status.job_id == job.id, ""


def _clear_flags(scene: Scene) -> str:
    """Clear the server's flags; returns what is to be said where that did not work."""
    try:
        reply = scene.server.try_endpoint(scene.memory, CANCEL, lambda client: client.cancel())
    except AbortedError:
        raise
    except KnownError as error:
        return _("The run on the server was not cancelled: {reason}").format(reason=error.message)
    if reply is None:
        return _("This server cannot be told: its run ends when it notices that the job has.")
    return _("The run on the server is cancelled too.")


def _at_vertex(scene: Scene, job: Job) -> None:
    """Cancel at Vertex AI. That is harmless to repeat, so a moment's failure is."""
    for attempt in range(1, _TRIES + 1):
        try:
            scene.vertex.cancel_job(job.region or "", job.number)
        except (NotAllowedError, NotFoundError, AbortedError):
            raise
        except KnownError as error:
            if _ends_already(scene, job, error):
                return
            pause = 1.5 * attempt
            if isinstance(error, RateLimitedError) and error.until is not None:
                pause = (error.until - datetime.now(UTC)).total_seconds()
            busy = not isinstance(error, RequestRefusedError) or error.status == 409
            if attempt == _TRIES or not busy or pause > _LONGEST_PAUSE_S:
                raise
            scene.pause(pause)
        else:
            return


def _ends_already(scene: Scene, job: Job, error: KnownError) -> bool:
    """Whether the job is being cancelled after all, although asking for it failed.

    Raises:
        RequestRefusedError: it has ended meanwhile.
    """
    try:
        now = scene.vertex.get_job(job.region or "", job.number)
    except KnownError:
        return False
    if now.state.ended and now.state is not JobState.CANCELLED:
        raise already_ended(now) from error
    return now.state in (JobState.CANCELLING, JobState.CANCELLED)


def _look_once(scene: Scene, job: Job) -> Job:
    try:
        return scene.vertex.get_job(job.region or "", job.number)
    except AbortedError:
        raise
    except KnownError as error:
        log.info("%s: not seen after its cancelling: %s", job.id, error)
        return job


def await_end(scene: Scene, job: Job) -> Job:
    """Return the job once it has ended, or as it was seen last when the time is over; a failed look is no news."""
    pauses = scene.pauses(scene.patience.cancel_s)
    while True:
        job = _look_once(scene, job)
        if job.state.ended or not pauses.pause():
            return job
