"""The tray item and its menu, without a tray."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from avdesk.core.summary import Sign
from avdesk.ui import tray as tray_module
from avdesk.ui.colours import contrast, sign_colour
from avdesk.ui.signs import sign_pixmap
from avdesk.ui.tray import ICON_SIZES, Tray
from avdesk.ui.tray_menu import Choice
from avdesk.ui.tray_state import tray_state
from avdesk.ui.wishes import Wishes
from tests.harness.snapshots import NOW, all_states

# Shown without a tray and without X11: what Qt says of that is no finding here.
pytestmark = pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface")

STATES = all_states()


class Clock:
    """A clock that stands still unless it is put on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wishes(qtbot: QtBot) -> Wishes:
    del qtbot
    return Wishes()


@pytest.fixture
def tray(wishes: Wishes, clock: Clock) -> Tray:
    return shown_tray(("prod", "dev"), wishes, clock)


def shown_tray(environments: tuple[str, ...], wishes: Wishes, clock: Clock) -> Tray:
    tray = Tray([Choice(name) for name in environments], STATES["first"], wishes, now=clock)
    tray.show()
    return tray


def item_of(tray: Tray) -> QSystemTrayIcon:
    found = tray.findChild(QSystemTrayIcon)
    assert isinstance(found, QSystemTrayIcon)
    return found


def entries(tray: Tray) -> dict[str, QAction]:
    """Return what can be seen in the menu, by its text."""
    return {action.text(): action for action in item_of(tray).contextMenu().actions() if action.isVisible()}


def png(icon: QIcon, size: int) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    icon.pixmap(size, size).save(buffer, "PNG")
    return bytes(data.data())


def test_the_icon_comes_in_the_sizes_of_panels(tray: Tray) -> None:
    sizes = {size.width() for size in item_of(tray).icon().availableSizes()}
    assert sizes == set(ICON_SIZES)


def test_the_icon_follows_the_run_and_is_drawn_only_when_it_changes(
    tray: Tray, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[Sign, int]] = []

    def draw(sign: Sign, size: int, **how: int) -> object:
        drawn.append((sign, how["done"]))
        return sign_pixmap(sign, size, dark=None, done=how["done"], total=how["total"])

    monkeypatch.setattr(tray_module, "sign_pixmap", draw)
    tray.show_snapshot(STATES["early"])
    tray.show_snapshot(replace(STATES["early"], budget=None))
    clock.now += timedelta(seconds=9)
    tray.refresh()
    assert drawn == [(Sign.RUNNING, 1)] * len(ICON_SIZES)
    tray.show_snapshot(STATES["running"])
    assert drawn[-1] == (Sign.RUNNING, 3)
    assert len(drawn) == 2 * len(ICON_SIZES)


def test_every_state_looks_different_at_16_pixels(tray: Tray) -> None:
    seen = {}
    for name in ("running", "early", "waiting", "succeeded", "failed", "idle", "orphan", "offline", "stale"):
        tray.show_snapshot(STATES[name])
        seen[name] = png(item_of(tray).icon(), 16)
    assert len(set(seen.values())) == len(seen)


def test_each_sign_stands_out_on_a_dark_and_on_a_light_panel() -> None:
    for sign in Sign:
        for panel in ("#ffffff", "#f2f2f2", "#2b2b2b", "#000000"):
            assert contrast(sign_colour(sign, dark=None), panel) >= 3.0, (sign, panel)


def test_the_tooltip_stays_true_as_time_goes_by(tray: Tray, clock: Clock) -> None:
    tray.show_snapshot(STATES["running"])
    assert item_of(tray).toolTip().endswith("updated 4 s ago")
    clock.now += timedelta(minutes=2)
    tray.refresh()
    assert item_of(tray).toolTip().endswith("updated 2 min ago")


def test_the_menu_tells_and_offers(tray: Tray) -> None:
    tray.show_snapshot(STATES["running"])
    texts = [text.replace("__", "_") for text in entries(tray) if text]
    assert texts[0].startswith("Rendering on 1× NVIDIA_TESLA_T4")
    assert texts[1:5] == ["✔ Story · 37 s", "✔ Images · 59 s", "✔ Voiceover · 36 s", "◐ Video · 18 min 50 s"]
    assert texts[5] == "about 14–38 min left"
    assert texts[6].startswith("video-job-ab12cd34")
    assert texts[7:] == ["Environment: prod", "Open AVDesk", "Check now", "Show log", "Pause", "Quit"]
    assert [action.isEnabled() for text, action in entries(tray).items() if text] == [False] * 7 + [True] * 6


def test_the_menu_is_changed_in_place(tray: Tray) -> None:
    tray.show_snapshot(STATES["running"])
    before = item_of(tray).contextMenu().actions()
    tray.show_snapshot(STATES["idle"])
    assert item_of(tray).contextMenu().actions() == before
    assert [text for text in entries(tray) if text] == [
        "Idle",
        "Environment: prod",
        "Open AVDesk",
        "Check now",
        "Pause",
        "Quit",
    ]


