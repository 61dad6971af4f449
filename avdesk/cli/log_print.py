"""Printing log entries: for people with colours where it is a terminal, or as JSON lines."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from avdesk.cli.lines import is_terminal
from avdesk.core.logline import LogLine, Severity
from avdesk.core.logreport import entry_report
from avdesk.core.logtext import without_colours
from avdesk.core.text import one_line

if TYPE_CHECKING:
    from avdesk.services.logs.book import Book

PIECE = 500
"""Lines that are taken from a book at once."""

LONGEST_ENTRY = 2000
_COLOURS = (
    (Severity.CRITICAL, "\x1b[1;31m"),
    (Severity.ERROR, "\x1b[31m"),
    (Severity.WARNING, "\x1b[33m"),
    (Severity.INFO, ""),
    (Severity.DEBUG, "\x1b[2m"),
    (Severity.DEFAULT, ""),
)
_FAINT, _FOUND, _PLAIN = "\x1b[2m", "\x1b[1;7m", "\x1b[0m"
_WIDTH = max(len(each.name) for each in Severity)
_SGR = re.compile(r"\x1b\[[0-9;:]*m")

Finder = Callable[[str], tuple[int, int]]
"""Returns where in a text something was found, as start and end; (-1, -1) for nowhere."""


class Printer:
    """Writes entries to stdout.

    Attributes:
        as_json: each entry is an object on a line.
    """

    def __init__(self, *, as_json: bool, as_they_are: bool = False, find: Finder | None = None) -> None:
        """Prepare.

        Args:
            as_json: an object a line.
            as_they_are: without time, severity and source before them: the lines of a file have their own.
            find: what to highlight.
        """
        self.as_json = as_json
        self._as_they_are = as_they_are
        self._find = find
        self._coloured = not as_json and is_terminal() and _has_colours()
        encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
        self._ascii = encoding != "utf8"

    def entry(self, lines: Sequence[LogLine]) -> None:
        """Print one entry: its first line and those that continue it."""
        if self.as_json:
            _write(json.dumps(entry_report(lines), ensure_ascii=self._ascii))
            return
        for line in lines:
            self.line(line)

    def line(self, line: LogLine) -> None:
        """Print one line by itself."""
        before = "" if self._as_they_are else _before(line)
        text = line.text if self._as_they_are else line.text[line.head :]
        if not self._coloured:
            _write(before + without_colours(text))
            return
        shown = self._highlighted(text, _colour(line.severity))
        _write(f"{_FAINT}{before}{_PLAIN}{shown}" if before else shown)

    @staticmethod
    def flush() -> None:
        """Hand on what was printed: whoever reads it waits."""
        sys.stdout.flush()

    def _highlighted(self, text: str, colour: str) -> str:
        start, end = self._find(without_colours(text)) if self._find is not None else (-1, -1)
        if 0 <= start < end:
            bare = without_colours(text)
            return f"{colour}{bare[:start]}{_FOUND}{bare[start:end]}{_PLAIN}{colour}{bare[end:]}{_PLAIN}"
        if _SGR.search(text):
            return text + _PLAIN
        return f"{colour}{text}{_PLAIN}" if colour else text


def entries_of(book: "Book", ranges: Iterable[range]) -> Iterator[list[LogLine]]:
    """Yield the entries of lines by number; those that continue one whose head is not among them stand alone."""
    entry: list[LogLine] = []
    for line in lines_of(book, ranges):
        if entry and (not line.continuation or line.number != entry[-1].number + 1 or len(entry) >= LONGEST_ENTRY):
            yield entry
            entry = []
        entry.append(line)
    if entry:
        yield entry


def lines_of(book: "Book", ranges: Iterable[range]) -> Iterator[LogLine]:
    """Yield lines by number."""
    for part in ranges:
        at = part.start
        while at < part.stop:
            found = book.lines(at, min(PIECE, part.stop - at))
            if not found:
                break
            yield from found
            at += len(found)


def ranges_of(numbers: Iterable[int]) -> list[range]:
    """Return ascending numbers as ranges."""
    found: list[range] = []
    for _key, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _place, number in group]
        found.append(range(members[0], members[-1] + 1))
    return found


def _before(line: LogLine) -> str:
    if line.continuation:
        return "    "
    time = line.time.astimezone().isoformat(" ", "milliseconds")[:23] if line.time is not None else "-" * 23
    severity = "" if line.severity is Severity.DEFAULT else line.severity.name
    return f"{time} {severity:<{_WIDTH}} {one_line(line.source, 80)}  "


def _colour(severity: Severity) -> str:
    return next((colour for least, colour in _COLOURS if severity >= least), "")


def _has_colours() -> bool:
    from avdesk.cli.lines import terminal

    console = terminal()
    return console.color_system is not None and not console.no_color


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
