"""The part of the smoke run that is on a real desktop: the app in the tray, its window, its pages, links, its end."""

import signal
import subprocess
from typing import TYPE_CHECKING, Self

from tests.harness.session import DesktopSession
from tests.harness.waiting import wait_until

if TYPE_CHECKING:
    from smoke import Smoke

PAGES = 6


def run_desktop(smoke: "Smoke", session: DesktopSession) -> None:
    """Run the demo and the app on a configuration, one after the other."""
    with _Started(smoke, session, "demo", ["demo", "--speed", "60"]) as app:
        window = session.wait_for_window("AVDesk — demo", 60)
        check_class(smoke, session, window.id)
        session.windows.activate(window)
        for page in range(1, PAGES + 1):
            session.windows.key(f"ctrl+{page}")
            session.screenshot(smoke.folder / f"page-{page}.png", window)
        session.wait_for_tray_item(app.process, 60)
    with smoke.emulator() as told, _Started(smoke, session, "app", ["--background"], told) as app:
        session.wait_for_tray_item(app.process, 60)
        smoke.wait_until_app_answers(app.process)
        smoke.run(["open", "avdesk://logs"])
        session.wait_for_window("AVDesk — dev", 60)
        smoke.run(["open", "avdesk://environment/dev"])


def check_class(smoke: "Smoke", session: DesktopSession, window: int) -> None:
    """Fail where a desktop would not know by the window's class that it belongs to the desktop entry."""
    from smoke import ROOT, fail

    entry = (ROOT / "resources/linux/io.github.avdesk.AVDesk.desktop").read_text("utf-8")
    wanted = next(line for line in entry.splitlines() if line.startswith("StartupWMClass=")).partition("=")[2]
    told = subprocess.run(
        ["xprop", "-id", str(window), "WM_CLASS"],
        env=session.environment(),
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    smoke.count += 1
    if not told.rstrip().endswith(f'"{wanted}"'):
        fail(f"the window's class is not {wanted}", told)


class _Started:
    """The app, from its start to its end, which has to be a good one without a word."""

    def __init__(
        self,
        smoke: "Smoke",
        session: DesktopSession,
        name: str,
        words: list[str],
        told: "dict[str, str] | None" = None,
    ) -> None:
        self._smoke, self._session, self._name, self._words, self._told = smoke, session, name, words, told

    def __enter__(self) -> Self:
        if self._told is not None:
            self._smoke.configure(self._told)
        self._smoke.count += 1
        self.process: subprocess.Popen[str] = self._session.start(  # type: ignore[assignment]
            [self._smoke.program, *self._words], name=self._name, environment=self._smoke.variables
        )
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        from smoke import ODD, fail

        if error is not None:
            return
        if self.process.poll() is not None:
            fail(f"the app ({self._name}) ended with {self.process.returncode}", self._session.log(self._name))
        self.process.send_signal(signal.SIGTERM)
        wait_until(lambda: self.process.poll() is not None, "the app ends", 30)
        log = self._session.log(self._name)
        if self.process.returncode != 0:
            fail(f"the app ({self._name}) ended with {self.process.returncode}", log)
        if log.strip():
            fail(f"the app ({self._name}) said what it should not", log)
        own = self._smoke.home / "logs" / "avdesk.log"
        if own.exists() and (odd := [line for line in own.read_text("utf-8").splitlines() if ODD.search(line)]):
            fail("the app's log tells of something odd", *odd[:20])
