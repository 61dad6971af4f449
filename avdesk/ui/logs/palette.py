"""The terminal's colours on light and dark surroundings, each with enough contrast to be read."""

from functools import lru_cache

from PySide6.QtGui import QColor, QPalette

from avdesk.ui.colours import TEXT_CONTRAST, contrast
from avdesk.ui.theme import blend

_USUAL = (
    "#000000", "#b04a00", "#00704f", "#8a5a00", "#0067a3", "#94477a", "#00707a", "#595959",
    "#7f7f7f", "#d55e00", "#009e73", "#b07400", "#1585cc", "#cc79a7", "#1a9aa5", "#ffffff",
)  # fmt: skip
_FAINT = 0.25
_LEVELS = (0, 95, 135, 175, 215, 255)


def terminal_colour(colour: int | str | None, palette: QPalette, *, bold: bool) -> QColor | None:
    """Return a colour of the terminal's palette as it can be read on a palette's background; None for None."""
    if colour is None:
        return None
    if isinstance(colour, int) and bold and colour < 8:
        colour += 8
    base = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Base)
    text = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)
    return QColor(_readable(_named(colour), base.name(), text.name()))


def terminal_background(colour: int | str | None, palette: QPalette) -> QColor | None:
    """Return a background of the terminal's palette, faint enough for any text on it; None for None."""
    if colour is None:
        return None
    base = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Base)
    return blend(QColor(_named(colour)), base, _FAINT)


def _named(colour: int | str) -> str:
    if isinstance(colour, str):
        return colour
    if colour < 16:
        return _USUAL[colour]
    if colour < 232:
        place = colour - 16
        red, green, blue = (_LEVELS[place // 36], _LEVELS[place // 6 % 6], _LEVELS[place % 6])
        return f"#{red:02x}{green:02x}{blue:02x}"
    grey = 8 + (colour - 232) * 10
    return f"#{grey:02x}{grey:02x}{grey:02x}"


@lru_cache(maxsize=1024)
def _readable(colour: str, base: str, text: str) -> str:
    """Return a colour moved towards that of the text until it stands out from the background."""
    for step in range(11):
        mixed = blend(QColor(text), QColor(colour), step / 10).name()
        if contrast(mixed, base) >= TEXT_CONTRAST:
            return mixed
    return text
