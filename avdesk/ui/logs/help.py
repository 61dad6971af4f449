"""The keys of the log, laid over it on ``?``."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from avdesk.i18n import _
from avdesk.ui.logs.commands import keys_told
from avdesk.ui.theme import GAP, HALF, STEP, line_colour
from avdesk.ui.widgets.text import Role, Text


class HelpOverlay(QWidget):
    """All keys; any key or a click takes it away."""

    def __init__(self, over: QWidget, parent: QWidget) -> None:
        """Lie over a widget, in its middle; it lies somewhere within `parent`."""
        super().__init__(parent)
        self._over, self._around = over, parent
        self.setAccessibleName(_("Keys of the log"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        columns = QHBoxLayout()
        columns.setSpacing(3 * STEP)
        halves = [QVBoxLayout(), QVBoxLayout()]
        for half in halves:
            half.setSpacing(STEP)
            columns.addLayout(half)
        for place, (title, keys) in enumerate(keys_told()):
            halves[place // 2].addLayout(_group(title, keys))
        for half in halves:
            half.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        column.addWidget(Text(_("Keys"), Role.TITLE))
        column.addLayout(columns)
        column.addWidget(Text(_("Any key closes this."), Role.SECONDARY))
        over.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show the keys."""
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go away."""
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt):
            self._leave()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go away."""
        event.accept()
        self._leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a card."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(line_colour(self.palette()), 1.0))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Window))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6.0, 6.0)

    def _leave(self) -> None:
        self.hide()
        self._over.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self) -> None:
        self.adjustSize()
        around = self._around
        size = self.sizeHint().boundedTo(around.size())
        middle = self._over.mapTo(around, self._over.rect().center())
        left = min(max(0, middle.x() - size.width() // 2), around.width() - size.width())
        top = min(max(0, middle.y() - size.height() // 2), around.height() - size.height())
        self.setGeometry(left, top, size.width(), size.height())


def _group(title: str, keys: tuple[tuple[str, str], ...]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(HALF)
    column.addWidget(Text(title, Role.TITLE))
    grid = QGridLayout()
    grid.setHorizontalSpacing(GAP)
    grid.setVerticalSpacing(HALF // 2)
    for row, (key, words) in enumerate(keys):
        grid.addWidget(Text(key, Role.SECONDARY), row, 0)
        grid.addWidget(Text(words), row, 1)
    grid.setColumnStretch(1, 1)
    column.addLayout(grid)
    return column
