"""Waiting for a condition, with a bound: the only way tests wait."""

import time
from collections.abc import Callable
from typing import TypeVar

PAUSE_S = 0.02
PATIENCE_S = 60.0
"""What a loaded machine may take for anything; who waits is woken as soon as it is there, so it costs nothing."""
T = TypeVar("T")


def wait_until(condition: Callable[[], T | None], what: str, timeout_s: float = PATIENCE_S) -> T:
    """Ask `condition` again and again until its answer is true, and return that; TimeoutError names `what`."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise TimeoutError(f"waited {timeout_s:g} s in vain until {what}")
        time.sleep(PAUSE_S)
