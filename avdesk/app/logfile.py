"""AVDesk's own log: redacted, one line a record, bounded in size."""

import logging
import sys
from pathlib import Path

from avdesk.core.redact import redact

MAX_BYTES = 1_000_000
KEPT_FILES = 3
LINE_LIMIT = 4000

log = logging.getLogger(__name__)


class RedactingFormatter(logging.Formatter):
    """Formats a record and hides what looks like a secret, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text; the lines of what came from outside stay behind their record."""
        text = redact(super().format(record))
        return text.replace("\r", " ").replace("\n", "\n    ")[: LINE_LIMIT * 4]


def open_log(file: Path, level: int = logging.INFO) -> logging.Handler | None:
    """Send the log to `file`, which is rotated; None where it can't be written, which is no reason not to start."""
    from logging.handlers import RotatingFileHandler  # slow to import, needed only by the desktop app

    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
        file.chmod(0o600)
    except OSError as error:
        sys.stderr.write(f"avdesk: no log is kept: {error}\n")
        return None
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(level, root.level) if root.level else level)
    for chatty in ("urllib3", "google", "requests"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return handler


def close_log(handler: logging.Handler | None) -> None:
    """Stop writing to the log of `open_log`."""
    if handler is not None:
        logging.getLogger().removeHandler(handler)
        handler.close()
