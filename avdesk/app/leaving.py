"""Quitting by somebody's wish: what was edited and not saved is asked about first."""

from PySide6.QtCore import QObject

from avdesk.app.shutdown import Shutdown
from avdesk.app.window_host import WindowHost


class Leaving(QObject):
    """Ends the program, unless the window has something that would be lost."""

    def __init__(self, window: WindowHost, shutdown: Shutdown, parent: QObject) -> None:
        """Ask in `window`, and end by `shutdown`."""
        super().__init__(parent)
        self._window = window
        self._shutdown = shutdown

    def leave(self) -> None:
        """End the program, or ask."""
        if self._shutdown.begun or not self._window.unsaved:
            self._shutdown.quit()
            return
        self._window.open()
        self._window.ask_before_leaving(self._shutdown.quit)
