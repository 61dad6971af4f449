"""Noticing that the machine has slept or that the network is back, so that nobody waits for a back-off to pass."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from avdesk.bridge.bus import Bus

LOOK_EVERY_S = 15.0
SLEPT_S = 10.0
"""A gap between the two clocks from which on the machine has slept. Less is scheduling or a corrected clock."""

CALM_S = 5.0
"""Several sources tell of the same awakening: it counts once in this time."""

LOGIND = "org.freedesktop.login1"
NETWORK_MANAGER = "org.freedesktop.NetworkManager"
CONNECTED_SITE = 60
"""NetworkManager's NM_STATE_CONNECTED_SITE; 70 is CONNECTED_GLOBAL."""

log = logging.getLogger(__name__)


def clock_with_sleep() -> float:
    """Return seconds on a clock that goes on while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.time()


class WakeWatch(QObject):
    """Tells when it is worth asking at once.

    Signals:
        woke: the machine was asleep, or the network has come back.
    """

    woke = Signal()

    def __init__(
        self,
        system_bus: Bus | None,
        parent: QObject | None = None,
        *,
        awake: Callable[[], float] = time.monotonic,
        always: Callable[[], float] = clock_with_sleep,
    ) -> None:
        """Watch the clocks, and over `system_bus`, where there is one, logind and NetworkManager."""
        super().__init__(parent)
        self._bus = system_bus
        self._awake, self._always = awake, always
        self._gap = always() - awake()
        self._told_at = float("-inf")
        self._network: QObject | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.setInterval(round(LOOK_EVERY_S * 1000))
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to watch."""
        self._timer.start()
        if self._bus is not None:
            self._bus.ready.connect(self._subscribe)
            self._bus.open()
        elif sys.platform != "linux":
            self._watch_reachability()

    def look(self) -> None:
        """Compare the clocks."""
        gap = self._always() - self._awake()
        slept = gap - self._gap
        self._gap = gap
        if slept > SLEPT_S:
            self._tell(f"the machine has slept for {slept:.0f} s")

    def _subscribe(self) -> None:
        assert self._bus is not None
        self._bus.listen(LOGIND, f"{LOGIND}.Manager", "PrepareForSleep", self._on_sleep)
        self._bus.listen(NETWORK_MANAGER, NETWORK_MANAGER, "StateChanged", self._on_network)

    def _on_sleep(self, sender: str, values: tuple[Any, ...]) -> None:
        del sender
        if values and values[0] is False:  # True announces the sleep itself
            self._tell("logind: awake again")

    def _on_network(self, sender: str, values: tuple[Any, ...]) -> None:
        del sender
        if values and isinstance(values[0], int) and values[0] >= CONNECTED_SITE:
            self._tell("NetworkManager: connected")

    def _watch_reachability(self) -> None:
        """Let Windows and macOS tell of the network; elsewhere NetworkManager's own signal is cheaper."""
        from PySide6.QtNetwork import QNetworkInformation

        if QNetworkInformation.loadDefaultBackend():
            information = QNetworkInformation.instance()
            information.reachabilityChanged.connect(self._on_reachability)
            self._network = information

    def _on_reachability(self, reachability: Any) -> None:  # noqa: ANN401 - an enum of a module loaded on demand
        from PySide6.QtNetwork import QNetworkInformation

        if reachability == QNetworkInformation.Reachability.Online:
            self._tell("the network is back")

    def _tell(self, why: str) -> None:
        now = self._awake()
        if now - self._told_at < CALM_S:
            return
        self._told_at = now
        log.info("%s", why)
        self.woke.emit()
