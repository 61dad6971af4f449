"""The real app on a real desktop: tray, notifications, later starts, sudden ends."""

import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from avdesk.config.paths import APP_ID
from avdesk.emulator.server import Emulator
from tests.desktop.running_app import App, PutOnClock, generate
from tests.harness.programs import xfce4_notifyd
from tests.harness.session import Daemon, DesktopSession
from tests.harness.tray import TrayItem
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.desktop

QUIT_WITHIN_S = 3.0
"""On an idle machine."""
LOADED = 4
"""How many times as long a loaded machine may take; what hangs would hold it up for 20 s and more."""


@pytest.fixture
def clock() -> PutOnClock:
    return PutOnClock()


@pytest.fixture
def emulator(clock: PutOnClock) -> Iterator[Emulator]:
    with Emulator(revision="b", seed=1, now=clock, rate_limit=(100_000, 60.0), failure_rate=0.0) as running:
        yield running


@pytest.fixture
def app(desktop: DesktopSession, tmp_path: Path) -> Iterator[App]:
    found = App(desktop, tmp_path / "home")
    yield found
    found.stop_all()


def tells(item: TrayItem, headline: str) -> bool:
    return item.tooltip.startswith(f"prod: {headline}")


def picture(item: TrayItem) -> bytes:
    return item.pixmaps()[0].rgba


def test_icon_tooltip_and_menu_follow_a_run(
    desktop: DesktopSession, app: App, emulator: Emulator, clock: PutOnClock
) -> None:
    app.configure(emulator.autovideo_url)
    process = app.start("--background")
    item = desktop.wait_for_tray_item(process)
    wait_until(lambda: item.tooltip.startswith("prod: Idle\nupdated "), "the tray knows that the server idles")
    assert [pixmap.width for pixmap in item.pixmaps()] == [16, 22, 24, 32, 48, 64]
    pictures = [picture(item)]
    emulator.plan_next(story_s=37.0, images_s=59.0, voiceover_s=36.0, staging_s=5.0, failure=None)
    generate(emulator)
    for headline, seconds in (
        ("Writing the story", 38.0),
        ("Making the images", 60.0),
        ("Recording the voiceover", 37.0),
    ):
        app.hurry_until(partial(tells, item, headline), f"the tray says {headline}")
        assert item.menu().labels()[0] == headline
        pictures.append(picture(item))
        clock.put_on(seconds)
    app.hurry_until(lambda: app.summary().get("phase") == "video_creation", "the video is being created")
    wait_until(lambda: item.menu().labels()[3].startswith("✔ Voiceover · 36"), "the menu tells the durations")
    pictures.append(picture(item))
    assert len(set(pictures)) == len(pictures), "the ring fills phase by phase, from idle on"
    labels = item.menu().labels()
    assert labels[1].startswith("✔ Story · 37")
    assert labels[-4:] == ["Open AVDesk", "Check now", "Pause", "Quit"]
    clock.put_on(6 * 3600)
    app.hurry_until(lambda: app.summary().get("state") == "succeeded", "the video is done")
    wait_until(lambda: "Done in" in item.tooltip, "the tray says so")
    shown = desktop.wait_for_notification("Video done · prod")
    assert shown.hints["desktop-entry"] == APP_ID
    item.click("Quit")
    assert process.wait(60) == 0
    wait_until(lambda: not desktop.tray_items(), "the item leaves the tray")


def test_pausing_from_the_menu_stops_the_questions(desktop: DesktopSession, app: App, emulator: Emulator) -> None:
    app.configure(emulator.autovideo_url)
    item = desktop.wait_for_tray_item(app.start("--background"))
    wait_until(lambda: item.tooltip.startswith("prod: Idle"), "the server has answered")
    item.click("Pause")
    wait_until(lambda: item.tooltip.endswith(", paused"), "the tray says that asking is paused")
    assert "Resume" in item.menu().labels()
    asked = len(emulator.requests)
    app.ask(do="hurry", environment="prod")
    time.sleep(0.5)  # for a request that must not come
    assert len(emulator.requests) == asked
    item.click("Resume")
    wait_until(lambda: not item.tooltip.endswith(", paused"), "it goes on")


def test_a_notifications_button_opens_the_window(
    desktop: DesktopSession, app: App, emulator: Emulator, clock: PutOnClock
) -> None:
    app.configure(emulator.autovideo_url)
    item = desktop.wait_for_tray_item(app.start("--background"))
    wait_until(lambda: item.tooltip.startswith("prod: Idle"), "the server has answered")
    emulator.stop()
    app.hurry_until(lambda: app.summary().get("state") == "offline", "the app knows that the server is away")
    shown = desktop.wait_for_notification("Server not reachable · prod")
    assert list(shown.actions.items()) == [("default", "Open"), ("open", "Open"), ("check", "Check now")]
    assert shown.hints["urgency"] == 1
    assert not desktop.windows.titled("AVDesk — prod")
    desktop.invoke_action(shown, "open")
    desktop.wait_for_window("AVDesk — prod")
    del clock


def test_a_second_start_raises_the_first_ones_window(desktop: DesktopSession, app: App, emulator: Emulator) -> None:
    app.configure(emulator.autovideo_url)
    first = app.start("--background")
    desktop.wait_for_tray_item(first)
    app.wait_for_ear()
    assert app.start(name="second").wait(60) == 0
    window = desktop.wait_for_window("AVDesk — prod")
    assert window.process == first.pid
    assert first.poll() is None
    assert len(desktop.tray_items()) == 1


