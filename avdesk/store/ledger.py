"""The requests counted against each server's rate limit, shared by all AVDesk processes of the user.

The server counts every request but ``/health`` and ``/health/openai`` in a sliding window per client address, and
answers 429 past the limit. So each process takes a ticket here before it sends a counted request. A ticket is
written before the request goes out (a crash in between costs one ticket, never a 429) and moved to the time of the
answer afterwards, since the server counted it at some moment between the two.

Ages are measured by the wall clock and by the monotonic clock, which on one machine all processes share; the smaller
age that makes sense counts, so that a clock that is set or a suspend can only make us more careful. The monotonic
clock begins anew with the machine: of what was sent before that, the wall clock alone tells.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from avdesk.core.errors import RateLimitedError, StoreError
from avdesk.core.snapshot import Budget
from avdesk.i18n import _
from avdesk.store.database import Opened, is_busy, open_database, open_in_memory, transaction, unusable
from avdesk.store.migrations import ledger_to1
from avdesk.store.window import MARGIN_S, UNSETTLED_S, Standing, read_ages

log = logging.getLogger(__name__)

T = TypeVar("T")

LONGEST_PAUSE_S = 3600.0
"""A pause longer than this is a clock that was set back, not a server's wish."""

OTHERS_WINDOWS = 2.0
"""For so many windows it is assumed that somebody else at this address goes on using the allowance."""

FORGOTTEN_S = 3600.0
MOST_REQUESTS, LONGEST_WINDOW_S = 100_000, 86_400.0
"""Limits beyond these are misread, and not learnt."""


_MIGRATIONS = (ledger_to1.migrate,)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A server's limit as configured, before anything was learnt.

    Attributes:
        limit: requests in `window_s` seconds.
        reserve: how many of them only the user's own wishes may take.
    """

    limit: int = 10
    window_s: float = 300.0
    reserve: int = 2


@dataclass(slots=True)
class Ticket:
    """The right to send one counted request."""

    server: str
    row: int
    book: int = 0
    """Which of the ledger's files it is noted in: another one after the first had to be given up."""


