"""Entries as they arrive: in any order, more than once, late. Each is let in once."""

from collections import Counter
from collections.abc import Iterable

from avdesk.core.logentry import LogEntry

MOST_REMEMBERED = 600_000
"""Entries that are known again; beyond it the half that was met first is forgotten: it is older than any window."""


class Look:
    """One look at a log, over all of its pages: tells apart entries of it that are alike in everything."""

    def __init__(self) -> None:
        self.twins: Counter[int] = Counter()


class Arrivals:
    """Knows what has come already.

    Attributes:
        newest: the latest time of an entry that can be believed: none that lies behind its own receipt; Unix
            nanoseconds, None before any.
        received: when the last entry was received, Unix nanoseconds; None before any.
    """

    def __init__(self) -> None:
        self._known: dict[int, None] = {}  # in the order in which they came
        self.newest: int | None = None
        self.received: int | None = None

    def admit(self, entries: Iterable[LogEntry], look: Look) -> list[LogEntry]:
        """Return the entries that are new, in order of time, and remember them."""
        new: list[LogEntry] = []
        for entry in entries:
            mark = entry.mark()
            if entry.insert_id is None:
                twin = look.twins[mark]
                look.twins[mark] += 1
                mark = entry.mark(twin) if twin else mark
            if mark in self._known:
                continue
            self._known[mark] = None
            new.append(entry)
        if len(self._known) > MOST_REMEMBERED:
            for mark in list(self._known)[: MOST_REMEMBERED // 2]:
                del self._known[mark]
        new.sort(key=lambda entry: entry.order)
        return new

    def reached(self, entries: Iterable[LogEntry]) -> None:
        """Note how far a look has come; to be called for what was certainly read without a gap before it."""
        for entry in entries:
            if entry.received is not None:
                self.received = max(entry.received, self.received or 0)
            if entry.nanos is not None:
                believed = entry.nanos if entry.received is None else min(entry.nanos, entry.received)
                self.newest = max(believed, self.newest or 0)
