"""Errands: slow questions asked beside a monitor's steps, in threads that nothing has to wait for.

Whoever steps picks up what has come in. A thread that hangs where nothing can reach it is left behind.
"""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from avdesk.core.errors import AvdeskError, BugError
from avdesk.core.redact import redact
from avdesk.core.text import one_line

log = logging.getLogger(__name__)

T = TypeVar("T")


class Errands(Generic[T]):
    """Runs errands, each under a name; several at once. `begin` and `finished` belong to one thread."""

    def __init__(self, name: str, at_once: int) -> None:
        """Run at most `at_once` side by side; `name` is what their threads are called."""
        self._name = name
        self._slots = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._done: list[tuple[str, T | AvdeskError]] = []

    @property
    def busy(self) -> frozenset[str]:
        """The names of the errands whose outcome has not been picked up."""
        with self._lock:
            return frozenset(self._busy)

    def begin(self, name: str, work: Callable[[], T]) -> bool:
        """Begin an errand; return False where one of that name is under way."""
        with self._lock:
            if name in self._busy:
                return False
            self._busy.add(name)
        threading.Thread(target=self._run, args=(name, work), name=f"{self._name} {name}", daemon=True).start()
        return True

    def finished(self) -> list[tuple[str, T | AvdeskError]]:
        """Return the outcomes that have come in, each once: what was asked for, or why there is none."""
        with self._lock:
            done, self._done = self._done, []
            self._busy.difference_update(name for name, _outcome in done)
        return done

    def _run(self, name: str, work: Callable[[], T]) -> None:
        outcome: T | AvdeskError
        with self._slots:
            try:
                outcome = work()
            except AvdeskError as error:
                outcome = error
            except Exception as error:
                log.exception("%s %s failed", self._name, name)
                outcome = BugError(one_line(redact(f"{type(error).__name__}: {error}"), 200))
        with self._lock:
            self._done.append((name, outcome))
