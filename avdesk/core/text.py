"""Making text from outside harmless before it is shown, stored or compared."""

import re
import unicodedata

MAX_TEXT = 4000
"""Characters of one outside text that AVDesk keeps."""

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_KEPT_CONTROLS = "\n\t"


def clean(text: object, limit: int = MAX_TEXT) -> str:
    """Return `text` without escape sequences, control or bidirectional characters, at most `limit` characters.

    Line breaks and tabs stay; anything that is not text becomes its ``str``. A cut text ends in ``…``.
    """
    if text is None:
        return ""
    raw = text if isinstance(text, str) else str(text)
    stripped = _ANSI.sub("", raw[: limit * 4])
    kept = "".join(c for c in stripped if c in _KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def one_line(text: object, limit: int = 300) -> str:
    """Return `text` as `clean` does, with every run of white space as one blank."""
    return clean(" ".join(clean(text).split()), limit)
