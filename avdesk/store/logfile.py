"""AVDesk's own log: redacted, private to the user, bounded, written by several processes.

Each record is appended by itself, so that the app and the command line never hold the file against each other.
Logging never fails the program: where the folder cannot be written, there is no log.
"""

import logging
import os
from pathlib import Path

from avdesk.core.redact import redact

MAX_BYTES = 1_000_000
"""Size at which the log is put aside as ``avdesk.log.1``, replacing the one before."""

_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


class RedactingFormatter(logging.Formatter):
    """Hides secrets in whatever a record says, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(_FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's text without secrets."""
        return redact(super().format(record))


class LogFile(logging.Handler):
    """Appends records to the log file, which is made with the first of them."""

    def __init__(self, path: Path, level: int = logging.WARNING) -> None:
        super().__init__(level)
        self.path = path
        self.setFormatter(RedactingFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Append one record; a file that cannot be written is let be."""
        try:
            line = self.format(record) + "\n"
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._put_aside()
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, line.encode("utf-8", errors="replace"))
            finally:
                os.close(descriptor)
        except (OSError, ValueError, TypeError):
            return

    def _put_aside(self) -> None:
        try:
            if self.path.stat().st_size >= MAX_BYTES:
                self.path.replace(self.path.with_name(self.path.name + ".1"))
        except FileNotFoundError:
            return


def log_to(path: Path, level: int = logging.WARNING) -> LogFile:
    """Send what AVDesk logs to the file, and nothing of it to stderr; returns the handler."""
    handler = LogFile(path, level)
    root = logging.getLogger()
    root.addHandler(handler)
    if root.level > level or root.level == logging.NOTSET:
        root.setLevel(level)
    return handler


def end_logging() -> None:
    """Stop writing to the files of `log_to`."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, LogFile)]:
        root.removeHandler(handler)
        handler.close()
