"""The log that an AutoVideo server tells by ``GET /logs``, where its revision does: counted, and so asked seldom."""

import logging
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from avdesk.clients.reply import Reply
from avdesk.core import wire
from avdesk.core.errors import AbortedError, KnownError, NotFoundError, RateLimitedError
from avdesk.core.logentry import NO_LABELS, LogEntry
from avdesk.core.logline import severity_of
from avdesk.i18n import _
from avdesk.services.backoff import Backoff
from avdesk.services.clock import Clock
from avdesk.services.logs.arrivals import Arrivals, Look
from avdesk.services.logs.clock_skew import Clocks
from avdesk.services.logs.entry_lines import lines_of_entries
from avdesk.services.logs.held import Held
from avdesk.services.logs.job_names import JobNames
from avdesk.services.logs.memorybook import MemoryBook
from avdesk.services.logs.source import SourceView
from avdesk.services.server_calls import ServerCalls
from avdesk.store.memory import Memory

log = logging.getLogger(__name__)

ENDPOINT = "/logs"
PAUSE_S = 60.0
"""Between two looks by itself: each costs one of the server's few requests."""

ABSENT_PAUSE_S = 3600.0
MOST = 1000
"""Entries that one answer holds at most: the newest."""

OVERLAP = timedelta(seconds=90)


class ServerLogSource:
    """Fills a `MemoryBook` from a server's own log."""

    def __init__(
        self,
        calls: ServerCalls,
        memory: Memory,
        book: MemoryBook,
        clock: Clock,
        *,
        names: JobNames,
        wanted: Mapping[str, str],
        since: datetime | None = None,
        clocks: Clocks | None = None,
        dice: random.Random | None = None,
        held: Held | None = None,
    ) -> None:
        """Prepare; nothing is asked.

        Args:
            calls: asks the server, counted.
            memory: remembers whether the server has the endpoint; of this source's thread.
            book: what is filled.
            clock: the time.
            names: names the jobs.
            wanted: what is asked for: ``source`` (app, jobs) or ``job_id``.
            since: nothing older (UTC, by this machine's clock).
            clocks: what is known of the others' clocks.
            dice: for the jitter of pauses.
            held: what `calls` stand on.
        """
        self._calls = calls
        self._memory = memory
        self.book = book
        self._clock = clock
        self._names = names
        self._wanted = dict(wanted)
        self._since = since
        self._clocks = clocks or Clocks()
        self._backoff = Backoff(dice or random.Random(), longest_s=5 * PAUSE_S)  # noqa: S311 - jitter, no secret
        self._held = held
        self._arrivals = Arrivals()
        self._due_at = 0.0
        self._ended = False
        self.view = SourceView("server")

    def step(self) -> float:
        """Ask once when it is due, as `LogSource` has it."""
        waits = self._due_at - self._clock.mono()
        if self._ended or waits > 0:
            return max(waits, 0.1)
        try:
            self._look()
        except AbortedError:
            raise
        except KnownError as error:
            self._failed(error)
        else:
            self._backoff.worked()
            self._due_at = self._clock.mono() + PAUSE_S
        return max(0.0, self._due_at - self._clock.mono())

    def older(self) -> int:
        """Return 0: the server tells only its newest lines."""
        return 0

    def hurry(self) -> None:
        """Look at once."""
        self._due_at = 0.0
        self._backoff.worked()

    def finish(self) -> None:
        """Look no more."""
        self._ended = True
        self.book.finish()

    def abort(self) -> None:
        """Give up what is under way."""
        if self._held is not None:
            self._held.abort()

    def close(self) -> None:
        """Give up and let go."""
        self._ended = True
        if self._held is not None:
            self._held.close()

    def _look(self) -> None:
        params = {**self._wanted, "limit": str(MOST)}
        newest = wire.time_of_nanos(self._arrivals.newest)
        since = newest - OVERLAP if newest is not None else self._by_its_clock(self._since)
        if since is not None:
            params["since"] = since.isoformat()
        reply = self._calls.try_endpoint(
            self._memory, ENDPOINT, lambda client: client.logs(params), sparing=not self.view.loading
        )
        if reply is None:
            raise absent()
        if reply.date is not None:
            self._clocks.heard(Clocks.SERVER, reply.date, self._clock.now())
        entries = read_server_entries(reply)
        oldest = min((entry.nanos for entry in entries if entry.nanos is not None), default=None)
        reached = self._arrivals.newest
        full = len(entries) >= MOST and oldest is not None
        gap = full and not self.view.loading and (reached is None or (oldest or 0) > reached)
        new = self._arrivals.admit(entries, Look())
        self._arrivals.reached(entries)
        self._names.learn(new)
        self.book.add(lines_of_entries(new, self._names, earlier=self._ahead()))
        self.view = replace(
            self.view,
            loading=False,
            heard_at=self._clock.now(),
            trouble=None,
            clock_ahead_s=self._clocks.ahead_s(Clocks.SERVER),
            missed=self.view.missed or gap,
        )

    def _ahead(self) -> timedelta:
        """Return how much earlier its lines are than they say: by the clock of most others, so that they mix well."""
        return timedelta(seconds=self._clocks.ahead_of_google_s(Clocks.SERVER))

    def _by_its_clock(self, moment: datetime | None) -> datetime | None:
        ahead = self._clocks.ahead_s(Clocks.SERVER) or 0.0
        return moment + timedelta(seconds=ahead) if moment is not None else None

    def _failed(self, error: KnownError) -> None:
        self._backoff.failed()
        pause = self._backoff.pause_s()
        if isinstance(error, RateLimitedError) and error.until is not None:
            pause = max(1.0, (error.until - self._clock.now()).total_seconds())
        elif isinstance(error, NotFoundError):
            pause = ABSENT_PAUSE_S
        self._due_at = self._clock.mono() + pause
        self.view = replace(self.view, trouble=error)
        log.info("the server's log could not be read: %s", error)


def absent() -> NotFoundError:
    """Return the error for a server whose revision tells no log."""
    return NotFoundError(
        _("This server’s revision does not tell its log."),
        _("Give the environment a project, so that its log is read at Cloud Logging."),
        status=404,
    )


def read_server_entries(reply: Reply) -> list[LogEntry]:
    """Return the entries of an answer as far as they can be read.

    Raises:
        BadAnswerError: it is no JSON.
    """
    told = (wire.as_object(each) for each in wire.as_list(wire.as_object(reply.json()).get("entries")))
    return [entry for entry in map(_entry, told) if entry is not None]


def _entry(told: Mapping[str, object]) -> LogEntry | None:
    if not told:
        return None
    number = wire.as_text(told.get("job_id"))
    message = told.get("message")
    return LogEntry(
        insert_id=None,
        log_name=ENDPOINT,
        nanos=wire.as_nanos(told.get("timestamp")),
        received=None,
        severity=severity_of(told.get("severity")),
        resource="ml_job" if told.get("source") == "jobs" else "cloud_run_revision",
        resource_labels={"job_id": number} if number else NO_LABELS,
        labels=NO_LABELS,
        text=message if isinstance(message, str) else wire.as_text(message) or "",
    )
