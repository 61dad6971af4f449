"""Notifications on the desktop: org.freedesktop.Notifications where it answers, the tray's own message elsewhere.

One incident is one live notification: a later alert of the same incident takes its place. The daemon may be absent,
may be replaced by another one while we run, and may never answer; none of that is assumed away.
"""

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from avdesk.bridge.bus import Bus, Reply
from avdesk.bridge.notice import NOTIFY_SIGNATURE, action_of, notify_arguments
from avdesk.core.alerts import Alert

SERVICE = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
BUS_NAME = "org.freedesktop.DBus"

READY_WITHIN_MS = 4000
"""What the bus and the daemon may take until the first notification goes the other way."""

LIVE_LIMIT = 100

log = logging.getLogger(__name__)


class DesktopNotifications(QObject):
    """Shows alerts and tells which button was pressed.

    Signals:
        activated: the `Alert`, the `AlertAction` chosen, and the activation token (a str, may be empty) that lets
            a window come to the front.
        refused: an `Alert` that no daemon takes: it has to be shown by other means.
    """

    activated = Signal(object, object, str)
    refused = Signal(object)

    def __init__(self, bus: Bus | None, parent: QObject | None = None) -> None:
        """Show over `bus`; where there is none, everything is refused."""
        super().__init__(parent)
        self._bus = bus
        self._capabilities: frozenset[str] | None = None
        self._owner = ""
        self._queue: dict[str, Alert] = {}
        self._sending: dict[str, Alert | None] = {}
        self._ids: dict[str, int] = {}
        self._live: dict[int, Alert] = {}
        self._tokens: dict[int, str] = {}
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(READY_WITHIN_MS)
        self._patience.timeout.connect(self._give_up)
        if bus is not None:
            bus.ready.connect(self._meet)
            bus.lost.connect(self._part)
            # Connected already, by whoever shares the bus: then no signal comes.
            if bus.is_ready:
                self._meet()

    @property
    def capabilities(self) -> frozenset[str] | None:
        """What the daemon says it understands, None while none has answered."""
        return self._capabilities

    def show(self, alert: Alert) -> None:
        """Show an alert, in the place of the one of the same incident."""
        if self._bus is None:
            self.refused.emit(alert)
        elif self._capabilities is not None:
            self._send(alert)
        else:
            self._queue[alert.incident] = alert
            if not self._patience.isActive():
                self._patience.start()
            if self._bus.is_ready:
                self._ask_capabilities()
            else:
                self._bus.open()

    # The daemon comes and goes

    def _meet(self) -> None:
        assert self._bus is not None
        self._bus.listen(SERVICE, SERVICE, "ActionInvoked", self._on_action)
        self._bus.listen(SERVICE, SERVICE, "ActivationToken", self._on_token)
        self._bus.listen(SERVICE, SERVICE, "NotificationClosed", self._on_closed)
        self._bus.listen(BUS_NAME, BUS_NAME, "NameOwnerChanged", self._on_owner_changed)
        if self._queue:
            self._ask_capabilities()

    def _part(self) -> None:
        self._forget_daemon()
        self._give_up()

    def _forget_daemon(self) -> None:
        self._capabilities = None
        self._owner = ""
        self._ids.clear()
        self._live.clear()
        self._tokens.clear()

    def _ask_capabilities(self) -> None:
        self._call("GetCapabilities", "", (), self._on_capabilities)
        self._find_owner()

    def _find_owner(self) -> None:
        assert self._bus is not None
        self._bus.call(
            "/org/freedesktop/DBus", BUS_NAME, BUS_NAME, "GetNameOwner", "s", (SERVICE,), self._on_owner_known
        )

    def _on_owner_known(self, reply: Reply) -> None:
        if reply and isinstance(reply[0], str):
            self._owner = reply[0]

    def _on_capabilities(self, reply: Reply) -> None:
        if reply is None or not reply or not isinstance(reply[0], list):
            self._give_up()
            return
        self._capabilities = frozenset(word for word in reply[0] if isinstance(word, str))
        if not self._owner:
            self._find_owner()
        self._patience.stop()
        waiting, self._queue = self._queue, {}
        for alert in waiting.values():
            self._send(alert)

    def _on_owner_changed(self, sender: str, values: tuple[Any, ...]) -> None:
        if sender == BUS_NAME and len(values) == 3 and values[0] == SERVICE:
            # The next daemon knows nothing of the old one's notifications, and may understand other things.
            self._forget_daemon()
            self._owner = values[2] if isinstance(values[2], str) else ""

    def _give_up(self) -> None:
        self._patience.stop()
        waiting, self._queue = self._queue, {}
        for alert in waiting.values():
            log.info("no notification daemon: shown by the tray instead")
            self.refused.emit(alert)

    # One notification

    def _call(self, method: str, signature: str, body: tuple[Any, ...], then: Callable[[Reply], None]) -> None:
        assert self._bus is not None
        self._bus.call(PATH, SERVICE, SERVICE, method, signature, body, then)

    def _send(self, alert: Alert) -> None:
        incident = alert.incident
        if incident in self._sending:
            self._sending[incident] = alert  # the id to replace is not known before the first one's answer
            return
        self._sending[incident] = None
        arguments = notify_arguments(alert, self._capabilities or frozenset(), self._ids.get(incident, 0))
        self._call("Notify", NOTIFY_SIGNATURE, arguments, lambda reply: self._on_sent(alert, reply))

    def _on_sent(self, alert: Alert, reply: Reply) -> None:
        newer = self._sending.pop(alert.incident, None)
        if reply and isinstance(reply[0], int):
            number = reply[0]
            self._live.pop(self._ids.get(alert.incident, 0), None)
            self._ids[alert.incident] = number
            self._live[number] = alert
            while len(self._live) > LIVE_LIMIT:
                self._forget(next(iter(self._live)))
        elif newer is None:
            self.refused.emit(alert)
        if newer is not None:
            self.show(newer)

    def _forget(self, number: int) -> None:
        alert = self._live.pop(number, None)
        self._tokens.pop(number, None)
        if alert is not None and self._ids.get(alert.incident) == number:
            del self._ids[alert.incident]

    # What the daemon tells

    def _ours(self, sender: str, values: tuple[Any, ...]) -> bool:
        return len(values) == 2 and values[0] in self._live and sender in (self._owner, "")

    def _on_token(self, sender: str, values: tuple[Any, ...]) -> None:
        if self._ours(sender, values) and isinstance(values[1], str):
            self._tokens[values[0]] = values[1]

    def _on_action(self, sender: str, values: tuple[Any, ...]) -> None:
        if not self._ours(sender, values):
            return
        alert = self._live[values[0]]
        action = action_of(str(values[1]))
        if action is not None:
            self.activated.emit(alert, action, self._tokens.pop(values[0], ""))

    def _on_closed(self, sender: str, values: tuple[Any, ...]) -> None:
        if self._ours(sender, values):
            self._forget(values[0])
