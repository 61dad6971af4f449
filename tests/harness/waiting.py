"""Waiting for a condition, with a bound: the only way tests wait."""

import time
from collections.abc import Callable
from typing import TypeVar

PAUSE_S = 0.02
T = TypeVar("T")


def wait_until(condition: Callable[[], T | None], what: str, timeout_s: float = 15.0) -> T:
    """Ask `condition` again and again until its answer is true, and return that; TimeoutError names `what`."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise TimeoutError(f"waited {timeout_s:g} s in vain until {what}")
        time.sleep(PAUSE_S)
