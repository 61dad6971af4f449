"""A chip: a small rounded button that is on or off."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from avdesk.ui.theme import HALF, STEP, blend, line_colour

_TINT = 0.2
"""How much of the accent colour is laid over the background of a chip that is on."""


class Chip(QAbstractButton):
    """A checkable pill of the platform's colours."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for the text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 3 * STEP, metrics.height() + STEP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill, tinted while it is on, with a stronger edge for the keyboard's focus."""
        del event
        palette, painter = self.palette(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        base, accent = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Highlight)
        fill = blend(accent, base, _TINT) if self.isChecked() else base
        if self.underMouse() and not self.isChecked():
            fill = blend(accent, base, _TINT / 2)
        width = 2.0 if self.hasFocus() else 1.0
        edge = accent if self.hasFocus() or self.isChecked() else line_colour(palette)
        painter.setPen(QPen(edge, width))
        painter.setBrush(fill)
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        inside = self.rect().adjusted(STEP, HALF // 2, -STEP, -HALF // 2)
        painter.drawText(inside, Qt.AlignmentFlag.AlignCenter.value, self.text())
