"""Counting lines by time and severity: what is drawn as a histogram."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from avdesk.core.logline import Severity

MOST_BARS = 2000


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a histogram.

    Attributes:
        start, end: the times that it covers, UTC; end is excluded but for the last bar.
        counts: lines by severity; severities without lines are left out.
    """

    start: datetime
    end: datetime
    counts: dict[Severity, int]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Lines by time and severity.

    Attributes:
        bars: one after the other, all equally long; empty while no line with a time is known.
        untimed: lines without a time, which are in no bar.
        share: of the lines that has been counted, 0 to 1.
        estimated: the lines of a block of a file (some hundred) are spread evenly between the block's first time and
            the next one's, instead of being looked at one by one.
    """

    bars: tuple[Bar, ...]
    untimed: int
    share: float
    estimated: bool = False


class Tally:
    """Counts lines into bars of equal length."""

    def __init__(self, bars: int, since: datetime, until: datetime) -> None:
        """Prepare. `bars`: 1 to `MOST_BARS`; `since` and `until`: aware; a span of nothing becomes a second."""
        self._number = max(1, min(bars, MOST_BARS))
        self._start = since.timestamp()
        self._length = (max(until.timestamp() - self._start, 0.0) or 1.0) / self._number
        self._counts: list[Counter[Severity]] = [Counter() for _each in range(self._number)]
        self.untimed = 0

    def add(self, time: float | None, severity: Severity, lines: int = 1) -> None:
        """Count lines of one moment (Unix seconds); those outside of the bars are left out."""
        if time is None:
            self.untimed += lines
            return
        place = (time - self._start) / self._length
        if 0 <= place < self._number:
            self._counts[int(place)][severity] += lines
        elif 0 <= place <= self._number + 1e-6:
            self._counts[-1][severity] += lines

    def spread(self, first: float, last: float, severity: Severity, lines: int) -> None:
        """Count lines that are spread evenly between two moments; their sum stays whole."""
        if lines <= 0:
            return
        if last <= first:
            self.add(first, severity, lines)
            return
        parts = min(lines, max(1, int((last - first) / self._length) + 1) * 4)
        done = 0
        for part in range(parts):
            upto = lines * (part + 1) // parts
            self.add(first + (last - first) * (part + 0.5) / parts, severity, upto - done)
            done = upto

    def histogram(self, share: float, *, estimated: bool = False) -> Histogram:
        """Return what has been counted so far."""
        begin = datetime.fromtimestamp(self._start, UTC)
        edges = [begin + timedelta(seconds=self._length * place) for place in range(self._number + 1)]
        bars = tuple(Bar(edges[place], edges[place + 1], dict(counts)) for place, counts in enumerate(self._counts))
        return Histogram(bars, self.untimed, share, estimated)
