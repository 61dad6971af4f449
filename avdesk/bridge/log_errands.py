"""Small work on a log off the GUI thread: the newest of a kind counts, one that waits or runs for it gives way."""

import logging
import threading
from collections.abc import Callable
from functools import partial

Stopped = Callable[[], bool]
"""Tells whether nobody waits for the result any more."""

Errand = Callable[[Stopped], None]

log = logging.getLogger(__name__)


class Errands:
    """A thread that does one errand at a time, in the order in which their kinds were asked for first."""

    def __init__(self, name: str) -> None:
        """Prepare; the thread begins with the first errand."""
        self._name = name
        self._waiting: dict[str, tuple[int, Errand]] = {}
        self._serial = 0
        self._newest: dict[str, int] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def post(self, kind: str, errand: Errand) -> None:
        """Have an errand done; an earlier one of its kind is left out, or told that it is stopped."""
        with self._changed:
            if self._stop.is_set():
                return
            self._serial += 1
            self._newest[kind] = self._serial
            self._waiting[kind] = (self._serial, errand)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()

    def drop(self, kind: str) -> None:
        """Forget the errand of a kind."""
        with self._changed:
            self._waiting.pop(kind, None)
            self._newest.pop(kind, None)

    def stop(self) -> None:
        """Do nothing more."""
        with self._changed:
            self._stop.set()
            self._waiting.clear()
            self._changed.notify()

    def wait(self, seconds: float) -> bool:
        """Wait for the thread to end, at most so long; return whether it has."""
        thread = self._thread
        if thread is None:
            return True
        thread.join(max(0.0, seconds))
        return not thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._stop.is_set():
                    self._changed.wait()
                if self._stop.is_set():
                    return
                kind = next(iter(self._waiting))
                serial, errand = self._waiting.pop(kind)
            try:
                errand(partial(self._is_stopped, kind, serial))
            except Exception:
                log.exception("work on a log failed: %s", kind)

    def _is_stopped(self, kind: str, serial: int) -> bool:
        return self._stop.is_set() or self._newest.get(kind) != serial
