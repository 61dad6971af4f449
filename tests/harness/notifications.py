"""What was notified: a second look over the shoulder of the bus, whichever daemon shows it."""

from dataclasses import dataclass, field
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from tests.harness.bus import CALL_TIMEOUT_S

NOTIFICATIONS = "org.freedesktop.Notifications"
_MONITORING = DBusAddress(
    "/org/freedesktop/DBus", bus_name="org.freedesktop.DBus", interface="org.freedesktop.DBus.Monitoring"
)
CLOSE_REASONS = {1: "expired", 2: "dismissed", 3: "closed", 4: "undefined"}


@dataclass(slots=True)
class Notification:
    """One call of Notify, and what became of it."""

    app_name: str
    replaces: int
    icon: str
    summary: str
    body: str
    actions: dict[str, str]
    """Label by key, in the order sent; the key ``default`` is the click on the notification itself."""
    hints: dict[str, Any]
    expire_ms: int
    id: int | None = None
    """What the daemon answered; None until it did."""
    invoked: list[str] = field(default_factory=list)
    closed: str | None = None
    """Why it went away; None while it is there."""


class NotificationRecorder:
    """Sees every notification on a bus from the moment it is made."""

    def __init__(self, address: str) -> None:
        """Start looking at the bus with this address."""
        self._connection: DBusConnection = open_dbus_connection(address, auth_timeout=CALL_TIMEOUT_S)
        self._unanswered: dict[tuple[str, int], Notification] = {}
        self._seen: list[Notification] = []
        # A rule for the answers too: they name neither interface nor member.
        rules = [f"interface='{NOTIFICATIONS}'", "type='method_return'"]
        call = new_method_call(_MONITORING, "BecomeMonitor", "asu", (rules, 0))
        unwrap_msg(self._connection.send_and_get_reply(call, timeout=CALL_TIMEOUT_S))

    def close(self) -> None:
        """Stop looking."""
        self._connection.close()

    def all(self) -> list[Notification]:
        """Return all notifications so far, the oldest first; one that was updated in place is there each time."""
        while True:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return list(self._seen)
            self._read(message)

    def current(self) -> list[Notification]:
        """Return what a user has before them now: not closed, and each in its newest form."""
        newest = {entry.id: entry for entry in self.all() if entry.id is not None}
        return [entry for entry in newest.values() if entry.closed is None]

    def _read(self, message: Message) -> None:
        fields = message.header.fields
        kind = message.header.message_type
        member = fields.get(HeaderFields.member)
        if kind is MessageType.method_call and member == "Notify":
            entry = _notification(message.body)
            self._seen.append(entry)
            self._unanswered[fields[HeaderFields.sender], message.header.serial] = entry
        elif kind is MessageType.method_return:
            key = (fields.get(HeaderFields.destination, ""), fields.get(HeaderFields.reply_serial, 0))
            answered = self._unanswered.pop(key, None)
            if answered is not None:
                answered.id = message.body[0]
        elif kind is MessageType.signal and member == "ActionInvoked":
            self._newest(message.body[0]).invoked.append(message.body[1])
        elif kind is MessageType.signal and member == "NotificationClosed":
            number, reason = message.body
            self._newest(number).closed = CLOSE_REASONS.get(reason, str(reason))

    def _newest(self, number: int) -> Notification:
        """Return the newest notification with this id, or a nameless one that nobody keeps."""
        found = (entry for entry in reversed(self._seen) if entry.id == number)
        return next(found, Notification("", 0, "", "", "", {}, {}, 0))


def _notification(body: tuple[Any, ...]) -> Notification:
    app_name, replaces, icon, summary, text, actions, hints, expire = body
    return Notification(
        app_name=app_name,
        replaces=replaces,
        icon=icon,
        summary=summary,
        body=text,
        actions=dict(zip(actions[0::2], actions[1::2], strict=True)),
        hints={name: value for name, (_signature, value) in hints.items()},
        expire_ms=expire,
    )
