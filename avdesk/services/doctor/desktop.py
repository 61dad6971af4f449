"""What the desktop offers: a tray, notifications, a keyring."""

import os
import sys
from collections.abc import Sequence
from typing import Any, Self

from avdesk.core.errors import NotAllowedError
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.services.doctor.findings import Finding, Verdict

CALL_S = 3.0

_WATCHER = "org.kde.StatusNotifierWatcher"
_NOTIFICATIONS = "org.freedesktop.Notifications"


def look_at_tray() -> Finding:
    """Whether a tray item would be shown."""
    if not _has_dbus():
        return Finding("tray", Verdict.OK, _("The system provides it"))
    try:
        with _Bus() as bus:
            if not bus.owned(_WATCHER):
                return Finding(
                    "tray",
                    Verdict.WARNING,
                    _("This desktop has no tray host (nobody owns {name})").format(name=_WATCHER),
                    _("On GNOME, turn on the AppIndicator extension; until then the window opens instead."),
                )
            host = bus.get_property(_WATCHER, "/StatusNotifierWatcher", _WATCHER, "IsStatusNotifierHostRegistered")
    except _NoBusError as error:
        return _without_bus("tray", error)
    if host is False:
        return Finding(
            "tray",
            Verdict.WARNING,
            _("There is a tray service, but no panel that shows it"),
            _("Add a tray to a panel."),
        )
    return Finding("tray", Verdict.OK, _("A tray host is there"))


def look_at_notifications() -> Finding:
    """Whether notifications are shown, and what they can do."""
    if not _has_dbus():
        return Finding("notifications", Verdict.OK, _("The system provides them"))
    try:
        with _Bus() as bus:
            if not bus.owned(_NOTIFICATIONS) and not bus.can_start(_NOTIFICATIONS):
                return Finding(
                    "notifications",
                    Verdict.WARNING,
                    _("No notification service runs on this desktop"),
                    _("Install and start one, such as dunst or xfce4-notifyd."),
                )
            path = "/org/freedesktop/Notifications"
            name = bus.call(_NOTIFICATIONS, path, _NOTIFICATIONS, "GetServerInformation")
            able = bus.call(_NOTIFICATIONS, path, _NOTIFICATIONS, "GetCapabilities")
    except _NoBusError as error:
        return _without_bus("notifications", error)
    who = " ".join(one_line(part, 40) for part in (name[0], name[2])) if len(name) >= 3 else "?"
    can = sorted(one_line(each, 40) for each in (able[0] if able and isinstance(able[0], list) else ()))
    detail = _("{who}: {abilities}").format(who=who, abilities=", ".join(can[:20]) or _("no extras"))
    if "actions" not in can:
        return Finding("notifications", Verdict.OK, _("{detail}; without buttons").format(detail=detail))
    return Finding("notifications", Verdict.OK, detail)


def look_at_keyring(*, needed: bool) -> Finding:
    """Whether a keyring is there and unlocked; `needed`: an environment keeps its token there."""
    from avdesk.store.secrets import check_unlocked, keyring_name

    try:
        name = keyring_name()
        check_unlocked()
    except NotAllowedError as error:
        verdict = Verdict.BAD if needed else Verdict.WARNING
        return Finding("keyring", verdict, error.message, error.advice)
    return Finding("keyring", Verdict.OK, name)


def _has_dbus() -> bool:
    return sys.platform not in ("win32", "darwin")


def _without_bus(name: str, error: "_NoBusError") -> Finding:
    return Finding(
        name,
        Verdict.WARNING,
        _("There is no session bus ({why})").format(why=error),
        _("Start AVDesk from a desktop session; the command line works without."),
    )


class _NoBusError(Exception):
    """The session bus cannot be reached."""


class _Bus:
    """One conversation with the session bus; jeepney has no types, so what it returns is checked where it is read."""

    def __enter__(self) -> Self:
        address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
        if not address and not os.environ.get("XDG_RUNTIME_DIR"):
            raise _NoBusError("DBUS_SESSION_BUS_ADDRESS")
        try:
            from jeepney.io.blocking import open_dbus_connection

            self._connection: Any = open_dbus_connection(
                bus=address or f"unix:path={os.environ['XDG_RUNTIME_DIR']}/bus"
            )
        except (OSError, ImportError, RuntimeError, ValueError, KeyError) as error:
            raise _NoBusError(getattr(error, "strerror", None) or type(error).__name__) from None
        return self

    def __exit__(self, *_args: object) -> None:
        self._connection.close()

    def call(
        self, name: str, path: str, interface: str, method: str, signature: str = "", *values: object
    ) -> Sequence[Any]:
        """Return the values of a call's reply."""
        from jeepney import DBusAddress, MessageType, new_method_call

        address = DBusAddress(path, bus_name=name, interface=interface)
        message = (
            new_method_call(address, method, signature, values) if signature else new_method_call(address, method)
        )
        try:
            reply = self._connection.send_and_get_reply(message, timeout=CALL_S)
        except (OSError, TimeoutError) as error:
            raise _NoBusError(type(error).__name__) from None
        if reply.header.message_type is not MessageType.method_return:
            raise _NoBusError(one_line(reply.body[0] if reply.body else method, 80))
        return tuple(reply.body)

    def owned(self, name: str) -> bool:
        """Whether somebody owns a name."""
        return bool(self._to_bus("NameHasOwner", "s", name)[0])

    def can_start(self, name: str) -> bool:
        """Whether the bus can start who owns a name."""
        names = self._to_bus("ListActivatableNames")[0]
        return isinstance(names, list) and name in names

    def get_property(self, name: str, path: str, interface: str, what: str) -> object:
        """Return a property's value."""
        found = self.call(name, path, "org.freedesktop.DBus.Properties", "Get", "ss", interface, what)
        return found[0][1] if found and isinstance(found[0], tuple) else None

    def _to_bus(self, method: str, signature: str = "", *values: object) -> Sequence[Any]:
        bus = "org.freedesktop.DBus"
        return self.call(bus, "/org/freedesktop/DBus", bus, method, signature, *values)
