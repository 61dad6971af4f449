"""Ending what runs on threads: flag first, then whatever is in flight, then a wait with a bound."""

import logging
import time
from collections.abc import Sequence
from typing import Protocol

STOP_WITHIN_S = 2.0
"""For all watches together."""

log = logging.getLogger(__name__)


class Stoppable(Protocol):
    """What runs on threads of its own; `environment` is what it is called."""

    @property
    def environment(self) -> str: ...
    def ask_to_stop(self) -> None: ...
    def wait(self, seconds: float, /) -> bool: ...


def stop_all(watches: Sequence[Stoppable], within_s: float = STOP_WITHIN_S) -> list[str]:
    """Stop the watches side by side; return the names of those whose thread has not ended in time.

    A thread that hangs where nothing can reach it, in a name lookup say, is left behind: never terminated, since it
    may hold locks. The process then has to end without waiting for it.
    """
    for watch in watches:
        watch.ask_to_stop()
    deadline = time.monotonic() + within_s
    late = [watch.environment for watch in watches if not watch.wait(deadline - time.monotonic())]
    for name in late:
        log.warning("the watch of %s has not ended within %.1f s", name, within_s)
    return late
