"""Which entries to ask for next, so that none is missed: windows that overlap what was seen, and pages back in time.

Cloud Logging tells of an entry when it has it, which may be long after it was written. So each look asks again for
the last seconds by time, and for whatever of the last minutes was received since; now and then for the last hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from avdesk.core.logentry import LogEntry
from avdesk.core.logquery import Bounds
from avdesk.services.logs.arrivals import Arrivals, Look

NANO = 1_000_000_000
OVERLAP = 10 * NANO
"""Looked at again by the time that entries bear."""

RECEIPT_OVERLAP = 30 * NANO
"""Looked at again by the time of their receipt: entries become readable out of order."""

LATE, VERY_LATE = 120 * NANO, 3600 * NANO
"""How late an entry may come and be found with the next look, and with the next thorough one."""

THOROUGH_EVERY_S = 60.0
FIRST_REACH = 3600 * NANO
"""Of a log that was found empty, this much before that moment is looked at."""

BLIND_REACH = 24 * 3600 * NANO
"""The same where the moment is known by this machine's clock alone."""


@dataclass(slots=True)
class Forward:
    """One look at what is new, over all of its pages.

    Attributes:
        bounds: what it asks for.
        after: where its next page begins; empty for the first.
        seen: what its pages held that moves the marks once it is complete.
    """

    bounds: Bounds
    after: str = ""
    thorough: bool = False
    look: Look = field(default_factory=Look)


class Windows:
    """Keeps the marks of one log and plans its looks.

    Attributes:
        arrivals: what has come.
    """

    def __init__(self) -> None:
        self.arrivals = Arrivals()
        self._begun: int | None = None
        self._floor: tuple[int, str] | None = None
        self._known_at_first: int | None = None
        self._thorough_received: int | None = None
        self._seen: list[LogEntry] = []

    def begin_with_newest(self, page: Sequence[LogEntry], moment: int, *, blind: bool) -> None:
        """Take note of the first answer of a log that is read from its end, and of the next until one holds entries.

        Args:
            page: its entries.
            moment: when it was asked, Unix nanoseconds by Google's clock.
            blind: that clock was not told: `moment` is this machine's.
        """
        if self._begun is None:
            self._begun = moment - (BLIND_REACH if blind else FIRST_REACH)
        self.arrivals.reached(page)
        self._known_at_first = self.arrivals.received
        self._thorough_received = self.arrivals.received

    def older_begins_at(self, floor: tuple[int, str] | None) -> None:
        """Say where the part that is not read yet ends: what lies before is fetched on demand; None: nothing does."""
        self._floor = floor

    def next_look(self, since: int | None, *, thorough: bool) -> Forward:
        """Return the next look at what is new; `since`: never before this moment."""
        newest, received = self.arrivals.newest, self.arrivals.received
        if newest is None:
            return Forward(Bounds(since=later(since, self._begun)), thorough=True)
        if received is None:
            return Forward(Bounds(since=later(since, newest - LATE)), thorough=thorough)
        reach, mark = (VERY_LATE, self._thorough_received or received) if thorough else (LATE, received)
        return Forward(
            Bounds(
                since=later(since, newest - reach),
                fresh=newest - OVERLAP,
                received=min(mark, received) - RECEIPT_OVERLAP,
            ),
            thorough=thorough,
        )

    def admit(self, entries: tuple[LogEntry, ...], forward: Forward) -> list[LogEntry]:
        """Return what is new in a page of a look, in order of time."""
        wanted = [entry for entry in entries if not self._is_older(entry)]
        self._seen += wanted
        return self.arrivals.admit(wanted, forward.look)

    def complete(self, forward: Forward) -> None:
        """Move the marks: all pages of a look were read."""
        self.arrivals.reached(self._seen)
        self._seen = []
        if forward.thorough:
            self._thorough_received = self.arrivals.received

    def forget_look(self) -> None:
        """A look was broken off and begins anew: the marks stay where they were."""
        self._seen = []

    def _is_older(self, entry: LogEntry) -> bool:
        """Whether an entry belongs to the part before the floor, and is no late one."""
        if self._floor is None or entry.order >= self._floor:
            return False
        if entry.received is None or self._known_at_first is None:
            return True
        return entry.received <= self._known_at_first


def later(one: int | None, other: int | None) -> int | None:
    """Return the later of two moments, of which either may not be known."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)
