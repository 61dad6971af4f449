"""SIGTERM, SIGINT and SIGHUP, brought into Qt's event loop: Python's handlers alone would wait for the next event."""

import os
import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal

INTERRUPTED = 130
"""The exit code after Ctrl-C."""

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class QuitSignals(QObject):
    """Turns the first such signal into a wish to quit; the second one ends the process at once.

    Signals:
        asked: the exit code that fits.
    """

    asked = Signal(int)

    def __init__(self) -> None:
        """Take over the signals of this process, until `restore`."""
        super().__init__()
        self._seen = False
        self._reader, self._writer = socket.socketpair()
        self._reader.settimeout(0)
        self._writer.settimeout(0)
        self._old_wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._old = {
            number: signal.signal(number, self._on_signal)
            for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name))
        }
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)

    def restore(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_wakeup)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _drain(self) -> None:
        """Empty the socket; that Python runs here is what makes it call `_on_signal`."""
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self._seen:
            os._exit(128 + number)
        self._seen = True
        self.asked.emit(INTERRUPTED if number == signal.SIGINT else 0)
