"""Which rows of a view are in sight, and where: from the top down, or from the last row up."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from avdesk.core.logline import LogLine
from avdesk.ui.logs.folds import Folds
from avdesk.ui.logs.rows import Rows

FARTHEST_HIDDEN = 1000
"""Hidden rows that are passed over at once."""

AROUND = 120
"""Rows that are fetched before and after those in sight."""

Height = Callable[[LogLine], float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A row in sight.

    Attributes:
        row: which one.
        y, height: where, in pixels of the viewport.
        line: None while it is being fetched.
        folded: how many rows it stands for beside itself.
        opened: it is the last line of a traceback that is shown in full.
        headless: the beginning of its entry is folded away: it shows the entry's time and severity in its place.
    """

    row: int
    y: float
    height: float
    line: LogLine | None
    folded: int = 0
    opened: bool = False
    headless: bool = False


class Placing:
    """Lays rows out, as far as they are at hand; what is not counts as one line high."""

    def __init__(self, rows: Rows, folds: Folds) -> None:
        """Lay out `rows`, without those that `folds` hides."""
        self._rows = rows
        self._folds = folds

    def down(self, top: int, height: float, line_height: float, measure: Height) -> list[Placed]:
        """Return the rows from `top` on that fill `height`."""
        placed: list[Placed] = []
        y, row = 0.0, self.shown_at_or_after(top)
        while y < height and row < self._rows.count:
            placed.append(self._place(row, y, line_height, measure))
            y += placed[-1].height
            row = self.next_row(row)
        return placed

    def up(self, last: int, height: float, line_height: float, measure: Height) -> list[Placed]:
        """Return the rows that fill `height` up from its lower edge, ending in `last`."""
        placed: list[Placed] = []
        y, row = height, self.shown_at_or_before(last)
        while y > 0 and row >= 0:
            each = self._place(row, 0.0, line_height, measure)
            y -= each.height
            placed.append(each)
            before = self.previous_row(row)
            if before == row:
                break
            row = before
        y = min(y, 0.0)
        shown = []
        for each in reversed(placed):
            shown.append(replace(each, y=y))
            y += each.height
        return shown

    def next_row(self, row: int) -> int:
        """Return the next row that is shown; `count` after the last."""
        return self.shown_at_or_after(row + 1)

    def previous_row(self, row: int) -> int:
        """Return the row before that is shown; `row` itself where there is none."""
        before = self.shown_at_or_before(row - 1)
        return before if before >= 0 else row

    def shown_at_or_after(self, row: int) -> int:
        """Return a row, or the next one that is not hidden."""
        row = max(0, row)
        for _step in range(FARTHEST_HIDDEN):
            if row >= self._rows.count:
                return self._rows.count
            if not self._folds.hidden(row):
                return row
            row += 1
        return row

    def shown_at_or_before(self, row: int) -> int:
        """Return a row, or the one before that is not hidden; -1 without any."""
        row = min(row, self._rows.count - 1)
        for _step in range(FARTHEST_HIDDEN):
            if row < 0 or not self._folds.hidden(row):
                return row
            row -= 1
        return row

    def fetch_around(self, first: int, last: int, end: int) -> None:
        """Have the rows in sight and those around them fetched, and those up to `end`, where one will be next."""
        self._rows.want(range(first - AROUND, last + AROUND + 1), range(end - AROUND, end + 1))

    def _place(self, row: int, y: float, line_height: float, measure: Height) -> Placed:
        line = self._rows.line(row)
        if line is None:
            return Placed(row, y, line_height, None)
        fold = self._folds.fold(row)
        last = fold is not None and fold.last == row and self._folds.folding
        opened = last and fold is not None and self._folds.is_open(fold)
        folded = fold.hides if last and not opened and fold is not None else 0
        head = self._rows.line(fold.first) if folded and fold is not None else None
        headless = head is not None and not head.continuation
        return Placed(row, y, measure(line), line, folded, opened, headless)
