"""Which lines of a book are new since one looked last, those included that came late and stand in between."""

from avdesk.services.logs.book import Book, Shift


class News:
    """Remembers how far a book was looked at. Belongs to the thread that also fills the book."""

    def __init__(self, book: Book) -> None:
        """Begin: all lines of the book are new."""
        self._book = book
        self._generation = book.generation
        self._count = 0
        self.begun_anew = False
        """Whether the numbers lost their meaning at the last look: the file was truncated or written anew."""

    def skip(self) -> None:
        """Take all that is there for seen."""
        self._generation, self._count = self._book.generation, self._book.settled()

    def ranges(self) -> list[range]:
        """Return the numbers of the lines that are new, in ascending order; they count as seen from now on."""
        changes = self._book.changes(self._generation)
        count = self._book.settled()
        self.begun_anew = changes.shifts is None
        seen = [] if changes.shifts is None else _moved(range(self._count), changes.shifts)
        self._generation, self._count = changes.generation, count
        return _between(seen, count)


def _moved(seen: range, shifts: tuple[Shift, ...]) -> list[range]:
    """Return where lines are now that were `seen`, after the shifts."""
    parts = [seen] if seen else []
    for shift in shifts:
        moved: list[range] = []
        for part in parts:
            if part.stop <= shift.at:
                moved.append(part)
                continue
            before = range(part.start, min(part.stop, shift.at))
            gone = max(0, -shift.by)
            behind = range(max(part.start, shift.at + gone) + shift.by, part.stop + shift.by)
            moved += [piece for piece in (before, behind) if piece]
        parts = moved
    return parts


def _between(seen: list[range], count: int) -> list[range]:
    """Return what of the first `count` numbers is in none of the ranges."""
    found: list[range] = []
    at = 0
    for part in sorted(seen, key=lambda each: each.start):
        if part.start > at:
            found.append(range(at, min(part.start, count)))
        at = max(at, part.stop)
    if at < count:
        found.append(range(at, count))
    return [part for part in found if part]
