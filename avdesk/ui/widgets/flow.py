"""Columns of one width that wrap into rows where the window is narrow."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class ColumnFlow(QLayout):
    """Lays its widgets out in as many equal columns as there is room for.

    The widgets of a row get one height; those of a last row that is not full share its whole width, and the last row
    takes what height is left.
    """

    def __init__(self, least_width: int, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._least = least_width
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take one more."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return one, None beyond the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give one back."""
        if not 0 <= index < len(self._items):
            return None
        item = self._items.pop(index)
        self.invalidate()
        return item

    def expandingDirections(self) -> Qt.Orientation:
        """Return that it takes width."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """Return that fewer columns need more height."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows at a width."""
        return self._arrange(QRect(0, 0, width, 0), apply=False)

    def setGeometry(self, rect: QRect) -> None:
        """Lay out in `rect`."""
        super().setGeometry(rect)
        self._arrange(rect, apply=True)

    def sizeHint(self) -> QSize:
        """Return room for all in one row."""
        shown = self._shown()
        width = sum(max(self._least, item.minimumSize().width()) for item in shown)
        width += self.spacing() * max(0, len(shown) - 1)
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        """Return room for the widest alone."""
        widths = [item.minimumSize().width() for item in self._shown()]
        return QSize(max(widths, default=0), 0)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _columns(self, shown: Sequence[QLayoutItem], width: int) -> int:
        need = max(self._least, *(item.minimumSize().width() for item in shown))
        fit = max(1, (width + self.spacing()) // (need + self.spacing()))
        rows = -(-len(shown) // fit)
        return -(-len(shown) // rows)

    def _arrange(self, rect: QRect, *, apply: bool) -> int:
        shown = self._shown()
        if not shown:
            return 0
        columns = self._columns(shown, rect.width())
        top = rect.top()
        for start in range(0, len(shown), columns):
            row = shown[start : start + columns]
            width = (rect.width() - self.spacing() * (len(row) - 1)) // len(row)
            height = max(_height(item, width) for item in row)
            if apply and start + columns >= len(shown):
                height = max(height, rect.bottom() + 1 - top)
            if apply:
                for place, item in enumerate(row):
                    left = rect.left() + place * (width + self.spacing())
                    item.setGeometry(QRect(QPoint(left, top), QSize(width, height)))
            top += height + self.spacing()
        return top - self.spacing() - rect.top()


def _height(item: QLayoutItem, width: int) -> int:
    if item.hasHeightForWidth():
        return max(item.heightForWidth(width), item.minimumSize().height())
    return item.sizeHint().height()
