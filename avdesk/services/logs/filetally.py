"""The histogram of a file: exact for one of modest size, by blocks for one of any size."""

import math
import time
from collections.abc import Iterator
from datetime import datetime

from avdesk.core.logtally import Histogram, Tally
from avdesk.services.logs.lineclass import SEVERITIES, WITHOUT_FLAGS, severity_in
from avdesk.services.logs.shelf import Shelf
from avdesk.services.logs.volume import Volume

EXACT_LINES = 50_000
"""A file of at most so many lines is counted line by line."""

PIECE_S = 0.05


def histogram(
    shelf: Shelf,
    span: tuple[datetime, datetime] | None,
    bars: int,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Histogram]:
    """Count the lines of the files of a shelf by time and severity; see `Book.histogram`."""
    if span is None:
        yield Histogram((), shelf.count(), 1.0)
        return
    tally = Tally(bars, since or span[0], until or span[1])
    generation, placed = shelf.generation, shelf.placed
    exact = shelf.count() <= EXACT_LINES
    total = max(1, sum(each.volume.blocks for each in placed))
    done, shown = 0, time.perf_counter()
    for each in placed:
        for block in range(each.volume.blocks):
            if shelf.generation != generation:
                return
            _line_by_line(tally, each.volume, block) if exact else _spread(tally, each.volume, block)
            done += 1
            if time.perf_counter() - shown > PIECE_S and done < total:
                yield tally.histogram(done / total, estimated=not exact)
                shown = time.perf_counter()
    yield tally.histogram(1.0, estimated=not exact)


def _line_by_line(tally: Tally, volume: Volume, block: int) -> None:
    numbers = volume.lines_of(block)
    for moment, code in zip(volume.times(numbers.start, len(numbers)), volume.codes(block), strict=False):
        tally.add(None if math.isnan(moment) else moment, severity_in(code))


def _spread(tally: Tally, volume: Volume, block: int) -> None:
    codes = volume.codes(block).translate(WITHOUT_FLAGS)
    first = volume.first_time(block)
    last = volume.first_time(block + 1) if block + 1 < volume.blocks else volume.time_before(volume.line_count)
    for rank, severity in enumerate(SEVERITIES):
        lines = codes.count(rank)
        if not lines:
            continue
        if math.isnan(first):
            tally.add(None, severity, lines)
        else:
            tally.spread(first, first if math.isnan(last) else last, severity, lines)
