"""Watching one AutoVideo server: its status within the rate limit, whether it lives for free, its clock."""

import logging
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from avdesk.clients.mishaps import NothingAnswersError
from avdesk.clients.reply import Reply
from avdesk.config.settings import Environment
from avdesk.core import wire
from avdesk.core.errors import (
    BadAnswerError,
    CredentialsExpiredError,
    KnownError,
    NotAllowedError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFailedError,
    UnreachableError,
)
from avdesk.core.health import MAIN, CheckResult, Health, read_check
from avdesk.core.snapshot import Budget, Reach, ServerView, Trouble
from avdesk.core.status import ServerStatus, read_status
from avdesk.i18n import _
from avdesk.services.backoff import Backoff
from avdesk.services.clock import Clock
from avdesk.store.ledger import Allowance, Ledger, server_key

log = logging.getLogger(__name__)

FAILURES_UNTIL_LOST = 2
"""A single failed try is no news: the server counts as lost after so many in a row."""

USUAL_SPACING_S = 30.0
"""10 requests in 300 s: what the intervals of `avdesk.core.cadence` are made for."""

SLOWEST_PACE, FASTEST_PACE = 10.0, 0.02

LONGEST_STATUS_PAUSE_S = 150.0
"""A server that lives but does not tell its status is asked this seldom in the end: each try is counted."""

ZONE_STEP_S = 900.0
"""Time zones differ from UTC by multiples of a quarter of an hour."""


class ServerClient(Protocol):
    """What is needed of `avdesk.clients.autovideo.AutoVideoClient`."""

    def status(self) -> Reply:
        """Return the answer of ``GET /status``."""

    def health(self, path: str = "/health") -> Reply:
        """Return the answer of a health check."""


