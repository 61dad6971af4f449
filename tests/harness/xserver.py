"""An X server without a screen, on whichever display is free."""

import os
from collections.abc import Mapping

from tests.harness.processes import Processes


def start_x_server(processes: Processes, environment: Mapping[str, str], size: tuple[int, int], dpi: int) -> str:
    """Start Xvfb and return its display (``:3``), as soon as it takes clients; RuntimeError where it ends instead.

    The server itself picks the display, so that two that start at once don't take the same.
    """
    read, write = os.pipe()
    width, height = size
    screen = ["-screen", "0", f"{width}x{height}x24", "-dpi", str(dpi), "-nolisten", "tcp", "-noreset"]
    with os.fdopen(read, "rb") as reader:
        try:
            argv = ["Xvfb", "-displayfd", str(write), *screen]
            process = processes.start("Xvfb", argv, environment, pass_fds=(write,))
        finally:
            os.close(write)
        number = reader.readline().strip()  # ends early where the server does
    if not number:
        raise RuntimeError(f"Xvfb ended with {process.wait(5)}")
    return f":{int(number)}"
