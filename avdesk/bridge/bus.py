"""A D-Bus connection in Qt's event loop, by jeepney: QtDBus can't send the unsigned integers that some calls want.

Connecting and authenticating happen in a short-lived thread, so that a bus that hangs never holds the window up.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Signal

SEND_TIME_OUT_S = 1.0
BURST = 200
"""Messages handled in one go before the event loop gets its turn."""

CALL_TIME_OUT_MS = 10_000

Reply = tuple[Any, ...] | None
"""The values that a call returned; None when it failed or nothing came in time."""

ReplyHandler = Callable[[Reply], None]
SignalHandler = Callable[[str, tuple[Any, ...]], None]
"""Gets the sender's unique name and the signal's values."""

log = logging.getLogger(__name__)


class Bus(QObject):
    """One connection to the session's or the system's bus. Lives in the GUI thread.

    Signals:
        ready: connected; calls can be made.
        lost: no connection could be made, or it broke.
    """

    ready = Signal()
    lost = Signal()
    _connected = Signal(object)

    def __init__(self, which: Literal["SESSION", "SYSTEM"], parent: QObject | None = None) -> None:
        """Prepare; nothing is connected before `open`."""
        super().__init__(parent)
        self._which = which
        self._connection: Any = None
        self._opening = False
        self._closed = False
        self._notifier: QSocketNotifier | None = None
        self._waiting: dict[int, ReplyHandler] = {}
        self._handlers: dict[tuple[str, str], SignalHandler] = {}
        self._connected.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def is_ready(self) -> bool:
        """Whether calls can be made now."""
        return self._connection is not None

    def open(self) -> None:
        """Connect, unless that is done or under way; `ready` or `lost` follows."""
        if self._connection is not None or self._opening or self._closed:
            return
        self._opening = True
        threading.Thread(target=self._open, name=f"bus {self._which.lower()}", daemon=True).start()

    def close(self) -> None:
        """Disconnect for good; neither `lost` nor any handler is called."""
        self._closed = True
        self._waiting.clear()
        self._disconnect()

    def call(
        self,
        path: str,
        name: str,
        interface: str,
        method: str,
        signature: str,
        body: tuple[Any, ...],
        then: ReplyHandler,
    ) -> None:
        """Call a method; `then` gets what it returned, exactly once."""
        if self._connection is None:
            then(None)
            return
        import jeepney

        address = jeepney.DBusAddress(path, bus_name=name, interface=interface)
        serial = next(self._connection.outgoing_serial)
        self._waiting[serial] = then
        QTimer.singleShot(CALL_TIME_OUT_MS, self, lambda: self._answer(serial, None))
        self._send(jeepney.new_method_call(address, method, signature, body), serial)

    def listen(self, name: str, interface: str, member: str, handler: SignalHandler) -> None:
        """Call `handler` for each signal `interface.member` that the owner of `name` sends."""
        self._handlers[interface, member] = handler
        if self._connection is None:
            return
        import jeepney

        rule = jeepney.MatchRule(type="signal", sender=name, interface=interface, member=member)
        self._send(jeepney.message_bus.AddMatch(rule), None)

    def _open(self) -> None:
        """Connect, in a thread of its own."""
        try:
            from jeepney.io.blocking import open_dbus_connection

            connection: object = open_dbus_connection(self._which)
        except Exception as error:  # noqa: BLE001 - no bus, no jeepney, a bus that talks nonsense: all mean no bus
            log.info("no %s bus: %s", self._which.lower(), error)
            connection = None
        with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
            self._connected.emit(connection)

    def _take(self, connection: Any) -> None:  # noqa: ANN401 - jeepney ships no types
        self._opening = False
        if self._closed:
            if connection is not None:
                connection.close()
            return
        if connection is None:
            self.lost.emit()
            return
        connection.sock.settimeout(SEND_TIME_OUT_S)
        self._connection = connection
        self._notifier = QSocketNotifier(connection.sock.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self.ready.emit()

    def _send(self, message: Any, serial: int | None) -> None:  # noqa: ANN401 - jeepney ships no types
        try:
            self._connection.send(message, serial=serial)
        except OSError as error:
            self._drop(error)

    def _read(self) -> None:
        for _turn in range(BURST):
            if self._connection is None:
                return
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            except Exception as error:  # noqa: BLE001 - the parser raises all sorts on nonsense
                self._drop(error)
                return
            self._dispatch(message)
        # What the parser already holds would not make the socket readable again.
        QTimer.singleShot(0, self, self._read)

    def _dispatch(self, message: Any) -> None:  # noqa: ANN401 - jeepney ships no types
        from jeepney import HeaderFields, MessageType

        fields = message.header.fields
        kind = message.header.message_type
        if kind in (MessageType.method_return, MessageType.error):
            failed = kind is MessageType.error
            if failed:
                log.debug("D-Bus: %s %s", fields.get(HeaderFields.error_name), message.body)
            self._answer(fields.get(HeaderFields.reply_serial, -1), None if failed else tuple(message.body))
        elif kind is MessageType.signal:
            key = (fields.get(HeaderFields.interface, ""), fields.get(HeaderFields.member, ""))
            handler = self._handlers.get(key)
            if handler is not None:
                handler(str(fields.get(HeaderFields.sender, "")), tuple(message.body))

    def _answer(self, serial: int, values: Reply) -> None:
        then = self._waiting.pop(serial, None)
        if then is not None:
            then(values)

    def _drop(self, why: Exception) -> None:
        log.info("the %s bus is gone: %s", self._which.lower(), why)
        self._disconnect()
        waiting, self._waiting = self._waiting, {}
        for then in waiting.values():
            then(None)
        self.lost.emit()

    def _disconnect(self) -> None:
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
