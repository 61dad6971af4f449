"""The red frame around a production environment."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from avdesk.ui.colours import Tone
from avdesk.ui.theme import HALF, tone_colour


class Frame(QWidget):
    """The window's middle, with a red frame around a production environment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._red = False

    def show_frame(self, *, red: bool) -> None:
        """Show or take away the red frame."""
        self._red = red
        margin = HALF if red else 0
        self.setContentsMargins(margin, margin, margin, margin)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame."""
        super().paintEvent(event)
        if self._red:
            painter = QPainter(self)
            painter.setPen(QPen(tone_colour(Tone.BAD, self.palette()), HALF))
            half = HALF / 2
            painter.drawRect(QRectF(self.rect()).adjusted(half, half, -half, -half))
