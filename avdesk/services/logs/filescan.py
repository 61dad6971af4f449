"""Looking for lines in files: RE2 over whole blocks, and what each line is by its byte."""

import math
import time
from array import array
from collections.abc import Iterator
from itertools import compress
from typing import TypeAlias

from avdesk.core.logline import Severity
from avdesk.core.logsearch import Selection
from avdesk.services.logs.blocksearch import BlockSearch
from avdesk.services.logs.book import Found
from avdesk.services.logs.lineclass import CONTINUES, SEVERITIES, Entry, code_of, rank_of
from avdesk.services.logs.pattern import Pattern
from avdesk.services.logs.shelf import Placed, Shelf
from avdesk.services.logs.target import Target, target_of
from avdesk.services.logs.volume import Volume

TOGETHER = 4
"""Blocks that are looked at together for a text alone: RE2 starts anew with each."""

LONGEST_ENTRY = 2000

PIECE_S = 0.004
"""About how long one piece of a scan takes."""


def scan(
    shelf: Shelf,
    source: str,
    selection: Selection,
    first: int = 0,
    end: int | None = None,
    *,
    backwards: bool = False,
) -> Iterator[Found]:
    """Look for lines in the files of a shelf; see `Book.scan`."""
    target = target_of(selection.wanted) if selection.wanted else None
    first = max(0, first)
    end = shelf.settled() if end is None else min(end, shelf.count())
    if selection.sources and source not in selection.sources:
        yield Found(array("q"), first if backwards else end, 1.0)
        return
    sifter = Sifter(selection, target)
    generation, started = shelf.generation, time.perf_counter()
    total, numbers, reached = max(1, end - first), array("q"), end if backwards else first
    for placed in reversed(shelf.placed) if backwards else shelf.placed:
        searched = sifter.search_in(placed.volume)
        for part in _parts(placed, first, end, sifter.together, backwards=backwards):
            for found, upto in sifter.numbers(searched, placed.volume, part, backwards=backwards):
                if shelf.generation != generation:
                    return
                numbers.extend(number + placed.base for number in found) if placed.base else numbers.extend(found)
                reached = placed.base + upto
                if time.perf_counter() - started > PIECE_S:
                    done = (end - reached) if backwards else (reached - first)
                    yield Found(numbers, reached, done / total)
                    numbers, started = array("q"), time.perf_counter()
    if shelf.generation == generation:
        yield Found(numbers, first if backwards else max(end, reached), 1.0)


def _parts(placed: Placed, first: int, end: int, together: int, *, backwards: bool) -> Iterator[range]:
    """Yield the wanted lines of a volume (by its own numbers) by the blocks that they end in, some `together`."""
    volume = placed.volume
    count = volume.index.count
    low, high = max(0, first - placed.base), min(end - placed.base, count)
    if low >= high:
        return
    blocks = range(volume.block_of(low), volume.block_of(high - 1) + 1)
    groups = [blocks[at : at + together] for at in range(0, len(blocks), together)]
    for group in reversed(groups) if backwards else groups:
        # the unfinished line included, if asked for
        stop = count if group[-1] == volume.blocks - 1 else volume.lines_of(group[-1]).stop
        part = range(max(low, volume.lines_of(group[0]).start), min(high, stop))
        if part:
            yield part


Numbers: TypeAlias = "array[int] | range"


