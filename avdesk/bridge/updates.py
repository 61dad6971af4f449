"""Asking once a day whether there is a newer version, off the GUI thread; off unless the user wants it."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from avdesk.core.errors import AvdeskError

FIRST_AFTER_MS = 60_000
"""The start is busy enough."""

EVERY_MS = 24 * 3600 * 1000

log = logging.getLogger(__name__)


class ReleaseLike(Protocol):
    """A newer version."""

    @property
    def version(self) -> str: ...
    @property
    def url(self) -> str: ...


Looker = Callable[[], ReleaseLike | None]
"""Asks; called in a thread of its own, makes whatever it needs there, and may raise `AvdeskError`."""


class UpdateWatch(QObject):
    """Looks for newer versions.

    Signals:
        told: there is one (an object like `ReleaseLike`).
    """

    told = Signal(object)

    environment = "newer versions"

    def __init__(self, look: Looker, wanted: Callable[[], bool]) -> None:
        """Ask by `look`, whenever it is time and as long as it is `wanted`."""
        super().__init__()
        self._look = look
        self._wanted = wanted
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Look a little later, and then once a day."""
        self._timer.start(FIRST_AFTER_MS)

    def look(self) -> None:
        """Look now, where that is wanted and not under way already."""
        self._timer.start(EVERY_MS)
        if self._stopping or not self._wanted() or (self._thread is not None and self._thread.is_alive()):
            return
        # A daemon: a name lookup that hangs must not keep the program from ending.
        self._thread = threading.Thread(target=self._ask, name="updates", daemon=True)
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Tell nothing from now on."""
        self._stopping = True
        self._timer.stop()

    def wait(self, seconds: float, /) -> bool:
        """Wait for the one that asks; True when nobody does any more."""
        if self._thread is not None:
            self._thread.join(max(0.0, seconds))
        return self._thread is None or not self._thread.is_alive()

    def _ask(self) -> None:
        try:
            found = self._look()
        except AvdeskError as error:
            log.info("newer versions could not be looked for: %s", error)
            return
        except Exception:
            log.exception("looking for newer versions failed")
            return
        if found is not None and not self._stopping:
            self.told.emit(found)
