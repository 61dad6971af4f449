"""Several books in one timeline: in order of time, with each one's clock put right, late lines where they belong."""

import math
import threading
import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from avdesk.core.logline import LogLine
from avdesk.core.logsearch import Selection
from avdesk.core.logtally import Bar, Histogram
from avdesk.services.logs.book import Book, Changes, Found, Shift, moved
from avdesk.services.logs.mergedorder import MOST_BOOKS, MergedOrder

BATCH = 4096
WINDOW = 16_384
"""Places that one piece of a scan looks at."""

REMEMBERED = 4000
IDLE_S = 0.1


class _Part:
    """One of the books, and how far it has been taken over."""

    def __init__(self, book: Book, ahead_s: float) -> None:
        self.book = book
        self.ahead = ahead_s
        self.forget()

    def forget(self) -> None:
        """Begin again with its first line."""
        self.generation = self.book.generation
        self.taken = 0  # lines that are in the order
        self.pending: array[float] = array("d")  # times of those behind them
        self.latest = -math.inf

    def fetch(self) -> bool:
        """Have the times of lines that follow; whether there are any."""
        if not self.pending:
            settled = self.book.settled()
            if settled > self.taken:
                self.pending = array(
                    "d", self._ascending(self.book.times(self.taken, min(BATCH, settled - self.taken)))
                )
        return bool(self.pending)

    def _ascending(self, times: Sequence[float]) -> Iterator[float]:
        for moment in times:
            if not math.isnan(moment) and moment - self.ahead > self.latest:
                self.latest = moment - self.ahead
            yield self.latest

    def corrected(self, line: LogLine, number: int) -> LogLine:
        """Return a line with its number here, and its time by the right clock."""
        moment = line.time - timedelta(seconds=self.ahead) if line.time and self.ahead else line.time
        return replace(line, number=number, time=moment)

    def asked(self, selection: Selection) -> Selection:
        """Return a selection with its times by this book's own clock."""
        ahead = timedelta(seconds=self.ahead)
        since, until = selection.since, selection.until
        return replace(selection, since=since + ahead if since else None, until=until + ahead if until else None)


