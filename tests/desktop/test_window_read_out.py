"""The window as a screen reader and a keyboard user find it, in the real program on the embedded AutoVideo."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.harness.accessibility import Node
from tests.harness.session import DesktopSession
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.desktop

TITLE = "AVDesk — demo"
PHASES = ["Story", "Images", "Voiceover", "Video"]


@pytest.fixture(scope="module")
def demo(desktop: DesktopSession) -> Iterator[subprocess.Popen[bytes]]:
    process = desktop.start([sys.executable, "-m", "avdesk", "demo", "--speed", "20"], name="avdesk-demo")
    desktop.windows.activate(desktop.wait_for_window(TITLE))
    yield process
    desktop.stop(process)


def _phases(desktop: DesktopSession) -> list[Node]:
    groups = [node for node in desktop.a11y.nodes() if node.name == "Phases"]
    return [child for group in groups for child in group.children if ": " in child.name]


def test_phases_are_read_with_their_state_and_duration(
    desktop: DesktopSession, demo: subprocess.Popen[bytes]
) -> None:
    del demo

    def read() -> list[Node]:
        found = _phases(desktop)
        return found if any(phase.name.endswith(": done") for phase in found) else []

    phases = wait_until(read, "a phase is read as done")
    assert [phase.name.partition(":")[0] for phase in phases] == PHASES
    done = next(phase for phase in phases if phase.name.endswith(": done"))
    assert done.description.endswith(" s")


def test_page_views_and_buttons_bear_their_names(desktop: DesktopSession, demo: subprocess.Popen[bytes]) -> None:
    del demo
    wanted = {
        ("list item", "Pipeline"),
        ("tree", "Recent events"),
        ("tree", "Last runs"),
        ("label", "Environment"),
        ("push button", "Check now"),
    }

    def missing() -> set[tuple[str, str]]:
        return wanted - {(node.role, node.name) for node in desktop.a11y.nodes()}

    wait_until(lambda: not missing(), f"the window offers {wanted}")
    desktop.a11y.press("push button", "Check now")


def test_the_keyboard_closes_to_the_tray(desktop: DesktopSession, demo: subprocess.Popen[bytes]) -> None:
    desktop.windows.activate(desktop.wait_for_window(TITLE))
    desktop.windows.key("ctrl+w")
    wait_until(lambda: not desktop.windows.titled(TITLE), "the window is gone")
    assert demo.poll() is None
