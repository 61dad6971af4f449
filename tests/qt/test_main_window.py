"""The window's shell: environments, keys, messages, its place, closing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from avdesk.ui.geometry import KEY
from avdesk.ui.main_window import MainWindow
from avdesk.ui.wishes import Wishes
from tests.harness.snapshots import ENVIRONMENTS, NOW, all_states
from tests.qt.conftest import MakeWindow, MemoryStore


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press and let go of a key."""
    QTest.keyClick(widget, key, modifier)


def test_the_title_names_the_environment(make_window: MakeWindow) -> None:
    assert make_window("staging").windowTitle() == "AVDesk — staging"


def test_choosing_an_environment_shows_what_is_known_of_it_and_says_so(
    make_window: MakeWindow, qtbot: QtBot, wishes: Wishes
) -> None:
    window = make_window("prod")
    window.show_snapshot(all_states()["running"])
    window.show_snapshot(replace(all_states()["empty"], environment="dev"))
    with qtbot.waitSignal(wishes.environment_chosen) as chosen:
        window.header.switcher.textActivated.emit("dev")
    assert chosen.args == ["dev"]
    assert window.environment == "dev"
    assert window.windowTitle() == "AVDesk — dev"
    assert window.header.switcher.currentText() == "dev"


def test_a_snapshot_of_another_environment_does_not_disturb(make_window: MakeWindow) -> None:
    window = make_window("prod")
    window.show_snapshot(all_states()["failed"])
    before = window.grab().toImage()
    window.show_snapshot(replace(all_states()["running"], environment="dev"))
    assert window.grab().toImage() == before


def test_production_has_a_red_frame_and_says_so_in_words(make_window: MakeWindow) -> None:
    window = make_window("prod")
    edge = window.grab().toImage().pixelColor(1, 300)
    assert edge.red() > edge.blue() + 60
    assert window.header.badge.text() == "Production"
    window.set_environment("dev")
    assert window.grab().toImage().pixelColor(1, 300) != QColor(edge)
    assert not window.header.badge.isVisible()


def test_a_read_only_environment_says_so(make_window: MakeWindow) -> None:
    assert make_window("staging").header.read_only.text() == "read only"


