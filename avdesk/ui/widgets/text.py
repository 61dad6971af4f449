"""Labels: text of one of three sizes, in a tone, never read as markup."""

import re
from enum import Enum

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from avdesk.ui.colours import Tone
from avdesk.ui.theme import HEADLINE_SCALE, SECONDARY_SCALE, scaled_font, secondary_colour, text_colour, tone_colour

_LOOK_CHANGES = frozenset(
    {
        QEvent.Type.PaletteChange,
        QEvent.Type.ApplicationPaletteChange,
        QEvent.Type.ApplicationFontChange,
        QEvent.Type.StyleChange,
    }
)


_LONG_WORD = re.compile(r"\S{25,}")
_PLACES = re.compile(r"[._/@:=-](?=\w)|\w{24}(?=\w)")
_BREAK_HERE = "\u200b"
_UNIT = re.compile(r"(?<=\d) (?=\w{1,3}\b)")
_NO_BREAK = "\u00a0"
_LEAST_LETTERS = 24


def breakable(text: str) -> str:
    """Return `text` with invisible places to break lines at in words that are too long for one.

    A number and its unit, on the other hand, stay on one line.
    """
    whole = _UNIT.sub(_NO_BREAK, text)
    return _LONG_WORD.sub(lambda word: _PLACES.sub(lambda place: place[0] + _BREAK_HERE, word[0]), whole)


def plain(text: str) -> str:
    """Return the text that `breakable` was given."""
    return text.replace(_BREAK_HERE, "").replace(_NO_BREAK, " ")


class Role(Enum):
    """What a text is on its page; value: scale and whether it is bold."""

    HEADLINE = (HEADLINE_SCALE, True)
    TITLE = (1.0, True)
    NORMAL = (1.0, False)
    SECONDARY = (SECONDARY_SCALE, False)


class Text(QLabel):
    """A label of plain text that follows the system's font and palette."""

    def __init__(
        self, text: str = "", role: Role = Role.NORMAL, *, wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._role = role
        self._tone: Tone | None = None
        self._dressing = False
        self._worn: QColor | None = None
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setText(text)
        self._dress()

    def set_tone(self, tone: Tone | None) -> None:
        """Show the text in a tone's colour; None: in the role's own."""
        if tone is not self._tone:
            self._tone = tone
            self._dress()

    def setText(self, text: str) -> None:
        """Show `text`; where it wraps, also within a long word."""
        shown = breakable(text) if self.wordWrap() else text
        if shown != self.text():
            super().setText(shown)
            self.setAccessibleName(text if shown != text else "")

    def minimumSizeHint(self) -> QSize:
        """Return the whole text's room, but no more than some words' where it wraps."""
        hint = super().minimumSizeHint()
        if self.wordWrap():
            hint.setWidth(min(hint.width(), _LEAST_LETTERS * self.fontMetrics().averageCharWidth()))
        return hint

    def show_text(self, text: str) -> None:
        """Show `text`, and take no room without any."""
        self.setText(text)
        self.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        """Dress anew when the system's look has changed."""
        super().changeEvent(event)
        if event.type() in _LOOK_CHANGES and not self._dressing:
            self._dress()

    def _dress(self) -> None:
        self._dressing = True
        scale, bold = self._role.value
        font = scaled_font(scale, bold=bold)
        if font != self.font():
            self.setFont(font)
        colour = self._own_colour()
        if colour != self._worn:
            self._worn = colour
            palette = QPalette()
            palette.setColor(QPalette.ColorRole.WindowText, colour)
            self.setPalette(palette)
        self._dressing = False

    def _own_colour(self) -> QColor:
        """Return the colour that the text has in front and behind: a monitor is read from the corner of the eye."""
        parent = self.parentWidget()
        around = parent.palette() if parent is not None else QPalette()
        if self._tone is not None:
            return tone_colour(self._tone, around)
        return secondary_colour(around) if self._role is Role.SECONDARY else text_colour(around)


class Elided(Text):
    """A line that ends in ``…`` where there is no room for it; the whole text is then its tooltip."""

    def __init__(
        self,
        text: str = "",
        role: Role = Role.NORMAL,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, role, parent=parent)
        self._mode = mode
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_hint(self, hint: str) -> None:
        """Show `hint` as the tooltip while the text itself is to be seen in whole."""
        self._hint = hint
        self._explain()

    def setText(self, text: str) -> None:
        """Show `text`, as much of it as fits."""
        super().setText(text)
        if hasattr(self, "_hint"):
            self._explain()

    def minimumSizeHint(self) -> QSize:
        """Return room for a few letters."""
        return QSize(4 * self.fontMetrics().averageCharWidth(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the whole text by the tooltip where it no longer fits."""
        super().resizeEvent(event)
        self._explain()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        del event
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        shown = self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())
        painter.drawText(self.contentsRect(), self.alignment().value, shown)

    @property
    def cut(self) -> bool:
        """Whether the text does not fit."""
        return self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()

    def _explain(self) -> None:
        self.setToolTip(self.text() if self.cut else self._hint)
