"""Where the window is: as it was left, and always on a screen that exists."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from avdesk.ui.geometry import KEY, START_SIZE, Box, Place, Store, clamp, reachable


class Placing(QObject):
    """Puts one window where it belongs, and keeps where that is."""

    def __init__(self, window: QWidget, store: Store) -> None:
        super().__init__(window)
        self._window = window
        self._store = store
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenRemoved.connect(self.stay_on_screen)

    def restore(self) -> None:
        """Put the window where it was left; where that is not known, give it a size."""
        place = Place.from_text(self._store.value(KEY))
        if place is None:
            self._window.resize(*START_SIZE)
            return
        self._put(clamp(place.box, _screens()))
        if place.maximised:
            self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowMaximized)

    def remember(self) -> None:
        """Keep where the window is."""
        window = self._window
        box = window.normalGeometry() if window.isMaximized() else window.geometry()
        place = Place(Box(box.x(), box.y(), box.width(), box.height()), window.isMaximized())
        self._store.setValue(KEY, place.to_text())

    def let_go(self) -> None:
        """Give back what only a window on the screen needs, its picture above all; shown again it gets that anew.

        Nothing is given back while the window, or one that stands before it, is on the screen.
        """
        window = self._window
        if window.isVisible() or any(each.isVisible() for each in window.findChildren(QDialog)):
            return
        box = window.geometry()
        window.destroy()
        if not window.isMaximized():
            window.setGeometry(box)  # else the desktop would choose a place for what it takes for a new window

    def stay_on_screen(self) -> None:
        """Bring the window back from where no screen is."""
        box = self._window.geometry()
        here = Box(box.x(), box.y(), box.width(), box.height())
        screens = _screens()
        if not self._window.isMaximized() and not reachable(here, screens):
            self._put(clamp(here, screens))

    def _put(self, box: Box) -> None:
        self._window.setGeometry(box.x, box.y, box.width, box.height)


def _screens() -> list[Box]:
    areas = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    return [Box(area.x(), area.y(), area.width(), area.height()) for area in areas]
