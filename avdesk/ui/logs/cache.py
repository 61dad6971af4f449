"""The lines of a log that are at hand: those in sight and around it, fetched off the GUI thread."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from avdesk.bridge.log_numbers import as_ranges, renumbered_one
from avdesk.bridge.log_session import Growth, LinesTold, LogSession
from avdesk.core.logline import LogLine

KEPT = 6000
"""Lines that are kept at hand."""


class LineCache(QObject):
    """Lines by number, as far as they have come.

    Signals:
        came: lines came in.
        grown: a `Growth` of the log; the lines have their new numbers by then.
    """

    came = Signal()
    grown = Signal(object)

    def __init__(self, session: LogSession, parent: QObject | None = None) -> None:
        """Keep lines of a session's log."""
        super().__init__(parent)
        self._session = session
        self._lines: dict[int, LogLine] = {}
        self._wanted: dict[object, tuple[int, ...]] = {}
        self._asked: frozenset[int] = frozenset()
        self._stale: set[int] = set()  # at hand, but perhaps half a line: shown until the whole one comes
        self._count = 0
        self._generation = session.book.generation
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._fetch)
        session.lines_told.connect(self._take)
        session.grown.connect(self._follow)

    @property
    def count(self) -> int:
        """How many lines the log has."""
        return self._count

    def line(self, number: int) -> LogLine | None:
        """Return a line; None while it is not at hand."""
        return self._lines.get(number)

    def want(self, who: object, numbers: Iterable[int]) -> None:
        """Fetch those of the ascending numbers that are not at hand; this takes the place of what `who` wanted."""
        missing = tuple(
            number
            for number in numbers
            if (number not in self._lines or number in self._stale) and 0 <= number < self._count
        )
        if self._wanted.get(who, ()) == missing and self._asked.issuperset(missing):
            return
        self._wanted[who] = missing
        if missing:
            self._soon.start()

    def _fetch(self) -> None:
        missing = sorted({number for wanted in self._wanted.values() for number in wanted})
        if missing:
            self._asked = frozenset(missing)
            self._session.fetch(as_ranges(missing))

    def _take(self, told: LinesTold) -> None:
        if told.generation != self._generation:
            self._asked = frozenset()
            return
        for line in told.lines:
            self._lines.pop(line.number, None)
            self._lines[line.number] = line
            self._stale.discard(line.number)
        while len(self._lines) > KEPT:
            del self._lines[next(iter(self._lines))]
        self._asked = frozenset()
        self.came.emit()

    def _follow(self, growth: Growth) -> None:
        before, self._count = self._count, growth.count
        self._asked = frozenset()
        if growth.renumbered:
            self._renumber(growth)
        elif before:
            self._stale.add(before - 1)
        self._generation = growth.generation
        self.grown.emit(growth)

    def _renumber(self, growth: Growth) -> None:
        kept: dict[int, LogLine] = {}
        for number, line in self._lines.items():
            place = renumbered_one(number, growth.shifts)
            if place is not None:
                kept[place] = line
        self._lines = kept
        self._stale = set()
        self._wanted.clear()
