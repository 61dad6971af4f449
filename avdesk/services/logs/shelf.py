"""The files that make up one log, one behind the other: what was rotated away stays readable under its numbers."""

import threading
from bisect import bisect_right
from dataclasses import dataclass

from avdesk.services.logs.book import Changes, Shift
from avdesk.services.logs.volume import Volume

MOST_VOLUMES = 16
"""Files that are kept open; then the oldest goes."""

REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Placed:
    """A file and the number of its first line."""

    base: int
    volume: Volume

    @property
    def end(self) -> int:
        """The number behind its last line, the unfinished one included."""
        return self.base + self.volume.index.count


class Shelf:
    """Volumes in order. One thread changes it, any may read."""

    def __init__(self) -> None:
        """Begin empty."""
        self._lock = threading.Lock()
        self._placed: tuple[Placed, ...] = ()
        self._generation = 0
        self._shifts: list[tuple[int, Shift]] = []

    @property
    def placed(self) -> tuple[Placed, ...]:
        """The volumes, the oldest first."""
        return self._placed

    @property
    def generation(self) -> int:
        """Raised with every change of numbers."""
        return self._generation

    @property
    def last(self) -> Volume | None:
        """The volume that may grow."""
        return self._placed[-1].volume if self._placed else None

    def count(self) -> int:
        """Return how many lines there are."""
        placed = self._placed
        return placed[-1].end if placed else 0

    def settled(self) -> int:
        """Return how many lines will not change any more."""
        placed = self._placed
        return placed[-1].base + placed[-1].volume.line_count if placed else 0

    def at(self, number: int) -> Placed | None:
        """Return the volume that holds a line."""
        placed = self._placed
        if not placed or not 0 <= number < placed[-1].end:
            return None
        return placed[bisect_right(placed, number, key=lambda each: each.base) - 1]

    def begin(self, volume: Volume) -> None:
        """Put a new file behind the others, which end here."""
        with self._lock:
            if self._placed:
                self._placed[-1].volume.ended = True
            self._placed = (*self._placed, Placed(self.count(), volume))
            while len(self._placed) > MOST_VOLUMES:
                gone = self._placed[0].volume.index.count
                self._placed = tuple(Placed(each.base - gone, each.volume) for each in self._placed[1:])
                self._note(Shift(0, -gone))

    def forget_last(self) -> None:
        """Take the last file away: it was truncated or written anew, so its lines are gone."""
        with self._lock:
            if not self._placed:
                return
            gone = self._placed[-1]
            self._placed = self._placed[:-1]
            self._note(Shift(gone.base, -gone.volume.index.count))

    def unsettle(self) -> None:
        """The last line, which was taken for complete, goes on."""
        with self._lock:
            volume = self._placed[-1].volume
            number = self.settled() - 1
            volume.reopen()
            self._note(Shift(number, -1), Shift(number, 1))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            count = self.count()
            self._placed = ()
            self._note(Shift(0, -count))

    def changes(self, since: int) -> Changes:
        """Tell what happened to the numbers since a generation."""
        with self._lock:
            if self._shifts and since < self._shifts[0][0] - 1:
                return Changes(self._generation, None)
            return Changes(self._generation, tuple(shift for generation, shift in self._shifts if generation > since))

    def _note(self, *shifts: Shift) -> None:
        self._generation += 1
        self._shifts += [(self._generation, shift) for shift in shifts if shift.by]
        del self._shifts[:-REMEMBERED]
