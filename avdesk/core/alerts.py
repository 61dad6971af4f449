"""Which events deserve a notification, and what it says: one live notification an incident."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from avdesk.core import reasons, wording
from avdesk.core.events import Event, EventKind
from avdesk.core.jobs import JOB_ID
from avdesk.core.ownchecks import is_own
from avdesk.core.redact import redact
from avdesk.core.text import one_line
from avdesk.i18n import _

OLD_NEWS = timedelta(minutes=10)
"""An event that happened longer ago is history by the time it is known: it is listed, not announced."""

_MOST_WORDS = 200
"""Characters of a check's own words in a notification."""


class Urgency(StrEnum):
    """How loud a notification is."""

    LOW = "low"
    NORMAL = "normal"
    CRITICAL = "critical"


class AlertAction(StrEnum):
    """What a notification's button does."""

    OPEN = "open"
    CHECK_NOW = "check"
    RETRY = "retry"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Alert:
    """One notification.

    Attributes:
        incident: what it is about; a later alert of the same incident replaces this one.
        environment: where.
        title, body: plain text; the body may hold words from outside and is escaped where markup is understood.
        urgency: how loud.
        actions: at most two buttons.
        job_id: the job that `AlertAction.RETRY` and `AlertAction.LOG` are about; empty without one.
        check: the health check that `AlertAction.CHECK_NOW` asks; empty: the pipeline's state.
    """

    incident: str
    environment: str
    title: str
    body: str
    urgency: Urgency = Urgency.NORMAL
    actions: tuple[AlertAction, ...] = (AlertAction.OPEN,)
    job_id: str = ""
    check: str = ""


def alert_of(event: Event, now: datetime, shown: Collection[str]) -> Alert | None:
    """Return the notification for an event, None where it deserves none or is old news.

    `shown` holds the incidents that were announced and are not over: good news is told only of those.
    """
    if now - event.at > OLD_NEWS or _needless(event, shown):
        return None
    maker = {
        EventKind.RUN_SUCCEEDED: _run_succeeded,
        EventKind.RUN_FAILED: _run_failed,
        EventKind.RUN_LOST: _run_lost,
        EventKind.JOB_FAILED: _job_failed,
        EventKind.JOB_STUCK: _job_stuck,
        EventKind.JOB_STARTED: _job_started,
        EventKind.SERVER_LOST: _server_lost,
        EventKind.SERVER_REGAINED: _server_regained,
        EventKind.HEALTH_LOST: _health_lost,
        EventKind.HEALTH_FLAPS: _health_flaps,
        EventKind.HEALTH_REGAINED: _health_regained,
    }.get(event.kind)
    return maker(event) if maker is not None else None


def is_over(event: Event) -> bool:
    """Whether the event ends its incident, so that the next bad news is a new one."""
    return event.kind in (EventKind.JOB_STARTED, EventKind.SERVER_REGAINED, EventKind.HEALTH_REGAINED)


def _needless(event: Event, shown: Collection[str]) -> bool:
    if event.kind is EventKind.JOB_FAILED:
        return event.run_id is not None or JOB_ID.fullmatch(event.subject) is None  # the run's end tells of its job
    if event.kind is EventKind.JOB_STARTED:
        return _queue_incident(event) not in shown
    if event.kind is EventKind.HEALTH_REGAINED:
        return _check_incident(event) not in shown
    return event.kind is EventKind.SERVER_REGAINED and _server_incident(event) not in shown


def _title(what: str, event: Event) -> str:
    return _("{what} · {environment}").format(what=what, environment=event.environment)


def _run_incident(event: Event) -> str:
    return f"run:{event.environment}:{event.run_id or event.subject}"


def _queue_incident(event: Event) -> str:
    return f"queue:{event.environment}:{event.subject}"


def _server_incident(event: Event) -> str:
    return f"server:{event.environment}"