def test_an_ampersand_is_shown_as_one(tray: Tray) -> None:
    server = replace(STATES["offline"].server, since=None)
    tray.show_snapshot(replace(STATES["offline"], server=server))
    tray._menu.show_state(replace(tray_state(STATES["idle"], NOW), headline="Sound & picture"))  # noqa: SLF001 - the menu alone
    assert "Sound && picture" in entries(tray)


def test_choosing_an_entry_is_a_wish_about_the_environment_that_is_shown(tray: Tray, wishes: Wishes) -> None:
    heard: list[object] = []
    wishes.check_now.connect(lambda name: heard.append(("check", name)))
    wishes.paused.connect(lambda name, paused: heard.append(("pause", name, paused)))
    wishes.environment_chosen.connect(lambda name: heard.append(("choose", name)))
    wishes.open_asked.connect(lambda: heard.append("open"))
    wishes.quit_asked.connect(lambda: heard.append("quit"))
    tray.show_snapshot(STATES["running"])
    for text in ("Check now", "Pause", "Open AVDesk", "Quit"):
        entries(tray)[text].trigger()
    submenu = entries(tray)["Environment: prod"].menu()
    assert isinstance(submenu, QMenu)
    choices = submenu.actions()
    assert [(action.text(), action.isChecked()) for action in choices] == [("prod", True), ("dev", False)]
    choices[1].trigger()
    assert heard == [("check", "prod"), ("pause", "prod", True), "open", "quit", ("choose", "dev")]


def test_a_pause_can_be_ended(tray: Tray, wishes: Wishes) -> None:
    heard: list[bool] = []
    wishes.paused.connect(lambda _name, paused: heard.append(paused))
    tray.show_snapshot(STATES["paused"])
    entries(tray)["Resume"].trigger()
    assert heard == [False]


def test_one_environment_is_no_choice(wishes: Wishes) -> None:
    assert not any("Environment" in text for text in entries(shown_tray(("prod",), wishes, Clock())))


def test_what_needs_a_look_elsewhere_leads_there(tray: Tray, wishes: Wishes) -> None:
    heard: list[object] = []
    wishes.environment_chosen.connect(heard.append)
    wishes.open_asked.connect(lambda: heard.append("open"))
    tray.show_snapshot(STATES["running"])
    tray.note(replace(STATES["offline"], environment="dev"))
    assert item_of(tray).toolTip().startswith("dev: ")
    alarm = item_of(tray).contextMenu().actions()[0]
    assert alarm.isVisible()
    assert alarm.isEnabled()
    assert alarm.text().startswith("dev: ")
    alarm.trigger()
    assert heard == ["dev", "open"]
    submenu = entries(tray)["Environment: prod"].menu()
    assert isinstance(submenu, QMenu)
    assert [action.text() for action in submenu.actions()] == ["prod · Making video", "dev · Not reachable"]
    tray.note(replace(STATES["idle"], environment="dev"))
    assert not alarm.isVisible()
    assert item_of(tray).toolTip().startswith("prod: ")


def test_environments_come_and_go_in_the_menu(tray: Tray) -> None:
    tray.note(replace(STATES["failed"], environment="dev"))
    assert item_of(tray).toolTip().startswith("dev: ")
    tray.set_environments([Choice("prod")], STATES["idle"])
    assert item_of(tray).toolTip().startswith("prod: Idle\nupdated")
    assert not any("Environment" in text for text in entries(tray))
    tray.note(replace(STATES["failed"], environment="dev"))
    assert item_of(tray).toolTip().startswith("prod: Idle\nupdated"), "what is not configured is not shown"
    tray.set_environments([Choice("prod"), Choice("lab", "red", read_only=True)], STATES["idle"])
    submenu = entries(tray)["Environment: prod"].menu()
    assert isinstance(submenu, QMenu)
    assert [action.text() for action in submenu.actions()] == ["prod", "lab"]


def test_the_tray_wakes_seldom_unless_its_menu_is_open(tray: Tray, clock: Clock) -> None:
    tray.show_snapshot(STATES["running"])
    timer = tray._timer  # noqa: SLF001 - how often it wakes is its own affair, and costs the user
    assert timer.interval() == tray_module.REFRESH_YOUNG_MS
    clock.now += timedelta(minutes=5)
    tray.refresh()
    assert timer.interval() == tray_module.REFRESH_OLD_MS
    item_of(tray).contextMenu().aboutToShow.emit()
    assert timer.interval() == tray_module.REFRESH_OPEN_MS
    clock.now += timedelta(minutes=5)
    tray.refresh()
    assert timer.interval() == tray_module.REFRESH_OLD_MS
