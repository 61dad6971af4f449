"""Light and dark, fonts and distances: the platform's own, followed live, with no style sheet over everything."""

from typing import Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from avdesk.ui.colours import Tone, colour_of

ThemeName = Literal["system", "light", "dark"]

HALF = 4
"""Pixels between the parts of one control."""
STEP = 8
"""The step of all other distances, pixels."""
GAP = 2 * STEP
"""Pixels between blocks."""

HEADLINE_SCALE = 1.5
SECONDARY_SCALE = 0.9
SECONDARY_STRENGTH = 0.72
"""How much of the text's colour is left in secondary text; the rest is the background's."""

_LIGHT_ROLES = {
    QPalette.ColorRole.Window: "#f2f2f2",
    QPalette.ColorRole.WindowText: "#1a1a1a",
    QPalette.ColorRole.Base: "#ffffff",
    QPalette.ColorRole.AlternateBase: "#f7f7f7",
    QPalette.ColorRole.Text: "#1a1a1a",
    QPalette.ColorRole.Button: "#f2f2f2",
    QPalette.ColorRole.ButtonText: "#1a1a1a",
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.ToolTipBase: "#ffffff",
    QPalette.ColorRole.ToolTipText: "#1a1a1a",
    QPalette.ColorRole.Light: "#ffffff",
    QPalette.ColorRole.Midlight: "#e0e0e0",
    QPalette.ColorRole.Mid: "#b8b8b8",
    QPalette.ColorRole.Dark: "#9f9f9f",
    QPalette.ColorRole.Shadow: "#767676",
    QPalette.ColorRole.Link: "#0067a3",
    QPalette.ColorRole.PlaceholderText: "#666666",
}
_DARK_ROLES = {
    QPalette.ColorRole.Window: "#2b2b2b",
    QPalette.ColorRole.WindowText: "#f0f0f0",
    QPalette.ColorRole.Base: "#1f1f1f",
    QPalette.ColorRole.AlternateBase: "#262626",
    QPalette.ColorRole.Text: "#f0f0f0",
    QPalette.ColorRole.Button: "#383838",
    QPalette.ColorRole.ButtonText: "#f0f0f0",
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.ToolTipBase: "#383838",
    QPalette.ColorRole.ToolTipText: "#f0f0f0",
    QPalette.ColorRole.Light: "#555555",
    QPalette.ColorRole.Midlight: "#474747",
    QPalette.ColorRole.Mid: "#5a5a5a",
    QPalette.ColorRole.Dark: "#1a1a1a",
    QPalette.ColorRole.Shadow: "#101010",
    QPalette.ColorRole.Link: "#56b4e9",
    QPalette.ColorRole.PlaceholderText: "#a0a0a0",
}
_KEPT_ROLES = (QPalette.ColorRole.Highlight, QPalette.ColorRole.HighlightedText, QPalette.ColorRole.Accent)
"""The user's accent colour is the platform's in every theme."""


class ThemeFollower(QObject):
    """Keeps the application's palette in step with the wanted theme and the system's.

    On a platform that has no theme of its own the palette is AVDesk's wherever the platform's does not fit.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._theme: ThemeName = "system"
        app.styleHints().colorSchemeChanged.connect(self._adjust)

    def apply(self, theme: ThemeName) -> None:
        """Show the wanted theme from now on."""
        self._theme = theme
        hints = self._app.styleHints()
        if theme == "system":
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(Qt.ColorScheme.Dark if theme == "dark" else Qt.ColorScheme.Light)
        self._adjust()

    def _adjust(self) -> None:
        wanted = self._wanted()
        self._app.setPalette(QPalette())
        if wanted is not None and is_dark(self._app.palette()) != (wanted is Qt.ColorScheme.Dark):
            self._app.setPalette(theme_palette(dark=wanted is Qt.ColorScheme.Dark, accent=self._app.palette()))

    def _wanted(self) -> Qt.ColorScheme | None:
        if self._theme != "system":
            return Qt.ColorScheme.Dark if self._theme == "dark" else Qt.ColorScheme.Light
        scheme = self._app.styleHints().colorScheme()
        return None if scheme is Qt.ColorScheme.Unknown else scheme


def apply_theme(theme: ThemeName) -> None:
    """Show the application light, dark or as the system is, also when the system changes later."""
    app = QApplication.instance()
    assert isinstance(app, QApplication), "a theme needs an application to apply it to"
    follower = app.findChild(ThemeFollower)
    (follower if follower is not None else ThemeFollower(app)).apply(theme)


def theme_palette(*, dark: bool, accent: QPalette) -> QPalette:
    """Return AVDesk's own light or dark palette, with the accent colours of another one."""
    palette = QPalette()
    for role, colour in (_DARK_ROLES if dark else _LIGHT_ROLES).items():
        palette.setColor(role, QColor(colour))
    for role in _KEPT_ROLES:
        palette.setColor(role, accent.color(role))
    faded = QColor("#8c8c8c" if dark else "#767676")
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faded)
    return palette


def is_dark(palette: QPalette) -> bool:
    """Return whether a palette's windows are dark."""
    return _active(palette, QPalette.ColorRole.Window).lightness() < 128


def tone_colour(tone: Tone, palette: QPalette) -> QColor:
    """Return a tone's colour on the palette's backgrounds."""
    return QColor(colour_of(tone, dark=is_dark(palette)))


def blend(front: QColor, back: QColor, strength: float) -> QColor:
    """Return `front` laid over `back`; `strength` 1 is `front` alone."""
    return QColor.fromRgbF(
        front.redF() * strength + back.redF() * (1 - strength),
        front.greenF() * strength + back.greenF() * (1 - strength),
        front.blueF() * strength + back.blueF() * (1 - strength),
    )


def text_colour(palette: QPalette) -> QColor:
    """Return the colour of text."""
    return _active(palette, QPalette.ColorRole.WindowText)


def secondary_colour(palette: QPalette) -> QColor:
    """Return the colour of secondary text."""
    text = _active(palette, QPalette.ColorRole.WindowText)
    return blend(text, _active(palette, QPalette.ColorRole.Window), SECONDARY_STRENGTH)


def line_colour(palette: QPalette) -> QColor:
    """Return the colour of thin lines and of the unfilled part of bars."""
    text = _active(palette, QPalette.ColorRole.WindowText)
    return blend(text, _active(palette, QPalette.ColorRole.Window), 0.2)


def _active(palette: QPalette, role: QPalette.ColorRole) -> QColor:
    """Return a colour of windows in front: some platforms fade the others' so far that nothing is left to blend."""
    return palette.color(QPalette.ColorGroup.Active, role)


def scaled_font(scale: float, *, bold: bool = False) -> QFont:
    """Return the application's font at another size, with figures of one width."""
    font = QFont(QGuiApplication.font())
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * scale)
    else:
        font.setPixelSize(max(1, round(font.pixelSize() * scale)))
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    if hasattr(font, "setFeature"):
        font.setFeature(QFont.Tag("tnum"), 1)
    return font
