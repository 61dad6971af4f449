"""The end of the user's session: the desktop asks all programs to save what they have, and then ends them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication, QSessionManager


class SessionEnd(QObject):
    """Saves when the session is about to end; what then ends the program is `Shutdown`, as always.

    The desktop is told never to start AVDesk anew by itself: starting at login is the user's own choice, in the
    settings, and twice would be once too often.
    """

    def __init__(self, application: QGuiApplication, save: Callable[[], object]) -> None:
        """Call `save` when `application` is asked to save."""
        super().__init__(application)
        self._save = save
        # Not queued: the manager is there only while it is being asked.
        application.commitDataRequest.connect(self.commit, Qt.ConnectionType.DirectConnection)
        application.saveStateRequest.connect(self.save_state, Qt.ConnectionType.DirectConnection)

    def commit(self, manager: QSessionManager) -> None:
        """Save; nothing is asked of the user, and the end of the session is not held up."""
        self.save_state(manager)
        self._save()

    def save_state(self, manager: QSessionManager) -> None:
        """Say how the program is to be started again: not by the session."""
        manager.setRestartHint(QSessionManager.RestartHint.RestartNever)
