"""What widgets ask for. Nobody above the window knows its widgets: they speak of their wishes here alone."""

from PySide6.QtCore import QObject, Signal


class Wishes(QObject):
    """The wishes of tray and window; the app connects them to those who can fulfil them.

    Signals:
        check_now: ask the environment of that name at once.
        paused: stop (True) or go on (False) asking the environment of that name.
        environment_chosen: show the environment of that name.
        open_asked: show the window.
        quit_asked: end the program.
    """

    check_now = Signal(str)
    paused = Signal(str, bool)
    environment_chosen = Signal(str)
    open_asked = Signal()
    quit_asked = Signal()
