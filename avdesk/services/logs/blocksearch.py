"""Looking for a text in the blocks of a file, and telling the numbers of the lines that hold it.

A block is read into one buffer and RE2 looks through it with the GIL free. Only where something is found are line
breaks counted, from the beginning of the page. Where most lines hold a plain text, looking at each line is cheaper.
"""

import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import compress, repeat
from operator import contains

from avdesk.services.logs.lineindex import BLOCK, BREAK, PAGE
from avdesk.services.logs.pattern import Pattern
from avdesk.services.logs.volume import WHOLE, Volume

SLOW_S = 0.03
"""A look through a slice that takes longer makes the next slices shorter, so that it can be cancelled in between."""

SHORTEST = 4096
LONGEST = WHOLE + 4 * BLOCK
USUAL = 120
"""Bytes of a line, to guess how many there are."""

MANY = 8
"""Where one in so many lines of a slice was found, the lines of the next one are looked at one by one."""


class BlockSearch:
    """Looks through one volume; keeps its buffer from block to block."""

    def __init__(self, volume: Volume, pattern: Pattern, literal: bytes | None) -> None:
        """Prepare. `literal`: what is looked for, if a plain text; in lower case if capitals do not matter."""
        self._volume = volume
        self._pattern = pattern
        self._literal = literal
        self._buffer = bytearray(LONGEST + 2)
        self._slice = LONGEST
        self._many = False

    def search(self, part: range) -> Iterator[tuple["array[int]", int]]:
        """Yield the numbers of lines that hold the text, and how far all is looked at.

        `part`: lines that follow each other (the unfinished last one may be among them), of some blocks.
        """
        index = self._volume.index
        begin, end = index.start_of(part.start), index.start_of(part.stop)
        last = -1
        while begin < end:
            # One byte before and one behind, so that ^ and $ see what stands there.
            before = 1 if begin else 0
            length = min(end - begin, LONGEST)
            got = self._volume.raw.read_into(self._buffer, begin - before, before + length + 1)
            stop = min(got, before + length)
            if stop <= before:
                break
            if begin + length < end and (cut := self._buffer.rfind(BREAK, before, stop)) >= 0:
                stop = cut + 1
            for found, upto in self._slices(begin - before, before, stop, got):
                low = bisect_right(found, last) if found and found[0] <= last else 0
                high = bisect_left(found, part.stop) if found and found[-1] >= part.stop else len(found)
                numbers = found[low:high] if low or high < len(found) else found
                if numbers:
                    last = numbers[-1]
                yield numbers, part.stop if upto is None else min(upto, part.stop)
            done = stop - before
            # Within a line longer than the buffer some is looked at twice, so that a match at the seam is not missed.
            begin += done if self._buffer[stop - 1] == 0x0A or begin + done >= end else max(1, done - WHOLE)

    def _slices(self, offset: int, start: int, stop: int, got: int) -> Iterator[tuple["array[int]", int | None]]:
        """Look through the buffer, which holds the file from `offset` on, a slice of whole lines at a time.

        The second of each pair is the line up to which all is looked at; None for all of them.
        """
        while start < stop:
            end = stop
            if stop - start > self._slice and (cut := self._buffer.rfind(BREAK, start, start + self._slice)) >= 0:
                end = cut + 1
            began = time.perf_counter()
            if self._many:
                number = self._volume.index.breaks_before(offset + start)
                found, lines = self._line_by_line(start, end, number)
            else:
                found = self._by_pattern(offset, start, end, got)
                lines = (end - start) // USUAL
            self._adapt(time.perf_counter() - began)
            self._many = self._literal is not None and len(found) * MANY > lines
            yield found, None if end == stop else self._volume.index.breaks_before(offset + end)
            start = end

    def _adapt(self, seconds: float) -> None:
        if seconds > SLOW_S:
            self._slice = max(SHORTEST, self._slice // 4)
        elif seconds < SLOW_S / 10:
            self._slice = min(LONGEST, self._slice * 2)

    def _by_pattern(self, offset: int, start: int, end: int, got: int) -> "array[int]":
        index, buffer, find = self._volume.index, self._buffer, self._pattern.match
        count, find_break = buffer.count, buffer.find
        numbers = array("q")
        add = numbers.append
        text = buffer if got == len(buffer) else memoryview(buffer)[:got]
        page_end = -1  # of the page in which the last one was found
        at = number = 0
        while start < end:
            begin = find(text, start, end)[0][0]
            if begin < 0 or begin >= end:
                break
            if begin >= page_end:
                page = (begin + offset) // PAGE
                at = page * PAGE - offset
                page_end = at + PAGE
                number = index.breaks_before_page(page) if at >= 0 else index.breaks_before(offset)
                at = max(at, 0)
            number += count(BREAK, at, begin)
            add(number)
            at = start = find_break(BREAK, begin, end) + 1
            if not start:
                break
            number += 1
            if start >= page_end:
                page_end = -1
        return numbers

    def _line_by_line(self, start: int, end: int, number: int) -> tuple["array[int]", int]:
        content = bytes(memoryview(self._buffer)[start:end])
        literal = self._literal
        assert literal is not None
        if self._pattern.insensitive:
            content = content.lower()
        lines = content.split(BREAK)
        if not lines[-1]:
            lines.pop()
        held = map(contains, lines, repeat(literal))
        return array("q", compress(range(number, number + len(lines)), held)), len(lines)
