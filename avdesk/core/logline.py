"""One line of a log, whatever it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from avdesk.i18n import _

APP = "app"
OWN = "avdesk"
JOB_PREFIX = "job:"
BATCH_PREFIX = "batch:"
FILE_PREFIX = "file:"


class Severity(IntEnum):
    """How much a line matters, in Cloud Logging's numbers."""

    DEFAULT = 0
    """Not known: the line says nothing about it."""
    DEBUG = 100
    INFO = 200
    NOTICE = 300
    WARNING = 400
    ERROR = 500
    CRITICAL = 600
    ALERT = 700
    EMERGENCY = 800

    @property
    def label(self) -> str:
        """One word for people."""
        return _labels()[self]


_NAMES = {
    "DEFAULT": Severity.DEFAULT,
    "NOTSET": Severity.DEFAULT,
    "TRACE": Severity.DEBUG,
    "FINE": Severity.DEBUG,
    "DEBUG": Severity.DEBUG,
    "DBG": Severity.DEBUG,
    "INFO": Severity.INFO,
    "INF": Severity.INFO,
    "INFORMATION": Severity.INFO,
    "NOTICE": Severity.NOTICE,
    "WARN": Severity.WARNING,
    "WRN": Severity.WARNING,
    "WARNING": Severity.WARNING,
    "ERR": Severity.ERROR,
    "ERROR": Severity.ERROR,
    "SEVERE": Severity.ERROR,
    "EXCEPTION": Severity.ERROR,
    "CRIT": Severity.CRITICAL,
    "CRITICAL": Severity.CRITICAL,
    "FATAL": Severity.CRITICAL,
    "PANIC": Severity.EMERGENCY,
    "ALERT": Severity.ALERT,
    "EMERG": Severity.EMERGENCY,
    "EMERGENCY": Severity.EMERGENCY,
}


def severity_of(name: object) -> Severity:
    """Return the severity that a word (any case) or one of Cloud Logging's numbers means; DEFAULT when unknown."""
    if isinstance(name, bool):
        return Severity.DEFAULT
    if isinstance(name, int | float):
        return max((each for each in Severity if each <= name), default=Severity.DEFAULT)
    return _NAMES.get(name.strip().upper(), Severity.DEFAULT) if isinstance(name, str) else Severity.DEFAULT


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line.

    Attributes:
        number: its place in the book that gave it, from 0. Places change only with the book's `generation`.
        time: when it was written, in UTC; None when the line does not say. A continuation has its entry's time.
        severity: DEFAULT when the line does not say. A continuation has its entry's.
        source: ``app``, ``job:<video-job-…>``, ``batch:<execution>``, ``file:<path>`` or ``avdesk``.
        text: the whole line as its source has it, its own time stamp included, made fit for reading: progress that
            overwrites itself reduced to its last state, secrets masked, control and bidirectional characters made
            visible; ANSI colours (SGR) are left in. Never a line break; at most `logtext.SHOWN` characters.
        job: the `video-job-…` that the line is about, where that is known.
        payload: the JSON object that it holds, if it does; its strings are not masked yet: show it through
            `logmask.masked_payload`.
        insert_id: what Cloud Logging calls it; None elsewhere.
        continuation: it belongs to the entry above it, as the lines of a traceback do.
        head: characters at the beginning of `text` that are time, logger and severity: what a view with columns of
            its own may leave out.
        cut: bytes or characters of the line that `text` leaves out at its end; `Book.full_text` reaches them.
    """

    number: int
    time: datetime | None
    severity: Severity
    source: str
    text: str
    job: str | None = None
    payload: Mapping[str, Any] | None = field(default=None, hash=False)
    insert_id: str | None = None
    continuation: bool = False
    head: int = 0
    cut: int = 0


def _labels() -> dict[Severity, str]:
    return {
        Severity.DEFAULT: _("Not said"),
        Severity.DEBUG: _("Debug"),
        Severity.INFO: _("Info"),
        Severity.NOTICE: _("Notice"),
        Severity.WARNING: _("Warning"),
        Severity.ERROR: _("Error"),
        Severity.CRITICAL: _("Critical"),
        Severity.ALERT: _("Alert"),
        Severity.EMERGENCY: _("Emergency"),
    }
