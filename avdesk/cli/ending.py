"""Ending long commands in order, whether by Ctrl-C or by the system's request."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """The system asked the program to end (SIGTERM)."""


@contextmanager
def orderly_end() -> Iterator[None]:
    """Turn SIGTERM into `Terminated` and SIGINT into KeyboardInterrupt inside the block, so that it cleans up."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    before = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, end),
        # A shell that starts a program in the background has it ignore Ctrl-C; who sends it by hand means it.
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
