"""A card: a titled block with a quiet border."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from avdesk.ui.theme import HALF, STEP, line_colour
from avdesk.ui.widgets.text import Elided, Role

_CORNER = 6.0


class Card(QWidget):
    """A rounded block on the base colour, with a title and room for more.

    Attributes:
        title: its first line.
        head: the title's row, for what stands at its right.
        body: the layout below it.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.title = Elided(title, Role.TITLE)
        self.title.setMinimumHeight(2 * STEP + HALF)
        self.head = QHBoxLayout()
        self.head.setSpacing(STEP)
        self.head.addWidget(self.title, 1)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(2 * STEP, STEP + HALF, 2 * STEP, STEP + HALF)
        self.body.setSpacing(STEP)
        self.body.addLayout(self.head)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the block."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(line_colour(self.palette()), 1.0))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER, _CORNER)
