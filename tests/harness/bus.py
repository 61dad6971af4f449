"""A D-Bus session bus as a test talks to it: blocking calls with a deadline."""

from typing import Any, NamedTuple, Self

from jeepney import DBusAddress, DBusErrorResponse, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

CALL_TIMEOUT_S = 60.0
_BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")

BusError = DBusErrorResponse
"""What a call raises when the other side answers with an error; `.name` is the error's D-Bus name."""


class Target(NamedTuple):
    """One interface of one object of one program."""

    service: str
    path: str
    interface: str


class Bus:
    """One connection to a bus."""

    def __init__(self, address: str) -> None:
        """Connect to the bus at this D-Bus address."""
        self.address = address
        self._connection: DBusConnection = open_dbus_connection(address, auth_timeout=CALL_TIMEOUT_S)

    def __enter__(self) -> Self:
        """Return this."""
        return self

    def __exit__(self, *details: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def call(self, target: Target, member: str, signature: str = "", *arguments: object) -> tuple[Any, ...]:
        """Call a method and return what it answers; BusError where that is an error, TimeoutError without answer."""
        address = DBusAddress(target.path, bus_name=target.service, interface=target.interface)
        message = new_method_call(address, member, signature or None, arguments)
        reply = self._connection.send_and_get_reply(message, timeout=CALL_TIMEOUT_S)
        answer: tuple[Any, ...] = unwrap_msg(reply)
        return answer

    def get(self, target: Target, name: str) -> Any:  # noqa: ANN401 - what a property holds is its own affair
        """Return one property; BusError where there is none."""
        address = DBusAddress(target.path, bus_name=target.service, interface=target.interface)
        reply = self._connection.send_and_get_reply(Properties(address).get(name), timeout=CALL_TIMEOUT_S)
        return unwrap_msg(reply)[0][1]

    def owns(self, name: str) -> bool:
        """Tell whether somebody on the bus holds this name. Asking starts nobody."""
        return bool(self.call(Target(*_BUS), "NameHasOwner", "s", name)[0])

    def process_of(self, name: str) -> int:
        """Return the process id of the program that holds this name."""
        return int(self.call(Target(*_BUS), "GetConnectionUnixProcessID", "s", name)[0])
