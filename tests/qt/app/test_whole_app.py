"""The whole app as a process of its own, on no desktop at all."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from avdesk.config.paths import Paths, find_paths
from avdesk.services import running_app
from tests.harness.waiting import wait_until

HANGING = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
import avdesk.app.running
from avdesk.app.main import run_app
from avdesk.config.load import load_settings
from avdesk.config.paths import find_paths
from avdesk.core.snapshot import Snapshot

class Hanging:
    snapshot = Snapshot("dev", datetime.now(UTC))
    def step(self):
        Path(sys.argv[1], "hangs").touch()
        time.sleep(600)  # as in a name lookup: nothing reaches it
    def pause(self, paused): pass
    def abort(self): pass
    def close(self): pass

avdesk.app.running.monitor_maker = lambda *_arguments: lambda _name: Hanging()
paths = find_paths(Path(sys.argv[1]))
sys.exit(run_app(paths, load_settings(paths), None, background=False))
"""


class Process:
    """A process on a home of its own."""

    def __init__(self, home: Path, *argv: str) -> None:
        self.home = home
        self.paths: Paths = find_paths(home)
        self.process = subprocess.Popen(
            [sys.executable, *argv], env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def end(self) -> str:
        """End it, if need be by force, and return what it said on stderr."""
        if self.process.poll() is None:
            self.process.kill()
        return self.process.communicate(timeout=30)[1]


def _environment() -> Mapping[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path.cwd())}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def write_config(home: Path, text: str) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(text, encoding="utf-8")


def start(home: Path, *arguments: str) -> Process:
    return Process(home, "-m", "avdesk", "--home", str(home), *arguments)


def test_it_ends_in_time_even_when_a_watch_hangs_where_nothing_reaches_it(home: Path) -> None:
    write_config(home, '[environments.dev]\nurl = "http://127.0.0.1:9"\nvertex = "off"\n')
    app = Process(home, "-c", HANGING, str(home))
    try:
        wait_until((home / "hangs").exists, "the watch hangs")
        wait_until(lambda: running_app.ask(app.paths, {"do": "version"}), "the app has started")
        began = time.monotonic()
        app.process.send_signal(signal.SIGTERM)
        assert app.process.wait(30.0) == 0
        assert time.monotonic() - began < 20.0, "the watch would hang for ten minutes"
        assert "has not ended within" in app.paths.log_file.read_text(encoding="utf-8")
        assert (home / "state" / "window.ini").exists()
    finally:
        app.end()


def test_a_broken_configuration_does_not_keep_it_from_starting(home: Path) -> None:
    write_config(home, "[environments.dev\nurl = 3\n")
    app = start(home)
    try:
        wait_until(lambda: running_app.ask(app.paths, {"do": "version"}), "the app answers")
        assert app.process.poll() is None
        app.process.send_signal(signal.SIGTERM)
        assert app.process.wait(30.0) == 0
        assert "config.toml:1" in app.paths.log_file.read_text(encoding="utf-8")
    finally:
        app.end()


def test_a_state_folder_that_cannot_be_used_does_not_keep_it_from_starting(home: Path) -> None:
    write_config(home, '[environments.dev]\nurl = "http://127.0.0.1:9"\nvertex = "off"\n')
    (home / "state").write_text("in the way")
    (home / "logs").write_text("in the way")
    app = start(home)
    try:
        wait_until(lambda: running_app.ask(app.paths, {"do": "version"}), "the app answers")
        app.process.send_signal(signal.SIGTERM)
        assert app.process.wait(30.0) == 0
    finally:
        app.end()


def test_an_environment_that_does_not_exist_is_wrong_use(home: Path) -> None:
    write_config(home, '[environments.dev]\nurl = "http://127.0.0.1:9"\n')
    app = start(home, "--env", "nowhere")
    assert app.process.wait(60) == 2
    assert "nowhere" in app.end()


def test_of_an_app_that_does_not_answer_a_later_start_tells(home: Path) -> None:
    """The first one is stopped in its tracks: it holds the lock, and its socket takes the call but says nothing."""
    write_config(home, '[environments.dev]\nurl = "http://127.0.0.1:9"\nvertex = "off"\n')
    first = start(home)
    second = None
    try:
        wait_until(lambda: running_app.ask(first.paths, {"do": "version"}), "the app answers")
        first.process.send_signal(signal.SIGSTOP)
        second = start(home)
        assert second.process.wait(60) == 5
        assert "already running" in second.end()
    finally:
        first.process.send_signal(signal.SIGCONT)
        first.end()
        if second is not None:
            second.end()


def test_it_imports_nothing_before_the_tray_that_the_tray_does_not_need() -> None:
    code = (
        "import sys, avdesk.app.main, avdesk.app.bootstrap\n"
        "late = {'requests', 'urllib3', 'google', 'jeepney', 'keyring', 'sqlite3', 'ssl', 'PySide6.QtNetwork',"
        " 'PySide6.QtDBus', 'avdesk.services.runtime', 'avdesk.ui.main_window', 'avdesk.app.running'}\n"
        "print(sorted(late & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
