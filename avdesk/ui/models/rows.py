"""A table of frozen rows that a new look changes where it differs, and nowhere else."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from avdesk.core.summary import Sign

RowT = TypeVar("RowT")
Index = QModelIndex | QPersistentModelIndex

RECORD_ROLE = Qt.ItemDataRole.UserRole
"""The row itself."""
SIGN_ROLE = Qt.ItemDataRole.UserRole + 1
"""The sign that stands before the text, a `Sign`'s value; None without one."""

_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """One column.

    Attributes:
        title: its header.
        text: what it shows of a row.
        hint: its tooltip; None: the text itself.
        sign: the sign before the text; None without one.
        numeric: whether it is set to the right.
    """

    title: str
    text: Callable[[RowT], str]
    hint: Callable[[RowT], str] | None = None
    sign: Callable[[RowT], Sign] | None = None
    numeric: bool = False


class RowsModel(QAbstractTableModel, Generic[RowT]):
    """Rows of one type, told apart by their keys.

    `update` removes, inserts and changes only what differs, so that selection and scrolling survive every look.
    """

    def __init__(
        self, columns: Sequence[Column[RowT]], key: Callable[[RowT], Hashable], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._key = key
        self._rows: list[RowT] = []
        self._keys: list[Hashable] = []

    @property
    def rows(self) -> tuple[RowT, ...]:
        """The rows now."""
        return tuple(self._rows)

    def update(self, rows: Sequence[RowT]) -> None:
        """Show `rows`, in their order; a key that comes twice is told apart by its count."""
        wanted = self._keyed(rows)
        self._remove_all_but({key for key, _row in wanted})
        for place, (key, row) in enumerate(wanted):
            if place < len(self._keys) and self._keys[place] == key:
                self._change(place, row)
                continue
            if key in self._keys[place:]:
                self._take(self._keys.index(key, place))
            self._insert(place, key, row)

    def refresh(self) -> None:
        """Have every text read again, because it depends on the time of day."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._columns) - 1))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a view asks of a cell."""
        if not index.isValid() or not (0 <= index.row() < len(self._rows)):
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.text(row) if column.hint is None else column.hint(row)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return None if column.hint is None else column.hint(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == SIGN_ROLE:
            return None if column.sign is None else column.sign(row).value
        return row if role == RECORD_ROLE else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title if 0 <= section < len(self._columns) else None
        return None

    def _keyed(self, rows: Sequence[RowT]) -> list[tuple[Hashable, RowT]]:
        counts: dict[Hashable, int] = {}
        keyed: list[tuple[Hashable, RowT]] = []
        for row in rows:
            key = self._key(row)
            counts[key] = counts.get(key, 0) + 1
            keyed.append(((key, counts[key]), row))
        return keyed

    def _remove_all_but(self, wanted: set[Hashable]) -> None:
        for place in range(len(self._keys) - 1, -1, -1):
            if self._keys[place] not in wanted:
                self._take(place)

    def _take(self, place: int) -> None:
        self.beginRemoveRows(QModelIndex(), place, place)
        del self._rows[place], self._keys[place]
        self.endRemoveRows()

    def _insert(self, place: int, key: Hashable, row: RowT) -> None:
        self.beginInsertRows(QModelIndex(), place, place)
        self._rows.insert(place, row)
        self._keys.insert(place, key)
        self.endInsertRows()

    def _change(self, place: int, row: RowT) -> None:
        if self._rows[place] != row:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(self._columns) - 1))
