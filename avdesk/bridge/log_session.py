"""One log that is looked at: its lines, searches and questions, answered off the GUI thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from avdesk.bridge.log_errands import Errands, Stopped
from avdesk.bridge.log_scans import Scans, ScanWish
from avdesk.core.errors import KnownError
from avdesk.core.logline import LogLine
from avdesk.core.logsearch import Selection
from avdesk.services.logs.book import Book, Shift

POLL_MS = 100
"""How often a log that grows is looked at while it is seen."""

LINES, QUESTIONS = "lines", "questions"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Growth:
    """How a log has changed.

    Attributes:
        count: lines by now.
        growing: whether more are expected.
        renumbered: numbers have changed; `shifts` say how, None: they mean nothing any more.
    """

    count: int
    growing: bool
    generation: int
    renumbered: bool = False
    shifts: tuple[Shift, ...] | None = ()


@dataclass(frozen=True, slots=True)
class LinesTold:
    """Lines that were fetched, with the generation that their numbers are of."""

    generation: int
    lines: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The result of a question, or what went wrong."""

    then: Callable[[Any], None]
    result: object


class LogSession(QObject):
    """Reads one book for the widgets; lives in the GUI thread.

    Signals:
        grown: a `Growth`, when lines came or numbers changed.
        lines_told: a `LinesTold`.
        scanned: a `Scanned`.
        counted: a `Histogram`.
    """

    grown = Signal(object)
    lines_told = Signal(object)
    scanned = Signal(object)
    counted = Signal(object)
    _answered = Signal(object)

    def __init__(self, book: Book, parent: QObject | None = None) -> None:
        """Read `book`; nothing is read yet."""
        super().__init__(parent)
        self.book = book
        self._lines = Errands("log lines")
        self._questions = Errands("log questions")
        self._scans = Scans(book, self._tell_found)
        self._seen = (-1, -1, True)
        self._closed = False
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.poll)
        self._answered.connect(self._hand_on)

    # From the GUI thread

    @property
    def generation(self) -> int:
        """The generation that was told last."""
        return self._seen[0]

    def watch(self, *, seen: bool) -> None:
        """Look at the book's growth while it is seen."""
        if seen and not self._closed:
            self.poll()
            self._timer.start()
        else:
            self._timer.stop()

    def poll(self) -> None:
        """Tell whether the book has grown."""
        generation, count, growing = self.book.generation, self.book.count(), self.book.growing
        before = self._seen
        if self._closed or (generation, count, growing) == before:
            return
        self._seen = (generation, count, growing)
        if before[0] in {generation, -1}:
            self.grown.emit(Growth(count, growing, generation))
            return
        changes = self.book.changes(before[0])
        self._seen = (changes.generation, count, growing)
        self.grown.emit(Growth(count, growing, changes.generation, renumbered=True, shifts=changes.shifts))

    def fetch(self, ranges: tuple[range, ...]) -> None:
        """Fetch lines by number; what was asked for before and has not begun is left out."""
        self._lines.post(LINES, lambda stopped: self._fetch(ranges, stopped))

    def scan(self, wish: ScanWish) -> None:
        """Find lines and go on finding them, until the key is used again or `end_scan`."""
        self._scans.begin(wish)

    def end_scan(self, key: str) -> None:
        """Find no more of them."""
        self._scans.end(key)

    def count_by_time(self, *, wanted: bool) -> None:
        """Begin or cease to tell the histogram."""
        self._scans.count(wanted=wanted)

    def ask(self, kind: str, work: Callable[[Book, Stopped], Any], then: Callable[[Any], None]) -> None:
        """Do `work` off the GUI thread and hand its result to `then` in it; a newer one of its kind takes its place.

        `then` gets the error where the work fails in a way that people can be told of.
        """
        self._questions.post(kind, lambda stopped: self._work(work, then, stopped))

    def next_line(
        self, kind: str, selection: Selection, beside: int, *, backwards: bool, then: Callable[[Any], None]
    ) -> None:
        """Find the next line after (before) a number; `then` gets its number, None without any, or the error."""

        def find(book: Book, stopped: Stopped) -> int | None:
            bounds = (0, beside) if backwards else (beside + 1, None)
            for found in book.scan(selection, *bounds, backwards=backwards):
                if found.numbers:
                    return found.numbers[0]
                if stopped():
                    break
            return None

        self.ask(kind, find, then)

    def close(self) -> None:
        """Tell nothing more; the threads end soon."""
        self._closed = True
        self._timer.stop()
        for part in (self._lines, self._questions, self._scans):
            part.stop()

    def wait(self, seconds: float) -> bool:
        """Wait for the threads to end, at most so long each; return whether they have."""
        return all(part.wait(seconds) for part in (self._lines, self._questions, self._scans))

    def _hand_on(self, answered: Answered) -> None:
        if not self._closed:
            answered.then(answered.result)

    # In the threads

    def _fetch(self, ranges: tuple[range, ...], stopped: Stopped) -> None:
        generation = self.book.generation
        found: list[LogLine] = []
        for each in ranges:
            found += self.book.lines(each.start, len(each))
            if stopped() and len(ranges) > 50:
                break
        if not self._closed and self.book.generation == generation:
            self.lines_told.emit(LinesTold(generation, tuple(found)))

    def _work(self, work: Callable[[Book, Stopped], Any], then: Callable[[Any], None], stopped: Stopped) -> None:
        try:
            result = work(self.book, stopped)
        except (KnownError, OSError) as error:
            result = error
        if not self._closed and not stopped():
            self._answered.emit(Answered(then, result))

    def _tell_found(self, found: object) -> None:
        if self._closed:
            return
        (self.scanned if hasattr(found, "wish") else self.counted).emit(found)
