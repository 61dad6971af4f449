"""A log at Cloud Logging: its newest lines, older ones on demand, and new ones as they come."""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from avdesk.clients.cloud_logging import LARGEST_PAGE, EntriesPage, LogReader, Search, StalePageError
from avdesk.core.errors import AbortedError, AvdeskError, KnownError, RateLimitedError
from avdesk.core.logentry import LogEntry
from avdesk.core.logquery import Bounds, Part, filter_of
from avdesk.core.wire import nanos_of_time
from avdesk.services.backoff import Backoff
from avdesk.services.clock import Clock
from avdesk.services.logs.arrivals import Look
from avdesk.services.logs.clock_skew import Clocks
from avdesk.services.logs.entry_lines import lines_of_entries
from avdesk.services.logs.held import Held
from avdesk.services.logs.job_names import JobNames
from avdesk.services.logs.memorybook import MemoryBook
from avdesk.services.logs.read_quota import ReadQuota
from avdesk.services.logs.source import SourceView
from avdesk.services.logs.windows import THOROUGH_EVERY_S, Forward, Windows, later

log = logging.getLogger(__name__)

PAUSE_S, LONGEST_PAUSE_S = 3.0, 12.0
"""Between two looks: with lines coming, and in the end when none come."""

ENDED_FOR = timedelta(seconds=120)
"""So long after its end a log is still followed: its last entries may come late."""

END_ASKED_EVERY_S = 30.0

FEWEST_FIRST = 200
"""So many of the newest entries are read at least: entries that come late are told from old ones by them."""

MOST_EMPTY_PAGES = 10
"""Pages of an unfinished search that hold nothing, after which the start counts as made."""


@dataclass(frozen=True, slots=True)
class Target:
    """Which log is meant.

    Attributes:
        parts: what its entries are of.
        earliest: it has none before this moment (UTC); None when that is not known.
        ended_at: tells when it ended (UTC), None while it goes on; asked from time to time, and may fail.
    """

    parts: tuple[Part, ...]
    earliest: datetime | None = None
    ended_at: Callable[[], datetime | None] | None = None


