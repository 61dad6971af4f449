"""What happens when the desktop session is about to end."""

from PySide6.QtGui import QGuiApplication, QSessionManager
from pytestqt.qtbot import QtBot

from avdesk.app.session_end import SessionEnd


class Manager:
    """A session's manager, which notes what it is told."""

    def __init__(self) -> None:
        self.hints: list[QSessionManager.RestartHint] = []

    def setRestartHint(self, hint: QSessionManager.RestartHint) -> None:
        """Note it."""
        self.hints.append(hint)


def test_it_saves_and_is_not_started_twice_at_the_next_login(qtbot: QtBot) -> None:
    del qtbot
    saved: list[int] = []
    application = QGuiApplication.instance()
    assert isinstance(application, QGuiApplication)
    end = SessionEnd(application, lambda: saved.append(1))
    manager = Manager()
    end.commit(manager)  # type: ignore[arg-type] # the real one exists only while a session ends
    assert (saved, manager.hints) == ([1], [QSessionManager.RestartHint.RestartNever])
    end.save_state(manager)  # type: ignore[arg-type] # as above
    assert (saved, len(manager.hints)) == ([1], 2)
    end.deleteLater()
