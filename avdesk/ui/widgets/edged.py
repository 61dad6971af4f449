"""Lines, check boxes and radio buttons whose edge is seen on dark backgrounds, too, where some styles draw none."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QCheckBox, QLineEdit, QRadioButton, QStyle, QStyleOptionButton, QWidget

from avdesk.ui.theme import blend, is_dark

_STRENGTH = 0.45
"""How much of the text's colour an edge has: 3:1 with what is around it."""


class EdgedLine(QLineEdit):
    """A line of text."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, then its edge."""
        super().paintEvent(event)
        if is_dark(self.palette()) and not self.hasFocus():
            painter = _painter(self)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2.0, 2.0)


class EdgedCheck(QCheckBox):
    """A check box."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, then its edge."""
        super().paintEvent(event)
        if is_dark(self.palette()):
            option = QStyleOptionButton()
            self.initStyleOption(option)
            box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
            _painter(self).drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 2.0, 2.0)


class EdgedRadio(QRadioButton):
    """A radio button."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, then its edge."""
        super().paintEvent(event)
        if is_dark(self.palette()):
            option = QStyleOptionButton()
            self.initStyleOption(option)
            box = self.style().subElementRect(QStyle.SubElement.SE_RadioButtonIndicator, option, self)
            _painter(self).drawEllipse(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5))


def _painter(widget: QWidget) -> QPainter:
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    palette = widget.palette()
    colour: QColor = blend(
        palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Base), _STRENGTH
    )
    painter.setPen(QPen(colour, 1.0))
    return painter
