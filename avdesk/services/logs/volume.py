"""One file of a log: its lines by number, what each is and when it was written. Nothing is kept that can be read."""

import math
from array import array
from bisect import bisect_right
from datetime import UTC, datetime

from avdesk.core.logformat import Zone, head_of
from avdesk.services.logs.lineclass import DATED, ERROR_RANK, LOOSE, Entry, codes_of, entry_after, entry_behind
from avdesk.services.logs.lineindex import BLOCK, BREAK, PAGE, LineIndex
from avdesk.services.logs.rawfile import RawFile

WHOLE = 65_536
"""Bytes of a line that are looked at as a whole; of a longer one only the beginning and the end."""

LOOK_BACK = 16
"""Blocks before a place in which the entry is sought that goes on there."""

NAN = math.nan
LOOSE_LINE = bytes([LOOSE])


class Volume:
    """A file that is indexed bit by bit. One thread extends it, any may read."""

    def __init__(self, raw: RawFile, zone: Zone) -> None:
        """Begin with an open file."""
        self.raw = raw
        self.index = LineIndex(raw)
        self.zone = zone
        self.ended = False
        """Nothing comes any more, so that a last line without a line break is a line as any other."""
        self._codes: dict[int, bytes] = {}
        self._first_times: dict[int, float] = {}
        self._last_second = (b"", 0.0)

    @property
    def line_count(self) -> int:
        """How many lines are complete."""
        known = self.index.known
        return known.breaks + (known.unfinished and self.ended)

    def reopen(self) -> None:
        """More comes after all, and the last line goes on."""
        self.ended = False
        self._codes.pop(self.blocks - 1, None)

    @property
    def blocks(self) -> int:
        """How many blocks are indexed, the last one not always whole."""
        return -(-self.index.size // BLOCK)

    def block_of(self, number: int) -> int:
        """Return the block in which a line ends."""
        start = self.index.start_of(number + 1) - 1
        return max(0, min(start, self.index.size - 1)) // BLOCK

    def lines_of(self, block: int) -> range:
        """Return the numbers of the lines that end in a block, by their line break."""
        known = self.index.known
        first = self.index.breaks_before_page(min(block * (BLOCK // PAGE), known.pages))
        last = (block + 1) * (BLOCK // PAGE)
        whole = last * PAGE < known.size
        end = self.index.breaks_before_page(last) if whole else known.breaks + (known.unfinished and self.ended)
        return range(first, end)

    def contents(self, numbers: range) -> list[bytes]:
        """Return whole lines, without their line breaks; of long ones the beginning. They must follow each other."""
        if not numbers:
            return []
        start, end = self.index.start_of(numbers.start), self.index.start_of(numbers.stop)
        if end - start <= BLOCK + WHOLE:
            found = self.raw.read(start, end - start).split(BREAK)
            if len(found) > len(numbers):
                found.pop()  # behind the last line break
            return found
        found = [self.raw.read(start, min(WHOLE, self.index.start_of(numbers.start + 1) - 1 - start))]
        rest = numbers[1:]
        while rest:
            part = rest[: max(1, len(rest) // 2)] if len(rest) > 1 else rest
            if len(part) == 1:
                begin = self.index.start_of(part.start)
                length = self.index.start_of(part.stop) - begin
                found.append(self.raw.read(begin, min(length, WHOLE)).split(BREAK, 1)[0])
            else:
                found += self.contents(part)
            rest = rest[len(part) :]
        return found

    def codes(self, block: int) -> bytes:
        """Return the byte of each line that ends in a block; some milliseconds for a block not looked at before."""
        numbers = self.lines_of(block)
        known = self._codes.get(block, b"")
        if len(known) >= len(numbers):
            return known[: len(numbers)]
        more = numbers[len(known) :]
        entry = entry_after(known[-1]) if known else self._entry_at(numbers.start, block)
        found = known + codes_of(self.contents(more), entry, self.zone)
        if len(found) == len(numbers):
            self._codes[block] = found
        return found.ljust(len(numbers), LOOSE_LINE)  # shorter where the file is another one by now

    def code(self, number: int) -> int:
        """Return the byte of one line."""
        if number >= self.line_count:
            content = self.raw.read(self.index.start_of(number), WHOLE)
            return codes_of([content], self._entry_at(number, max(0, self.blocks - 1)), self.zone)[0]
        block = self.block_of(number)
        return self.codes(block)[number - self.lines_of(block).start]

    def time_in(self, content: bytes) -> float | None:
        """Return the time at the beginning of a line, in Unix seconds."""
        head = head_of(content.decode("utf-8", "replace"), self.zone)
        return head.time if head else None

    def times(self, first: int, count: int) -> "array[float]":
        """Return when lines were written, in Unix seconds: a line without a time has that before it, or NaN."""
        found = array("d")
        number, end = first, min(first + count, self.line_count)
        time = self.time_before(first)
        while number < end:
            block = self.block_of(number)
            numbers = self.lines_of(block)
            part = range(number, min(end, numbers.stop))
            codes = self.codes(block)[part.start - numbers.start : part.stop - numbers.start]
            for code, content in zip(codes, self.contents(part), strict=False):
                if code & DATED:
                    own = self._quick_time(content)
                    time = _or_nan(self.time_in(content) if own is None else own, time)
                found.append(time)
            number = part.stop
            if len(found) < number - first:  # the file is another one by now
                found.extend([NAN] * (number - first - len(found)))
        return found

    def _quick_time(self, content: bytes) -> float | None:
        """Return the time of a line in AutoVideo's format; the seconds of the last one are remembered."""
        if content[19:20] != b"," or content[23:26] != b" - " or not content[20:23].isdigit():
            return None
        second, time = self._last_second
        if content[:19] != second:
            found = self.time_in(content[:19])
            if found is None:
                return None
            second, time = self._last_second = (content[:19], found)
        return time + int(content[20:23]) / 1000

    def time_before(self, number: int) -> float:
        """Return the time of the last line before `number` that has one, NaN without any nearby."""
        if number <= 0:
            return NAN
        last = self.block_of(number - 1)
        for block in range(last, max(-1, last - LOOK_BACK), -1):
            numbers = self.lines_of(block)
            codes = self.codes(block)[: max(0, number - numbers.start)]
            for place in range(len(codes) - 1, -1, -1):
                if codes[place] & DATED:
                    return self._time_of(numbers.start + place)
        return NAN

    def first_time(self, block: int) -> float:
        """Return the first time in a block, or in the blocks before it where it has none; NaN without any."""
        known = self._first_times.get(block)
        if known is not None:
            return known
        time = NAN
        for nearby in range(block, max(-1, block - LOOK_BACK), -1):
            time = self._own_first_time(nearby)
            if not math.isnan(time):
                break
        if block < self.blocks - 1:
            self._first_times[block] = time
        return time

    def place_of(self, time: float) -> int:
        """Return the first line at or after a time (Unix seconds), where lines are in order of time."""
        block = bisect_right(range(self.blocks), time, key=lambda each: _lower(self.first_time(each)))
        # The block before may hold it, and so may those before that begin with the very same time.
        block = max(0, block - 1)
        while block > 0 and self.first_time(block) >= time:
            block -= 1
        for each in range(block, self.blocks):
            numbers = self.lines_of(each)
            times = self.times(numbers.start, len(numbers))
            for place, found in enumerate(times):
                if found >= time:
                    return numbers.start + place
            if each > block + LOOK_BACK:
                break
        return self.index.count

    def time_span(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last time, as far as they are found near both ends."""
        firsts = (self._own_first_time(block) for block in range(min(self.blocks, LOOK_BACK)))
        first = next((time for time in firsts if not math.isnan(time)), NAN)
        last = self.time_before(self.line_count)
        if math.isnan(first) or math.isnan(last):
            return None
        return datetime.fromtimestamp(min(first, last), UTC), datetime.fromtimestamp(max(first, last), UTC)

    def _time_of(self, number: int) -> float:
        content = self.contents(range(number, number + 1))
        return _or_nan(self.time_in(content[0]) if content else None, NAN)

    def _own_first_time(self, block: int) -> float:
        numbers = self.lines_of(block)
        if (codes := self._codes.get(block)) is not None:
            place = next((place for place, code in enumerate(codes) if code & DATED), None)
            if place is None:
                return NAN
            return self._time_of(numbers.start + place)
        for content in self.contents(numbers[:100]):
            if (time := self.time_in(content)) is not None:
                return time
        return NAN

    def _entry_at(self, number: int, block: int) -> Entry:
        """Return the entry that goes on where a line begins, which ends in `block`."""
        if number <= 0:
            return Entry()
        traceback = False
        for before in range(min(block, self.block_of(number - 1)), max(-1, block - LOOK_BACK), -1):
            numbers = self.lines_of(before)
            part = range(numbers.start, min(numbers.stop, number))
            known = self._codes.get(before, b"")
            if len(known) >= len(part) > 0:
                found: Entry | None = entry_after(known[len(part) - 1])
            else:
                found, below = entry_behind(self.contents(part), self.zone)
                traceback = traceback or below
            if found is not None:
                return Entry(max(found.rank, ERROR_RANK)) if traceback else found
        return Entry(ERROR_RANK) if traceback else Entry()


def _or_nan(time: float | None, otherwise: float) -> float:
    return otherwise if time is None else time


def _lower(time: float) -> float:
    return -math.inf if math.isnan(time) else time
