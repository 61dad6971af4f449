"""The one gate before every notification: decides which news is announced. Without Qt."""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from avdesk.bridge.announced import Announced
from avdesk.config.settings import Notifications
from avdesk.core.alerts import Alert, alert_of, is_over
from avdesk.core.events import Event, EventKind

Clock = Callable[[], datetime]

_SWITCHES: dict[EventKind, str] = {
    EventKind.RUN_SUCCEEDED: "run_finished",
    EventKind.RUN_FAILED: "run_failed",
    EventKind.RUN_LOST: "run_failed",
    EventKind.JOB_FAILED: "run_failed",
    EventKind.JOB_STUCK: "job_stuck",
    EventKind.JOB_STARTED: "job_stuck",
    EventKind.SERVER_LOST: "server_lost",
    EventKind.SERVER_REGAINED: "server_lost",
    EventKind.HEALTH_LOST: "health",
    EventKind.HEALTH_FLAPS: "health",
    EventKind.HEALTH_REGAINED: "health",
}

log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Announcer:
    """Turns events into notifications: by the user's switches, each news once, no old news."""

    def __init__(
        self,
        wanted: Callable[[str], Notifications],
        announced: Announced,
        show: Callable[[Alert], None],
        now: Clock = _utc_now,
    ) -> None:
        """Announce by `show` what `wanted` lets through now of an environment of that name.

        `announced` remembers across restarts.
        """
        self._wanted = wanted
        self._announced = announced
        self._show = show
        self._now = now

    def hear(self, events: Iterable[Event]) -> None:
        """Take in what happened, oldest first."""
        for event in events:
            self._consider(event)

    def _consider(self, event: Event) -> None:
        alert = alert_of(event, self._now(), self._announced.open_incidents)
        if alert is None:
            return
        if not self._is_wanted(event):
            log.info("not announced, switched off: %s of %s", event.kind, event.environment)
            return
        key = f"{alert.incident}:{event.kind.value}:{event.at:%Y-%m-%dT%H:%M:%S}"
        if self._announced.was_told(key):
            log.info("not announced, told before: %s of %s", event.kind, event.environment)
            return
        self._announced.note(key, alert.incident, over=is_over(event) or event.kind in _RUN_ENDS)
        self._show(alert)

    def _is_wanted(self, event: Event) -> bool:
        wanted, switch = self._wanted(event.environment), _SWITCHES.get(event.kind)
        return wanted.enabled and (switch is None or bool(getattr(wanted, switch)))


_RUN_ENDS = frozenset({EventKind.RUN_SUCCEEDED, EventKind.RUN_FAILED, EventKind.RUN_LOST, EventKind.JOB_FAILED})
"""A run that ended is one incident, closed with its news."""
