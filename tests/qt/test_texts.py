"""Every text of the window is translated, and none is cut off."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLabel, QPlainTextEdit

from avdesk import i18n
from avdesk.ui.widgets.disclosure import Disclosure
from tests.harness.snapshots import all_states
from tests.qt.conftest import MakeWindow
from tests.qt.walk import cut_off, untranslated, visible_texts

STATES = tuple(all_states())
SMALLEST = (800, 560)


def _settle() -> None:
    for _turn in range(5):
        QApplication.processEvents()


@pytest.mark.parametrize("state", STATES)
def test_every_text_comes_from_the_catalogue(make_window: MakeWindow, state: str) -> None:
    i18n.install(i18n.PSEUDO_LOCALE)
    window = make_window()
    window.set_tray(False)
    window.show_snapshot(all_states()[state])
    for disclosure in window.findChildren(Disclosure):
        disclosure.toggle.setChecked(True)
    texts = [text for _widget, text in visible_texts(window)]
    assert len(texts) > 15
    assert [text for text in texts if untranslated(text)] == []


@pytest.mark.parametrize("language", [None, i18n.PSEUDO_LOCALE])
@pytest.mark.parametrize("size", [SMALLEST, (1080, 720)])
@pytest.mark.parametrize("state", STATES)
def test_no_text_is_cut_off(make_window: MakeWindow, state: str, size: tuple[int, int], language: str | None) -> None:
    i18n.install(language)
    window = make_window(size=size)
    window.set_tray(False)
    window.set_problems(["config.toml:3: environments.dev.url: no address.", "config.toml:9: colour: unknown."])
    window.show_snapshot(all_states()[state])
    _settle()
    assert (window.width(), window.height()) == size
    assert list(cut_off(window)) == []


def test_the_walk_finds_what_is_cut_off_and_what_is_not_translated(make_window: MakeWindow) -> None:
    i18n.install(i18n.PSEUDO_LOCALE)
    window = make_window()
    label = QLabel("Forgotten words", window)
    label.resize(20, 20)
    label.show()
    assert any("Forgotten" in found for found in cut_off(window))
    assert untranslated("Forgotten words") == "Forgotten words"
    assert untranslated("⟦⟦8 š ·⟧ åĝö ···⟧") == ""


def test_text_from_outside_is_never_markup(make_window: MakeWindow) -> None:
    window = make_window()
    window.show_snapshot(all_states()["hostile"])
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText, label.text()


@pytest.mark.parametrize("state", STATES)
def test_everything_that_takes_input_has_a_name(make_window: MakeWindow, state: str) -> None:
    window = make_window()
    window.show_snapshot(all_states()[state])
    for kind in (QAbstractButton, QComboBox, QAbstractItemView, QPlainTextEdit):
        for widget in window.findChildren(kind):
            if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus and widget.isVisibleTo(window):
                assert widget.accessibleName(), type(widget)