@pytest.mark.parametrize(
    ("key", "modifier"),
    [(Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)],
)
def test_keys_ask_now(
    make_window: MakeWindow, qtbot: QtBot, wishes: Wishes, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    window = make_window("staging")
    with qtbot.waitSignal(wishes.check_now) as asked:
        press(window, key, modifier)
    assert asked.args == ["staging"]
    assert window.status.text() == "Asking now…"


def test_the_button_asks_now_until_an_answer_comes(make_window: MakeWindow, qtbot: QtBot, wishes: Wishes) -> None:
    window = make_window()
    with qtbot.waitSignal(wishes.check_now):
        window.header.check.click()
    assert window.status.text() == "Asking now…"
    window.show_snapshot(all_states()["running"])
    assert window.status.text() == "Next look in 42 s."


def test_ctrl_q_asks_to_quit(make_window: MakeWindow, qtbot: QtBot, wishes: Wishes) -> None:
    window = make_window()
    with qtbot.waitSignal(wishes.quit_asked):
        press(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)


def test_ctrl_w_hides_to_the_tray(make_window: MakeWindow, qtbot: QtBot, wishes: Wishes) -> None:
    window = make_window()
    window.set_tray(True)
    with qtbot.waitSignal(window.hidden), qtbot.assertNotEmitted(wishes.quit_asked):
        press(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()


def test_without_a_tray_the_window_says_so_and_closing_quits(
    make_window: MakeWindow, qtbot: QtBot, wishes: Wishes
) -> None:
    window = make_window()
    window.set_tray(False)
    assert "no tray" in window.messages.texts()[0]
    with qtbot.waitSignal(wishes.quit_asked):
        window.close()


def test_a_tray_that_appears_later_takes_the_message_away(make_window: MakeWindow) -> None:
    window = make_window()
    window.set_tray(False)
    window.set_tray(True)
    assert window.messages.texts() == []
    assert not window.messages.isVisible()


def test_problems_of_the_configuration_are_told_and_can_be_dismissed(make_window: MakeWindow) -> None:
    window = make_window()
    window.set_problems(["config.toml:3: x: wrong.", "config.toml:4: y: wrong."])
    assert window.messages.texts() == ["The configuration has 2 problems: config.toml:3: x: wrong."]
    window.set_problems(["config.toml:3: x: wrong."])
    assert window.messages.texts() == ["The configuration has a problem: config.toml:3: x: wrong."]
    message = window.messages.findChildren(type(next(iter(window.messages._shown.values()))))[-1]  # noqa: SLF001
    message.dismissed.emit()
    assert window.messages.texts() == []


def test_the_place_is_remembered(make_window: MakeWindow, qtbot: QtBot, store: MemoryStore) -> None:
    window = make_window()
    window.setGeometry(60, 40, 700, 480)
    qtbot.waitUntil(lambda: window.geometry().getRect() == (60, 40, 700, 480))
    window.close()
    assert store.kept[KEY] == "60,40,700,480,0"
    again = MainWindow(ENVIRONMENTS, "prod", Wishes(), store, now=lambda: NOW)
    assert again.geometry().getRect() == (60, 40, 700, 480)


def test_a_place_off_every_screen_comes_back(qtbot: QtBot, store: MemoryStore) -> None:
    store.setValue(KEY, "90000,90000,700,480,0")
    window = MainWindow(ENVIRONMENTS, "prod", Wishes(), store, now=lambda: NOW)
    qtbot.addWidget(window)
    screen = QApplication.primaryScreen().availableGeometry()
    assert screen.contains(window.geometry())


def test_the_age_of_the_data_ticks_while_the_window_is_seen(qtbot: QtBot, store: MemoryStore) -> None:
    moments: Iterator[datetime] = (NOW + timedelta(seconds=n) for n in range(100_000))
    window = MainWindow(ENVIRONMENTS, "prod", Wishes(), store, now=lambda: next(moments))
    qtbot.addWidget(window)
    window.show_snapshot(all_states()["failed"])
    window.show()
    first = window.header.age.text()
    qtbot.waitUntil(lambda: window.header.age.text() != first)
    window.hide()
    resting = window.header.age.text()
    qtbot.wait(1200)
    assert window.header.age.text() == resting


def test_tab_reaches_everything_that_takes_input(make_window: MakeWindow) -> None:
    window = make_window()
    window.show_snapshot(all_states()["failed"])
    window.header.switcher.setFocus()
    reached = set()
    for _press in range(30):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused.accessibleName())
        press(focused, Qt.Key.Key_Tab)
    wanted = {"Environment", "Check now", "Pages", "Full text", "Copy id", "Copy resource name"}
    assert wanted | {"Recent events", "Last runs"} <= reached


def test_a_page_that_is_selected_without_becoming_current_is_shown(make_window: MakeWindow) -> None:
    window = make_window()
    window.navigation.selectionModel().select(
        window.navigation.model().index(1, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    assert window.navigation.currentRow() == 1
    assert window.stack.currentIndex() == 1


def test_ctrl_1_shows_the_first_page(make_window: MakeWindow) -> None:
    window = make_window()
    window.navigation.setCurrentRow(-1)
    press(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.navigation.currentRow() == 0
    page = window.stack.currentWidget()
    assert page is not None
    assert page.accessibleName() == "Pipeline"


def test_a_closed_window_keeps_no_picture_and_comes_back_where_and_as_it_was(
    make_window: MakeWindow, qtbot: QtBot
) -> None:
    window = make_window("dev")
    window.set_tray(True)
    window.navigation.setCurrentRow(1)
    window.show()
    box, pages = window.geometry(), window.pages
    window.close()
    qtbot.waitUntil(lambda: window.windowHandle() is None)
    window.show()
    assert window.isVisible()
    assert window.windowHandle() is not None
    assert (window.geometry(), window.pages, window.stack.currentIndex()) == (box, pages, 1)