class MergedBook:
    """Several books as one. One thread steps it, any may read; the books are filled by whoever fills them."""

    def __init__(self, books: Sequence[Book], *, name: str, ahead_s: Sequence[float] = ()) -> None:
        """Prepare; nothing is merged before the first `step`.

        Args:
            books: 1 to 200 of them; where times are equal, the first one's lines come first.
            name: for people.
            ahead_s: how many seconds each one's clock is ahead (negative: behind); its lines' times are put right.
        """
        assert 0 < len(books) <= MOST_BOOKS
        skews = [*ahead_s, *[0.0] * (len(books) - len(ahead_s))]
        self._parts = [_Part(book, ahead) for book, ahead in zip(books, skews, strict=True)]
        self._name = name
        self._lock = threading.RLock()
        self._order = MergedOrder(len(books))
        self._generation = 0
        self._shifts: list[tuple[int, Shift]] = []
        self._forgotten_before = 0

    @property
    def name(self) -> str:
        """For people."""
        return self._name

    @property
    def generation(self) -> int:
        """Raised when lines came in between, or all was merged anew."""
        return self._generation

    @property
    def growing(self) -> bool:
        """Whether one of them is expected to grow."""
        return any(part.book.growing for part in self._parts)

    def set_ahead(self, book: int, seconds: float) -> None:
        """Tell how far a book's clock is ahead; less than a second's difference changes nothing."""
        with self._lock:
            if abs(self._parts[book].ahead - seconds) >= 1.0:
                self._parts[book].ahead = seconds
                self._begin_again()

    def step(self, budget: float = 0.02) -> float:
        """Take over new lines for about `budget` seconds; return the seconds until something may be due again.

        0 for at once; infinite when no book grows any more and all is merged. One thread alone may call this.
        """
        until = time.monotonic() + budget
        while True:
            with self._lock:
                self._look_for_changes()
                more = self._merge_some()
            if not more:
                return IDLE_S if self.growing else math.inf
            if time.monotonic() >= until:
                return 0.0

    def changes(self, since: int) -> Changes:
        """Tell what happened to the numbers since a generation."""
        with self._lock:
            if since < self._forgotten_before:
                return Changes(self._generation, None)
            shifts = tuple(shift for generation, shift in self._shifts if generation > since)
            return Changes(self._generation, shifts)

    def count(self) -> int:
        """Return how many lines are merged."""
        return len(self._order)

    def settled(self) -> int:
        """Return how many lines are merged: only complete ones are."""
        return len(self._order)

    def sources(self) -> tuple[str, ...]:
        """Return the sources of all."""
        return tuple(dict.fromkeys(source for part in self._parts for source in part.book.sources()))

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return lines by number."""
        with self._lock:
            first = max(0, first)
            end = min(len(self._order), first + max(0, min(count, 10_000)))
            if first >= end:
                return []
            before, sources = self._order.before(first), self._order.sources(first, end)
        waiting = {
            book: iter(part.book.lines(before[book], sources.count(book))) for book, part in enumerate(self._parts)
        }
        found: list[LogLine] = []
        for number, book in enumerate(sources, first):
            line = next(waiting[book], None)
            if line is None:
                break  # the book has changed meanwhile; the next step notices
            found.append(self._parts[book].corrected(line, number))
        return found

    def times(self, first: int, count: int) -> Sequence[float]:
        """Return when lines were written, by the right clock."""
        with self._lock:
            return self._order.times[max(0, first) : max(0, first) + max(0, count)]

    def full_text(self, number: int, start: int = 0, length: int = 65536) -> str:
        """Return a part of a line."""
        with self._lock:
            if not 0 <= number < len(self._order):
                return ""
            book, own = self._order.holds(number)
        return self._parts[book].book.full_text(own, start, length)

    def place_of(self, time: datetime) -> int:
        """Return the number of the first line at or after `time`."""
        with self._lock:
            return self._order.place_of(time.timestamp())

    def time_span(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last time of all."""
        spans = [
            tuple(moment - timedelta(seconds=part.ahead) for moment in span)
            for part in self._parts
            if (span := part.book.time_span())
        ]
        return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None

    def entry(self, number: int) -> range:
        """Return the numbers of the entry that a line belongs to; its lines stand together."""
        with self._lock:
            if not 0 <= number < len(self._order):
                return range(number, number)
            book, own = self._order.holds(number)
        entry = self._parts[book].book.entry(own)
        first, end = number - (own - entry.start), number + (entry.stop - own)
        with self._lock:
            sources = self._order.sources(max(0, first), end)
        low = high = number - max(0, first)
        while low > 0 and sources[low - 1] == book:
            low -= 1
        while high < len(sources) and sources[high] == book:
            high += 1
        return range(max(0, first) + low, max(0, first) + high)

    def scan(
        self, selection: Selection, first: int = 0, end: int | None = None, *, backwards: bool = False
    ) -> Iterator[Found]:
        """Look for lines, window by window."""
        first, generation = max(0, first), self._generation
        end = len(self._order) if end is None else min(end, len(self._order))
        starts = range(first, end, WINDOW)
        if not starts:
            yield Found(array("q"), first if backwards else max(first, end), 1.0)
        for start in reversed(starts) if backwards else starts:
            stop = min(start + WINDOW, end)
            with self._lock:
                if generation != self._generation:
                    return
                before, sources = self._order.before(start), self._order.sources(start, stop)
            numbers: list[int] = []
            for book, part in enumerate(self._parts):
                places = [place for place, source in enumerate(sources, start) if source == book]
                if not places:
                    continue
                low = before[book]
                for found in part.book.scan(part.asked(selection), low, low + len(places)):
                    numbers += [places[number - low] for number in found.numbers]
                    share = ((end - stop) if backwards else (start - first)) / max(1, end - first)
                    yield Found(array("q"), stop if backwards else start, share)
            if generation != self._generation:
                return
            numbers.sort(reverse=backwards)
            reached = start if backwards else stop
            done = (end - start) if backwards else (stop - first)
            yield Found(array("q", numbers), reached, done / max(1, end - first))

    def histogram(
        self, bars: int, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Histogram]:
        """Count the lines of all by time and severity."""
        span = self.time_span()
        if span is None:
            yield Histogram((), self.count(), 1.0)
            return
        since, until = since or span[0], until or span[1]
        sums: list[Histogram] = []
        for done, part in enumerate(self._parts):
            ahead = timedelta(seconds=part.ahead)
            latest = None
            for latest in part.book.histogram(bars, since + ahead, until + ahead):
                yield _summed([*sums, latest], since, until, (done + latest.share) / len(self._parts))
            if latest is not None:
                sums.append(latest)
        yield _summed(sums, since, until, 1.0)

    def close(self) -> None:
        """Close all of them."""
        for part in self._parts:
            part.book.close()
        with self._lock:
            self._begin_again()

    def _merge_some(self) -> bool:
        """Take over one run of lines; whether there was one."""
        waiting = [(part.pending[0], book) for book, part in enumerate(self._parts) if part.fetch()]
        if not waiting:
            return False
        _time, book = min(waiting)
        part = self._parts[book]
        run = len(part.pending)
        for limit, other in waiting:
            if other != book:
                upto = _upto(part.pending, limit, including=book < other)
                run = min(run, max(1, upto))
        taken = part.pending[:run]
        del part.pending[:run]
        part.taken += run
        self._note(self._order.add(book, taken))
        return True

    def _look_for_changes(self) -> None:
        for book, part in enumerate(self._parts):
            if part.generation == part.book.generation:
                continue
            changes = part.book.changes(part.generation)
            part.generation = changes.generation
            part.pending = array("d")
            if changes.shifts is None or any(shift.by < 0 for shift in changes.shifts):
                self._begin_again()
                return
            part.latest = self._latest_of(part)
            for nth, shift in enumerate(changes.shifts):
                if shift.at >= part.taken:
                    continue  # among those that are still to come
                number = moved(shift.at, changes.shifts[nth + 1 :])
                times = [moment - part.ahead for moment in part.book.times(number or 0, shift.by)]
                known = array("d", sorted(-math.inf if math.isnan(moment) else moment for moment in times))
                part.taken += shift.by
                self._note(self._order.add(book, known))

    def _latest_of(self, part: _Part) -> float:
        times = part.book.times(max(0, part.taken - 1), 1) if part.taken else []
        return times[0] - part.ahead if len(times) and not math.isnan(times[0]) else part.latest

    def _begin_again(self) -> None:
        self._order = MergedOrder(len(self._parts))
        for part in self._parts:
            part.forget()
        self._generation += 1
        self._shifts.clear()
        self._forgotten_before = self._generation

    def _note(self, runs: list[tuple[int, int]]) -> None:
        if not runs:
            return
        self._generation += 1
        if len(runs) + len(self._shifts) > REMEMBERED:
            self._shifts.clear()
            self._forgotten_before = self._generation
        if len(runs) <= REMEMBERED:
            self._shifts += [(self._generation, Shift(at, by)) for at, by in runs]


def _upto(times: "array[float]", limit: float, *, including: bool) -> int:
    return bisect_right(times, limit) if including else bisect_left(times, limit)


def _summed(parts: Sequence[Histogram], since: datetime, until: datetime, share: float) -> Histogram:
    shown = [part for part in parts if part.bars]
    bars: list[Bar] = []
    for together in zip(*(part.bars for part in shown), strict=True):
        counts = dict(together[0].counts)
        for bar in together[1:]:
            for severity, lines in bar.counts.items():
                counts[severity] = counts.get(severity, 0) + lines
        bars.append(Bar(together[0].start, together[0].end, counts))
    if bars:
        shift = since - bars[0].start  # the first book's own clock
        bars = [Bar(bar.start + shift, bar.end + shift, bar.counts) for bar in bars]
        assert until >= since
    return Histogram(tuple(bars), sum(part.untimed for part in parts), share, any(part.estimated for part in parts))
