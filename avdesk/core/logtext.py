"""Making a line of a log fit to be read: broken bytes, control characters, progress bars, any length."""

import re

from avdesk.core.logmask import masked

SHOWN = 16_384
"""Characters of a line that a view is given at once; the rest is reached on request."""

MARGIN = 8192
"""Characters beyond what is shown that are looked at, so that a secret at the cut is recognised."""

_SGR = re.compile(r"\x1b\[[0-9;:]{0,60}m")
_OTHER_ANSI = re.compile(r"\x1b(?:\[[0-?]{0,60}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[()][0-9A-Z])")
_UNSEEN = re.compile(
    "[\x00-\x08\x0a-\x1a\x1b\x1c-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)


def decoded(raw: bytes) -> str:
    r"""Return bytes as text: UTF-8, with broken bytes shown as ``\xff``."""
    return raw.decode("utf-8", "backslashreplace")


def last_state(text: str) -> str:
    """Return what stands on the terminal in the end, where a line overwrites itself by carriage returns."""
    if "\r" not in text:
        return text
    states = [state for state in text.split("\r") if state.strip()]
    return states[-1] if states else ""


def visible(text: str) -> str:
    """Return `text` with control and bidirectional characters made visible, as ``␀`` or ``<U+202E>``.

    Colours (SGR sequences) are kept; other terminal sequences, which move the cursor or set titles, are left out.
    """
    if text.isprintable():
        return text
    if "\x1b" not in text:
        return _UNSEEN.sub(_shown, text)
    text = _OTHER_ANSI.sub(lambda match: match[0] if _SGR.fullmatch(match[0]) else "", text)
    parts, done = [], 0
    for match in _SGR.finditer(text):
        parts += [_UNSEEN.sub(_shown, text[done : match.start()]), match[0]]
        done = match.end()
    return "".join(parts) + _UNSEEN.sub(_shown, text[done:])


def without_colours(text: str) -> str:
    """Return `text` without SGR sequences, for copies, exports and comparing."""
    return _SGR.sub("", text) if "\x1b" in text else text


def readable(text: str, limit: int = SHOWN) -> str:
    """Return a text of one line fit for showing: its last state, secrets masked, everything visible.

    At most `limit` characters; how many were cut is the caller's to say. `text` should reach some `MARGIN` beyond
    the limit where the line does, so that a secret at the cut is recognised.
    """
    return visible(masked(last_state(text)))[:limit]


def _shown(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"
