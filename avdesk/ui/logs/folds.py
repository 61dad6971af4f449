"""Tracebacks folded to their last line, the one that says what happened. Pure, by what is at hand."""

from dataclasses import dataclass

from avdesk.core.logline import LogLine
from avdesk.ui.logs.rows import Rows

LEAST_LINES = 4
"""A traceback with fewer lines is left as it is."""

FARTHEST = 400
"""Lines of one traceback that are looked at in either direction."""

_OPENER = "Traceback (most recent call last)"


@dataclass(frozen=True, slots=True)
class Fold:
    """A traceback in rows `first` to `last`; the rows before `last` are hidden while it is folded."""

    first: int
    last: int

    @property
    def hides(self) -> int:
        """How many rows are hidden."""
        return self.last - self.first


class Folds:
    """Which rows are hidden, and which ones stand for others."""

    def __init__(self, rows: Rows) -> None:
        """Fold every traceback of `rows`."""
        self._rows = rows
        self._known: dict[int, Fold | None] = {}
        self._open: set[int] = set()
        self._folding = True

    @property
    def folding(self) -> bool:
        """Whether tracebacks are folded at all."""
        return self._folding

    def set_folding(self, folding: bool) -> None:
        """Fold all tracebacks, or none."""
        self._folding = folding
        self._open.clear()
        self.forget()

    def forget(self) -> None:
        """Look anew: rows have changed."""
        self._known.clear()

    def forget_open(self) -> None:
        """Fold all again: the numbers of lines have changed."""
        self._open.clear()
        self._known.clear()

    def hidden(self, row: int) -> bool:
        """Return whether a row is hidden."""
        fold = self.fold(row)
        return fold is not None and fold.first <= row < fold.last and not self.is_open(fold)

    def is_open(self, fold: Fold) -> bool:
        """Return whether a traceback is shown in full."""
        return not self._folding or self._rows.number(fold.last) in self._open

    def toggle(self, row: int) -> bool:
        """Open or close the traceback of a row; return whether there is one."""
        fold = self.fold(row)
        if fold is None or not self._folding:
            return False
        self._open ^= {self._rows.number(fold.last)}
        return True

    def open(self, row: int) -> None:
        """Show the traceback of a row in full."""
        fold = self.fold(row)
        if fold is not None:
            self._open.add(self._rows.number(fold.last))

    def fold(self, row: int) -> Fold | None:
        """Return the traceback that a row belongs to, None where it belongs to none or too little is at hand."""
        if row in self._known:
            return self._known[row]
        line = self._rows.line(row)
        if line is None:
            return None
        if not line.continuation:
            following = self._rows.line(row + 1)
            if following is None or not following.continuation:
                return None
        first, last = self._ends(row)
        fold = self._of_entry(first, last)
        for each in range(first, last + 1):
            self._known[each] = fold if fold is not None and fold.first <= each <= fold.last else None
        return self._known[row]

    def _ends(self, row: int) -> tuple[int, int]:
        """Return the first and the last row of a row's entry."""
        first = row
        while first > max(0, row - FARTHEST) and _continues(self._rows.line(first)) and self._joined(first - 1):
            first -= 1
        last = row
        while last < row + FARTHEST and _continues(self._rows.line(last + 1)) and self._joined(last):
            last += 1
        return first, last

    def _joined(self, row: int) -> bool:
        """Return whether nothing is left out between a row and the next one, and the row is at hand."""
        return self._rows.line(row) is not None and self._rows.number(row + 1) == self._rows.number(row) + 1

    def _of_entry(self, first: int, last: int) -> Fold | None:
        for row in range(first, last + 1):
            line = self._rows.line(row)
            if line is not None and _OPENER in line.text:
                end = self._last_said(row, last)
                opens = line.text[line.head :].lstrip().startswith(_OPENER)
                begin = row if opens or row > first else row + 1
                return Fold(begin, end) if end - begin + 1 >= LEAST_LINES else None
        return None

    def _last_said(self, first: int, last: int) -> int:
        """Return the last row that is not empty."""
        while last > first:
            line = self._rows.line(last)
            if line is None or line.text.strip():
                break
            last -= 1
        return last


def _continues(line: LogLine | None) -> bool:
    return line is not None and line.continuation
