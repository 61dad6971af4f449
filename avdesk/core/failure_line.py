"""The line of a job's log that says why it failed. Pure."""

import re
from collections.abc import Sequence

from avdesk.core.failure_searches import failure_in
from avdesk.core.logline import LogLine, Severity

LEAST_NAMED = 12
"""Characters of an error's text that a line must hold to be the one that it names."""

_PROGRESS = re.compile(r"\d{1,3}%\s*\||\bit/s\b|\d+/\d+ \[")
_EXCEPTION = re.compile(r"^\s*(?:[\w.]{1,120})?(?:Error|Exception|Exit|Interrupt|Failure|exceeded)\b\s*[:(]?")
_FRAME = re.compile(r'^\s*File ".*", line \d+|^\s*Traceback \(most recent')
_BANNER = re.compile(r"^(?:ffmpeg|ffprobe) version |^\s*(?:built with|configuration:|lib\w+ +\d)", re.IGNORECASE)
_ECHO = re.compile(r"\s*Job (?:failed|was cancelled)\b")
"""What the service itself writes in the end: it repeats the job's error, and only says why where nobody else does."""
_QUOTED = re.compile(r"['\"“]([^'\"”]{12,300})['\"”]")


def failure_line(lines: Sequence[LogLine], error: str = "") -> LogLine | None:
    """Return the line that says why, of lines in order of time; None where none tells of a failure.

    `error` is what the job itself says went wrong. Before the last error comes a line that the job's error names,
    and before that one the last line that holds a known failure; progress written to the error stream is no failure.
    """
    best: tuple[int, int] | None = None
    named = _named_texts(error)
    for place, line in enumerate(lines):
        rank = _rank(line, named)
        if rank and (best is None or (rank, place) >= best):
            best = (rank, place)
    return lines[best[1]] if best is not None else None


def _rank(line: LogLine, named: Sequence[str]) -> int:
    """Return how likely a line says why: 0 for one that does not."""
    text = line.text[line.head :]
    if not text.strip() or _PROGRESS.search(text) or _FRAME.match(text) or _BANNER.match(text):
        return 0
    if line.severity >= Severity.WARNING and failure_in(text) is not None:
        return 5 if line.severity >= Severity.ERROR else 3
    if any(part in text for part in named):
        return 1 if _ECHO.match(text) else 4
    if line.severity < Severity.ERROR:
        return 0
    if _EXCEPTION.match(text):
        return 3
    return 1 if line.continuation or _ECHO.match(text) else 2


def _named_texts(error: str) -> tuple[str, ...]:
    """Return texts of a job's error that would be found in the line that it names."""
    texts = [match.group(1).strip() for match in _QUOTED.finditer(error)]
    texts += [part.strip() for part in re.split(r"[\n.;]\s|\n", error)]
    return tuple(text for text in dict.fromkeys(texts) if len(text) >= LEAST_NAMED)