class Ledger:
    """The ledger, over one SQLite file. May be used from several threads."""

    def __init__(
        self, path: Path, *, wall: Callable[[], float] = time.time, mono: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall = wall
        self._mono = mono
        self._path = path
        self._opened: Opened = open_database(path, _MIGRATIONS)
        self._own: list[tuple[str, float, float]] = []
        self._book = 0
        self._lock = threading.Lock()

    @property
    def trouble(self) -> Exception | None:
        """Why the file cannot be shared with other processes, None when it can."""
        return self._opened.trouble

    def close(self) -> None:
        """Close the file."""
        self._opened.connection.close()

    def budget(self, server: str, allowance: Allowance) -> Budget:
        """Return how the server's window stands now."""
        standing = self._read(lambda connection: self._standing(connection, server, allowance))
        wait = standing.wait_s(0)
        used = standing.limit if standing.blocked_for_s > 0 else len(standing.ages) + standing.others
        used = min(used, standing.limit)
        free_at = datetime.fromtimestamp(self._wall() + wait, UTC) if wait > 0 else None
        return Budget(standing.limit, standing.window_s, used, free_at)

    def wait_s(self, server: str, allowance: Allowance, *, by_hand: bool = False) -> float:
        """Return the seconds until a request may be sent; 0: now. Only `by_hand` may use the reserve."""
        standing = self._read(lambda connection: self._standing(connection, server, allowance))
        return standing.wait_s(0 if by_hand else allowance.reserve)

    def free(self, server: str, allowance: Allowance) -> int:
        """Return how many requests may be sent by themselves now."""
        standing = self._read(lambda connection: self._standing(connection, server, allowance))
        if standing.blocked_for_s > 0:
            return 0
        return max(0, standing.limit - standing.others - allowance.reserve - len(standing.ages))

    def take(self, server: str, allowance: Allowance, *, by_hand: bool = False) -> Ticket:
        """Take the right to send one counted request.

        Raises:
            RateLimitedError: none is free; its `until` says when one is.
        """

        def write(connection: sqlite3.Connection) -> Ticket:
            standing = self._standing(connection, server, allowance)
            wait = standing.wait_s(0 if by_hand else allowance.reserve)
            if wait > 0:
                raise self._spent(standing, wait)
            later = UNSETTLED_S
            cursor = connection.execute(
                "INSERT INTO requests (server, wall, mono) VALUES (?, ?, ?)",
                (server, self._wall() + later, self._mono() + later),
            )
            connection.executemany("DELETE FROM requests WHERE id = ?", [(row,) for row in standing.forgotten])
            self._own = [*self._own[-50:], (server, self._wall(), self._mono())]
            return Ticket(server, int(cursor.lastrowid or 0), self._book)

        return self._write(write)

    def settle(self, ticket: Ticket) -> None:
        """Note that the request was answered, or given up, now."""

        def write(connection: sqlite3.Connection) -> None:
            now = self._wall()
            self._note(connection, ticket, "UPDATE requests SET wall = ?, mono = ? WHERE id = ?", now, self._mono())
            connection.execute(
                "UPDATE limits SET strikes = 0 WHERE server = ? AND (blocked_until IS NULL OR blocked_until <= ?)",
                (ticket.server, now),  # the answer to a request that was sent before a 429 ends no pause
            )

        self._write_or_leave(write)

    def release(self, ticket: Ticket) -> None:
        """Give the ticket back: the request never reached the server."""
        self._write_or_leave(lambda connection: self._note(connection, ticket, "DELETE FROM requests WHERE id = ?"))

    def _note(self, connection: sqlite3.Connection, ticket: Ticket, sql: str, *values: float) -> None:
        if ticket.book == self._book:
            connection.execute(sql, (*values, ticket.row))

    def refused(self, ticket: Ticket, allowance: Allowance, error: RateLimitedError) -> RateLimitedError:
        """Note that the server answered 429, learn its limit, and return the error with its `until` known.

        A rejected request does not count. Others at this address used what our own tickets did not; without a
        Retry-After the pause doubles with each 429 in a row, up to the whole window.
        """

        learnt = error.limit if error.limit is not None and 0 < error.limit <= MOST_REQUESTS else None
        span = error.window_s if error.window_s is not None and 1.0 <= error.window_s <= LONGEST_WINDOW_S else None
        until = self._wall() + 60.0

        def write(connection: sqlite3.Connection) -> None:
            nonlocal until
            self._note(connection, ticket, "DELETE FROM requests WHERE id = ?")
            standing = self._standing(connection, ticket.server, allowance)
            limit, window, now = learnt or standing.limit, span or standing.window_s, self._wall()
            ours = sum(1 for age in standing.ages if age < window)
            if error.until is not None:
                pause = min(LONGEST_PAUSE_S, max(1.0, error.until.timestamp() - now))
            else:
                pause = min(window, window / max(1, limit) * 2 ** min(standing.strikes, 8))
            until = now + pause
            connection.execute(
                "INSERT INTO limits (server, max_requests, window_s, blocked_until, strikes, others, others_at)"
                " VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT (server) DO UPDATE SET"
                " max_requests = coalesce(excluded.max_requests, max_requests),"
                " window_s = coalesce(excluded.window_s, window_s),"
                " blocked_until = excluded.blocked_until, strikes = strikes + 1,"
                " others = excluded.others, others_at = excluded.others_at",
                (ticket.server, learnt, span, until, max(0, limit - ours), now),
            )

        self._write_or_leave(write)
        moment = datetime.fromtimestamp(until, UTC)
        return RateLimitedError(
            _("The server's rate limit is spent until {time}.").format(time=f"{moment.astimezone():%H:%M:%S}"),
            _("Wait until then: something else at this address uses the same allowance."),
            until=moment,
            limit=error.limit,
            window_s=error.window_s,
            by_server=True,
        )

    def _spent(self, standing: Standing, wait: float) -> RateLimitedError:
        moment = datetime.fromtimestamp(self._wall() + wait, UTC)
        return RateLimitedError(
            _("The allowance of {limit} requests in {window:.0f} s is spent until {time}.").format(
                limit=standing.limit, window=standing.window_s, time=f"{moment.astimezone():%H:%M:%S}"
            ),
            _("Wait until then: asking more often would only be refused."),
            until=moment,
            limit=standing.limit,
            window_s=standing.window_s,
        )

    def _standing(self, connection: sqlite3.Connection, server: str, allowance: Allowance) -> Standing:
        row = connection.execute(
            "SELECT max_requests, window_s, blocked_until, strikes, others, others_at FROM limits WHERE server = ?",
            (server,),
        ).fetchone()
        learnt_limit, learnt_window, blocked_until, strikes, others, others_at = row or (None, None, None, 0, 0, None)
        limit = max(1, int(learnt_limit or allowance.limit))
        window = float(learnt_window or allowance.window_s)
        wall = self._wall()
        remembered = others_at is not None and 0 <= wall - others_at < OTHERS_WINDOWS * window
        ages = read_ages(connection, server, wall, self._mono())
        blocked = float(blocked_until) - wall if blocked_until is not None else 0.0
        if blocked > max(window, LONGEST_PAUSE_S):  # the clock was set back: the pause begins anew, once
            blocked = window
            connection.execute("UPDATE limits SET blocked_until = ? WHERE server = ?", (wall + window, server))
        return Standing(
            ages=tuple(sorted((age for age in ages.values() if age < window + MARGIN_S), reverse=True)),
            limit=limit,
            window_s=window,
            blocked_for_s=max(0.0, blocked),
            strikes=int(strikes),
            others=min(int(others), limit - 1) if remembered else 0,
            forgotten=tuple(row for row, age in ages.items() if age > max(FORGOTTEN_S, 2 * window)),
        )

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return self._work(work, self._plainly)

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return self._work(work, self._as_transaction)

    def _write_or_leave(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Write what makes us less careful: where others hold the file for too long, it stays unwritten."""
        try:
            self._write(work)
        except StoreError as error:
            log.warning("%s", error)

    def _work(
        self,
        work: Callable[[sqlite3.Connection], T],
        how: Callable[[Callable[[sqlite3.Connection], T]], T],
    ) -> T:
        with self._lock:
            try:
                return how(work)
            except sqlite3.Error as error:
                if is_busy(error):
                    raise StoreError(
                        _("The record of requests is held by another program."),
                        _("Try again in a moment; look for an AVDesk that hangs."),
                    ) from error
                self._give_up_file(error)
                return how(work)

    def _plainly(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return work(self._opened.connection)

    def _as_transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with transaction(self._opened.connection) as connection:
            return work(connection)

    def _give_up_file(self, error: sqlite3.Error) -> None:
        """Go on in memory with this process's own requests: a full disk must not make us careless."""
        log.warning("The request ledger cannot be written (%s); going on in memory", error)
        with suppress(sqlite3.Error):
            self._opened.connection.close()
        self._opened = open_in_memory(_MIGRATIONS, self._opened.trouble or unusable(self._path, error))
        self._book += 1
        self._opened.connection.executemany("INSERT INTO requests (server, wall, mono) VALUES (?, ?, ?)", self._own)


def server_key(url: str) -> str:
    """Return what tells servers apart: scheme, host and port, with the names of this machine as one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if host in ("localhost", "::1", "0.0.0.0"):  # noqa: S104 - compared with, not bound to
        host = "127.0.0.1"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{host}:{port}"
