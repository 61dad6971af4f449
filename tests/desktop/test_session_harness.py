"""The desktop session shows truly what is in tray, notifications and windows, and leaves nothing behind."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import sample_app
from tests.harness.session import DesktopSession
from tests.harness.tray import TrayItem
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.desktop

SAMPLE = [sys.executable, str(Path(sample_app.__file__))]


@pytest.fixture
def sample(desktop: DesktopSession) -> Iterator[subprocess.Popen[bytes]]:
    """Return the sample program, running."""
    process = desktop.start(SAMPLE, name="sample")
    yield process
    desktop.stop(process)
    (desktop.logs / "sample.log").unlink()


@pytest.fixture
def item(desktop: DesktopSession, sample: subprocess.Popen[bytes]) -> TrayItem:
    """Return the sample program's item in the tray."""
    return desktop.wait_for_tray_item(sample)


def wait_for_words(desktop: DesktopSession, words: str) -> None:
    wait_until(lambda: words in desktop.log("sample").splitlines(), f"the program says {words!r}")


def test_an_item_shows_its_tooltip_and_its_icon_to_the_last_pixel(item: TrayItem) -> None:
    assert "All is well" in item.tooltip
    assert item.status == "Active"
    assert item.pixmaps()[-1].colours() == {sample_app.COLOUR}


def test_a_menu_is_read_with_its_shortcuts_states_and_submenus(item: TrayItem) -> None:
    menu = item.menu()
    assert menu.labels() == ["Show window", "Not now", "More", "Ticked", "Quit"]
    entries = {entry.label: entry for entry in menu.walk()}
    assert not entries["Not now"].enabled
    assert entries["Ticked"].checked is True
    assert entries["Quit"].checked is None
    assert [entry.separator for entry in menu.children] == [False, False, False, True, False]


def test_a_click_in_the_menu_arrives(
    desktop: DesktopSession, sample: subprocess.Popen[bytes], item: TrayItem
) -> None:
    item.click("Quit")
    assert sample.wait(60) == 0
    wait_for_words(desktop, "over")
    wait_until(lambda: desktop.tray_items() == [], "the item leaves the tray")


def test_what_the_menu_does_not_offer_cannot_be_clicked(item: TrayItem) -> None:
    with pytest.raises(ValueError, match="Not now"):
        item.click("Not now")
    with pytest.raises(LookupError, match="Show window"):
        item.click("Format the disk")


def test_a_click_on_the_item_itself_arrives(desktop: DesktopSession, item: TrayItem) -> None:
    item.activate()
    wait_for_words(desktop, "activated Trigger")


def test_a_window_is_found_used_without_a_mouse_and_closed(
    desktop: DesktopSession, sample: subprocess.Popen[bytes], item: TrayItem, tmp_path: Path
) -> None:
    item.click("Show window")
    window = desktop.wait_for_window(sample_app.TITLE)
    assert window.process == sample.pid
    desktop.a11y.enter_text("text", "Who", "Ada", app="sample")
    assert desktop.a11y.find("text", "Who", app="sample").text == "Ada"
    desktop.a11y.press("push button", "Greet", app="sample")
    wait_for_words(desktop, "hello Ada")
    desktop.screenshot(tmp_path / "window.png", window)
    assert (tmp_path / "window.png").read_bytes().startswith(b"\x89PNG")
    desktop.windows.close(window)
    wait_until(lambda: not desktop.windows.titled(sample_app.TITLE), "the window is closed")
    assert sample.poll() is None


def test_a_widget_that_is_not_there_is_said_to_be_missing_beside_what_is(
    desktop: DesktopSession, item: TrayItem
) -> None:
    item.click("Show window")
    desktop.wait_for_window(sample_app.TITLE)
    with pytest.raises(TimeoutError) as raised:
        desktop.a11y.find("push button", "Insult", app="sample", timeout_s=1)
    assert "'Greet'" in raised.value.__notes__[0]


def notify(desktop: DesktopSession, *arguments: str) -> subprocess.Popen[bytes]:
    return desktop.start(["notify-send", *arguments], name="notify-send")


