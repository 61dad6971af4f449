"""On a terminal: colours, one screen in place, and NO_COLOR."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from avdesk.emulator.server import Emulator

COLOUR = re.compile(r"\x1b\[[\d;]*3[0-7]m")


def on_terminal(
    home: Path, *arguments: str, until: Callable[[str], bool], end: signal.Signals | None
) -> tuple[int, str]:
    """Run the program on a terminal until its output fulfils `until`, then send `end`; return code and output."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "avdesk", "--home", str(home), *arguments],
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "24", "PYTHONIOENCODING": "utf-8"},
    )
    os.close(secondary)
    output = ""
    deadline = time.monotonic() + 60
    try:
        while time.monotonic() < deadline:
            if select.select([primary], [], [], 0.1)[0]:
                try:
                    output += os.read(primary, 65_536).decode("utf-8", "replace")
                except OSError:  # the other end is closed
                    break
            elif process.poll() is not None:
                break
            if end is not None and until(output):
                process.send_signal(end)
                end = None
        return process.wait(60), output
    finally:
        process.kill()
        process.wait()
        os.close(primary)


def test_the_status_has_colours(home: Path, watched: Emulator) -> None:
    watched.world.start_run()
    code, output = on_terminal(home, "status", until=lambda _text: False, end=None)
    assert code == 0
    assert "◐ Making video" in output
    assert COLOUR.search(output)


@pytest.mark.usefixtures("watched")
def test_no_color_is_respected(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    _code, output = on_terminal(home, "status", until=lambda _text: False, end=None)
    assert "○ Idle" in output
    assert not COLOUR.search(output)


def test_watch_stays_on_its_own_screen_and_leaves_the_last_view(home: Path, watched: Emulator) -> None:
    watched.world.start_run()
    code, output = on_terminal(home, "watch", until=lambda text: text.count("Ctrl-C") >= 2, end=signal.SIGINT)
    assert code == 130
    assert "Traceback" not in output
    entered, left = output.find("\x1b[?1049h"), output.rfind("\x1b[?1049l")
    assert 0 <= entered < left
    assert "◐ Making video" in output[entered:left]
    assert "◐ Making video" in output[left:]
    assert "\x1b[?25h" in output[left - 50 :]  # the cursor is back
    assert len(watched.asked("/status")) == 1
