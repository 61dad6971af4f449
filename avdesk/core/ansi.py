"""Terminal colours in a line of text: what to show, and which parts of it in which colour.

Everything that is no colour and cannot be seen is made visible: a log is where one looks for what is odd.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

TAB = 8
"""Columns between tab stops."""

MAX_SPANS = 500
"""Coloured parts of one line; the rest of a line that has more is plain."""

_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_OTHER_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-ln-~]|\x1b\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)")
_INVISIBLE_NAMES = {
    "\u061c": "ALM", "\u200b": "ZWSP", "\u200e": "LRM", "\u200f": "RLM", "\u2028": "LS", "\u2029": "PS",
    "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u2060": "WJ",
    "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI", "\ufeff": "BOM",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """How a part of a line looks.

    Attributes:
        colour, background: 0 to 255 of the terminal's palette, ``#rrggbb``, or None for the usual one.
        bold, faint, italic, underline, struck, inverse: what else was switched on.
    """

    colour: int | str | None = None
    background: int | str | None = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: bool = False
    struck: bool = False
    inverse: bool = False


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, from `start` up to `end`, in a style."""

    start: int
    end: int
    style: Style


@dataclass(frozen=True, slots=True)
class Styled:
    """A text without its sequences, and where it has which style; what no span covers is plain."""

    text: str
    spans: tuple[Span, ...] = ()


def styled(text: str) -> Styled:
    """Return a line as it is to be shown: one line, every character of it to be seen."""
    if text.isprintable():
        return Styled(text)
    if "\x1b" not in text:
        return Styled(visible(text))
    parts: list[str] = []
    spans: list[Span] = []
    style, length, at = PLAIN, 0, 0
    for match in _SGR.finditer(text):
        piece = visible(_OTHER_SEQUENCE.sub("", text[at : match.start()]), length)
        _add(spans, length, length + len(piece), style)
        parts.append(piece)
        length += len(piece)
        style = _changed(style, match.group(1))
        at = match.end()
    piece = visible(_OTHER_SEQUENCE.sub("", text[at:]), length)
    _add(spans, length, length + len(piece), style)
    parts.append(piece)
    return Styled("".join(parts), tuple(spans))


def visible(text: str, column: int = 0) -> str:
    """Return `text` with tabs as blanks, and with signs for all other characters that cannot be seen.

    `column` is where the text begins in its line.
    """
    if text.isprintable():
        return text
    shown: list[str] = []
    for character in text:
        if character == "\t":
            piece = " " * (TAB - column % TAB)
        elif character == "\xa0" or character.isprintable():
            piece = character
        else:
            piece = _sign(character)
        shown.append(piece)
        column += len(piece)
    return "".join(shown)


@lru_cache(maxsize=512)
def _sign(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if character in _INVISIBLE_NAMES:
        return f"⟨{_INVISIBLE_NAMES[character]}⟩"
    category = unicodedata.category(character)
    if character == "\u200d" or category in {"Zs", "Co"}:
        return character  # joiners hold emoji together; other blanks are blanks
    return f"⟨U+{code:04X}⟩"


def _add(spans: list[Span], start: int, end: int, style: Style) -> None:
    if style != PLAIN and end > start and len(spans) < MAX_SPANS:
        spans.append(Span(start, end, style))


_ON = {1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 9: "struck"}
_OFF = {22: ("bold", "faint"), 23: ("italic",), 24: ("underline",), 27: ("inverse",), 29: ("struck",)}


@lru_cache(maxsize=1024)
def _changed(style: Style, parameters: str) -> Style:
    """Return a style after an SGR sequence."""
    codes = [int(part) if part.isdecimal() and len(part) < 6 else 0 for part in re.split("[;:]", parameters)]
    values = {name: getattr(style, name) for name in Style.__slots__}
    place = 0
    while place < len(codes):
        code = codes[place]
        place += 1
        if code == 0:
            values = {name: getattr(PLAIN, name) for name in Style.__slots__}
        elif code in _ON:
            values[_ON[code]] = True
        elif code in _OFF:
            values.update(dict.fromkeys(_OFF[code], False))
        elif code in (38, 48):
            colour, used = _extended(codes[place:])
            values["colour" if code == 38 else "background"] = colour
            place += used
        else:
            values.update(_simple_colour(code))
    return Style(**values)


def _simple_colour(code: int) -> dict[str, int | None]:
    for name, first, bright, usual in (("colour", 30, 90, 39), ("background", 40, 100, 49)):
        if first <= code <= first + 7:
            return {name: code - first}
        if bright <= code <= bright + 7:
            return {name: code - bright + 8}
        if code == usual:
            return {name: None}
    return {}


def _extended(codes: list[int]) -> tuple[int | str | None, int]:
    """Return the colour that follows a 38 or 48, and how many numbers it took."""
    if len(codes) >= 2 and codes[0] == 5:
        return min(codes[1], 255), 2
    if len(codes) >= 4 and codes[0] == 2:
        red, green, blue = (min(value, 255) for value in codes[1:4])
        return f"#{red:02x}{green:02x}{blue:02x}", 4
    return None, len(codes)