class CloudSource:
    """Fills a `MemoryBook` from Cloud Logging, within the project's reads a minute."""

    def __init__(
        self,
        target: Callable[[], Target],
        reader: LogReader,
        quota: ReadQuota,
        book: MemoryBook,
        clock: Clock,
        *,
        names: JobNames,
        newest: int = 500,
        since: datetime | None = None,
        clocks: Clocks | None = None,
        dice: random.Random | None = None,
        held: Held | None = None,
    ) -> None:
        """Prepare; nothing is asked.

        Args:
            target: tells which log is meant; called until it has, before the first look, and may raise `KnownError`.
            reader: asks.
            quota: counts.
            book: what is filled.
            clock: the time.
            names: names the jobs that entries are of.
            newest: begin with so many of the newest entries; unless
            since: begin with all entries from then on (UTC).
            clocks: where Google's clock is told to the other sources.
            dice: for the jitter of pauses.
            held: what the reader stands on.
        """
        self._find_target = target
        self._target: Target | None = None
        self._reader = reader
        self._quota = quota
        self.book = book
        self._clock = clock
        self._names = names
        self._newest = max(1, newest)
        self._since = nanos_of_time(since)
        self._clocks = clocks or Clocks()
        self._backoff = Backoff(dice or random.Random())  # noqa: S311 - jitter, nothing secret
        self._held = held
        self._windows = Windows()
        self._back: Search | None = None  # the page of older entries that comes next
        self._back_look = Look()
        self._oldest: LogEntry | None = None
        self._started = since is not None
        self._empty_pages = 0
        self._forward: Forward | None = None
        self._thorough_at = 0.0
        self._due_at = 0.0
        self._pause_s = PAUSE_S
        self._end_asked_at = -END_ASKED_EVERY_S
        self._ended = False
        self.view = SourceView(reader.way)

    def step(self) -> float:
        """Read one page of what is due, as `LogSource` has it."""
        if self._ended:
            return LONGEST_PAUSE_S
        waits = self._due_at - self._clock.mono()
        if waits <= 0 and not self.view.loading:  # whoever waits for the first lines is told that the quota is spent
            waits = self._quota.wait_s(by_hand=False)
        if waits > 0:
            return waits
        try:
            self._look()
        except AbortedError:
            raise
        except KnownError as error:
            self._failed(error)
        else:
            self._worked()
        return max(0.0, self._due_at - self._clock.mono())

    def older(self) -> int:
        """Read the next older page, as `LogSource` has it."""
        if not self._started or self._back is None or self.book.dropped:
            return 0
        try:
            page = self._ask(self._back, by_hand=True)
        except StalePageError:
            self._back, self._back_look = self._search_back(until=self._oldest), Look()
            page = self._ask(self._back, by_hand=True)
        return self._take_older(page)

    def hurry(self) -> None:
        """Look at once, as `LogSource` has it."""
        self._due_at = 0.0
        self._pause_s = PAUSE_S
        self._backoff.worked()

    def finish(self) -> None:
        """Look no more: the log has ended, or nobody follows it."""
        self._ended = True
        self.book.finish()

    def abort(self) -> None:
        """Give up what is under way."""
        self._reader.abort()
        if self._held is not None:
            self._held.abort()

    def close(self) -> None:
        """Give up and let go."""
        self._ended = True
        self.abort()
        if self._held is not None:
            self._held.close()

    def _look(self) -> None:
        if self._target is None:
            self._target = self._find_target()
        if self._started:
            self._look_forward()
        else:
            self._look_at_end()

    def _look_at_end(self) -> None:
        """Read the newest entries; an unfinished search goes on with the next step."""
        search = self._back or self._search_back()
        asked_at = self._clock.wall()
        try:
            page = self._ask(search, by_hand=True)
        except StalePageError:
            self._back, self._back_look, self._empty_pages = None, Look(), 0
            return
        if self._windows.arrivals.newest is None:
            moment = page.date.timestamp() if page.date is not None else asked_at
            self._windows.begin_with_newest(page.entries, int(moment * 1e9), blind=page.date is None)
        self._take_older(page)
        self._empty_pages = 0 if page.entries else self._empty_pages + 1
        if self.book.count() >= self._newest or self._back is None or self._empty_pages >= MOST_EMPTY_PAGES:
            self._started = True
            self._due_at = self._clock.mono() + self._pause_s
            self._thorough_at = self._clock.mono() + THOROUGH_EVERY_S
            self.view = replace(self.view, loading=False)

    def _take_older(self, page: EntriesPage) -> int:
        new = self._windows.arrivals.admit(page.entries, self._back_look)
        oldest = min(page.entries, key=lambda entry: entry.order, default=None)
        if oldest is not None and (self._oldest is None or oldest.order < self._oldest.order):
            self._oldest = oldest
        self._back = replace(self._back or self._search_back(), after=page.after) if page.after else None
        if self._back is None:
            self._windows.older_begins_at(None)
        else:
            self._windows.older_begins_at(self._oldest.order if self._oldest is not None else None)
        came = self._add(new)
        self.view = replace(self.view, older=self._back is not None and not self.book.dropped)
        return came

    def _look_forward(self) -> None:
        """Read the next page of the look at what is new; begin one where none is under way."""
        forward = self._forward
        if forward is None:
            thorough = self._clock.mono() >= self._thorough_at
            forward = self._forward = self._windows.next_look(self._earliest(), thorough=thorough)
        text = self._filter(forward.bounds)
        try:
            page = self._ask(Search(text, limit=LARGEST_PAGE, after=forward.after), by_hand=self.view.loading)
        except StalePageError:
            self._forward = None
            self._windows.forget_look()
            return
        came = self._add(self._windows.admit(page.entries, forward))
        self._pause_s = PAUSE_S if came else min(LONGEST_PAUSE_S, self._pause_s * 1.25)
        if page.after:
            forward.after = page.after
            return
        self._windows.complete(forward)
        self._forward = None
        now = self._clock.mono()
        self._due_at = now + self._pause_s
        if forward.thorough:
            self._thorough_at = now + THOROUGH_EVERY_S
        self.view = replace(self.view, loading=False)
        self._end_if_ended()

    def _search_back(self, until: LogEntry | None = None) -> Search:
        """Return the search for entries from the newest, or from `until`, back in time."""
        bound = until.nanos if until is not None else None
        text = self._filter(Bounds(since=self._earliest(), until=bound))
        return Search(text, newest_first=True, limit=min(LARGEST_PAGE, max(FEWEST_FIRST, self._newest)))

    def _filter(self, bounds: Bounds) -> str:
        assert self._target is not None, "asked before the first look"
        return filter_of(self._target.parts, bounds)

    def _earliest(self) -> int | None:
        """Return the moment before which nothing is asked for."""
        begins = nanos_of_time(self._target.earliest) if self._target is not None else None
        return later(self._since, begins)

    def _end_if_ended(self) -> None:
        """Look no more once the log itself has ended, and its late entries had the time to come."""
        now = self._clock.mono()
        if self._target is None or self._target.ended_at is None or now < self._end_asked_at + END_ASKED_EVERY_S:
            return
        self._end_asked_at = now
        try:
            ended = self._target.ended_at()
        except AbortedError:
            raise
        except KnownError as error:
            log.info("whether the log has ended is not told: %s", error)
            return
        if ended is not None and self._clock.now() - ended > ENDED_FOR:
            self.finish()

    def _ask(self, search: Search, *, by_hand: bool) -> EntriesPage:
        page = self._quota.ask(lambda: self._reader.read(search), by_hand=by_hand)
        if page.date is not None:
            self._clocks.heard(Clocks.GOOGLE, page.date, self._clock.now())
        return page

    def _add(self, entries: Sequence[LogEntry]) -> int:
        if not entries:
            return 0
        self._names.learn(entries)
        return self.book.add(lines_of_entries(entries, self._names))

    def _worked(self) -> None:
        self._backoff.worked()
        self.view = replace(
            self.view,
            way=self._reader.way,
            heard_at=self._clock.now(),
            trouble=None,
            clock_ahead_s=self._clocks.ahead_s(Clocks.GOOGLE),
        )

    def _failed(self, error: AvdeskError) -> None:
        """Try again later; what was read stays, and the next look begins where the last complete one ended."""
        self._backoff.failed()
        pause = self._backoff.pause_s()
        if isinstance(error, RateLimitedError) and error.until is not None:
            pause = max(1.0, (error.until - self._clock.now()).total_seconds())
        self._due_at = self._clock.mono() + pause
        self.view = replace(self.view, way=self._reader.way, trouble=error)
        log.info("the log could not be read: %s", error)
