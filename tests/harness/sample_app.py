"""A little program with a tray item, a menu and a window, on which the desktop sessions prove themselves."""

import sys
from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QSystemTrayIcon, QVBoxLayout, QWidget

TITLE = "Sample window"
COLOUR = (213, 94, 0)
WATCHER = "org.kde.StatusNotifierWatcher"


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


class Sample(QWidget):
    """The window, with a button that greets whoever is named in the field."""

    def __init__(self) -> None:
        """Lay the window out."""
        super().__init__()
        self.setWindowTitle(TITLE)
        self.name = QLineEdit(self)
        self.name.setAccessibleName("Who")
        self.button = QPushButton("Greet", self)
        self.button.clicked.connect(self.greet)
        layout = QVBoxLayout(self)
        layout.addWidget(self.name)
        layout.addWidget(self.button)

    @Slot()
    def greet(self) -> None:
        """Say what the field says."""
        say(f"hello {self.name.text()}")


def when_there_is_a_tray(act: Callable[[], None]) -> QDBusServiceWatcher:
    """Call `act` once a tray host is there. Qt itself must not be asked sooner: it remembers a no for good."""
    bus = QDBusConnection.sessionBus()
    watcher = QDBusServiceWatcher(WATCHER, bus, QDBusServiceWatcher.WatchModeFlag.WatchForRegistration)
    if bus.interface().isServiceRegistered(WATCHER).value():
        act()
    else:
        watcher.serviceRegistered.connect(act)
        say("no tray yet")
    return watcher


def main() -> int:
    """Show everything until the menu's Quit."""
    app = QApplication(sys.argv)
    app.setApplicationName("sample")
    app.setQuitOnLastWindowClosed(False)
    window = Sample()
    picture = QPixmap(32, 32)
    picture.fill(QColor(*COLOUR))
    menu = QMenu()
    menu.addAction("Show &window", window.show)
    menu.addAction("Not now").setEnabled(False)
    more = menu.addMenu("More")
    ticked = more.addAction("Ticked")
    ticked.setCheckable(True)
    ticked.setChecked(True)
    menu.addSeparator()
    menu.addAction("Quit", app.quit)
    trays: list[QSystemTrayIcon] = []

    def show_in_tray() -> None:
        if not trays:
            tray = QSystemTrayIcon(QIcon(picture))
            tray.setToolTip("All is well")
            tray.setContextMenu(menu)
            tray.activated.connect(lambda reason: say(f"activated {reason.name}"))
            tray.show()
            trays.append(tray)

    watcher = when_there_is_a_tray(show_in_tray)
    code = app.exec()
    del watcher
    say("over")
    return code


if __name__ == "__main__":
    sys.exit(main())
