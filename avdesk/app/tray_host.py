"""Putting the tray item into the tray, when there is one: at the start, or when a tray appears later."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from avdesk.ui.tray import Tray

LOOK_EVERY_MS = 2000
PATIENCE_MS = 4000
"""At the start of a session the panel may come a little later than we do."""


class TrayHost(QObject):
    """Shows the tray item as soon as the desktop has a place for it.

    Signals:
        appeared: the item has been put into a tray that was not there at the start.
        missing: for some seconds there has been no tray; told once.
    """

    appeared = Signal()
    missing = Signal()

    def __init__(self, tray: Tray) -> None:
        """Take care of `tray`."""
        super().__init__()
        self._tray = tray
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self.missing)

    @property
    def has_tray(self) -> bool:
        """Whether the user can reach the app by the tray."""
        return self._tray.is_shown

    def start(self) -> None:
        """Show the item now if that is possible, else wait for a tray."""
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._tray.show()
        else:
            self._timer.start()
            self._patience.start()

    def stop(self) -> None:
        """Take the item away and wait no longer."""
        self._timer.stop()
        self._patience.stop()
        self._tray.hide()

    def _look(self) -> None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        self._timer.stop()
        self._patience.stop()
        self._tray.show()
        self.appeared.emit()