def test_of_two_starts_at_a_time_one_runs_and_the_other_leaves(
    desktop: DesktopSession, app: App, emulator: Emulator
) -> None:
    app.configure(emulator.autovideo_url)
    starts = [app.start("--background", name=f"start-{number}") for number in range(2)]
    wait_until(lambda: [p for p in starts if p.poll() is not None], "one of them leaves")
    assert [code for code in (process.poll() for process in starts) if code is not None] == [0]
    desktop.wait_for_tray_item(next(p for p in starts if p.poll() is None))


def test_after_a_kill_it_starts_again_and_still_knows_what_it_knew(
    desktop: DesktopSession, app: App, emulator: Emulator
) -> None:
    app.configure(emulator.autovideo_url)
    killed = app.start("--background")
    item = desktop.wait_for_tray_item(killed)
    wait_until(lambda: item.tooltip.startswith("prod: Idle"), "the server has answered")
    assert app.paths.socket.exists()
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(60) == -signal.SIGKILL
    assert app.paths.socket.exists()
    emulator.stop()
    again = app.start("--background", name="again")
    item = desktop.wait_for_tray_item(again)
    app.wait_for_ear()
    wait_until(
        lambda: "updated" in item.tooltip and "not updated" not in item.tooltip, "it tells how old its news is"
    )
    assert not [
        entry for entry in desktop.notifications() if entry.id and entry.closed is None and "prod" in entry.body
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(
    desktop: DesktopSession, app: App, emulator: Emulator, number: signal.Signals
) -> None:
    app.configure(emulator.autovideo_url)
    process = app.start("--background")
    desktop.wait_for_tray_item(process)
    app.wait_for_ear()
    process.send_signal(number)
    assert process.wait(60) == (130 if number is signal.SIGINT else 0)
    assert app.log().splitlines()[-1].endswith("AVDesk has ended")
    assert not app.paths.socket.exists()


def test_it_quits_soon_while_the_server_hangs(desktop: DesktopSession, app: App, clock: PutOnClock) -> None:
    del clock
    with Emulator(faults=["/status=hang", "/health=hang"]) as hanging:
        app.configure(hanging.autovideo_url)
        process = app.start("--background")
        item = desktop.wait_for_tray_item(process)
        wait_until(lambda: bool(hanging.requests), "the server was asked")
        began = time.monotonic()
        item.click("Quit")
        assert process.wait(60) == 0
        assert time.monotonic() - began < LOADED * QUIT_WITHIN_S


def test_without_a_notification_daemon_nothing_breaks(desktop_packages: None, tmp_path: Path) -> None:
    del desktop_packages
    with DesktopSession(notifications=None, accessibility=False) as session, Emulator() as emulator:
        app = App(session, tmp_path / "home")
        app.configure(emulator.autovideo_url)
        process = app.start("--background")
        item = session.wait_for_tray_item(process)
        wait_until(lambda: item.tooltip.startswith("prod: Idle"), "the server has answered")
        emulator.stop()
        app.hurry_until(lambda: app.summary().get("state") == "offline", "the server is away")
        wait_until(lambda: "Server not reachable" in item.tooltip, "the tray says so")
        session.start_notifications("dunst")
        assert process.poll() is None
        app.stop_all()


def test_without_a_tray_the_window_opens_and_the_item_comes_with_a_tray(
    desktop_packages: None, tmp_path: Path
) -> None:
    del desktop_packages
    with DesktopSession(tray=False, notifications=None) as session, Emulator() as emulator:
        app = App(session, tmp_path / "home")
        app.configure(emulator.autovideo_url)
        process = app.start("--background")
        window = session.wait_for_window("AVDesk — prod")
        words = "This desktop shows no tray icon. AVDesk stays in this window: closing it quits."
        session.a11y.find("label", words, app="AVDesk")
        session.start_tray()
        item = session.wait_for_tray_item(process)
        session.windows.close(window)
        wait_until(lambda: not session.windows.titled("AVDesk — prod"), "the window is closed")
        assert process.poll() is None
        item.click("Open AVDesk")
        session.wait_for_window("AVDesk — prod")
        app.stop_all()


def test_without_a_tray_closing_the_window_quits(desktop_packages: None, tmp_path: Path) -> None:
    del desktop_packages
    with DesktopSession(tray=False, notifications=None, accessibility=False) as session, Emulator() as emulator:
        app = App(session, tmp_path / "home")
        app.configure(emulator.autovideo_url)
        process = app.start()
        session.windows.close(session.wait_for_window("AVDesk — prod"))
        assert process.wait(60) == 0


@pytest.mark.parametrize("daemon", ["dunst", "xfce4-notifyd"])
def test_one_incident_is_one_notification_with_every_daemon(
    desktop_packages: None, tmp_path: Path, daemon: Daemon
) -> None:
    del desktop_packages
    if daemon == "xfce4-notifyd" and xfce4_notifyd() is None:
        pytest.skip("xfce4-notifyd is not installed")
    with DesktopSession(notifications=daemon, accessibility=False) as session, Emulator() as emulator:
        app = App(session, tmp_path / "home")
        app.configure(emulator.autovideo_url)
        item = session.wait_for_tray_item(app.start("--background"))
        wait_until(lambda: item.tooltip.startswith("prod: Idle"), "the server has answered")
        port = urlsplit(emulator.autovideo_url).port or 0
        emulator.stop()
        app.hurry_until(lambda: app.summary().get("state") == "offline", "the server is away")
        lost = session.wait_for_notification("Server not reachable · prod")
        assert "default" in lost.actions
        with Emulator(port=port):
            app.hurry_until(lambda: app.summary().get("state") == "idle", "the server is back")
            back = session.wait_for_notification("Server is back · prod")
        assert back.replaces == lost.id == back.id
        app.stop_all()
