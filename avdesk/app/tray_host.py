"""Putting the tray item into the tray, when there is one: at the start, or when a tray appears later."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from avdesk.ui.tray import Tray

LOOK_MS, LOOK_SHOWN_MS = 2_000, 30_000
"""How often a tray is looked for, without one and with one."""

PATIENCE_MS = 4_000
"""At the start of a session the panel may come a little later than we do."""

MISSES = 2
"""A panel that is being restarted is not missing."""


class TrayHost(QObject):
    """Shows the tray item as soon as the desktop has a place for it, and notices when the desktop has none any more.

    Signals:
        appeared: there is a tray, which was not there before.
        missing: for a while there has been no tray: the app can't be reached by it.
    """

    appeared = Signal()
    missing = Signal()

    def __init__(self, tray: Tray) -> None:
        """Take care of `tray`."""
        super().__init__()
        self._tray = tray
        self._present = False
        self._misses = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self.missing)

    @property
    def has_tray(self) -> bool:
        """Whether the user can reach the app by the tray."""
        return self._present

    def start(self) -> None:
        """Show the item now if that is possible, else wait for a tray."""
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._show()
        else:
            self._timer.start(LOOK_MS)
            self._patience.start()

    def stop(self) -> None:
        """Take the item away and look no longer."""
        self._timer.stop()
        self._patience.stop()
        self._tray.hide()

    def look(self) -> None:
        """See whether there is a tray."""
        available = QSystemTrayIcon.isSystemTrayAvailable()
        if available and not self._present:
            self._show()
            self.appeared.emit()
        elif not available and self._present:
            self._misses += 1
            if self._misses >= MISSES:
                self._present = False
                self._timer.start(LOOK_MS)
                self.missing.emit()
        else:
            self._misses = 0

    def _show(self) -> None:
        self._patience.stop()
        self._present = True
        self._misses = 0
        self._tray.show()
        self._timer.start(LOOK_SHOWN_MS)
