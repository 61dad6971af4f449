"""Credentials in GNOME's own keyring: unlocked, locked, absent, and come back after a restart."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from avdesk.emulator.access import Access
from avdesk.emulator.server import Emulator
from tests.desktop.running_app import App
from tests.harness.session import DesktopSession
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.desktop

OPAQUE, SECOND = "opaque-text-of-a-server-0123", "another-text-of-a-server-456"
SOON_S = 30.0
"""For a command on a loaded machine; on an idle one it takes two."""


@dataclass
class Terminal:
    """Calls the command line on a desktop."""

    desktop: DesktopSession
    home: Path

    def __call__(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "avdesk", "--home", str(self.home), *arguments],
            env=self.desktop.environment(),
            input=given,
            capture_output=True,
            check=False,
            timeout=60,
            encoding="utf-8",
        )

    def auth(self) -> dict[str, object]:
        """Return what ``auth status --json`` tells."""
        found = json.loads(self("auth", "status", "--json").stdout)
        assert isinstance(found, dict)
        return found


@pytest.fixture(scope="module")
def desktop(desktop_packages: None) -> Iterator[DesktopSession]:
    """Return a desktop with a tray and no keyring yet."""
    del desktop_packages
    with DesktopSession(accessibility=False) as session:
        yield session


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(seed=1, rate_limit=(100_000, 60.0)) as running:
        running.access = Access(token=OPAQUE)
        yield running


@pytest.fixture
def app(desktop: DesktopSession, tmp_path: Path, emulator: Emulator) -> Iterator[App]:
    found = App(desktop, tmp_path / "home")
    found.configure(emulator.autovideo_url)
    text = found.paths.config_file.read_text("utf-8")
    more = f'auth = "bearer"\nproject = "{emulator.project}"\ngoogle_endpoint = "{emulator.google_url}"\n'
    text = text.replace('vertex = "off"\n', f'vertex = "rest"\nregions = ["{emulator.regions[0]}"]\n{more}')
    found.paths.config_file.write_text(text, "utf-8")
    yield found
    found.stop_all()
    desktop.keyring.stop()


def kept(desktop: DesktopSession) -> str:
    """Return what the keyring holds of AVDesk, as another program sees it."""
    done = subprocess.run(
        ["secret-tool", "search", "--all", "service", "avdesk"],
        env=desktop.environment(),
        capture_output=True,
        check=False,
        timeout=60,
        encoding="utf-8",
    )
    return done.stdout + done.stderr


def reachable(app: App) -> object:
    """Return whether the app has lately had an answer from the server; None where it could not even ask."""
    status = (app.ask(do="status", environment=None) or {}).get("status")
    assert isinstance(status, dict)
    return status["server"]["reachable"]


def asked_with(emulator: Emulator, token: str) -> bool:
    """Tell whether the server was asked for its status with a token, and told it."""
    return any(
        asked.request.headers.get("authorization") == f"Bearer {token}" and asked.status == 200
        for asked in emulator.asked("/status")
    )


def test_a_running_app_follows_what_the_terminal_stores_in_the_keyring(
    desktop: DesktopSession, app: App, emulator: Emulator
) -> None:
    terminal = Terminal(desktop, app.home)
    app.start("--background")
    app.wait_for_ear()
    wait_until(lambda: "no keyring" in str(app.summary().get("error")), "the app says that there is no keyring")

    refused = terminal("auth", "set", given=OPAQUE)
    assert refused.returncode == 4
    assert "--session" in refused.stderr
    held = terminal("auth", "set", "--session", given=OPAQUE)
    assert held.returncode == 0, held.stderr
    wait_until(lambda: reachable(app) is True, "the app asks with the token that it holds")
    assert terminal.auth()["credentials"][0]["kept"] == "session"  # type: ignore[index]
    assert terminal("auth", "clear", "bearer").returncode == 0
    app.hurry_until(lambda: reachable(app) is None, "the app has no token any more")

    desktop.keyring.start("unlocked")
    stored = terminal("auth", "set", given=OPAQUE)
    assert stored.returncode == 0, stored.stderr
    assert "prod/bearer" in kept(desktop)
    wait_until(lambda: reachable(app) is True, "the app asks with the token from the keyring")

    emulator.access = Access(token=SECOND)
    assert terminal("auth", "set", given=SECOND).returncode == 0
    app.hurry_until(lambda: asked_with(emulator, SECOND), "the app asks with the new token")
    assert terminal("auth", "clear").returncode == 0
    assert "prod/bearer" not in kept(desktop)
    app.hurry_until(lambda: reachable(app) is None, "the app has no token any more")


def test_a_locked_keyring_is_told_soon_and_opens_no_prompt(
    desktop: DesktopSession, app: App, emulator: Emulator
) -> None:
    terminal = Terminal(desktop, app.home)
    desktop.keyring.start("unlocked")
    assert terminal("auth", "set", given=OPAQUE).returncode == 0
    key = emulator.make_service_account_key()
    assert terminal("auth", "set", "service-account", given=key).returncode == 0
    desktop.keyring.stop()

    desktop.keyring.start("locked")
    started = time.monotonic()
    refused = terminal("auth", "set", given=SECOND)
    assert refused.returncode == 4
    assert "locked" in refused.stderr
    assert time.monotonic() - started < SOON_S
    told = terminal.auth()
    assert told["keyring"]["state"] == "locked"  # type: ignore[index]
    assert {each["kind"]: each["kept"] for each in told["credentials"]}["bearer"] is None  # type: ignore[attr-defined]
    assert terminal("jobs", "list").returncode == 4
    assert desktop.keyring.is_locked()
    desktop.keyring.stop()

    # A restart has lost nothing, whatever line breaks the key had.
    desktop.keyring.start("unlocked")
    assert terminal("status").returncode == 0
    assert terminal("jobs", "list").returncode == 0
    sealed = app.paths.config / "service-account.prod.key"
    assert sealed.stat().st_mode & 0o777 == 0o600
    listing = kept(desktop)
    assert "prod/service-account" in listing
    assert "PRIVATE" not in listing + sealed.read_text("utf-8")
