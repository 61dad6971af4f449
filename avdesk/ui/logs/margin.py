"""The vertical scroll bar of a log, with marks for what was found, errors and bookmarks."""

from array import array
from collections.abc import Iterable

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QScrollBar, QStyle, QStyleOptionSlider, QWidget

from avdesk.ui.colours import Tone
from avdesk.ui.theme import tone_colour

_MARK = 2


class MarginBar(QScrollBar):
    """A scroll bar that shows where in the log something is. Marks are rows; only their pixels are kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._rows: dict[str, array[int]] = {}
        self._pixels: dict[str, list[int]] = {}
        self._soon = QTimer(self, interval=50, singleShot=True)
        self._soon.timeout.connect(self._find_pixels)

    def show_count(self, count: int) -> None:
        """Take note of how many rows there are."""
        if count != self._count:
            self._count = count
            if not self._soon.isActive():
                self._soon.start()

    def show_marks(self, kind: str, rows: Iterable[int]) -> None:
        """Show where the rows of a kind are: ``found``, ``error`` or ``bookmark``; ascending."""
        self._rows[kind] = rows if isinstance(rows, array) else array("I", rows)
        if not self._soon.isActive():
            self._soon.start()

    def marks(self, kind: str) -> list[int]:
        """Return the pixels at which marks of a kind are painted."""
        self._find_pixels()
        return self._pixels.get(kind, [])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar, and the marks over it."""
        super().paintEvent(event)
        painter = QPainter(self)
        groove = self._groove()
        colours = {"error": tone_colour(Tone.BAD, self.palette()), "found": QColor("#c79a00")}
        width = groove.width()
        for kind, pixels in self._pixels.items():
            colour = colours.get(kind, self.palette().color(QPalette.ColorRole.Highlight))
            left, wide = (groove.left(), width // 3) if kind == "error" else (groove.left() + width // 3, width // 2)
            for pixel in pixels:
                painter.fillRect(QRect(left, pixel, max(2, wide), _MARK), colour)

    def _find_pixels(self) -> None:
        """Find the pixels, looking once at each pixel instead of each row."""
        groove = self._groove()
        height = max(1, groove.height() - _MARK)
        found: dict[str, list[int]] = {}
        for kind, rows in self._rows.items():
            pixels: list[int] = []
            place = 0
            while place < len(rows) and self._count:
                pixel = min(rows[place], self._count) * height // self._count
                pixels.append(groove.top() + pixel)
                place = _after(rows, -(-(pixel + 1) * self._count // height), place)
            found[kind] = pixels
        self._pixels = found
        self.update()

    def _groove(self) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style = self.style()
        groove = style.subControlRect(
            QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarGroove, self
        )
        return groove if groove.isValid() else self.rect()


def _after(rows: "array[int]", row: int, place: int) -> int:
    """Return the place of the first of `rows` at or after `row`, always beyond `place`."""
    from bisect import bisect_left

    return max(place + 1, bisect_left(rows, row, place))
