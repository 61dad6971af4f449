"""A book: the lines of one log, or of several as one, by number. What the log page, search and exports read.

A book is filled by one thread (`FileBook.step`, a source that fills a `MemoryBook`) and read by any other; every call
is safe at any time and short, but for the generators, which do a bounded piece of work (some milliseconds) with each
item. To cancel one, stop asking it for more and close it. None of them belongs on the GUI thread; `count`, `changes`
and `growing` may be called there.

Line numbers are stable within a `generation`. Lines that are appended do not change it. Lines that come late and are
put in between do, and so does a file that is replaced: `changes` tells what moved.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from avdesk.core.logline import LogLine
from avdesk.core.logsearch import Selection
from avdesk.core.logtally import Bar, Histogram

__all__ = ["Bar", "Book", "Changes", "Found", "Histogram", "Shift", "moved"]


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of a scan.

    Attributes:
        numbers: lines found in this piece: ascending; descending when the scan goes backwards.
        reached: all lines before this number (backwards: from this number on) have been looked at.
        share: of the whole scan that is done, 0 to 1.
        skipped: lines of this piece that are so long that only their beginning was searched.
    """

    numbers: "array[int]"
    reached: int
    share: float
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """Lines that came in between, or went: one change of numbers.

    Attributes:
        at: the first number that means another line now.
        by: how many lines came before it; negative when they went from there.
    """

    at: int
    by: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to the line numbers since a generation.

    Attributes:
        generation: the one of now.
        shifts: one after the other, for keeping bookmarks and found lines in place with `moved`; None when all
            numbers have lost their meaning (the file was replaced or truncated, or too much has moved).
    """

    generation: int
    shifts: tuple[Shift, ...] | None


def moved(number: int, shifts: tuple[Shift, ...]) -> int | None:
    """Return the number that a line has after `shifts`; None when the line has gone."""
    for shift in shifts:
        if number < shift.at:
            continue
        if shift.by < 0 and number < shift.at - shift.by:
            return None
        number += shift.by
    return number


class Book(Protocol):
    """The lines of a log by number, 0 the oldest."""

    @property
    def name(self) -> str:
        """The source that the lines say (`LogLine.source`), or a text for people where there are several."""

    @property
    def generation(self) -> int:
        """Raised whenever a number that was given out may mean another line now."""

    @property
    def growing(self) -> bool:
        """Whether more lines are expected: it is still being read, or followed."""

    def changes(self, since: int) -> Changes:
        """Tell what happened to the numbers since generation `since`."""

    def count(self) -> int:
        """Return how many lines are known by now."""

    def settled(self) -> int:
        """Return how many lines, counted from the first, will not change any more.

        Less than `count` by one while the last line of a file has no line break yet.
        """

    def sources(self) -> tuple[str, ...]:
        """Return the sources whose lines are in it, in a stable order."""

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return lines by number, fewer or none where there are no more. Meant for a screenful: at most 10,000."""

    def full_text(self, number: int, start: int = 0, length: int = 65536) -> str:
        """Return a part of one line that may be longer than `LogLine.text`, masked and made visible as that is.

        `start` and `length` are characters of the text in memory and bytes of the line in a file; an empty text means
        that there is no more.
        """

    def place_of(self, time: datetime) -> int:
        """Return the number of the first line at or after `time` (an aware datetime); `count` if all are earlier."""

    def times(self, first: int, count: int) -> Sequence[float]:
        """Return when complete lines were written, in Unix seconds, fewer where there are no more.

        A line without a time has that of the line before it; NaN where nothing says it.
        """

    def time_span(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last time that is known by now, UTC; None without any."""

    def entry(self, number: int) -> range:
        """Return the numbers of the entry that a line belongs to: its head and what continues it, at most 2,000."""

    def scan(
        self, selection: Selection, first: int = 0, end: int | None = None, *, backwards: bool = False
    ) -> Iterator[Found]:
        """Look for lines among those from `first` to before `end` (None: to the last settled one), in bounded pieces.

        Each piece takes some milliseconds, holds the GIL for few of them, and may hold no line. Ends early, without
        an error, when the book's generation changes: what was found before is void then.

        Raises:
            PatternError: the text that is wanted cannot be looked for; the message is for people.
        """

    def histogram(
        self, bars: int, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Histogram]:
        """Count the lines by time and severity, in bounded pieces: each item is better than the one before.

        The last one has a `share` of 1. Without `since` and `until` the whole of `time_span` is covered.
        """

    def close(self) -> None:
        """Let go of files and memory. Reading goes on to work and finds nothing."""
