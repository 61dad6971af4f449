"""A tray that is there, comes late, goes away, or never was."""

import pytest
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from avdesk.app import tray_host
from avdesk.app.tray_host import MISSES, TrayHost
from avdesk.ui.tray import Tray
from avdesk.ui.tray_menu import Choice
from avdesk.ui.wishes import Wishes
from tests.harness.snapshots import all_states

pytestmark = pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface")


class Desktop:
    """A desktop with or without a tray, and what the host tells of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, tray: bool) -> None:
        self.has_tray = tray
        monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: self.has_tray))
        self.tray = Tray([Choice("prod")], all_states()["idle"], Wishes())
        self.host = TrayHost(self.tray)
        self.told: list[str] = []
        self.host.appeared.connect(lambda: self.told.append("appeared"))
        self.host.missing.connect(lambda: self.told.append("missing"))
        self.host.start()


def test_a_tray_that_is_there_is_used_at_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    del qtbot
    desktop = Desktop(monkeypatch, tray=True)
    assert desktop.host.has_tray
    assert desktop.told == []
    desktop.host.stop()


def test_a_tray_that_is_a_little_late_is_not_missing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tray_host, "PATIENCE_MS", 300)
    desktop = Desktop(monkeypatch, tray=False)
    desktop.has_tray = True
    desktop.host.look()
    qtbot.wait(400)
    assert desktop.told == ["appeared"]
    assert desktop.host.has_tray
    desktop.host.stop()


def test_without_a_tray_that_is_told_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tray_host, "PATIENCE_MS", 20)
    monkeypatch.setattr(tray_host, "LOOK_MS", 20)
    desktop = Desktop(monkeypatch, tray=False)
    qtbot.waitUntil(lambda: bool(desktop.told))
    qtbot.wait(100)  # for a second word that must not come
    assert desktop.told == ["missing"]
    desktop.host.stop()


def test_a_panel_that_is_restarted_is_not_missed_but_one_that_is_gone_is(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    del qtbot
    desktop = Desktop(monkeypatch, tray=True)
    desktop.has_tray = False
    desktop.host.look()
    desktop.has_tray = True
    desktop.host.look()
    assert desktop.told == []
    desktop.has_tray = False
    for _look in range(MISSES + 2):
        desktop.host.look()
    assert desktop.told == ["missing"]
    assert not desktop.host.has_tray
    desktop.has_tray = True
    desktop.host.look()
    assert desktop.told == ["missing", "appeared"]
    desktop.host.stop()
