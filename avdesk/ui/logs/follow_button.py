"""How many lines have come while one looked elsewhere: a button at the lower edge that leads back to the end."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtWidgets import QPushButton, QWidget

from avdesk.i18n import _, ngettext
from avdesk.ui.theme import STEP


class NewLines(QPushButton):
    """Floats over a view while it does not follow and lines have come."""

    def __init__(self, over: QWidget, parent: QWidget) -> None:
        """Float over a widget that lies somewhere within `parent`, which assistive technology looks through."""
        super().__init__(parent)
        self._over, self._around = over, parent
        self._since: int | None = None
        over.installEventFilter(self)
        self.setToolTip(_("Go to the end and follow (F)."))
        self.hide()

    def pause(self, count: int) -> None:
        """Count what comes from now on."""
        if self._since is None:
            self._since = count

    def resume(self) -> None:
        """Count nothing: the end is in sight."""
        self._since = None
        self.hide()

    def show_count(self, count: int) -> None:
        """Show how many have come; `count` is the number of all."""
        if self._since is None:
            return
        self._since = min(self._since, count)
        new = count - self._since
        if new <= 0:
            self.hide()
            return
        words = ngettext("{n} new line", "{n} new lines", new).format(n=f"{new:,}")
        self.setText(f"↓ {words}")
        self.setAccessibleName(words)
        self._place()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        size = self.sizeHint()
        at = QPoint((self._over.width() - size.width()) // 2, self._over.height() - size.height() - STEP)
        self.setGeometry(QRect(self._over.mapTo(self._around, at), size))
