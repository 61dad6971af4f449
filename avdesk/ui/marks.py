"""The mark of an environment: a square of its colour."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

MARK = 12
"""Its side, pixels."""

_NAMED = {
    "grey": "#808080",
    "blue": "#0072b2",
    "green": "#009e73",
    "amber": "#e69f00",
    "orange": "#f0862a",
    "red": "#d55e00",
    "violet": "#a05aa0",
    "pink": "#cc79a7",
    "yellow": "#c8b400",
}
"""The named colours as Okabe and Ito have them: told apart by colour-blind eyes, too."""


def colour_code(colour: str) -> str:
    """Return a colour as ``#rrggbb``, of a named one too; what is none stays as it is."""
    return _NAMED.get(colour, colour)


def environment_mark(colour: str) -> QIcon:
    """Return the mark of that colour; grey where it is none."""
    wanted = QColor(colour_code(colour))
    picture = QPixmap(2 * MARK, 2 * MARK)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(wanted if wanted.isValid() else QColor(_NAMED["grey"]))
    painter.drawRoundedRect(0, 0, MARK, MARK, 3, 3)
    painter.end()
    return QIcon(picture)
