"""The real app in a desktop session, on an embedded AutoVideo whose clock the test puts on."""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from avdesk.config.paths import Paths, find_paths
from avdesk.emulator.server import Emulator
from avdesk.services import running_app
from tests.harness.session import DesktopSession
from tests.harness.waiting import wait_until


class PutOnClock:
    """The time, as far ahead of the real one as it was put on."""

    def __init__(self) -> None:
        """Start with the real time."""
        self._ahead_s = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Return the time as Unix seconds."""
        with self._lock:
            return time.time() + self._ahead_s

    def put_on(self, seconds: float) -> None:
        """Let so much time pass at once."""
        with self._lock:
            self._ahead_s += seconds


class App:
    """One home with its configuration, and the processes that run on it."""

    def __init__(self, desktop: DesktopSession, home: Path) -> None:
        """Run on `desktop` with everything below `home`."""
        self.desktop = desktop
        self.home = home
        self.paths: Paths = find_paths(home, {"XDG_RUNTIME_DIR": str(desktop.folder / "run")})
        self._processes: list[subprocess.Popen[bytes]] = []

    def configure(self, url: str, name: str = "prod") -> None:
        """Write a configuration with one environment that asks `url` as often as it likes."""
        self.paths.config.mkdir(parents=True, exist_ok=True)
        self.paths.config_file.write_text(
            f'default_environment = "{name}"\n[environments.{name}]\nurl = "{url}"\nvertex = "off"\n'
            "[polling]\nrequests = 500\nwindow_s = 60\nreserve = 400\n",
            encoding="utf-8",
        )

    def start(
        self, *arguments: str, name: str = "avdesk", environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start the app as a user does, with `environment` on top of the desktop's variables."""
        process = self.desktop.start(
            [sys.executable, "-m", "avdesk", "--home", self.home, *arguments], name=name, environment=environment
        )
        self._processes.append(process)
        return process

    def stop_all(self) -> None:
        """End whatever still runs."""
        for process in self._processes:
            if process.poll() is None:
                self.desktop.stop(process)

    def ask(self, **request: object) -> dict[str, object] | None:
        """Ask the running app over its socket."""
        return running_app.ask(self.paths, dict(request))

    def wait_for_ear(self) -> None:
        """Wait until the app answers."""
        wait_until(lambda: self.ask(do="version"), "the app answers")

    def summary(self) -> dict[str, object]:
        """Return what the app says of the pipeline; empty as long as it knows nothing."""
        answer = self.ask(do="status", environment=None) or {}
        status = answer.get("status")
        summary = status.get("summary") if isinstance(status, dict) else None
        return summary if isinstance(summary, dict) else {}

    def hurry_until(self, condition: Callable[[], object], what: str) -> None:
        """Ask the server anew until `condition` holds: the test's time goes faster than the app can foresee."""

        def look() -> object:
            self.ask(do="hurry", environment=None)
            time.sleep(0.1)
            return condition()

        wait_until(look, what)

    def log(self) -> str:
        """Return AVDesk's own log."""
        try:
            return self.paths.log_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""


def generate(emulator: Emulator) -> None:
    """Start a video on the emulator, as a user of the server would."""
    request = urllib.request.Request(  # noqa: S310 - the emulator's own loopback address
        f"{emulator.autovideo_url}/generate",
        data=json.dumps({"topic": "Tides"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        assert answer.status in (200, 202)
