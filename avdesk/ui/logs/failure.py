"""Finding the line of a job's log that says why it failed, as soon as the log is there."""

from PySide6.QtCore import QObject, Signal

from avdesk.bridge.log_failure import failure_number
from avdesk.bridge.log_session import LogSession


class FailureFinder(QObject):
    """Looks once for the line, when all lines that were asked for at first have come.

    Signals:
        found: the line's number.
    """

    found = Signal(int)

    def __init__(self, session: LogSession, error: str, *, ended: bool, parent: QObject | None = None) -> None:
        """Look for the line that `error` names; a job that goes on is shown at its end instead."""
        super().__init__(parent)
        self._session = session
        self._error = error
        self._wanted = ended

    def settle(self, *, loaded: bool) -> None:
        """Look when all has come."""
        if loaded and self._wanted:
            self._wanted = False
            self._session.poll()
            error = self._error
            self._session.ask("failure", lambda book, stopped: failure_number(book, error, stopped), self._take)

    def _take(self, number: object) -> None:
        if isinstance(number, int):
            self.found.emit(number)
