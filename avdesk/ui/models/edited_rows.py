"""A table model over a list of rows that another one takes the place of by signals of what differs: never a reset."""

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex

from avdesk.core.rowedits import MOST_SPANS, RowEdits, Span, moved, stacked

RowT = TypeVar("RowT", bound=Hashable)
Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()


class EditedRowsModel(QAbstractTableModel, Generic[RowT]):
    """Rows whose list is replaced; selection, current row and scrolling stay with the rows.

    Where many rows come or go at many places, they are first gathered at the end by one change of the layout, which
    moves the persistent indexes too, and come or go there together.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[RowT] = []

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def replace_rows(self, rows: list[RowT], changed: Sequence[int]) -> None:
        """Put other rows in the same places; `changed` are the places where they differ, ascending."""
        self._rows = rows
        self.tell_changed(changed)

    def tell_changed(self, places: Sequence[int], first_column: int = 0, last_column: int | None = None) -> None:
        """Have the cells of these rows read again, in a few signals; rows in between may be read again too."""
        last = self.columnCount() - 1 if last_column is None else last_column
        for span in _gathered(places):
            self.dataChanged.emit(self.createIndex(span.first, first_column), self.createIndex(span.last, last))

    def apply_edits(self, edits: RowEdits[RowT]) -> None:
        """Turn the rows, which are ``edits.old``, into ``edits.new``."""
        if edits.leaving:
            self._remove(edits)
        if edits.inserted is None:
            self._insert_at_end_and_order(edits)
        else:
            if edits.reorders:
                self._reorder(edits)
            self._insert(edits, edits.inserted)
        self._rows = edits.new

    def _remove(self, edits: RowEdits[RowT]) -> None:
        if edits.removed is None:
            self._lay_out(stacked(edits.kept, edits.leaving))
            self.beginRemoveRows(QModelIndex(), len(edits.kept), len(edits.old) - 1)
            self._rows = edits.kept
            self.endRemoveRows()
            return
        work = list(self._rows)
        for span in edits.removed:
            self.beginRemoveRows(QModelIndex(), span.first, span.last)
            del work[span.first : span.last + 1]
            self._rows = work
            self.endRemoveRows()

    def _reorder(self, edits: RowEdits[RowT]) -> None:
        if edits.moves is None:
            self._lay_out(edits.ordered)
            return
        for source, target in edits.moves:
            # Qt counts the place before the row is taken out.
            before = target + 1 if target > source else target
            self.beginMoveRows(QModelIndex(), source, source, QModelIndex(), before)
            self._rows = moved(self._rows, source, target)
            self.endMoveRows()

    def _insert(self, edits: RowEdits[RowT], places: Sequence[Span]) -> None:
        if not places:
            return
        work = list(self._rows)
        for span in places:
            self.beginInsertRows(QModelIndex(), span.first, span.last)
            work[span.first : span.first] = edits.new[span.first : span.last + 1]
            self._rows = work
            self.endInsertRows()

    def _insert_at_end_and_order(self, edits: RowEdits[RowT]) -> None:
        self.beginInsertRows(QModelIndex(), len(edits.kept), len(edits.new) - 1)
        self._rows = stacked(edits.kept, edits.coming)
        self.endInsertRows()
        self._lay_out(edits.new)

    def _lay_out(self, rows: Sequence[RowT]) -> None:
        """Show the same rows in another order, and move the persistent indexes with them."""
        self.layoutAboutToBeChanged.emit()
        before = self._rows
        held = self.persistentIndexList()
        wanted = {before[index.row()] for index in held}
        places: dict[RowT, int] = {}
        if wanted:
            places = {row: place for place, row in enumerate(rows) if row in wanted}
        self._rows = rows
        moved = [self.createIndex(places[before[index.row()]], index.column()) for index in held]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()


def _gathered(places: Sequence[int]) -> list[Span]:
    """Return ascending places as few runs: near ones together, and all as one where they are many."""
    spans: list[Span] = []
    for place in places:
        if spans and place - spans[-1].last <= 2:
            spans[-1] = Span(spans[-1].first, place)
        else:
            spans.append(Span(place, place))
        if len(spans) > MOST_SPANS:
            return [Span(places[0], places[-1])]
    return spans