class ServerWatch:
    """What is known of one server, and the asking of it. Belongs to one thread.

    Attributes:
        view: what is known.
        main_check: the last result of the free ``/health``.
        zone_offset_s: how far the server's local wall clock is ahead of UTC, None when not known.
        rate_limited: how many 429s the server has answered in all.
    """

    def __init__(
        self,
        environment: Environment,
        client: ServerClient | None,
        ledger: Ledger,
        clock: Clock,
        dice: random.Random | None = None,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._clock = clock
        self._key = server_key(environment.url) if environment.url else ""
        polling = environment.polling
        self.allowance = Allowance(polling.requests, polling.window_s, polling.reserve)
        self._alive_s = polling.alive_s
        dice = dice or random.Random()  # noqa: S311 - jitter, nothing secret
        self._backoff = Backoff(dice)
        self._retry_at: float | None = None
        self._status_backoff = Backoff(dice, longest_s=LONGEST_STATUS_PAUSE_S)
        self._status_retry_at = 0.0
        self._status_trouble: Trouble | None = None
        self._heard_mono: float | None = None
        self._status_mono: float | None = None
        self.view = ServerView(reach=Reach.UNKNOWN if client is not None else Reach.OFF)
        self.main_check: CheckResult | None = None
        self.zone_offset_s: float | None = None
        self.rate_limited = 0

    @property
    def watched(self) -> bool:
        """Whether there is a server to watch at all."""
        return self._client is not None

    @property
    def failing(self) -> bool:
        """Whether the last try to reach it failed."""
        return self._backoff.failures > 0

    def restore(self, view: ServerView, zone_offset_s: float | None) -> None:
        """Start from what was known before, of which nothing counts as reached."""
        self.view = replace(view, reach=self.view.reach, since=None, trouble=None, latency_s=None)
        self.zone_offset_s = zone_offset_s

    def budget(self) -> Budget | None:
        """Return how the rate limit stands."""
        return self._ledger.budget(self._key, self.allowance) if self.watched else None

    def free(self) -> int:
        """Return how many requests may be sent by themselves now."""
        return self._ledger.free(self._key, self.allowance)

    def pace(self) -> float:
        """Return how sparing the rate limit makes us: 1 where a request comes free every 30 s."""
        budget = self._ledger.budget(self._key, self.allowance)
        return min(SLOWEST_PACE, max(FASTEST_PACE, budget.window_s / budget.limit / USUAL_SPACING_S))

    def wait_s(self, *, by_hand: bool = False) -> float:
        """Return the seconds until the rate limit allows a request."""
        return self._ledger.wait_s(self._key, self.allowance, by_hand=by_hand)

    def since_status_s(self) -> float | None:
        """Return the seconds since this process was last told the status, None when it never was."""
        return None if self._status_mono is None else self._clock.mono() - self._status_mono

    def alive_due_s(self) -> float:
        """Return the seconds until the free ``/health`` is to be asked."""
        now = self._clock.mono()
        if self._retry_at is not None:
            return max(0.0, self._retry_at - now)
        if self._heard_mono is None:
            return 0.0
        return max(0.0, self._heard_mono + self._alive_s - now)

    def status_retry_s(self) -> float:
        """Return the seconds until a status that was not told may be asked again by itself."""
        if self._status_backoff.failures == 0:
            return 0.0
        return max(0.0, self._status_retry_at - self._clock.mono())

    def woke(self) -> None:
        """Forget the back-off: the machine or the network is back."""
        self._backoff.worked()
        self._retry_at = self._clock.mono() if self.view.reach is not Reach.YES else None

    def ask_alive(self) -> KnownError | None:
        """Ask ``/health``, which is free, whether the server lives and what its clock says.

        Returns why it could not be reached, None when it could.
        """
        client = self._client
        if client is None:
            return None
        try:
            reply = client.health("/health")
        except (RateLimitedError, CredentialsExpiredError, PermissionDeniedError) as error:
            self._answered(None)
            self.view = replace(self.view, trouble=Trouble.of(error))
            return None
        except NotAllowedError as error:
            self._not_sent(error)
            return error
        except KnownError as error:
            self._failed(error, at_once=False)
            return error
        return self._heard_health(reply)

    def ask_status(self, *, by_hand: bool = False) -> None:
        """Ask ``/status``, which is counted.

        Raises:
            RateLimitedError: the allowance is spent; nothing was sent, or the server said so.
            KnownError: it could not be asked; the view says so too.
        """
        client = self._client
        if client is None:
            return
        ticket = self._ledger.take(self._key, self.allowance, by_hand=by_hand)
        try:
            reply = client.status()
            status = read_status(reply.json())
        except RateLimitedError as error:
            self.rate_limited += 1
            self._answered(None)
            raise self._ledger.refused(ticket, self.allowance, error) from error
        except NothingAnswersError as error:
            self._ledger.release(ticket)
            self._failed(error, at_once=by_hand)
            raise
        except KnownError as error:
            if _was_not_sent(error):
                self._ledger.release(ticket)
                self._not_sent(error)
                raise
            self._ledger.settle(ticket)
            if isinstance(error, UnreachableError) and not isinstance(error, BadAnswerError | ServerFailedError):
                self._failed(error, at_once=by_hand)
            else:
                self._not_told(error)
            raise
        except BaseException:
            self._ledger.settle(ticket)
            raise
        self._ledger.settle(ticket)
        self._told(status, reply)

    def ask_check(self, name: str, path: str, *, counted: bool, by_hand: bool = False) -> CheckResult:
        """Ask one health check.

        Raises:
            RateLimitedError: the allowance is spent.
            KnownError: there was no answer, or it was not allowed.
        """
        client = self._client
        assert client is not None, "only a watched server has checks"
        ticket = self._ledger.take(self._key, self.allowance, by_hand=by_hand) if counted else None
        try:
            reply = client.health(path)
        except RateLimitedError as error:
            self.rate_limited += 1
            raise (self._ledger.refused(ticket, self.allowance, error) if ticket else error) from error
        except BaseException as error:
            if ticket is not None and (isinstance(error, NothingAnswersError) or _was_not_sent(error)):
                self._ledger.release(ticket)
            elif ticket is not None:
                self._ledger.settle(ticket)
            raise
        if ticket is not None:
            self._ledger.settle(ticket)
        return self.read(name, reply)

    def read(self, name: str, reply: Reply) -> CheckResult:
        """Return what a check's answer means; a body that is no JSON leaves the HTTP code to speak."""
        try:
            body = reply.json()
        except KnownError:
            body = None
        return read_check(name, reply.status, body, latency_s=reply.elapsed_s, at=self._clock.now())

    def _heard_health(self, reply: Reply) -> KnownError | None:
        result = self.read(MAIN, reply)
        self.main_check = result
        if result.reported is None and not result.absent:
            error = BadAnswerError(
                _("What answers at this address is not AutoVideo (HTTP {status}).").format(status=reply.status),
                _("Check the environment's url, and whether a proxy or a sign-in page is in the way."),
            )
            self._failed(error, at_once=False)
            return error
        self._answered(reply)
        self._set_clock(reply)
        return None

    def _set_clock(self, reply: Reply) -> None:
        """Learn the server's clock from the Date header, and its zone from the naive time in the body."""
        now = self._clock.now()
        if reply.date is not None:
            offset = (reply.date - now).total_seconds()
            self.view = replace(self.view, clock_offset_s=offset if abs(offset) > 2.0 else 0.0)
        try:
            wall = wire.as_naive_time(wire.as_object(reply.json()).get("timestamp"))
        except KnownError:
            return
        if wall is not None:
            utc = reply.date or now
            ahead = (wall.replace(tzinfo=utc.tzinfo) - utc).total_seconds()
            self.zone_offset_s = round(ahead / ZONE_STEP_S) * ZONE_STEP_S + (self.view.clock_offset_s or 0.0)

    def _told(self, status: ServerStatus, reply: Reply) -> None:
        self._answered(reply)
        self._status_mono = self._clock.mono()
        self._status_trouble = None
        self._status_backoff.worked()
        self.view = replace(
            self.view,
            status=status,
            status_at=self._clock.now() - timedelta(seconds=min(reply.elapsed_s, 5.0) / 2),
            batch=self.view.batch or status.batch,
            trouble=None,
        )

    def _answered(self, reply: Reply | None) -> None:
        now = self._clock.now()
        self._backoff.worked()
        self._retry_at = None
        self._heard_mono = self._clock.mono()
        self.view = replace(
            self.view,
            reach=Reach.YES,
            since=self._since(Reach.YES, now),
            answered_at=now,
            latency_s=reply.elapsed_s if reply is not None else self.view.latency_s,
            trouble=self._status_trouble,
        )

    def _not_told(self, error: KnownError) -> None:
        """Note that the server answered, but not with its status: whether it lives, /health tells at once."""
        self._status_backoff.failed()
        self._status_retry_at = self._clock.mono() + self._status_backoff.pause_s()
        self._status_trouble = Trouble.of(error)
        self._retry_at = self._clock.mono()
        self.view = replace(self.view, trouble=self._status_trouble)

    def _not_sent(self, error: KnownError) -> None:
        """Note that nothing could be asked for want of credentials: of the server that says nothing."""
        self._backoff.failed()
        self._retry_at = self._clock.mono() + self._backoff.pause_s()
        self.view = replace(self.view, trouble=Trouble.of(error))

    def _failed(self, error: KnownError, *, at_once: bool) -> None:
        """Note that the server could not be reached; `at_once`: one try is enough to say so."""
        self._backoff.failed()
        self._retry_at = self._clock.mono() + self._backoff.pause_s()
        lost = at_once or self._backoff.failures >= FAILURES_UNTIL_LOST or self.view.reach is not Reach.YES
        reach = Reach.NO if lost else self.view.reach
        self.view = replace(
            self.view, reach=reach, since=self._since(reach, self._clock.now()), trouble=Trouble.of(error)
        )
        if lost and self.main_check is not None:
            self.main_check = replace(self.main_check, status=Health.UNKNOWN, error=error.message)

    def _since(self, reach: Reach, now: datetime) -> datetime | None:
        return self.view.since if self.view.reach is reach and self.view.since is not None else now


def _was_not_sent(error: BaseException) -> bool:
    """Whether the request was given up for want of credentials, before anything went out."""
    refused = isinstance(error, CredentialsExpiredError | PermissionDeniedError)
    return isinstance(error, NotAllowedError) and not refused
