"""Retrying a job: the server's own retry where it has one and nothing is to be changed, else a new CustomJob.

A creation is sent once. Where its answer is lost the new job is looked for, by its name or by the label that says
what it retries; it is never sent again by itself, so that two jobs never come of one wish.
"""

import logging
from collections.abc import Callable, Collection
from datetime import timedelta

from avdesk.clients.mishaps import NothingAnswersError
from avdesk.clients.vertex import AnswerLostError, newest_first
from avdesk.core import wire
from avdesk.core.actions import ActionKind, ActionState
from avdesk.core.customjob import RESOURCE_NAME, read_custom_job
from avdesk.core.endpoints import JOB_RETRY
from avdesk.core.errors import (
    AbortedError,
    BadAnswerError,
    KnownError,
    NameLookupError,
    RateLimitedError,
    RequestRefusedError,
    UnreachableError,
    UsageError,
)
from avdesk.core.jobs import Job, JobState
from avdesk.core.wording import job_state
from avdesk.i18n import _
from avdesk.services.deed import Progress, Scene
from avdesk.services.machines import Changes, changes_of, new_job_id, retry_body

log = logging.getLogger(__name__)

CLOCKS_APART = timedelta(minutes=2)
_NOT_SENT = (NothingAnswersError, NameLookupError)


def retry(scene: Scene, progress: Progress) -> Job:
    """Create the new job and wait until Vertex AI shows it; returns it.

    Raises:
        RequestRefusedError: the job cannot be retried.
        UsageError: what is to be changed cannot be.
        AnswerLostError: it may have been created, and was not found.
        KnownError: it was not created.
    """
    changes = check_changes(scene, progress)
    old = scene.find(progress.request)
    _check_state(old, progress.request.kind)
    progress.move(ActionState.SENDING, _("Making a new job out of {job}.").format(job=old.id))
    new = None
    if progress.request.kind is ActionKind.RETRY and changes.none and old.is_autovideo:
        new = _by_server(scene, progress, old)
    if new is None:
        new = _create(scene, old, changes)
    said = _("{new} was asked for, which retries {old}.").format(new=new.id, old=old.id)
    progress.move(ActionState.REQUESTED, said, new_job_id=new.id)
    return _confirm(scene, progress, old, new)


def check_changes(scene: Scene, progress: Progress) -> Changes:
    """Return what the new job is to have different.

    Raises:
        UsageError: it cannot be, or its region is none in which this environment's jobs are looked for.
    """
    changes = changes_of(progress.request.parameters)
    if changes.region is not None and changes.region not in scene.environment.regions:
        raise UsageError(
            _("{region} is none of the regions of {name}.").format(
                region=changes.region, name=scene.environment.name
            ),
            _("Choose one of {names}.").format(names=", ".join(scene.environment.regions)),
        )
    return changes


def _check_state(old: Job, kind: ActionKind) -> None:
    if kind is ActionKind.RESUBMIT or "retry" in old.actions:
        return
    if old.state is JobState.SUCCEEDED:
        raise RequestRefusedError(
            _("{job} succeeded: there is nothing to retry.").format(job=old.id),
            _("Start a new video instead."),
        )
    raise RequestRefusedError(
        _("{job} has not ended: {state}.").format(job=old.id, state=job_state(old.state).lower()),
        _("Wait for its end, or restart it: that cancels it first."),
    )


def _by_server(scene: Scene, progress: Progress, old: Job) -> Job | None:
    """Return the job that the server made; None where it cannot, and nothing was made."""
    calls = scene.server_calls
    if calls is None or not calls.may_have(scene.memory, JOB_RETRY):
        return None
    before = {job.key for job in _retries(scene, progress, old)}
    try:
        reply = calls.try_endpoint(scene.memory, JOB_RETRY, lambda client: client.job_retry(old.id, {}))
        if reply is None:
            return None
        told = wire.as_object(reply.json())
    except (RequestRefusedError, RateLimitedError, *_NOT_SENT) as error:
        log.info("%s: not retried by the server: %s", old.id, error)
        return None
    except AbortedError:
        raise
    except UnreachableError as error:
        return _found(scene, lambda: _new_retry(scene, progress, old, before), error)
    except KnownError as error:
        log.info("%s: not retried by the server: %s", old.id, error)
        return None
    named = RESOURCE_NAME.fullmatch(str(told.get("resource_name", "")))
    if named is not None and named.group(2) in scene.environment.regions:
        return scene.vertex.get_job(named.group(2), named.group(3))
    lost = BadAnswerError(_("The server did not say which job it made."), "")
    return _found(scene, lambda: _new_retry(scene, progress, old, before), lost)


