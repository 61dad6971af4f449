"""The least that shows a tray item with PySide6: what AVDesk's own start and size are held against. Run as a file."""

import sys

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QSystemTrayIcon


def main() -> int:
    """Show the item until the process is ended."""
    application = QApplication(sys.argv)
    application.setQuitOnLastWindowClosed(False)
    picture = QPixmap(32, 32)
    picture.fill(QColor("green"))
    item = QSystemTrayIcon(QIcon(picture))
    item.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
