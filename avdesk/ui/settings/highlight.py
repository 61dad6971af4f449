"""Colours for TOML: tables, keys, texts, numbers and comments apart, in both themes."""

import re

from PySide6.QtGui import QFont, QPalette, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from avdesk.ui.colours import Tone
from avdesk.ui.theme import blend, tone_colour

_HEADER = re.compile(r"^\s*\[{1,2}[^\]\n]*\]{1,2}")
_KEY = re.compile(r"^\s*((?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"))*)\s*=")
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"?|'[^'\n]*'?")
_WORD = re.compile(r"\b(?:true|false|inf|nan)\b|(?<![\w\"-])[+-]?\d[\d_.:eETZ+-]*")
_TRIPLES = {1: '"""', 2: "'''"}


class TomlHighlighter(QSyntaxHighlighter):
    """Colours a document's lines; call `follow` when the palette has changed."""

    def __init__(self, document: QTextDocument, palette: QPalette) -> None:
        super().__init__(document)
        self.follow(palette)

    def follow(self, palette: QPalette) -> None:
        """Take the colours of a palette."""
        self._header = _format(palette, Tone.BUSY, bold=True)
        self._key = _format(palette, Tone.WAIT)
        self._string = _format(palette, Tone.GOOD)
        self._word = _format(palette, Tone.WARN)
        self._comment = QTextCharFormat()
        text, base = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
        self._comment.setForeground(blend(text, base, 0.65))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line; its state says whether a text over several lines is open at its end."""
        start = self._rest_of_triple(text)
        if start < 0:
            return
        if start == 0:
            header = _HEADER.match(text)
            if header:
                self.setFormat(0, header.end(), self._header)
                start = header.end()
            else:
                key = _KEY.match(text)
                if key:
                    self.setFormat(key.start(1), key.end(1) - key.start(1), self._key)
                    start = key.end()
        self._values(text, start)

    def _values(self, text: str, place: int) -> None:
        while place < len(text):
            letter = text[place]
            if letter == "#":
                self.setFormat(place, len(text) - place, self._comment)
                return
            if letter in "\"'":
                place = self._a_string(text, place)
                if place < 0:
                    return
                continue
            word = _WORD.match(text, place)
            if word:
                self.setFormat(place, word.end() - place, self._word)
                place = word.end()
            else:
                place += 1

    def _a_string(self, text: str, place: int) -> int:
        """Colour a string; return where it ends, -1 where that is in a later line."""
        for state, quote in _TRIPLES.items():
            if text.startswith(quote, place):
                end = text.find(quote, place + 3)
                if end < 0:
                    self.setFormat(place, len(text) - place, self._string)
                    self.setCurrentBlockState(state)
                    return -1
                self.setFormat(place, end + 3 - place, self._string)
                return end + 3
        match = _STRING.match(text, place)
        end = match.end() if match else place + 1
        self.setFormat(place, end - place, self._string)
        return max(end, place + 1)

    def _rest_of_triple(self, text: str) -> int:
        """Colour the rest of a text that an earlier line began; return where it ends, -1 where it does not."""
        self.setCurrentBlockState(0)
        before = self.previousBlockState()
        if before not in _TRIPLES:
            return 0
        end = text.find(_TRIPLES[before])
        if end < 0:
            self.setFormat(0, len(text), self._string)
            self.setCurrentBlockState(before)
            return -1
        self.setFormat(0, end + 3, self._string)
        return end + 3


def _format(palette: QPalette, tone: Tone, *, bold: bool = False) -> QTextCharFormat:
    found = QTextCharFormat()
    found.setForeground(tone_colour(tone, palette))
    if bold:
        found.setFontWeight(QFont.Weight.DemiBold)
    return found