def _retries(scene: Scene, progress: Progress, old: Job) -> list[Job]:
    """Return the jobs that retry the old one and are about as young as the action."""
    listing = scene.vertex.list_jobs(scene.environment.regions, since=progress.asked_at - CLOCKS_APART)
    return [job for job in listing.jobs if job.retry_of in (old.id, old.number)]


def _new_retry(scene: Scene, progress: Progress, old: Job, before: Collection[tuple[str, str]]) -> Job | None:
    found = [job for job in _retries(scene, progress, old) if job.key not in before]
    return newest_first(found)[0] if found else None


def _create(scene: Scene, old: Job, changes: Changes) -> Job:
    """Return the new job, created at Vertex AI."""
    region = old.region or ""
    raw = scene.vertex.raw_job(region, old.number)
    fresh = read_custom_job(raw, region)
    if fresh is None:
        raise BadAnswerError(_("Vertex AI’s answer describes no job."), _("Check the environment’s endpoint."))
    new_id, target = new_job_id(), changes.region or region
    body = retry_body(raw, old_id=old.id, new_id=new_id, region=region, changes=changes)
    name = str(body["displayName"])
    try:
        return scene.vertex.create_job(target, body)
    except AnswerLostError as error:
        return _found(scene, lambda: _named(scene, name, target), error)


def _named(scene: Scene, name: str, region: str) -> Job | None:
    """Return the job of that name in a region.

    Raises:
        KnownError: the region could not be asked.
    """
    listing = scene.vertex.list_jobs([region], since=scene.clock.now() - CLOCKS_APART * 5)
    for failure in listing.failures.values():
        raise failure
    found = [job for job in listing.jobs if job.display_name == name]
    return newest_first(found)[0] if found else None


def _found(scene: Scene, look: Callable[[], Job | None], lost: KnownError) -> Job:
    """Return the job whose creation was not answered, once it is found.

    Raises:
        AnswerLostError: it was not found, or could not be looked for.
    """
    looked = False
    for pause in scene.patience.lookups_s:
        scene.pause(pause)
        try:
            job = look()
        except AbortedError:
            raise
        except KnownError as error:
            log.info("the new job could not be looked for: %s", error)
            continue
        looked = True
        if job is not None:
            return job
    if looked:
        raise AnswerLostError(
            _("The new job was asked for, no answer came, and there is no such job: {reason}").format(
                reason=lost.message
            ),
            _("Look at the jobs in a minute; ask again if there is still none."),
        )
    raise AnswerLostError(
        _("The new job was asked for, no answer came, and it could not be looked for: {reason}").format(
            reason=lost.message
        ),
        _("Look at the jobs before asking again: it may have been created."),
    )


def _confirm(scene: Scene, progress: Progress, old: Job, new: Job) -> Job:
    """Wait until Vertex AI shows the new job."""
    pauses = scene.pauses(scene.patience.show_s)
    while True:
        try:
            shown = scene.vertex.get_job(new.region or "", new.number)
        except AbortedError:
            raise
        except KnownError as error:
            log.info("%s: not seen yet: %s", new.id, error)
        else:
            said = _("{new} retries {old} in {region}: {state}.").format(
                new=shown.id, old=old.id, region=shown.region or "–", state=job_state(shown.state).lower()
            )
            progress.move(ActionState.CONFIRMED, said, new_job_id=shown.id)
            return shown
        if not pauses.pause():
            progress.move(
                ActionState.TIMED_OUT,
                _("{new} was created, but Vertex AI does not show it.").format(new=new.id),
                _("Look at the jobs again in a minute."),
            )
            return new