def _check_incident(event: Event) -> str:
    return f"check:{event.environment}:{event.subject}"


def _run_succeeded(event: Event) -> Alert:
    if event.duration_s is None:
        body = _("The video is done.")
    else:
        body = _("It took {time}.").format(time=wording.rough_duration(event.duration_s))
    return Alert(_run_incident(event), event.environment, _title(_("Video done"), event), body, Urgency.LOW)


def _run_failed(event: Event) -> Alert:
    title = _title(_("Video failed"), event)
    return _failure(_run_incident(event), event, title, _reason(event), event.job_id)


def _job_failed(event: Event) -> Alert:
    """Return the alert for a job that belongs to no run, such as one that was retried."""
    body = _("{job}: {reason}").format(job=event.subject, reason=_reason(event))
    return _failure(
        f"job:{event.environment}:{event.subject}", event, _title(_("Job failed"), event), body, event.subject
    )


def _failure(incident: str, event: Event, title: str, body: str, job_id: str) -> Alert:
    """Return a loud alert; where there is a job it can be retried at once, or its log be read."""
    actions = (AlertAction.RETRY, AlertAction.LOG) if job_id else (AlertAction.OPEN,)
    return Alert(incident, event.environment, title, body, Urgency.CRITICAL, actions, job_id)


def _reason(event: Event) -> str:
    reason = reasons.explain(event.detail)
    what = reason.what[:1].upper() + reason.what[1:]
    return f"{what.rstrip('.')}. {reason.advice}".strip()


def _run_lost(event: Event) -> Alert:
    title = _title(_("Run ended, outcome unknown"), event)
    body = _("The server no longer speaks of the run; it may have been restarted.")
    return Alert(_run_incident(event), event.environment, title, body)


def _job_stuck(event: Event) -> Alert:
    title = _title(_("Still waiting for a GPU"), event)
    body = _("{job} has waited {time}, longer than usual. {why}").format(
        job=event.subject, time=wording.rough_duration(event.duration_s), why=event.detail
    )
    return Alert(_queue_incident(event), event.environment, title, body.strip())


def _job_started(event: Event) -> Alert:
    title = _title(_("Rendering has started"), event)
    body = _("{job} waited {time}.").format(job=event.subject, time=wording.rough_duration(event.duration_s))
    return Alert(_queue_incident(event), event.environment, title, body, Urgency.LOW)


def _server_lost(event: Event) -> Alert:
    title = _title(_("Server not reachable"), event)
    actions = (AlertAction.OPEN, AlertAction.CHECK_NOW)
    return Alert(_server_incident(event), event.environment, title, event.detail, Urgency.NORMAL, actions)


def _server_regained(event: Event) -> Alert:
    title = _title(_("Server is back"), event)
    body = _("It was away for {time}.").format(time=wording.rough_duration(event.duration_s))
    return Alert(_server_incident(event), event.environment, title, body, Urgency.LOW)


def _health_lost(event: Event) -> Alert:
    words = _("{check} needs a look") if is_own(event.subject) else _("{check} is unhealthy")
    title = _title(words.format(check=wording.check_name(event.subject)), event)
    body = one_line(redact(event.detail), _MOST_WORDS) or _("The check says no more than that.")
    actions = (AlertAction.OPEN, AlertAction.CHECK_NOW)
    return Alert(_check_incident(event), event.environment, title, body, Urgency.NORMAL, actions, check=event.subject)


def _health_flaps(event: Event) -> Alert:
    title = _title(_("{check} comes and goes").format(check=wording.check_name(event.subject)), event)
    body = _("It has changed several times lately. You will hear of it again when it has settled.")
    return Alert(_check_incident(event), event.environment, title, body)


def _health_regained(event: Event) -> Alert:
    title = _title(_("{check} is healthy again").format(check=wording.check_name(event.subject)), event)
    return Alert(_check_incident(event), event.environment, title, _("Its last answer was good."), Urgency.LOW)
