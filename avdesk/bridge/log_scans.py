"""Searching, filtering and counting a log in a thread of its own, piece by piece, for as long as the log grows."""

import logging
import threading
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from avdesk.core.errors import KnownError
from avdesk.core.logsearch import Selection
from avdesk.core.logtally import Histogram
from avdesk.i18n import _
from avdesk.services.logs.book import Book, Found

TOLD_EVERY_S = 0.06
"""Found lines are gathered for so long before they are told."""

LOOK_EVERY_S = 0.15
"""How often a log that grows is looked at."""

COUNT_EVERY_S = 2.0
"""How often the lines of a log that grows are counted anew."""

BARS = 120

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScanWish:
    """Lines to be found.

    Attributes:
        key: what for; a later wish with the same key takes the place of an earlier one.
        serial: names the wish in what is told.
        selection: which lines.
        context: how many lines before and after each are wanted, too.
    """

    key: str
    serial: int
    selection: Selection
    context: int = 0


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan has found since it last told.

    Attributes:
        wish: whose.
        generation: the book's that the numbers are of.
        replaces: the numbers take the place of all that were told before.
        numbers: lines found, with those around them; ascending, each above those told before.
        hits: those of them that were really wanted.
        share: how much has been looked at, 0 to 1.
        ended: all lines that there are have been looked at.
        skipped: lines so long that only their beginning was searched, in all.
        trouble: why nothing can be found; empty when it can.
    """

    wish: ScanWish
    generation: int
    replaces: bool
    numbers: "array[int]"
    hits: "array[int]"
    share: float
    ended: bool
    skipped: int = 0
    trouble: str = ""


Tell = Callable[[object], None]


@dataclass(slots=True)
class _Scan:
    """One wish being fulfilled."""

    wish: ScanWish
    generation: int = -1
    pieces: Iterator[Found] | None = None
    reached: int = 0
    share: float = 0.0
    fresh: bool = True
    quiet: bool = False
    """Nothing is told before all has been looked at: what was told before stays in sight meanwhile."""
    skipped: int = 0
    last: int = -1
    owed: int = -1
    ended: bool = False
    failed: bool = False
    told_at: float = 0.0
    numbers: "array[int]" = field(default_factory=lambda: array("I"))
    hits: "array[int]" = field(default_factory=lambda: array("I"))

    def begin_anew(self, generation: int, *, quiet: bool) -> None:
        """Forget what was found."""
        self.generation, self.pieces, self.reached, self.share = generation, None, 0, 0.0
        self.fresh, self.quiet, self.skipped, self.last, self.owed = True, quiet, 0, -1, -1
        self.ended = False
        self.numbers, self.hits = array("I"), array("I")

    def take(self, found: Found) -> None:
        """Take what a piece of the scan has found, with its surroundings."""
        self.reached, self.share = found.reached, found.share
        self.skipped += found.skipped
        around = self.wish.context
        fresh = array("I", found.numbers)  # half as large: there may be millions
        self.hits.extend(fresh)
        if not around:
            self.numbers.extend(fresh)
            return
        for number in found.numbers:
            self._add(self.last + 1, min(self.owed, number) + 1)
            self._add(max(number - around, self.last + 1), number + 1)
            self.owed = number + around
        self._add(self.last + 1, min(self.owed + 1, self.reached))

    def _add(self, first: int, end: int) -> None:
        if first < end:
            self.numbers.extend(range(first, end))
            self.last = end - 1


class Scans:
    """A thread that fulfils all wishes of one book side by side, and counts it for the histogram."""

    def __init__(self, book: Book, tell: Tell) -> None:
        """Tell by `tell` (a `Scanned` or a `Histogram`), from the thread."""
        self._book = book
        self._tell = tell
        self._changed = threading.Condition()
        self._scans: dict[str, _Scan] = {}
        self._counting: Iterator[Histogram] | None = None
        self._counted: tuple[int, int] = (-1, -1)
        self._counted_at = float("-inf")
        self._counts = False
        self._thread: threading.Thread | None = None
        self._stopping = False

    def begin(self, wish: ScanWish) -> None:
        """Find lines, and go on finding them as the book grows."""
        with self._changed:
            self._scans[wish.key] = _Scan(wish)
            self._wake()

    def end(self, key: str) -> None:
        """Find no more of them."""
        with self._changed:
            self._scans.pop(key, None)

    def count(self, *, wanted: bool) -> None:
        """Begin or cease to count lines by time and severity."""
        with self._changed:
            self._counts = wanted
            self._wake()

    def stop(self) -> None:
        """Do nothing more."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def wait(self, seconds: float) -> bool:
        """Wait for the thread to end, at most so long; return whether it has."""
        if self._thread is None:
            return True
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _wake(self) -> None:
        if self._stopping:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="log scans", daemon=True)
            self._thread.start()
        self._changed.notify()

    # In the thread

    def _run(self) -> None:
        while not self._stopping:
            with self._changed:
                scans = list(self._scans.values())
            busy = False
            for scan in scans:
                try:
                    busy = self._step(scan) or busy
                except Exception:
                    log.exception("searching a log failed")
                    self._fail(scan, "")
            try:
                busy = self._count() or busy
            except Exception:
                log.exception("counting a log failed")
                self._counting, self._counts = None, False
            if not busy:
                with self._changed:
                    if not self._stopping:
                        self._changed.wait(LOOK_EVERY_S if self._scans or self._counts else None)

    def _step(self, scan: _Scan) -> bool:
        """Do a piece; return whether there is more to do."""
        if scan.failed:
            return False
        generation = self._book.generation
        if scan.generation != generation:
            known = scan.generation >= 0 and self._book.changes(scan.generation).shifts is not None
            scan.begin_anew(generation, quiet=known)
        if scan.pieces is None:
            if scan.ended and self._book.settled() <= scan.reached:
                return False
            scan.pieces = self._book.scan(scan.wish.selection, scan.reached)
        try:
            found = next(scan.pieces, None)
        except KnownError as error:
            self._fail(scan, str(error))
            return False
        if self._book.generation != generation:
            return True  # what was found is void
        if found is not None:
            scan.take(found)
            scan.ended = False
        else:
            scan.pieces = None
            scan.ended = True
            scan.reached = max(scan.reached, 0)
        self._tell_of(scan)
        return not scan.ended

    def _tell_of(self, scan: _Scan) -> None:
        now = time.monotonic()
        if not scan.ended and (scan.quiet or now - scan.told_at < TOLD_EVERY_S):
            return
        if self._scans.get(scan.wish.key) is not scan:
            return
        numbers, hits = scan.numbers, scan.hits
        scan.numbers, scan.hits, scan.told_at, scan.quiet = array("I"), array("I"), now, False
        fresh, scan.fresh = scan.fresh, False
        share = 1.0 if scan.ended else scan.share
        self._tell(Scanned(scan.wish, scan.generation, fresh, numbers, hits, share, scan.ended, scan.skipped))

    def _fail(self, scan: _Scan, why: str) -> None:
        scan.failed = True
        nothing: array[int] = array("I")
        failed = Scanned(
            scan.wish,
            scan.generation,
            replaces=True,
            numbers=nothing,
            hits=nothing,
            share=1.0,
            ended=True,
            trouble=why or _("AVDesk itself failed."),
        )
        self._tell(failed)

    def _count(self) -> bool:
        if not self._counts:
            return False
        if self._counting is None:
            state = (self._book.generation, self._book.count())
            if state == self._counted or time.monotonic() - self._counted_at < COUNT_EVERY_S:
                return False
            self._counted = state
            self._counting = self._book.histogram(BARS)
        found = next(self._counting, None)
        if found is None:
            self._counting, self._counted_at = None, time.monotonic()
            return False
        self._tell(found)
        return True


def holds(numbers: "array[int]", number: int) -> bool:
    """Return whether ascending `numbers` hold a number."""
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number
