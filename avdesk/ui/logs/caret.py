"""The line that the keyboard is on, and the lines selected from it: by number, so that filters do not move them."""

from avdesk.bridge.log_numbers import renumbered_one
from avdesk.bridge.log_session import Growth
from avdesk.ui.logs.rows import Rows


class Caret:
    """A line, and the one where the selection began.

    Attributes:
        number: the line that the keyboard is on; None before anybody has gone anywhere.
        mark: where the selection began; the same without one.
    """

    def __init__(self, rows: Rows) -> None:
        """Begin nowhere."""
        self._rows = rows
        self.number: int | None = None
        self.mark: int | None = None

    def move(self, row: int, *, select: bool = False) -> bool:
        """Go to a row, taking the selection along; return whether anything has changed."""
        if not 0 <= row < self._rows.count:
            return False
        before = self.number, self.mark
        self.number = self._rows.number(row)
        if not select or self.mark is None:
            self.mark = self.number
        return before != (self.number, self.mark)

    def select_all(self) -> None:
        """Select every row."""
        if self._rows.count:
            self.mark = self._rows.number(0)
            self.number = self._rows.number(self._rows.count - 1)

    @property
    def row(self) -> int | None:
        """The row that the keyboard is on; the nearest one where that line is not shown; None without any."""
        if self.number is None or not self._rows.count:
            return None
        return min(self._rows.row_of(self.number), self._rows.count - 1)

    def rows(self) -> range:
        """Return the selected rows."""
        row = self.row
        if row is None or self.mark is None:
            return range(0)
        mark = min(self._rows.row_of(self.mark), self._rows.count - 1)
        return range(min(row, mark), max(row, mark) + 1)

    def renumber(self, growth: Growth) -> None:
        """Stay on the same lines; nowhere where they have gone."""
        self.number = renumbered_one(self.number, growth.shifts)
        self.mark = renumbered_one(self.mark, growth.shifts)
        if self.number is None or self.mark is None:
            self.number = self.mark = None
