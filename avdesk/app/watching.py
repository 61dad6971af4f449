"""The watches of all environments: begun, ended and made anew one by one, without anybody waiting for another."""

from collections.abc import Callable, Collection
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from avdesk.bridge.poller import MonitorLike, Poller
from avdesk.bridge.stopping import STOP_WITHIN_S
from avdesk.bridge.watch import Watch


class Watching(QObject):
    """One watch for each environment. Lives in the GUI thread.

    A watch that is made anew begins when the old one has ended, so that two never write about one environment side
    by side; one that hangs is waited for no longer than `STOP_WITHIN_S`, and remembers nothing afterwards.

    Signals:
        told: a `Told` of any environment, from the watch that counts alone.
    """

    told = Signal(object)

    def __init__(self, make_monitor: Callable[[str], MonitorLike]) -> None:
        """Watch by what `make_monitor` makes, which is called in a watch's own thread."""
        super().__init__()
        self._make_monitor = make_monitor
        self._watches: dict[str, Watch] = {}
        self._leaving: list[Watch] = []
        self._paused: set[str] = set()

    @property
    def all(self) -> tuple[Watch, ...]:
        """All watches, those too that were asked to stop and have not ended."""
        return (*self._watches.values(), *self._leaving)

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of those that are watched."""
        return tuple(self._watches)

    def pollers(self) -> tuple[Poller, ...]:
        """Return the pollers that count."""
        return tuple(watch.poller for watch in self._watches.values())

    def hurry(self, environment: str) -> None:
        """Ask an environment at once; an unknown one changes nothing."""
        if environment in self._watches:
            self._watches[environment].poller.hurry()

    def check(self, environment: str, names: Collection[str]) -> None:
        """Ask some health checks of an environment at once, without names all; an unknown one changes nothing."""
        if environment in self._watches:
            self._watches[environment].poller.check(names)

    def pause(self, environment: str, *, paused: bool) -> None:
        """Stop asking an environment, or go on; that outlasts its watch."""
        if environment not in self._watches:
            return
        (self._paused.add if paused else self._paused.discard)(environment)
        self._watches[environment].poller.pause(paused=paused)

    def watch(self, environment: str, after: str | None = None) -> None:
        """Watch an environment, in place of the watch that there is of it, or of the one called `after`."""
        old = self._take(after or environment)
        if after is not None and after in self._paused:
            self._paused.discard(after)
            self._paused.add(environment)
        fresh = Watch(environment, partial(self._make_monitor, environment))
        fresh.told.connect(self.told)
        if environment in self._paused:
            fresh.poller.pause(paused=True)
        self._watches[environment] = fresh
        if old is None:
            fresh.start()
            return
        old.ended.connect(fresh.start)
        QTimer.singleShot(round(STOP_WITHIN_S * 1000), fresh, fresh.start)

    def drop(self, environments: Collection[str]) -> None:
        """Watch some environments no longer."""
        for name in environments:
            self._take(name)
            self._paused.discard(name)

    def _take(self, name: str) -> Watch | None:
        """Let a watch end; return it when its thread still runs."""
        old = self._watches.pop(name, None)
        if old is None:
            return None
        old.ask_to_stop()
        if not old.is_running:
            return self._predecessor(name)
        self._leaving.append(old)
        old.ended.connect(partial(self._forget, old))
        return old

    def _predecessor(self, name: str) -> Watch | None:
        """Return the watch of that name that is still ending: the one after it never began."""
        return next((watch for watch in self._leaving if watch.environment == name), None)

    def _forget(self, watch: Watch) -> None:
        watch.wait(1.0)  # it has ended; what is left of its thread goes within microseconds
        if watch in self._leaving:
            self._leaving.remove(watch)
