"""Where the lines of a file begin: counts of line breaks by page, a thousandth of the file's size.

A line's beginning is found by bisection and one look into one page, whatever the size of file or line.
"""

from array import array
from bisect import bisect_left
from itertools import accumulate, islice
from typing import NamedTuple

from avdesk.services.logs.rawfile import RawFile

PAGE = 8192
BLOCK = 32 * PAGE
"""Bytes that are read and counted at once: about 0.2 ms."""

BREAK = b"\n"


class Known(NamedTuple):
    """What is indexed: bytes, whole pages, line breaks, and whether the last byte is no line break."""

    size: int
    pages: int
    breaks: int
    unfinished: bool


class LineIndex:
    """Counts of line breaks. One thread extends it, any may ask about what is indexed already."""

    def __init__(self, raw: RawFile) -> None:
        """Begin an index that knows nothing yet."""
        self._raw = raw
        self._upto: array[int] = array("q")  # line breaks from the beginning to the end of each whole page
        # Put in place at once, so that whoever asks meanwhile sees either the old numbers or the new ones.
        self._known = Known(0, 0, 0, unfinished=False)
        self._buffer = bytearray(BLOCK)

    @property
    def known(self) -> Known:
        """What is indexed, as numbers that belong together."""
        return self._known

    @property
    def size(self) -> int:
        """How many bytes are indexed."""
        return self._known.size

    @property
    def breaks(self) -> int:
        """How many line breaks there are, which is how many whole lines."""
        return self._known.breaks

    @property
    def count(self) -> int:
        """How many lines there are, the unfinished one included."""
        return self._known.breaks + self._known.unfinished

    def extend(self, end: int) -> int:
        """Index at most a block more, not beyond the place `end`; return how many bytes it was."""
        start = self._known.size
        page_start = start - start % PAGE
        length = min(end, start - start % BLOCK + BLOCK) - page_start
        if length <= start - page_start:
            return 0
        buffer = self._buffer
        got = self._raw.read_into(buffer, page_start, length)
        if got <= start - page_start:
            return 0
        counts = [buffer.count(BREAK, at, min(at + PAGE, got)) for at in range(0, got, PAGE)]
        partial = counts.pop() if got % PAGE else 0
        before = self._upto[-1] if self._upto else 0
        self._upto.extend(islice(accumulate(counts, initial=before), 1, None))
        total = (self._upto[-1] if self._upto else 0) + partial
        self._known = Known(page_start + got, len(self._upto), total, unfinished=buffer[got - 1] != 0x0A)
        return page_start + got - start

    def breaks_before_page(self, page: int) -> int:
        """Return how many line breaks there are before a page (number `page`), which must be indexed."""
        return self._upto[page - 1] if page else 0

    def breaks_before(self, offset: int) -> int:
        """Return how many line breaks there are before a place, which is the number of the line that it is in."""
        page = min(offset // PAGE, self._known.pages)
        start = page * PAGE
        if offset == start:
            return self.breaks_before_page(page)
        return self.breaks_before_page(page) + self._raw.read(start, offset - start).count(BREAK)

    def start_of(self, number: int) -> int:
        """Return where a line begins; the end of what is indexed for the line behind the last."""
        if number <= 0:
            return 0
        known = self._known
        if number > known.breaks:
            return known.size
        page = bisect_left(self._upto, number, 0, known.pages)
        content = self._raw.read(page * PAGE, PAGE)
        nth = number - self.breaks_before_page(page)
        parts = content.split(BREAK, nth)
        # Fewer breaks than counted: the file is another one by now, which whoever follows it is about to notice.
        return page * PAGE + len(content) - (len(parts[-1]) if len(parts) > nth else 0)