def test_a_notification_is_seen_and_its_button_pressed(desktop: DesktopSession) -> None:
    sender = notify(desktop, "-a", "Tester", "-A", "retry=Retry", "-A", "log=Show log", "It <failed>", "a &amp; b")
    shown = desktop.wait_for_notification("It <failed>")
    assert (shown.app_name, shown.body, shown.actions) == (
        "Tester",
        "a &amp; b",
        {"retry": "Retry", "log": "Show log"},
    )
    assert shown in desktop.recorder.current()
    desktop.invoke_action(shown, "log")
    assert sender.wait(60) == 0
    assert desktop.log("notify-send").splitlines()[-1] == "log"
    wait_until(lambda: shown not in desktop.recorder.current(), "the notification is gone")


def test_an_action_that_a_notification_lacks_cannot_be_chosen(desktop: DesktopSession) -> None:
    notify(desktop, "Nothing to press")
    shown = desktop.wait_for_notification("Nothing to press")
    with pytest.raises(LookupError, match="retry"):
        desktop.invoke_action(shown, "retry")


def test_a_tray_may_appear_late_and_go_away_again(desktop_packages: None) -> None:
    del desktop_packages
    with DesktopSession(tray=False, notifications=None, accessibility=False) as session:
        sample = session.start(SAMPLE, name="sample")
        wait_for_words(session, "no tray yet")
        assert session.tray_items() == []
        session.start_tray()
        assert session.wait_for_tray_item(sample).process == sample.pid
        session.stop_tray()
        assert session.tray_items() == []
        session.start_tray()
        assert session.wait_for_tray_item(sample).process == sample.pid


def test_a_session_without_a_notification_daemon_stays_without(desktop_packages: None) -> None:
    del desktop_packages
    with DesktopSession(tray=False, notifications=None, accessibility=False) as session:
        assert session.start(["notify-send", "Anybody there?"], name="notify-send").wait(60) != 0
        session.start_notifications("xfce4-notifyd")
        assert session.start(["notify-send", "And now?"], name="notify-send").wait(60) == 0
        assert session.wait_for_notification("And now?").summary == "And now?"


def test_two_sessions_side_by_side_see_nothing_of_each_other(desktop: DesktopSession) -> None:
    with DesktopSession(accessibility=False) as other:
        assert other.environment()["DISPLAY"] != desktop.environment()["DISPLAY"]
        sample = other.start(SAMPLE)
        assert other.wait_for_tray_item(sample).process == sample.pid
        assert desktop.tray_items() == []
        other.start(["notify-send", "Only there"])
        other.wait_for_notification("Only there")
        assert not [entry for entry in desktop.notifications() if entry.summary == "Only there"]


@pytest.mark.parametrize("state", ["unlocked", "locked"])
def test_a_keyring_is_as_it_was_asked_for(desktop_packages: None, state: str) -> None:
    del desktop_packages
    with DesktopSession(tray=False, notifications=None, accessibility=False) as session:
        session.keyring.start("locked" if state == "locked" else "unlocked")
        assert session.keyring.is_locked() is (state == "locked")
        if state == "unlocked":
            store = ["secret-tool", "store", "--label=t", "service", "sample"]
            assert session.start(store, stdin=b"one line").wait(60) == 0
            assert session.start(["secret-tool", "lookup", "service", "sample"], name="lookup").wait(60) == 0
            assert session.log("lookup") == "one line"


def test_nothing_is_left_of_a_session_not_even_what_it_started_out_of_sight(desktop_packages: None) -> None:
    del desktop_packages
    with DesktopSession(keyring="unlocked") as session:
        # Leaves its group and its parent, as a daemon does.
        session.start(["sh", "-c", "setsid sleep 600 & exec sleep 600"])
        session.wait_for_tray_item(session.start(SAMPLE))
        assert len(session.alive()) > 8
        folder = session.folder
    assert session.alive() == []
    assert not folder.exists()


def fail_in(desktop: DesktopSession) -> None:
    with desktop as session:
        session.start(["sh", "-c", "echo out of paper; exec sleep 600"], name="printer")
        wait_until(lambda: "out of paper" in session.log("printer"), "it printed")
        raise ZeroDivisionError


def test_a_session_that_ends_in_an_error_tells_what_its_processes_printed(desktop_packages: None) -> None:
    del desktop_packages
    session = DesktopSession(tray=False, notifications=None)
    with pytest.raises(ZeroDivisionError) as raised:
        fail_in(session)
    assert "--- printer\nout of paper" in "\n".join(raised.value.__notes__)
    assert session.alive() == []
