"""The Health page and the doctor in the real app on a real desktop, through the accessibility tree."""

import json
from collections.abc import Iterator

import pytest

from avdesk.core.health import CHECKS
from avdesk.emulator.server import Emulator
from benchmarks.signin import SignIn
from tests.desktop.running_app import App
from tests.harness.accessibility import Node
from tests.harness.session import DesktopSession
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.desktop

APP = "AVDesk"
COUNTED = {check.path for check in CHECKS if check.counted}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(speed=1.0, seed=3, utc_offset_s=0.0) as running:
        running.world.circumstances.failing.clear()
        yield running


@pytest.fixture(scope="module")
def app(desktop: DesktopSession, emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Return the app, its window on the Health page; it asks no check by itself."""
    folder = tmp_path_factory.mktemp("app")
    made = App(desktop, folder / "home")
    made.paths.config.mkdir(parents=True)
    made.paths.config_file.write_text(
        f'[environments.prod]\nurl = "{emulator.autovideo_url}"\nproject = "{emulator.project}"\nvertex = "rest"\n'
        f'regions = {json.dumps(list(emulator.regions))}\ngoogle_endpoint = "{emulator.google_url}"\n'
        "[polling]\nhealth_sweep_s = 0\n",
        encoding="utf-8",
    )
    with SignIn(emulator.token) as sign_in:
        key = sign_in.write_key(folder / "key.json", emulator.project)
        made.start(environment={"GOOGLE_APPLICATION_CREDENTIALS": str(key)})
        made.wait_for_ear()
        desktop.windows.activate(desktop.wait_for_window("AVDesk — prod"))
        desktop.windows.key("ctrl+3")
        yield made
        made.stop_all()


def card(desktop: DesktopSession, title: str) -> Node:
    """Return the card of a check, as a screen reader finds it in the list of them."""
    [group] = [node for node in desktop.a11y.nodes(APP) if node.name == "Health checks"]
    [found] = [node for node in group.children if node.name == title]
    return found


def reads(desktop: DesktopSession, title: str, *beginnings: str) -> Node | None:
    """Return a check's card once one of its texts begins in one of these ways."""
    found = card(desktop, title)
    return found if any(node.name.startswith(beginnings) for node in found.walk()) else None


def asked(emulator: Emulator) -> list[str]:
    return [each.request.path for each in emulator.requests if each.request.path in COUNTED]


def test_a_check_is_asked_from_its_card_and_says_what_it_found(
    desktop: DesktopSession, app: App, emulator: Emulator
) -> None:
    del app
    desktop.a11y.find("", "Health checks", APP)
    assert reads(desktop, "GPU quota", "Not asked yet")
    desktop.a11y.press("push button", "Check now", APP, within="GPU quota")
    wait_until(lambda: reads(desktop, "GPU quota", "Healthy"), "the quota is healthy")
    assert asked(emulator) == ["/health/quota"]
    emulator.world.circumstances.failing.add("quota")
    desktop.a11y.press("push button", "Check now", APP, within="GPU quota")
    failed = wait_until(lambda: reads(desktop, "GPU quota", "Unhealthy"), "the quota is unhealthy")
    names = [node.name for node in failed.walk() if node.showing]
    assert "list index out of range" in names
    assert any(name.startswith("Last well") for name in names)
    assert asked(emulator) == ["/health/quota"] * 2


def test_all_are_asked_and_the_spent_allowance_says_until_when(
    desktop: DesktopSession, app: App, emulator: Emulator
) -> None:
    del app
    desktop.a11y.press("push button", "Check all", APP)
    wait_until(lambda: reads(desktop, "GPUs by region", "Healthy"), "AVDesk has read the quotas")
    assert reads(desktop, "OpenAI", "Healthy")
    # Which check is left for when the server takes more is a matter of which answered first.
    spent = wait_until(
        lambda: reads(desktop, "GPU quota", "in ", "by itself in "), "the card says when it can be asked again"
    )
    [button] = [node for node in spent.walk() if node.role == "push button" and node.name == "Check now"]
    assert "enabled" not in button.states
    assert "GPU quota" in button.description
    assert [each for each in emulator.requests if each.status == 429] == []


def test_the_doctor_tells_what_works_and_shows_the_diagnostics_before_they_are_written(
    desktop: DesktopSession, app: App
) -> None:
    desktop.a11y.press("push button", "Run the doctor…", APP)
    desktop.wait_for_window("Doctor")

    def open_now() -> bool:
        found = [node for node in desktop.a11y.nodes(APP, "push button") if node.name == "Save diagnostics…"]
        return any("enabled" in node.states for node in found)

    wait_until(open_now, "the doctor is done")
    texts = [node.name for node in desktop.a11y.nodes(APP, "label", showing=False)]
    assert "A tray host is there" in texts
    assert any(text.startswith("5 regions answer by REST") for text in texts)
    desktop.a11y.press("push button", "Save diagnostics…", APP)
    desktop.wait_for_window("Diagnostics")
    wait_until(
        lambda: any(node.name.startswith("doctor.txt") for node in desktop.a11y.nodes(APP, "list item")),
        "the files are listed",
        30.0,
    )
    assert list(app.home.rglob("*.zip")) == []
    desktop.windows.key("Escape")
    wait_until(lambda: not desktop.windows.titled("Diagnostics"), "its window is gone")
    desktop.windows.key("Escape")
