"""One watched environment, seen from the GUI thread: a poller and the thread that it lives on."""

from PySide6.QtCore import QObject, Qt, QThread, Signal

from avdesk.bridge.poller import MonitorMaker, Poller
from avdesk.bridge.told import Told


class Watch(QObject):
    """Keeps a poller and its thread together. Lives in the GUI thread.

    Attributes:
        environment: the name of the environment that is watched.
        poller: lives on the thread.

    Signals:
        told: what the poller tells, in the GUI thread; nothing once the watch was asked to stop, also not what the
            poller had told by then and nobody has heard yet: it is about what the environment was.
        ended: the thread has ended.
    """

    told = Signal(object)
    ended = Signal()

    def __init__(self, environment: str, make_monitor: MonitorMaker) -> None:
        """Prepare to watch the environment of that name; `start` begins."""
        super().__init__()
        self.environment = environment
        self.poller = Poller(environment, make_monitor)
        self._stopping = False
        self._thread = QThread()
        self._thread.setObjectName(f"watch {environment}")
        self.poller.moveToThread(self._thread)
        self.poller.told.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._thread.started.connect(self.poller.begin)
        self._thread.finished.connect(self.ended, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        """Whether its thread has begun and has not ended."""
        return self._thread.isRunning()

    def start(self) -> None:
        """Begin to watch; nothing where it was asked to stop already."""
        if not self._stopping and not self._thread.isRunning() and not self._thread.isFinished():
            self._thread.start(QThread.Priority.LowPriority)

    def ask_to_stop(self) -> None:
        """Set the flag and give up what is in flight, at once; the thread ends when it notices."""
        self._stopping = True
        if self._thread.isRunning():
            self.poller.ask_to_finish()

    def wait(self, seconds: float) -> bool:
        """Wait for the thread to end, at most so long; return whether it has."""
        return self._thread.wait(max(0, round(seconds * 1000)))

    def _pass_on(self, told: Told) -> None:
        if not self._stopping:
            self.told.emit(told)
