"""One watched environment, seen from the GUI thread: a poller and the thread that it lives on."""

from PySide6.QtCore import QThread

from avdesk.bridge.poller import MonitorMaker, Poller


class Watch:
    """Keeps a poller and its thread together.

    Attributes:
        poller: lives on the thread; its signal `told` is what to connect to.
    """

    def __init__(self, environment: str, make_monitor: MonitorMaker) -> None:
        """Prepare to watch the environment of that name; `start` begins."""
        self.environment = environment
        self.poller = Poller(environment, make_monitor)
        self._thread = QThread()
        self._thread.setObjectName(f"watch {environment}")
        self.poller.moveToThread(self._thread)
        self._thread.started.connect(self.poller.begin)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start(QThread.Priority.LowPriority)

    def ask_to_stop(self) -> None:
        """Set the flag and give up what is in flight, at once; the thread ends when it notices."""
        if self._thread.isRunning():
            self.poller.ask_to_finish()

    def wait(self, seconds: float) -> bool:
        """Wait for the thread to end, at most so long; return whether it has."""
        return self._thread.wait(max(0, round(seconds * 1000)))
