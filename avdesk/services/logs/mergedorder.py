"""The order of lines of several books in one timeline: for each place the book it is from, in a byte.

Which line of its book a place holds is how many of that book's come before it, counted from the last checkpoint.
"""

from array import array
from bisect import bisect_left, bisect_right
from operator import itemgetter

CHECKPOINT = 4096
MOST_BOOKS = 200


class MergedOrder:
    """Places in order of time. Lines of one book stay in that book's own order, whatever their times."""

    def __init__(self, books: int) -> None:
        """Begin empty, for so many books."""
        self._books = books
        self._from = bytearray()
        self._times: array[float] = array("d")
        self._ranks: list[tuple[int, ...]] = [(0,) * books]  # lines of each book before each checkpoint

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self._from)

    @property
    def times(self) -> "array[float]":
        """When each line was written, in ascending order."""
        return self._times

    def add(self, book: int, times: "array[float]") -> list[tuple[int, int]]:
        """Put lines of a book where they belong, behind all lines of the same time.

        `times` ascend. Returns where lines were put in between others, as places and how many, one after the other.
        """
        if not times:
            return []
        if not self._times or times[0] >= self._times[-1]:
            self._from += bytes([book]) * len(times)
            self._times.extend(times)
            self._count_on()
            return []
        first = bisect_right(self._times, times[0])
        last = bisect_right(self._times, times[-1])
        beside = list(zip(self._times[first:last], self._from[first:last], strict=True))
        new = len(beside)
        both = [*((time, source, False) for time, source in beside), *((time, book, True) for time in times)]
        both.sort(key=itemgetter(0))  # two ascending runs: merged in one go, and equal times stay in order
        assert new + len(times) == len(both)
        self._from[first:last] = bytes(source for _time, source, _new in both)
        self._times[first:last] = array("d", (time for time, _source, _new in both))
        self._count_on(first)
        return _runs(first, [is_new for _time, _source, is_new in both])

    def holds(self, place: int) -> tuple[int, int]:
        """Return the book and the number of the line at a place."""
        book = self._from[place]
        return book, self.before(place)[book]

    def before(self, place: int) -> tuple[int, ...]:
        """Return how many lines of each book come before a place."""
        checkpoint = place // CHECKPOINT
        start = checkpoint * CHECKPOINT
        ranks = self._ranks[checkpoint]
        return tuple(rank + self._from.count(book, start, place) for book, rank in enumerate(ranks))

    def sources(self, first: int, end: int) -> bytes:
        """Return the book of each line among those places."""
        return bytes(self._from[first:end])

    def place_of(self, time: float) -> int:
        """Return the first place at or after a time."""
        return bisect_left(self._times, time)

    def _count_on(self, changed: int | None = None) -> None:
        if changed is not None:
            del self._ranks[changed // CHECKPOINT + 1 :]
        while len(self._ranks) * CHECKPOINT <= len(self._from):
            end = len(self._ranks) * CHECKPOINT
            counts = (self._from.count(book, end - CHECKPOINT, end) for book in range(self._books))
            self._ranks.append(tuple(rank + count for rank, count in zip(self._ranks[-1], counts, strict=True)))


def _runs(first: int, is_new: list[bool]) -> list[tuple[int, int]]:
    """Return the places and lengths of the runs of new ones."""
    runs: list[tuple[int, int]] = []
    for place, new in enumerate(is_new, first):
        if not new:
            continue
        if runs and runs[-1][0] + runs[-1][1] == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return runs
