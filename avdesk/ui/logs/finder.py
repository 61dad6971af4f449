"""Finding lines: what was found so far, and the next one from where one is."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import count

from PySide6.QtCore import QObject, Signal

from avdesk.bridge.log_numbers import renumbered
from avdesk.bridge.log_scans import Scanned, ScanWish
from avdesk.bridge.log_session import Growth, LogSession
from avdesk.core.logsearch import Selection

_serials = count(1)


class Finder(QObject):
    """The lines of one kind that a log holds, as they are found.

    Signals:
        found: more was found, or all has been looked at.
        began: what was found before means nothing any more.
    """

    found = Signal(object)
    began = Signal()

    def __init__(self, session: LogSession, key: str, parent: QObject | None = None) -> None:
        """Find lines of a session's log; `key` sets the finders of one session apart."""
        super().__init__(parent)
        self._session = session
        self._key = key
        self._serial = 0
        self._selection: Selection | None = None
        self.numbers: array[int] = array("I")
        self.ended = True
        self.share = 1.0
        self.skipped = 0
        self.trouble = ""
        session.scanned.connect(self._take)
        session.grown.connect(self._renumber)

    @property
    def active(self) -> bool:
        """Whether anything is looked for."""
        return self._selection is not None

    def find(self, selection: Selection | None, *, context: int = 0) -> None:
        """Look for lines from now on; None: for nothing."""
        self._selection = selection
        self._serial = next(_serials)
        self.numbers, self.ended, self.share, self.trouble, self.skipped = array("I"), selection is None, 0.0, "", 0
        if selection is None:
            self._session.end_scan(self._key)
        else:
            self._session.scan(ScanWish(self._key, self._serial, selection, context))
        self.began.emit()

    def next_from(
        self, number: int, *, backwards: bool, then: Callable[[int | None], None], wrap: bool = True
    ) -> None:
        """Tell the next line found after (before) a number, from the other end where there is none further on.

        `then` gets None where nothing was found at all.
        """
        if self._selection is None:
            then(None)
            return
        if self.ended or (self.numbers and not backwards and number < self.numbers[-1]):
            then(self._beside(number, backwards=backwards, wrap=wrap))
            return

        def take(result: object) -> None:
            told = result if isinstance(result, int) else None
            then(told if told is not None else self._beside(number, backwards=backwards, wrap=wrap))

        self._session.next_line(f"next {self._key}", self._selection, number, backwards=backwards, then=take)

    def place(self, number: int) -> int:
        """Return how many lines were found up to a line, itself included."""
        return bisect_right(self.numbers, number)

    def _beside(self, number: int, *, backwards: bool, wrap: bool) -> int | None:
        if not self.numbers:
            return None
        if backwards:
            place = bisect_left(self.numbers, number) - 1
            return self.numbers[place] if place >= 0 else (self.numbers[-1] if wrap else None)
        place = bisect_right(self.numbers, number)
        return self.numbers[place] if place < len(self.numbers) else (self.numbers[0] if wrap else None)

    def _take(self, scanned: Scanned) -> None:
        if scanned.wish.key != self._key or scanned.wish.serial != self._serial:
            return
        self._session.poll()  # so that lines and what was found mean the same numbers
        if scanned.generation != self._session.generation and not scanned.trouble:
            return  # those numbers have moved meanwhile; the right ones are on their way
        if scanned.replaces:
            self.numbers = array("I")
        self.numbers.extend(scanned.hits)
        self.ended, self.share = scanned.ended, scanned.share
        self.skipped, self.trouble = scanned.skipped, scanned.trouble
        self.found.emit(scanned)

    def _renumber(self, growth: Growth) -> None:
        if growth.renumbered:
            self.numbers = renumbered(self.numbers, growth.shifts) or array("I")
