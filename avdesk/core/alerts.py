"""Which events deserve a notification, and what it says: one live notification an incident."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from avdesk.core import reasons, wording
from avdesk.core.events import Event, EventKind
from avdesk.i18n import _

OLD_NEWS = timedelta(minutes=10)
"""An event that happened longer ago is history by the time it is known: it is listed, not announced."""


class Urgency(StrEnum):
    """How loud a notification is."""

    LOW = "low"
    NORMAL = "normal"
    CRITICAL = "critical"


class AlertAction(StrEnum):
    """What a notification's button does."""

    OPEN = "open"
    CHECK_NOW = "check"


@dataclass(frozen=True, slots=True)
class Alert:
    """One notification.

    Attributes:
        incident: what it is about; a later alert of the same incident replaces this one.
        environment: where.
        title, body: plain text; the body may hold words from outside and is escaped where markup is understood.
        urgency: how loud.
        actions: at most two buttons.
    """

    incident: str
    environment: str
    title: str
    body: str
    urgency: Urgency = Urgency.NORMAL
    actions: tuple[AlertAction, ...] = (AlertAction.OPEN,)


def alert_of(event: Event, now: datetime, shown: Collection[str]) -> Alert | None:
    """Return the notification for an event, None where it deserves none or is old news.

    `shown` holds the incidents that were announced and are not over: good news is told only of those.
    """
    if now - event.at > OLD_NEWS or _unasked_good_news(event, shown):
        return None
    maker = {
        EventKind.RUN_SUCCEEDED: _run_succeeded,
        EventKind.RUN_FAILED: _run_failed,
        EventKind.RUN_LOST: _run_lost,
        EventKind.JOB_STUCK: _job_stuck,
        EventKind.JOB_STARTED: _job_started,
        EventKind.SERVER_LOST: _server_lost,
        EventKind.SERVER_REGAINED: _server_regained,
    }.get(event.kind)
    return maker(event) if maker is not None else None


def is_over(event: Event) -> bool:
    """Whether the event ends its incident, so that the next bad news is a new one."""
    return event.kind in (EventKind.JOB_STARTED, EventKind.SERVER_REGAINED)


def _unasked_good_news(event: Event, shown: Collection[str]) -> bool:
    if event.kind is EventKind.JOB_STARTED:
        return _queue_incident(event) not in shown
    return event.kind is EventKind.SERVER_REGAINED and _server_incident(event) not in shown


def _title(what: str, event: Event) -> str:
    return _("{what} · {environment}").format(what=what, environment=event.environment)


def _run_incident(event: Event) -> str:
    return f"run:{event.environment}:{event.run_id or event.subject}"


def _queue_incident(event: Event) -> str:
    return f"queue:{event.environment}:{event.subject}"


def _server_incident(event: Event) -> str:
    return f"server:{event.environment}"


def _run_succeeded(event: Event) -> Alert:
    if event.duration_s is None:
        body = _("The video is done.")
    else:
        body = _("It took {time}.").format(time=wording.rough_duration(event.duration_s))
    return Alert(_run_incident(event), event.environment, _title(_("Video done"), event), body, Urgency.LOW)


def _run_failed(event: Event) -> Alert:
    reason = reasons.explain(event.detail)
    what = reason.what[:1].upper() + reason.what[1:]
    body = f"{what.rstrip('.')}. {reason.advice}".strip()
    title = _title(_("Video failed"), event)
    return Alert(_run_incident(event), event.environment, title, body, Urgency.CRITICAL)


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
