"""The logs that are being read: opened for the window, ended with the program."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from avdesk.core.logchoice import LogChoice

if TYPE_CHECKING:
    from avdesk.bridge.open_log import OpenedLike, OpenLog


@dataclass(frozen=True, slots=True)
class LogWish:
    """A log that is wanted: one source of an environment, or several as one."""

    environment: str
    choices: tuple[LogChoice, ...]


LogOpener = Callable[[LogWish], "OpenedLike"]
"""Opens a log; called off the GUI thread."""


class LogReader(QObject):
    """Opens logs, and ends them all."""

    environment = "logs"
    """What it is called where watches are stopped."""

    def __init__(self, opener: LogOpener) -> None:
        """Open by `opener`."""
        super().__init__()
        self._opener = opener
        self._logs: list[OpenLog] = []
        self._stopping = False

    def open(self, wish: LogWish) -> "OpenLog":
        """Begin to open a log; connect to its signals, then `start` it, and `close` it here in the end."""
        from avdesk.bridge.open_log import OpenLog  # with what reads and searches: for the first log is soon enough

        self._logs = [each for each in self._logs if not each.wait(0.0)]
        opened = OpenLog(wish, self._opener)
        if not self._stopping:
            self._logs.append(opened)
        return opened

    def close(self, opened: "OpenLog") -> None:
        """Read a log no more."""
        opened.stop()

    def ask_to_stop(self) -> None:
        """End all logs."""
        self._stopping = True
        for opened in self._logs:
            opened.stop()

    def wait(self, seconds: float) -> bool:
        """Wait for the threads to end, at most so long; return whether they have."""
        deadline = time.monotonic() + max(0.0, seconds)
        return all(opened.wait(max(0.0, deadline - time.monotonic())) for opened in self._logs)
