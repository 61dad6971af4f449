"""The worker that keeps one environment's monitor stepping, on a thread of its own.

It is the whole seam between the program that asks and the program that shows: one signal goes up. Wishes come down
as plain calls from the GUI thread, which touch only what the monitor declares thread-safe.
"""

import logging
import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from avdesk.bridge.told import Told
from avdesk.core.events import Event
from avdesk.core.redact import redact
from avdesk.core.snapshot import Snapshot
from avdesk.core.text import one_line

MIN_WAIT_S = 0.05
MAX_WAIT_S = 900.0
"""However far off the next question is planned, the monitor is asked at least this often what is due."""

CRASH_WAITS_S = (5.0, 15.0, 60.0, 300.0)
"""Seconds before the next try after the first, second, … failure of our own in a row."""

log = logging.getLogger(__name__)


class StepLike(Protocol):
    """What one step of a monitor tells; `wait_s` are the seconds until the next one is due."""

    @property
    def snapshot(self) -> Snapshot: ...
    @property
    def events(self) -> tuple[Event, ...]: ...
    @property
    def wait_s(self) -> float: ...


class MonitorLike(Protocol):
    """What a poller needs of a monitor; all but `step` and `close` may be called from any thread."""

    @property
    def snapshot(self) -> Snapshot: ...
    def step(self) -> StepLike: ...
    def hurry(self) -> None: ...
    def check(self, names: Collection[str], /) -> None: ...
    def pause(self, paused: bool, /) -> None: ...
    def woke(self) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


MonitorMaker = Callable[[], MonitorLike]
"""Makes the monitor of one environment; called in the worker's thread, because it is slow."""


class Poller(QObject):
    """Steps one monitor, whenever it says that something is due.

    Signals:
        told: a `Told`, after the monitor was made and after each step.
    """

    told = Signal(object)
    _nudged = Signal()
    _finish_asked = Signal()

    def __init__(self, environment: str, make_monitor: MonitorMaker) -> None:
        """Prepare for the environment of that name; nothing runs before `begin`."""
        super().__init__()
        self.environment = environment
        self._make_monitor = make_monitor
        self._monitor: MonitorLike | None = None
        self._timer: QTimer | None = None
        self._crashes = 0
        self._paused = False
        self._stopping = threading.Event()
        # Queued even from this object's own thread: a nudge must never step inside a step.
        self._nudged.connect(self._step, Qt.ConnectionType.QueuedConnection)
        self._finish_asked.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    # From any thread

    def hurry(self) -> None:
        """Ask at once."""
        if self._monitor is not None:
            self._monitor.hurry()
        self._nudged.emit()

    def check(self, names: Collection[str]) -> None:
        """Ask some health checks at once; without names all of them."""
        if self._monitor is not None:
            self._monitor.check(names)
        self._nudged.emit()

    def pause(self, *, paused: bool) -> None:
        """Stop asking, or go on."""
        self._paused = paused
        if self._monitor is not None:
            self._monitor.pause(paused)
        self._nudged.emit()

    def woke(self) -> None:
        """Take note that the machine or the network is back."""
        if self._monitor is not None:
            self._monitor.woke()
        self._nudged.emit()

    def ask_to_finish(self) -> None:
        """End soon: what is in flight is given up, then the thread's event loop ends."""
        self._stopping.set()
        if self._monitor is not None:
            self._monitor.abort()
        self._finish_asked.emit()

    # In the worker's thread

    @Slot()
    def begin(self) -> None:
        """Make the timer and the monitor here, where they belong, and take the first step."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)
        self._step()

    @Slot()
    def _step(self) -> None:
        if self._stopping.is_set() or self._timer is None:
            return
        self._timer.stop()
        try:
            wait_s = self._step_once()
        except Exception as error:
            if self._stopping.is_set():
                return
            log.exception("the monitor of %s failed", self.environment)
            wait_s = CRASH_WAITS_S[min(self._crashes, len(CRASH_WAITS_S) - 1)]
            self._crashes += 1
            crash = one_line(redact(f"{type(error).__name__}: {error}"))
            self.told.emit(Told(self.environment, self._last_known(), crash=crash))
        self._timer.start(round(max(MIN_WAIT_S, min(wait_s, MAX_WAIT_S)) * 1000))

    def _step_once(self) -> float:
        if self._monitor is None:
            monitor = self._make_monitor()
            self._monitor = monitor
            monitor.pause(self._paused)
            if self._stopping.is_set():
                monitor.abort()
                return MAX_WAIT_S
            # What was last known is shown before the first answer comes.
            self.told.emit(Told(self.environment, monitor.snapshot))
        step = self._monitor.step()
        self._crashes = 0
        if not self._stopping.is_set():
            self.told.emit(Told(self.environment, step.snapshot, step.events))
        return step.wait_s

    def _last_known(self) -> Snapshot:
        if self._monitor is not None:
            return self._monitor.snapshot
        return Snapshot(self.environment, datetime.now(UTC))

    @Slot()
    def _finish(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self._monitor is not None:
            try:
                self._monitor.close()
            except Exception:
                log.exception("the monitor of %s did not close", self.environment)
        QThread.currentThread().quit()
