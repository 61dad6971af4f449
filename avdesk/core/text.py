"""Making text from outside harmless before it is shown, stored or compared."""

import re
import unicodedata

MAX_TEXT = 4000
"""Characters of one outside text that AVDesk keeps."""

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_KEPT_CONTROLS = "\n\t"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that reorder what surrounds them; a joiner (in emoji) is no such character and stays."""


def clean(text: object, limit: int = MAX_TEXT) -> str:
    """Return `text` without escape sequences, control or bidirectional characters, at most `limit` characters.

    Line breaks and tabs stay; anything that is not text becomes its ``str``. A cut text ends in ``…``.
    """
    if text is None:
        return ""
    raw = text if isinstance(text, str) else str(text)
    if len(raw) <= limit and raw.isprintable():
        return raw  # nearly every text: looking at each character costs twenty times as much
    return without_controls(_ANSI.sub("", raw[: limit * 4]), limit)


def without_controls(text: str, limit: int = MAX_TEXT) -> str:
    """Return `text` as it is but for control and bidirectional characters, at most `limit` characters."""
    kept = "".join(c for c in text[: limit * 4] if c in _KEPT_CONTROLS or not _is_control(c))
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def one_line(text: object, limit: int = 300) -> str:
    """Return `text` as `clean` does, with every run of white space as one blank."""
    return clean(" ".join(clean(text).split()), limit)


def _is_control(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in ("Cc", "Cs")
