"""A thin bar: how far something has come."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from avdesk.ui.colours import Tone
from avdesk.ui.theme import HALF, line_colour, tone_colour


class ThinBar(QWidget):
    """A bar of 4 pixels' height; the words beside it tell the same, so that it needs none itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: float | None = None
        self._tone = Tone.BUSY
        self._dotted = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def share(self) -> float | None:
        """How much is filled, 0 to 1; None where that is not known."""
        return self._share

    def show_share(self, share: float | None, tone: Tone, *, dotted: bool = False) -> None:
        """Fill `share` (0 to 1) of the bar; None fills nothing, `dotted` draws the rest as dots."""
        held = None if share is None else min(1.0, max(0.0, share))
        if (held, tone, dotted) != (self._share, self._tone, self._dotted):
            self._share, self._tone, self._dotted = held, tone, dotted
            self.update()

    def sizeHint(self) -> QSize:
        """Return a bar's height."""
        return QSize(6 * HALF, HALF)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the track and what of it is filled."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(self.rect())
        round_end = track.height() / 2
        line = line_colour(self.palette())
        if self._dotted:
            pen = QPen(line, track.height() / 2, Qt.PenStyle.DotLine)
            painter.setPen(pen)
            middle = track.center().y()
            painter.drawLine(QPointF(track.left() + round_end, middle), QPointF(track.right(), middle))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(line)
        painter.drawRoundedRect(track, round_end, round_end)
        if self._share:
            width = max(track.height(), track.width() * self._share)
            left = track.left() if self.layoutDirection() is Qt.LayoutDirection.LeftToRight else track.right() - width
            painter.setBrush(tone_colour(self._tone, self.palette()))
            painter.drawRoundedRect(QRectF(left, track.top(), width, track.height()), round_end, round_end)