class Sifter:
    """Applies a selection to the lines of a block: first what costs least."""

    def __init__(self, selection: Selection, target: Target | None) -> None:
        """Prepare for one scan."""
        self._selection = selection
        self._target = target
        ranks = [
            rank_of(each)
            for each in Severity
            if each >= selection.least and (not selection.severities or each in selection.severities)
        ]
        self._all_severities = len(ranks) == len(SEVERITIES)
        self._wanted_codes = bytes(1 if (code & 0x0F) in ranks else 0 for code in range(256))
        self._since = selection.since.timestamp() if selection.since else None
        self._until = selection.until.timestamp() if selection.until else None
        jobs = "|".join(sorted(job for job in selection.jobs if job.replace("-", "").isalnum()))
        self._jobs = Pattern(f"({jobs})") if jobs else None
        of_lines = selection.severities or selection.least or selection.jobs or selection.since or selection.until
        self.together = 1 if of_lines else TOGETHER
        """How many blocks are looked at together: what each line is, is known by the block."""

    def search_in(self, volume: Volume) -> BlockSearch | None:
        """Return what looks for the text in a volume; None when there is no text to look for."""
        return BlockSearch(volume, self._target) if self._target else None

    def numbers(
        self, searched: BlockSearch | None, volume: Volume, part: range, *, backwards: bool
    ) -> Iterator[tuple[Numbers, int]]:
        """Yield wanted line numbers among those of one block, and how far all is looked at."""
        slices: Iterator[tuple[Numbers, int]] = searched.search(part) if searched else iter([(part, part.stop)])
        if backwards:
            together = array("q")
            for found, _upto in slices:
                together.extend(found)
            yield self._sifted(volume, part, together)[::-1], part.start
            return
        for found, upto in slices:
            yield self._sifted(volume, part, found), upto

    def _sifted(self, volume: Volume, part: range, found: Numbers) -> Numbers:
        """Return which lines of one block all other conditions hold for, the cheapest first."""
        if found and (self._since is not None or self._until is not None):
            found = self._by_time(volume, part, found)
        if found and self._jobs is not None:
            found = self._by_job(volume, part, found)
        if found and not self._all_severities:
            found = self._by_severity(volume, part, found)
        return found

    def _by_severity(self, volume: Volume, part: range, found: Numbers) -> "array[int]":
        block = volume.block_of(part.start)
        start = volume.lines_of(block).start
        wanted = volume.codes(block).translate(self._wanted_codes)
        if isinstance(found, range):
            chosen = array("q", compress(found, wanted[found.start - start :]))
        else:
            chosen = array("q", [each for each in found if each - start < len(wanted) and wanted[each - start]])
        # The last line of a file, unfinished, has no byte yet.
        chosen.extend(each for each in found[-1:] if each - start >= len(wanted) and self._takes(volume.code(each)))
        return chosen

    def _takes(self, code: int) -> bool:
        return bool(self._wanted_codes[code])

    def _by_job(self, volume: Volume, part: range, found: Numbers) -> "array[int]":
        """Keep lines that name a job, and those that continue an entry that does."""
        assert self._jobs is not None
        naming = {
            number for numbers, _upto in BlockSearch(volume, Target(self._jobs)).search(part) for number in numbers
        }
        goes_on = self._continues(volume, part.start) and self._head_names_job(volume, part.start)
        if not naming and not goes_on:
            return array("q")
        about = set()
        for number in part:
            goes_on = number in naming or (goes_on and bool(volume.code(number) & CONTINUES))
            if goes_on:
                about.add(number)
        return array("q", [number for number in found if number in about])

    def _continues(self, volume: Volume, number: int) -> bool:
        content = volume.contents(range(number, number + 1))
        return bool(content) and bool(code_of(content[0], Entry(0), volume.zone) & CONTINUES)

    def _head_names_job(self, volume: Volume, number: int) -> bool:
        assert self._jobs is not None
        head = number
        while head > 0 and number - head < LONGEST_ENTRY and volume.code(head) & CONTINUES:
            head -= 1
            content = volume.contents(range(head, head + 1))
            if content and self._jobs.within_bytes(content[0]):
                return True
        return False

    def _by_time(self, volume: Volume, part: range, found: Numbers) -> Numbers:
        since = -math.inf if self._since is None else self._since
        until = math.inf if self._until is None else self._until
        block = volume.block_of(part.start)
        if 0 < block < volume.blocks - 1:
            # Most blocks are wholly within or wholly without; one that is not in order of time is not noticed here.
            first, last = volume.first_time(block), volume.first_time(block + 1)
            before = volume.first_time(block - 1)
            if first >= until or last < since:
                return array("q")
            if since <= before and last < until:
                return found
        times = volume.times(part.start, len(part))
        last = times[-1] if times else volume.time_before(part.start)
        times.extend([last] * (len(part) - len(times)))
        return array("q", [number for number in found if since <= times[number - part.start] < until])
