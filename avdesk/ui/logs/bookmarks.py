"""Bookmarked lines of the log that is shown."""

from bisect import bisect_left, bisect_right, insort

from avdesk.bridge.log_numbers import renumbered_one
from avdesk.bridge.log_session import Growth


class Bookmarks:
    """Line numbers, ascending; they move with their lines."""

    def __init__(self) -> None:
        """Begin without any."""
        self._numbers: list[int] = []

    @property
    def numbers(self) -> tuple[int, ...]:
        """The bookmarked lines."""
        return tuple(self._numbers)

    def toggle(self, number: int) -> bool:
        """Set or take away a bookmark; return whether there is one now."""
        place = bisect_left(self._numbers, number)
        if self._numbers[place : place + 1] == [number]:
            del self._numbers[place]
            return False
        insort(self._numbers, number)
        return True

    def beside(self, number: int, *, backwards: bool) -> int | None:
        """Return the next bookmark after (before) a line; None without any."""
        if backwards:
            place = bisect_left(self._numbers, number) - 1
            return self._numbers[place] if place >= 0 else None
        place = bisect_right(self._numbers, number)
        return self._numbers[place] if place < len(self._numbers) else None

    def renumber(self, growth: Growth) -> None:
        """Stay with the lines; those that have gone are forgotten."""
        moved = (renumbered_one(number, growth.shifts) for number in self._numbers)
        self._numbers = sorted(number for number in moved if number is not None)
