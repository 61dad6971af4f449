"""Texts can be read, in every tone and both themes."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from avdesk.ui.colours import TEXT_CONTRAST, Tone, colour_of, contrast
from avdesk.ui.theme import ThemeName, apply_theme, is_dark, secondary_colour, theme_palette
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.text import Text
from tests.harness.snapshots import all_states
from tests.qt.conftest import MakeWindow

_BACKGROUNDS = (QPalette.ColorRole.Window, QPalette.ColorRole.Base, QPalette.ColorRole.AlternateBase)
_OTHERS = {False: ("#efefef", "#ffffff", "#f6f5f4"), True: ("#323232", "#242424", "#2d2d2d", "#353535")}
"""Backgrounds of Fusion, Adwaita and Breeze."""


@pytest.mark.parametrize("tone", Tone)
@pytest.mark.parametrize("dark", [False, True])
def test_every_tone_is_readable_on_every_background(qtbot: QtBot, tone: Tone, dark: bool) -> None:
    del qtbot
    palette = theme_palette(dark=dark, accent=QPalette())
    own = [palette.color(role).name() for role in _BACKGROUNDS]
    for background in (*own, *_OTHERS[dark]):
        assert contrast(colour_of(tone, dark=dark), background) >= TEXT_CONTRAST, background


@pytest.mark.parametrize("dark", [False, True])
def test_secondary_and_placeholder_texts_are_readable(qtbot: QtBot, dark: bool) -> None:
    del qtbot
    palette = theme_palette(dark=dark, accent=QPalette())
    placeholder = palette.color(QPalette.ColorRole.PlaceholderText)
    for role in _BACKGROUNDS:
        background = palette.color(role).name()
        assert contrast(secondary_colour(palette).name(), background) >= TEXT_CONTRAST
        assert contrast(placeholder.name(), background) >= TEXT_CONTRAST


def test_the_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == pytest.approx(1.0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", ["running", "failed", "offline", "stale"])
def test_all_labels_of_the_window_are_readable_after_a_live_switch(
    make_window: MakeWindow, qtbot: QtBot, theme: ThemeName, state: str
) -> None:
    apply_theme("dark" if theme == "light" else "light")
    window = make_window()
    window.show_snapshot(all_states()[state])
    apply_theme(theme)
    qtbot.waitUntil(lambda: is_dark(window.palette()) is (theme == "dark"))
    looked_at = 0
    for label in window.findChildren(QLabel):
        if label.isVisibleTo(window) and isinstance(label, Text):
            parent = label.parentWidget()
            while parent is not None and not isinstance(parent, Card):
                parent = parent.parentWidget()
            role = QPalette.ColorRole.Base if parent is not None else QPalette.ColorRole.Window
            background = window.palette().color(role).name()
            ink = label.palette().color(QPalette.ColorRole.WindowText).name()
            assert contrast(ink, background) >= TEXT_CONTRAST, label.text()
            looked_at += 1
    assert looked_at > 20


def test_the_system_theme_takes_an_own_palette_away_again(qtbot: QtBot) -> None:
    del qtbot
    apply_theme("dark")
    label = Text("x")
    assert is_dark(label.palette())
    apply_theme("system")
    assert not is_dark(QLabel().palette())
