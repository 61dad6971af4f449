"""The rows of a view: all lines of a log, or those of them that were found."""

from array import array
from bisect import bisect_left

from PySide6.QtCore import QObject, Signal

from avdesk.bridge.log_numbers import renumbered
from avdesk.bridge.log_session import Growth
from avdesk.core.logline import LogLine
from avdesk.ui.logs.cache import LineCache


class Rows(QObject):
    """Rows by place, lines by number; where nothing is filtered, both are the same.

    Attributes:
        epoch: raised when the rows are of other lines than before, not when some are added.

    Signals:
        changed: there are more rows or lines, or other ones.
        renumbered: a `Growth` that has changed the numbers of lines.
    """

    changed = Signal()
    renumbered = Signal(object)

    def __init__(self, cache: LineCache, parent: QObject | None = None) -> None:
        """Show all lines of a log."""
        super().__init__(parent)
        self.cache = cache
        self._numbers: array[int] | None = None
        self._hits: array[int] | None = None
        self.epoch = 0
        cache.came.connect(self.changed)
        cache.grown.connect(self._grow)

    @property
    def filtered(self) -> bool:
        """Whether only lines that were found are shown."""
        return self._numbers is not None

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.cache.count if self._numbers is None else len(self._numbers)

    def number(self, row: int) -> int:
        """Return the number of a row's line."""
        return row if self._numbers is None else self._numbers[row]

    def row_of(self, number: int) -> int:
        """Return the row of a line, or of the next one that is shown; `count` where there is none."""
        if self._numbers is None:
            return min(max(0, number), self.cache.count)
        return bisect_left(self._numbers, number)

    def has(self, number: int) -> bool:
        """Return whether a line is shown."""
        row = self.row_of(number)
        return row < self.count and self.number(row) == number

    def line(self, row: int) -> LogLine | None:
        """Return a row's line; None while it is not at hand."""
        return self.cache.line(self.number(row)) if 0 <= row < self.count else None

    def want(self, *ranges: range) -> None:
        """Have the lines of rows fetched; rows that there are not are left out."""
        rows = {row for each in ranges for row in range(max(0, each.start), min(each.stop, self.count))}
        self.cache.want(self, [self.number(row) for row in sorted(rows)])

    def is_context(self, row: int) -> bool:
        """Return whether a row is shown for its neighbours' sake alone."""
        if self._hits is None or self._numbers is None or len(self._hits) == len(self._numbers):
            return False
        number = self.number(row)
        place = bisect_left(self._hits, number)
        return place == len(self._hits) or self._hits[place] != number

    def show_all(self) -> None:
        """Show all lines."""
        self._numbers = self._hits = None
        self.epoch += 1
        self.changed.emit()

    def show_found(self, numbers: "array[int]", hits: "array[int]") -> None:
        """Show these lines alone; `hits` are those of them that were wanted, the others stand around them."""
        self._numbers, self._hits = array("I", numbers), array("I", hits)
        self.epoch += 1
        self.changed.emit()

    def add_found(self, numbers: "array[int]", hits: "array[int]") -> None:
        """Show more lines, each below those that are shown."""
        if self._numbers is None or self._hits is None:
            self.show_found(numbers, hits)
            return
        self._numbers.extend(numbers)
        self._hits.extend(hits)
        if numbers:
            self.changed.emit()

    def _grow(self, growth: Growth) -> None:
        if growth.renumbered:
            if self._numbers is not None and self._hits is not None:
                self._numbers = renumbered(self._numbers, growth.shifts) or array("I")
                self._hits = renumbered(self._hits, growth.shifts) or array("I")
            self.renumbered.emit(growth)
        self.changed.emit()
