"""Looking for a text in the blocks of a file, and telling the numbers of the lines that hold it.

A block is read into one buffer and RE2 looks through it with the GIL free. Only where something is found are line
breaks counted, from the beginning of the page. Where many lines are found, looking at each line is cheaper.
"""

import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import TypeAlias

from avdesk.services.logs.eachline import Looked
from avdesk.services.logs.lineindex import BLOCK, BREAK, PAGE
from avdesk.services.logs.pattern import Bytes
from avdesk.services.logs.rareletter import SAMPLE
from avdesk.services.logs.target import Target
from avdesk.services.logs.volume import WHOLE, Volume

SLOW_S = 0.03
"""A look through a slice that takes longer makes the next slices shorter, so that it can be cancelled in between."""

SHORTEST = 4096
LONGEST = WHOLE + 4 * BLOCK
USUAL = 120
"""Bytes of a line, to guess how many there are."""

MANY = 8
"""Where one in so many lines of a slice was found, the lines of the next one are looked at one by one."""

Find: TypeAlias = Callable[[Bytes, int, int], list[tuple[int, int]]]
"""Tells where the first match lies between two places, as pairs of which the first counts; (-1, -1) without one."""


class BlockSearch:
    """Looks through one volume; keeps its buffer from block to block."""

    def __init__(self, volume: Volume, target: Target) -> None:
        """Prepare to look for what is wanted."""
        self._volume = volume
        self._target = target
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
            looked = self._at_each_line(offset, start, end) if self._many else None
            found, lines = looked or Looked(self._by_forms(offset, start, end, got), (end - start) // USUAL)
            self._adapt(time.perf_counter() - began)
            self._many = len(found) * MANY > lines
            yield found, None if end == stop else self._volume.index.breaks_before(offset + end)
            start = end

    def _adapt(self, seconds: float) -> None:
        if seconds > SLOW_S:
            self._slice = max(SHORTEST, self._slice // 4)
        elif seconds < SLOW_S / 10:
            self._slice = min(LONGEST, self._slice * 2)

    def _at_each_line(self, offset: int, start: int, end: int) -> Looked | None:
        each, buffer = self._target.each, self._buffer
        whole = buffer[end - 1] == 0x0A and (offset + start == 0 or (start > 0 and buffer[start - 1] == 0x0A))
        if each is None or not whole:  # part of a long line has no beginning and no end
            return None
        return each.look(memoryview(buffer)[start:end], self._volume.index.breaks_before(offset + start))

    def _by_forms(self, offset: int, start: int, end: int, got: int) -> "array[int]":
        target = self._target
        middle = (start + end) // 2
        sample = bytes(memoryview(self._buffer)[middle : min(middle + SAMPLE, end)]) if target.sampled else b""
        found = [self._by_pattern(form.match, offset, start, end, got) for form in target.forms(sample)]
        found = [numbers for numbers in found if numbers]
        if len(found) > 1:
            return array("q", sorted(set().union(*found)))
        return found[0] if found else array("q")

    def _by_pattern(self, find: Find, offset: int, start: int, end: int, got: int) -> "array[int]":
        index, buffer = self._volume.index, self._buffer
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
