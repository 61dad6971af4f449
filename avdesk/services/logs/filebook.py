"""A book over a file on this machine, of any size: indexed bit by bit, read where it is looked at, followed.

The file is read, never mapped: one that is truncated while it is looked at would end the process. Lines stay readable
after the file was rotated away or deleted; those of a file that was truncated are gone.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from avdesk.core.logformat import head_of, payload_of
from avdesk.core.logline import FILE_PREFIX, LogLine
from avdesk.core.logmask import safe_cut
from avdesk.core.logsearch import Selection
from avdesk.core.logtally import Histogram
from avdesk.core.logtext import MARGIN, SHOWN, decoded, last_state, readable
from avdesk.services.logs.book import Changes, Found
from avdesk.services.logs.filefollow import FileState, Follower
from avdesk.services.logs.filescan import scan
from avdesk.services.logs.filetally import histogram
from avdesk.services.logs.lineclass import CONTINUES, severity_in
from avdesk.services.logs.shelf import Placed, Shelf
from avdesk.services.logs.volume import WHOLE, Volume

MOST_LINES = 10_000
LONGEST_ENTRY = 2000
TAIL = 16_384
_JOB = re.compile(r"video-job-[0-9a-f]{8}(?![0-9a-f])")


class FileBook:
    """The lines of a file, and of the files that took its place since it was opened."""

    def __init__(
        self, path: Path, *, zone: tzinfo | None = None, follow: bool = True, source: str | None = None
    ) -> None:
        """Prepare; nothing is opened before the first `step`.

        Args:
            path: the file; it may not exist yet.
            zone: of times that do not name theirs; None is this machine's. `LogLine.time` rests on it.
            follow: notice what is added, and another file at the same path.
            source: what its lines say as their source, instead of ``file:<path>``.
        """
        self._name = source or f"{FILE_PREFIX}{path}"
        self._shelf = Shelf()
        self._follow = follow
        self._follower = Follower(path, self._shelf, zone=zone, follow=follow)
        self._closed = False
        self.zone = zone

    @property
    def state(self) -> FileState:
        """How far it is, and what is wrong with it."""
        return self._follower.state

    @property
    def name(self) -> str:
        """The source that its lines say."""
        return self._name

    @property
    def generation(self) -> int:
        """Raised when lines went."""
        return self._shelf.generation

    @property
    def growing(self) -> bool:
        """Whether more lines are expected."""
        return not self._closed and self.state.phase.value not in ("complete", "broken")

    def step(self, budget: float = 0.02) -> float:
        """Read for about `budget` seconds, and return the seconds until something is due again; infinite for never.

        One thread alone may call this. What goes wrong is told by `state`.
        """
        return float("inf") if self._closed else self._follower.step(budget)

    def changes(self, since: int) -> Changes:
        """Tell what happened to the numbers since generation `since`."""
        return self._shelf.changes(since)

    def count(self) -> int:
        """Return how many lines are indexed."""
        return self._shelf.count()

    def settled(self) -> int:
        """Return how many lines are complete."""
        return self._shelf.settled()

    def sources(self) -> tuple[str, ...]:
        """Return the one source."""
        return (self._name,)

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return lines by number."""
        first, count = max(0, first), max(0, min(count, MOST_LINES))
        found: list[LogLine] = []
        while len(found) < count and (placed := self._shelf.at(first + len(found))) is not None:
            start = first + len(found)
            more = self._lines_of(placed, start, min(count - len(found), placed.end - start))
            if not more:
                break
            found += more
        return found

    def full_text(self, number: int, start: int = 0, length: int = 65536) -> str:
        """Return a part of a line, by bytes."""
        placed = self._shelf.at(number)
        if placed is None:
            return ""
        volume, own = placed.volume, number - placed.base
        begin, end = volume.index.start_of(own), _end_of(volume, own)
        first = _cut_near(volume, begin, end, begin + max(0, start))
        last = _cut_near(volume, begin, end, begin + max(0, start) + max(1, length))
        text = decoded(volume.raw.read(first, last - first))
        return readable(text.replace("\r", "␍"), len(text) * 8 + 1)

    def place_of(self, time: datetime) -> int:
        """Return the number of the first line at or after `time`."""
        moment = time.timestamp()
        for placed in self._shelf.placed:
            place = placed.volume.place_of(moment)
            if place < placed.volume.line_count:
                return placed.base + place
        return self.count()

    def times(self, first: int, count: int) -> Sequence[float]:
        """Return when complete lines were written."""
        found = array("d")
        while len(found) < count and (placed := self._shelf.at(first + len(found))) is not None:
            own = first + len(found) - placed.base
            more = placed.volume.times(own, min(count - len(found), placed.volume.line_count - own))
            if not more:
                break
            found.extend(more)
        return found

    def time_span(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last time."""
        spans = [span for placed in self._shelf.placed if (span := placed.volume.time_span())]
        return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None

    def entry(self, number: int) -> range:
        """Return the numbers of the entry that a line belongs to."""
        placed = self._shelf.at(number)
        if placed is None:
            return range(number, number)
        volume, own = placed.volume, number - placed.base
        first = own
        while first > max(0, own - LONGEST_ENTRY) and volume.code(first) & CONTINUES:
            first -= 1
        end, limit = own + 1, min(volume.line_count, first + LONGEST_ENTRY)
        while end < limit and volume.code(end) & CONTINUES:
            end += 1
        return range(placed.base + first, placed.base + end)

    def scan(
        self, selection: Selection, first: int = 0, end: int | None = None, *, backwards: bool = False
    ) -> Iterator[Found]:
        """Look for lines, block by block."""
        return scan(self._shelf, self._name, selection, first, end, backwards=backwards)

    def histogram(
        self, bars: int, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Histogram]:
        """Count the lines by time and severity, block by block."""
        return histogram(self._shelf, self.time_span(), bars, since, until)

    def close(self) -> None:
        """Let go of the files."""
        self._closed = True
        self._follower.close()
        self._shelf.clear()

    def _lines_of(self, placed: Placed, start: int, count: int) -> list[LogLine]:
        volume, own = placed.volume, start - placed.base
        numbers = range(own, own + count)
        times = volume.times(own, count)
        if len(times) < count:  # the last line is not complete yet
            times.append(times[-1] if times else volume.time_before(own))
        contents = volume.contents(numbers)
        codes = _codes(volume, numbers)
        found: list[LogLine] = []
        for number, content, code, time in zip(numbers, contents, codes, times, strict=False):
            found.append(self._line(volume, placed.base, number, content, code, time))
        return found

    def _line(self, volume: Volume, base: int, number: int, content: bytes, code: int, time: float) -> LogLine:
        whole, cut = decoded(content), 0
        last = last_state(whole)
        if len(content) >= WHOLE:
            end = _end_of(volume, number)
            cut = max(0, end - volume.index.start_of(number) - len(content))
            tail = decoded(volume.raw.read(max(end - TAIL, end - cut), min(TAIL, cut)))
            if "\r" in tail.rstrip("\r"):
                last, cut = last_state(tail), 0
        head = None if code & CONTINUES else head_of(whole, volume.zone)
        length = head.length if head else 0
        if length and not last.startswith(whole[:length]):
            last = whole[:length] + last
        text = readable(last, len(last) * 8 + 1)
        if head is not None and head.time is not None and (found := _moment(head.time)):
            moment: datetime | None = found
        else:
            moment = _moment(time)
        job = _JOB.search(whole)
        return LogLine(
            number=base + number,
            time=moment,
            severity=severity_in(code),
            source=self._name,
            text=text[:SHOWN],
            job=job[0] if job else None,
            payload=payload_of(whole) if whole[:1] == "{" else None,
            continuation=bool(code & CONTINUES),
            head=length if text[:length] == whole[:length] else 0,
            cut=cut + max(0, len(text) - SHOWN),
        )


def _codes(volume: Volume, numbers: range) -> bytes:
    found = b""
    while len(found) < len(numbers):
        number = numbers.start + len(found)
        if number >= volume.line_count:
            found += bytes([volume.code(number)])
            continue
        block = volume.block_of(number)
        of_block = volume.lines_of(block)
        part = volume.codes(block)[number - of_block.start : numbers.stop - of_block.start]
        if not part:
            break
        found += part
    return found


def _end_of(volume: Volume, number: int) -> int:
    """Return where a line ends, its line break not included."""
    known = volume.index.known
    return volume.index.start_of(number + 1) - (1 if number < known.breaks else 0)


def _cut_near(volume: Volume, begin: int, end: int, place: int) -> int:
    """Return where a line may be cut near a place; the same for the part before it as for the part behind it."""
    if place >= end or place <= begin:
        return min(max(place, begin), end)
    start = max(begin, place - MARGIN)
    around = volume.raw.read(start, min(end, place + MARGIN) - start)
    cut = safe_cut(around.decode("latin-1"), place - start)
    while cut > 0 and cut < len(around) and around[cut] & 0xC0 == 0x80:
        cut -= 1  # not within a character
    return start + cut


def _moment(time: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(time, UTC)
    except (ValueError, OverflowError, OSError):
        return None
