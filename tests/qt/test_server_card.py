"""A server's own configuration in the window, against the embedded AutoVideo."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from avdesk.config.load import load_settings
from avdesk.config.paths import Paths
from avdesk.emulator.server import Emulator
from avdesk.ui.settings.server_card import ServerCard
from avdesk.ui.widgets.text import Text, plain
from tests.harness.configurations import settings_on

Show = Callable[..., tuple[ServerCard, Emulator, Paths]]


@pytest.fixture
def show(qtbot: QtBot, tmp_path: Path) -> Iterator[Show]:
    with ExitStack() as stack:

        def make(revision: str, more: str = "") -> tuple[ServerCard, Emulator, Paths]:
            emulator = stack.enter_context(Emulator(revision=revision))
            text = f'[environments.prod]\nurl = "{emulator.autovideo_url}"\nvertex = "off"\n{more}'
            desks, paths = stack.enter_context(settings_on(tmp_path / "home", text))
            card = ServerCard(desks.settings)
            qtbot.addWidget(card)
            card.resize(600, 500)
            environment = load_settings(paths).settings.environments["prod"]
            card.show_environment("prod", environment, environment)
            card.show()
            return card, emulator, paths

        yield make


def read(qtbot: QtBot, card: ServerCard) -> None:
    card.read.click()
    qtbot.waitUntil(card.read.isEnabled)
    QApplication.processEvents()  # what was added to a layout is shown by the next turn of the loop


def editor(card: ServerCard, key: str) -> QLineEdit | QCheckBox:
    QApplication.processEvents()  # what was added to a layout is shown by the next turn of the loop
    found = [each for kind in (QLineEdit, QCheckBox) for each in card.findChildren(kind)]
    widget = next(each for each in found if each.accessibleName() == key and each.isVisible())
    assert isinstance(widget, QLineEdit | QCheckBox)
    return widget


def agree(card: ServerCard) -> QMessageBox:
    card.save.click()
    question = card.question
    assert question is not None
    next(button for button in question.buttons() if button.text() == "Change").click()
    return question


def test_nothing_is_asked_before_the_button_is_pressed(show: Show) -> None:
    card, emulator, _paths = show("planned")
    assert not emulator.asked("/config")
    assert "allowance" in card.note.text()


def test_values_are_read_changed_after_a_question_and_read_back(qtbot: QtBot, show: Show) -> None:
    card, emulator, _paths = show("planned")
    read(qtbot, card)
    line = editor(card, "max_length_s")
    assert isinstance(line, QLineEdit)
    assert not card.save.isEnabled()
    line.setText("many")
    card.save.click()
    assert "cannot be read" in plain(card.state.text())
    line.setText("90")
    question = agree(card)
    assert "max_length_s" in question.informativeText()
    assert "→ 90" in question.informativeText()
    qtbot.waitUntil(lambda: "Changed" in card.state.text())
    put = [each.request.json() for each in emulator.asked("/config") if each.request.method == "PUT"]
    assert put == [{"max_length_s": 90}]
    hidden = editor(card, "openai_api_key")
    assert isinstance(hidden, QLineEdit)
    assert hidden.isReadOnly()


def test_what_somebody_else_changed_meanwhile_is_told_and_shown(qtbot: QtBot, show: Show) -> None:
    card, emulator, paths = show("planned")
    read(qtbot, card)
    with settings_on(paths.config.parent, paths.config_file.read_text("utf-8")) as (other, _same):
        theirs = ServerCard(other.settings)
        qtbot.addWidget(theirs)
        environment = load_settings(paths).settings.environments["prod"]
        theirs.show_environment("prod", environment, environment)
        theirs.show()
        read(qtbot, theirs)
        line = editor(theirs, "max_length_s")
        assert isinstance(line, QLineEdit)
        line.setText("30")
        agree(theirs)
        qtbot.waitUntil(lambda: "Changed" in theirs.state.text())
    mine = editor(card, "max_length_s")
    assert isinstance(mine, QLineEdit)
    mine.setText("90")
    agree(card)
    qtbot.waitUntil(lambda: "somebody else" in plain(card.state.text()))
    now = editor(card, "max_length_s")
    assert isinstance(now, QLineEdit)
    assert now.text() == "30"
    assert len([each for each in emulator.asked("/config") if each.request.method == "PUT"]) == 1


def test_a_server_without_it_is_told_by_what_is_known_of_it(qtbot: QtBot, show: Show) -> None:
    card, _emulator, _paths = show("b")
    read(qtbot, card)
    assert "not be read or changed" in plain(card.state.text())
    assert not card.save.isVisible()
    facts = [plain(text.text()) for text in card.findChildren(Text) if text.isVisible()]
    assert any("revision" in fact or "version" in fact for fact in facts), facts


def test_a_read_only_environment_is_only_looked_at(qtbot: QtBot, show: Show) -> None:
    card, _emulator, _paths = show("planned", "read_only = true\n")
    read(qtbot, card)
    line = editor(card, "max_length_s")
    assert isinstance(line, QLineEdit)
    assert line.isReadOnly()
    assert not card.save.isEnabled()
