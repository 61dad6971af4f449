"""What is looked for in a log: a text, and the lines that may hold it. Pure descriptions; a book carries them out."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from avdesk.core.logline import LogLine, Severity

LONGEST = 1000
"""Characters of a text or an expression that are looked for."""


class Case(Enum):
    """Whether capitals matter."""

    SMART = "smart"
    """Only when what is looked for holds a capital letter, as editors and pagers do."""
    SENSITIVE = "sensitive"
    INSENSITIVE = "insensitive"


@dataclass(frozen=True, slots=True)
class Wanted:
    r"""A text to look for, within one line.

    Attributes:
        text: the text itself, or a regular expression (RE2's syntax: as Python's, without look-around and back
            references, which cannot be bounded).
        regex: `text` is an expression.
        case: whether capitals matter.
        word: only whole words.
    """

    text: str
    regex: bool = False
    case: Case = Case.SMART
    word: bool = False

    @property
    def insensitive(self) -> bool:
        """Whether capitals do not matter for this text."""
        if self.case is not Case.SMART:
            return self.case is Case.INSENSITIVE
        return not _has_capital(self.text, self.regex)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which lines are wanted: all conditions must hold. An empty one wants every line.

    A continuation (the lines of a traceback) is taken with the severity, time, source and job of its entry.

    Attributes:
        wanted: a text that the line must hold.
        least: the least severity; DEFAULT takes all.
        severities: if any, only these exactly (beside `least`).
        since, until: lines written at or after, and before; lines whose time is unknown are left out by either.
        sources: if any, only these sources.
        jobs: if any, only lines about one of these jobs (`video-job-…`).
    """

    wanted: Wanted | None = None
    least: Severity = Severity.DEFAULT
    severities: frozenset[Severity] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    sources: frozenset[str] = frozenset()
    jobs: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether no line is left out."""
        return self == Selection()

    def takes(self, line: LogLine) -> bool:
        """Whether all conditions but the text hold for a line."""
        if line.severity < self.least or (self.severities and line.severity not in self.severities):
            return False
        if (self.since or self.until) and not self._in_time(line.time):
            return False
        if self.sources and line.source not in self.sources:
            return False
        return not self.jobs or line.job in self.jobs

    def _in_time(self, time: datetime | None) -> bool:
        if time is None:
            return False
        return (self.since is None or time >= self.since) and (self.until is None or time < self.until)


ERRORS = Selection(least=Severity.ERROR)
"""What "next error" looks for."""


def _has_capital(text: str, regex: bool) -> bool:
    if not regex:
        return any(character.isupper() for character in text)
    escaped = False
    for character in text:
        if escaped:
            escaped = False  # \W or \S is no capital letter
        elif character == "\\":
            escaped = True
        elif character.isupper():
            return True
    return False
