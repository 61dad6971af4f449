"""Noticing that the configuration file was changed, and reading it again: on a thread of its own.

Editors write in place, or put a new file in the old one's place, in several steps: the file is read when nothing has
stirred for a moment. Where the system tells nothing (a folder of another machine's, a link's target that is replaced)
a look now and then finds it out.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QThread, QTimer, Signal, Slot

from avdesk.config.load import Loaded

CALM_MS = 250
"""For so long nothing must have stirred before the file is read."""

SLOW_LOOK_MS = 5_000

log = logging.getLogger(__name__)

Mark = tuple[int, ...] | None


class ConfigurationWatch(QObject):
    """Watches one file. Lives in the GUI thread.

    Signals:
        told: the file as it could be read (`Loaded`), each time that it has changed.
    """

    told = Signal(object)

    environment = "configuration"
    """What it is called where watches are stopped."""

    def __init__(self, path: Path, load: Callable[[], Loaded]) -> None:
        """Prepare to watch the file at `path`, read by `load`, which is called off the GUI thread."""
        super().__init__()
        self._eye = _Eye(path, load)
        self._thread = QThread()
        self._thread.setObjectName("watch the configuration")
        self._eye.moveToThread(self._thread)
        self._eye.told.connect(self.told, Qt.ConnectionType.QueuedConnection)
        self._thread.started.connect(self._eye.begin)

    def start(self) -> None:
        """Begin; the file is read once, since it may have changed since the start."""
        self._thread.start(QThread.Priority.LowPriority)

    def ask_to_stop(self) -> None:
        """End the thread, as soon as it does nothing else."""
        self._eye.finish_asked.emit()

    def wait(self, seconds: float) -> bool:
        """Wait for the thread to end, at most so long; return whether it has."""
        return self._thread.wait(max(0, round(seconds * 1000)))


class _Eye(QObject):
    """Lives on the thread."""

    told = Signal(object)
    finish_asked = Signal()

    def __init__(self, path: Path, load: Callable[[], Loaded]) -> None:
        super().__init__()
        self.finish_asked.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        self._path = path
        self._load = load
        self._mark: Mark = None
        self._looked = False
        self._files: QFileSystemWatcher | None = None
        self._calm: QTimer | None = None
        self._slow: QTimer | None = None

    @Slot()
    def begin(self) -> None:
        """Make what belongs to this thread, and look."""
        self._files = QFileSystemWatcher(self)
        self._calm = QTimer(self, singleShot=True, interval=CALM_MS)
        self._calm.timeout.connect(self._look)
        self._files.fileChanged.connect(self._stirred)
        self._files.directoryChanged.connect(self._stirred)
        self._slow = QTimer(self, interval=SLOW_LOOK_MS)
        self._slow.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._slow.timeout.connect(self._look)
        self._slow.start()
        self._look()

    @Slot(str)
    def _stirred(self, _path: str) -> None:
        if self._calm is not None:
            self._calm.start()

    @Slot()
    def _look(self) -> None:
        self._follow()
        mark = _mark(self._path)
        if self._looked and mark == self._mark:
            return
        self._looked, self._mark = True, mark
        try:
            loaded = self._load()
        except Exception:
            log.exception("the configuration could not be read")
            return
        self.told.emit(loaded)

    @Slot()
    def _finish(self) -> None:
        """Stop, in this thread, what belongs to it, and end it."""
        for timer in (self._calm, self._slow):
            if timer is not None:
                timer.stop()
        if self._files is not None:
            watched = [*self._files.files(), *self._files.directories()]
            if watched:
                self._files.removePaths(watched)
        QThread.currentThread().quit()

    def _follow(self) -> None:
        """Watch the file and its folder, as far as they are there: a file that was replaced is watched no more."""
        assert self._files is not None
        watched = {*self._files.files(), *self._files.directories()}
        for path in (self._path, self._path.parent):
            if str(path) not in watched and path.exists():
                self._files.addPath(str(path))


def _mark(path: Path) -> Mark:
    """Return what changes with the file; None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
