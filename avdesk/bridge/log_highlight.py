"""Where in a line something was found, in time that grows with the line's length alone."""

from collections.abc import Callable

from avdesk.core.logsearch import Wanted
from avdesk.services.logs.pattern import compiled

MOST = 200
"""Places of one line that are told."""


def highlighter(wanted: Wanted) -> Callable[[str], list[tuple[int, int]]]:
    """Return what tells where a text holds what is wanted; make it off the GUI thread, then use it anywhere.

    Raises:
        PatternError: that cannot be looked for.
    """
    pattern = compiled(wanted)

    def find(text: str) -> list[tuple[int, int]]:
        raw = text.encode("utf-8", "replace")
        found: list[tuple[int, int]] = []
        at = 0
        while at <= len(raw) and len(found) < MOST:
            start, end = pattern.find(raw, at, len(raw))
            if start < 0:
                break
            if end > start:
                found.append((start, end))
            at = end if end > at and end > start else max(end, at) + 1
        if len(raw) == len(text):
            return found
        return [(_characters(raw, start), _characters(raw, end)) for start, end in found]

    return find


def _characters(raw: bytes, end: int) -> int:
    return len(raw[:end].decode("utf-8", "ignore"))
