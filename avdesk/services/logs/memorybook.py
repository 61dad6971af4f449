"""A book in memory: what a source has read so far, in order of time, each entry once."""

import math
import threading
from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from avdesk.core.logline import LogLine
from avdesk.core.logsearch import Selection
from avdesk.core.logtally import Histogram, Tally
from avdesk.services.logs.book import Changes, Found, Shift
from avdesk.services.logs.pattern import compiled

CAPACITY = 200_000
"""Lines that are kept; then the oldest go."""

PIECE = 1000
"""Lines that one piece of a scan looks at."""

LONGEST_ENTRY = 2000
REMEMBERED_SHIFTS = 4000
Key = tuple[str, str, float]


class MemoryBook:
    """Lines in order of time. One thread adds, any may read."""

    def __init__(self, name: str, *, capacity: int = CAPACITY) -> None:
        """Begin an empty book that grows until `finish`. `name`: what its lines say as their source."""
        self._name = name
        self._capacity = max(1, capacity)
        self._lock = threading.Lock()
        self._lines: list[LogLine] = []
        self._times: list[float] = []  # of each line; one without a time has that of the line before it
        self._keys: set[Key] = set()
        self._sources: dict[str, None] = {}  # as an ordered set
        self._generation = 0
        self._shifts: deque[tuple[int, Shift]] = deque(maxlen=REMEMBERED_SHIFTS)
        self._forgotten_before = 0  # changes since an older generation can no longer be told
        self._growing = True
        self.dropped = 0
        """Lines that had to go because the book was full."""

    @property
    def name(self) -> str:
        """The source that its lines say."""
        return self._name

    @property
    def generation(self) -> int:
        """Raised when a line came in between, or lines went."""
        return self._generation

    @property
    def growing(self) -> bool:
        """Whether more lines are expected."""
        return self._growing

    def add(self, lines: Iterable[LogLine]) -> int:
        """Add lines, in any order of time, and return how many were new.

        Their `number` does not matter. A line whose `insert_id` is known already for its time and source is left out,
        and with it the continuations that follow it in `lines`. A line without a time goes behind the newest.
        """
        groups = [group for group in _entries(lines) if group]
        added = 0
        with self._lock:
            shifts: list[Shift] = []
            for group in sorted(groups, key=_time_key):
                added += self._put(group, shifts)
            self._make_room(shifts)
            self._note(shifts)
        return added

    def finish(self) -> None:
        """No more lines are expected."""
        self._growing = False

    def clear(self) -> None:
        """Forget all lines."""
        with self._lock:
            self._lines, self._times, self._keys, self._sources = [], [], set(), {}
            self._generation += 1
            self._shifts.clear()
            self._forgotten_before = self._generation

    def close(self) -> None:
        """Let go of the lines."""
        self._growing = False
        self.clear()

    def changes(self, since: int) -> Changes:
        """Tell what happened to the numbers since generation `since`."""
        with self._lock:
            if since < self._forgotten_before:
                return Changes(self._generation, None)
            shifts = tuple(shift for generation, shift in self._shifts if generation > since)
            return Changes(self._generation, shifts)

    def count(self) -> int:
        """Return how many lines there are."""
        return len(self._lines)

    def settled(self) -> int:
        """Return how many lines there are: none of them is half a line."""
        return len(self._lines)

    def sources(self) -> tuple[str, ...]:
        """Return the sources of its lines, the first that came first."""
        with self._lock:
            return tuple(self._sources) or (self._name,)

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return lines by number."""
        first = max(0, first)
        with self._lock:
            found = self._lines[first : first + max(0, count)]
        return [replace(line, number=first + place) for place, line in enumerate(found)]

    def full_text(self, number: int, start: int = 0, length: int = 65536) -> str:
        """Return a part of a line's text."""
        found = self.lines(number, 1) if number >= 0 else []
        return found[0].text[max(0, start) : max(0, start) + length] if found else ""

    def place_of(self, time: datetime) -> int:
        """Return the number of the first line at or after `time`."""
        with self._lock:
            return bisect_left(self._times, time.timestamp())

    def times(self, first: int, count: int) -> Sequence[float]:
        """Return when lines were written, in Unix seconds; NaN before the first line with a time."""
        first = max(0, first)
        with self._lock:
            return [time or math.nan for time in self._times[first : first + max(0, count)]]

    def time_span(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last time."""
        with self._lock:
            first = next((line.time for line in self._lines if line.time), None)
            last = next((line.time for line in reversed(self._lines) if line.time), None)
        return (first, last) if first and last else None

    def entry(self, number: int) -> range:
        """Return the numbers of the entry that a line belongs to."""
        with self._lock:
            if not 0 <= number < len(self._lines):
                return range(number, number)
            first = number
            while first > max(0, number - LONGEST_ENTRY) and self._lines[first].continuation:
                first -= 1
            end = number + 1
            while end < min(len(self._lines), first + LONGEST_ENTRY) and self._lines[end].continuation:
                end += 1
        return range(first, end)

    def scan(
        self, selection: Selection, first: int = 0, end: int | None = None, *, backwards: bool = False
    ) -> Iterator[Found]:
        """Look for lines, some thousand at a time."""
        pattern = compiled(selection.wanted) if selection.wanted else None
        generation = self._generation
        first = max(0, first)
        end = self.count() if end is None else min(end, self.count())
        total = max(1, end - first)
        starts = range(first, end, PIECE)
        for start in reversed(starts) if backwards else starts:
            with self._lock:
                if generation != self._generation:
                    return
                lines = self._lines[start : min(start + PIECE, end)]
            numbers = array(
                "q",
                (
                    start + place
                    for place, line in enumerate(lines)
                    if selection.takes(line) and (pattern is None or pattern.within(line.text))
                ),
            )
            if backwards:
                numbers.reverse()
            reached = start if backwards else start + len(lines)
            yield Found(numbers, reached, ((end - start) if backwards else (reached - first)) / total)

    def histogram(
        self, bars: int, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Histogram]:
        """Count the lines by time and severity, some thousand at a time."""
        span = self.time_span()
        if span is None:
            yield Histogram((), self.count(), 1.0)
            return
        tally = Tally(bars, since or span[0], until or span[1])
        total = self.count()
        for start in range(0, total, PIECE * 5):
            with self._lock:
                lines = self._lines[start : min(start + PIECE * 5, total)]
            for line in lines:
                tally.add(line.time.timestamp() if line.time else None, line.severity)
            yield tally.histogram(min(1.0, (start + PIECE * 5) / total))

    def _put(self, group: list[LogLine], shifts: list[Shift]) -> int:
        key = _key(group[0])
        if key is not None:
            if key in self._keys:
                return 0
            self._keys.add(key)
        newest = self._times[-1] if self._times else 0.0
        head = group[0].time
        time = head.timestamp() if head else newest
        place = bisect_right(self._times, time)
        if place < len(self._times):
            shifts.append(Shift(place, len(group)))
        self._lines[place:place] = group
        self._times[place:place] = [time] * len(group)
        for line in group:
            self._sources[line.source] = None
        return len(group)

    def _make_room(self, shifts: list[Shift]) -> None:
        over = len(self._lines) - self._capacity
        if over <= 0:
            return
        over = min(len(self._lines), over + self._capacity // 20)  # some more, so that it need not happen each time
        for line in self._lines[:over]:
            key = _key(line)
            if key is not None and not line.continuation:
                self._keys.discard(key)
        del self._lines[:over]
        del self._times[:over]
        self.dropped += over
        shifts.append(Shift(0, -over))

    def _note(self, shifts: list[Shift]) -> None:
        if not shifts:
            return
        if len(self._shifts) + len(shifts) > REMEMBERED_SHIFTS:
            self._forgotten_before = self._generation + 1
            self._shifts.clear()
        self._generation += 1
        self._shifts.extend((self._generation, shift) for shift in shifts[:REMEMBERED_SHIFTS])
        if len(shifts) > REMEMBERED_SHIFTS:
            self._forgotten_before = self._generation


def _entries(lines: Iterable[LogLine]) -> Iterator[list[LogLine]]:
    group: list[LogLine] = []
    for line in lines:
        if group and line.continuation:
            group.append(line)
            continue
        if group:
            yield group
        group = [line]
    yield group


def _key(line: LogLine) -> Key | None:
    if line.insert_id is None:
        return None
    return line.insert_id, line.source, line.time.timestamp() if line.time else 0.0


def _time_key(group: list[LogLine]) -> tuple[bool, datetime]:
    time = group[0].time
    return time is None, time or datetime.min.replace(tzinfo=UTC)
