"""Where live status reports come from: the running app while there is one, else an own monitor on a thread."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from avdesk.config.paths import Paths
from avdesk.core.errors import AbortedError
from avdesk.core.report import CACHE, SERVER, JsonObject, status_report

if TYPE_CHECKING:
    from avdesk.core.snapshot import Snapshot
    from avdesk.services.monitor import Monitor
    from avdesk.services.runtime import Runtime

STOP_WITHIN_S = 5.0
_FIRST_LOOK_S = 0.1


class Source:
    """Tells the newest status report of one environment, as often as it is asked; a context manager.

    The running app's monitor spends the server's allowance once for everybody; the own one rests meanwhile.
    """

    def __init__(
        self, environment: str, make_runtime: "Callable[[], Runtime]", app_of: Paths | None, mark: str | None = None
    ) -> None:
        """`make_runtime` is called when an own monitor is needed; `app_of`: whose running app is asked, if any.

        `mark` tells the app which environment of that name is meant, as `config.differences.mark_of` does.
        """
        self._mark = mark
        self._environment = environment
        self._make_runtime = make_runtime
        self._app_of = app_of
        self._stepper: Stepper | None = None
        self._shown: datetime | None = None

    def __enter__(self) -> Self:
        """Begin; nothing is asked yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop asking, within a bounded time."""
        if self._stepper is not None:
            self._stepper.stop()

    def report(self) -> JsonObject:
        """Return the newest report; blocks until there is a first one."""
        if self._app_of is not None:
            from avdesk.services.running_app import status_of

            told = status_of(self._app_of, self._environment, mark=self._mark)
            if told is not None:
                if self._stepper is not None:
                    self._stepper.rest(resting=True)
                return told
        if self._stepper is None:
            self._stepper = Stepper(self._environment, self._make_runtime)
            self._stepper.start()
        self._stepper.rest(resting=False)
        snapshot = self._stepper.first_snapshot()
        fresh = snapshot.observed_at is not None and snapshot.observed_at != self._shown
        asked = self._stepper.began
        fresh = fresh and snapshot.observed_at is not None and snapshot.observed_at >= asked
        self._shown = snapshot.observed_at
        return status_report(snapshot, datetime.now(UTC), SERVER if fresh else CACHE)


class Stepper(threading.Thread):
    """Steps a monitor at its own pace, which keeps the server's allowance whatever the view's pace is."""

    def __init__(self, environment: str, make_runtime: "Callable[[], Runtime]") -> None:
        super().__init__(name="monitor", daemon=True)
        self.began = datetime.now(UTC)
        self._environment = environment
        self._make_runtime = make_runtime
        self._monitor: Monitor | None = None
        self._ready = threading.Event()
        self._ended = threading.Event()
        self._awake = threading.Event()
        self._awake.set()
        self._failure: Exception | None = None

    def run(self) -> None:
        """Step until `stop`."""
        try:
            self._step_on()
        except AbortedError:
            return
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits for the snapshot
            self._failure = error
        finally:
            self._ready.set()

    def _step_on(self) -> None:
        monitor = self._make_runtime().monitor(self._environment, own_checks=False)
        self._monitor = monitor
        try:
            while not self._ended.is_set():
                step = monitor.step()
                self._ready.set()
                self._ended.wait(step.wait_s)
                while not self._awake.wait(0.5) and not self._ended.is_set():
                    pass
        finally:
            monitor.close()

    def rest(self, *, resting: bool) -> None:
        """Ask nothing for a while, or go on."""
        if resting:
            self._awake.clear()
        else:
            self._awake.set()

    def first_snapshot(self) -> "Snapshot":
        """Return the newest snapshot, after waiting for the first step.

        Raises:
            Exception: what ended the stepping.
        """
        while not self._ready.wait(_FIRST_LOOK_S):
            pass
        if self._failure is not None:
            raise self._failure
        assert self._monitor is not None
        return self._monitor.snapshot

    def stop(self) -> None:
        """Break off what is asked, and wait for the end for a bounded time."""
        self._ended.set()
        self._awake.set()
        if self._monitor is not None:
            self._monitor.abort()
        self.join(STOP_WITHIN_S)
