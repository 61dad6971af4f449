"""The embedded AutoVideo as a whole: two loopback servers on one world."""

import dataclasses
import json
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from avdesk.emulator.access import Access
from avdesk.emulator.autovideo import AutoVideo
from avdesk.emulator.exchange import Answer, Request
from avdesk.emulator.faultanswers import answer_for
from avdesk.emulator.faults import Effect, Fault, Faults, Side
from avdesk.emulator.flasklike import page
from avdesk.emulator.google.router import GoogleApis
from avdesk.emulator.httpd import Delivery, HttpServer, Manner
from avdesk.emulator.ratelimit import RateLimiter
from avdesk.emulator.skew import shifted_body, shifted_request
from avdesk.emulator.world import World, WorldOptions

MAX_REMEMBERED = 5000
DEFAULT_RATE_LIMIT = (10, 300.0)
_MANNERS = {
    Effect.HANG: Manner.HANG,
    Effect.RESET: Manner.RESET,
    Effect.LOST: Manner.RESET,
    Effect.TRUNCATE: Manner.TRUNCATE,
}
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came.

    Attributes:
        side: which server was asked.
        status: the answer's status; None where none was sent.
        at: when, on the emulator's clock (Unix seconds).
    """

    side: Side
    request: Request
    status: int | None
    at: float


class Emulator:
    """The embedded AutoVideo, Vertex AI, Cloud Logging and the rest, while it is started. A context manager.

    Attributes:
        world: what is emulated.
        faults: what goes wrong; may be changed at any time.
        limiter: the AutoVideo server's rate limit.
        requests: what was asked so far, the newest 5000.
        access: who is let in to the AutoVideo server: everybody, unless it is changed.
        withheld: the permissions that the account lacks at Google: none, unless it is changed.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        google_port: int = 0,
        speed: float = 1.0,
        revision: str = "b",
        past_jobs: int = 0,
        seed: int = 0,
        faults: Sequence[str] = (),
        rate_limit: tuple[int, float] = DEFAULT_RATE_LIMIT,
        failure_rate: float = 0.15,
        now: Callable[[], float] = time.time,
        auto_runs: bool = False,
        first_run_after: float = 3.0,
        pause_s: float = 600.0,
        youtube_upload: bool = False,
        utc_offset_s: float | None = None,
        latency: float = 0.0,
        log_reads_per_minute: int | None = 60,
    ) -> None:
        """Prepare; nothing listens before `start`.

        Args:
            port, google_port: where AutoVideo and the Google APIs listen, 0 for any free port.
            rate_limit: requests and real seconds.
            latency: the share of a real server's own answering time that is waited (0: answer at once).
            now: the clock, Unix seconds.
            log_reads_per_minute: Cloud Logging's read quota, None for none.

        The others are those of `WorldOptions`.

        Raises:
            ValueError: an option is out of range.
            UsageError: a fault cannot be read.
        """
        self.faults = Faults(faults)
        options = WorldOptions(
            revision=revision,
            speed=speed,
            seed=seed,
            past_jobs=past_jobs,
            failure_rate=failure_rate,
            auto_runs=auto_runs,
            first_run_after=first_run_after,
            pause_s=pause_s,
            youtube_upload=youtube_upload,
            utc_offset_s=utc_offset_s,
        )
        self.world = World(options, now, self.faults.gpus_exhausted)
        self.limiter = RateLimiter(*rate_limit, now)
        self.requests: deque[Asked] = deque(maxlen=MAX_REMEMBERED)
        self._autovideo = AutoVideo(self.world, self.limiter)
        self._google = GoogleApis(self.world, log_reads_per_minute=log_reads_per_minute)
        self.access = Access()
        self.withheld = self._google.permissions.withheld
        self._ports = (port, google_port)
        self._latency = latency
        self._servers: dict[Side, HttpServer] = {}

    def start(self) -> Self:
        """Listen on both ports.

        Raises:
            OSError: a port cannot be had.
        """
        if self._servers:
            return self
        try:
            for side, port in zip((Side.AUTOVIDEO, Side.GOOGLE), self._ports, strict=True):
                self._servers[side] = HttpServer(port, self._deliverer(side))
        except OSError:
            self.stop()
            raise
        for side, server in self._servers.items():
            server.start(f"emulated-{side}")
        return self

    def stop(self) -> None:
        """Stop listening and cut all connections; harmless when not started."""
        servers, self._servers = self._servers, {}
        for server in servers.values():
            server.stop()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def autovideo_url(self) -> str:
        """The AutoVideo server's base URL, without a slash at the end; the emulator must be started."""
        return self._servers[Side.AUTOVIDEO].url

    @property
    def google_url(self) -> str:
        """The one base URL of all Google APIs, without a slash at the end; the emulator must be started."""
        return self._servers[Side.GOOGLE].url

    @property
    def token(self) -> str:
        """The bearer that the Google APIs ask for."""
        return self.world.token

    @property
    def project(self) -> str:
        """The project's id."""
        return self.world.project

    @property
    def regions(self) -> tuple[str, ...]:
        """Where jobs can run."""
        return tuple(self.world.regions)

    def make_service_account_key(self, name: str = "av-monitor") -> str:
        """Return a new key of one of the project's service accounts, as Google's JSON file; the emulator must run."""
        with self.world.lock:
            return self._google.sign_in.make_key(name, f"{self.google_url}/token")

    def revoke_service_account_keys(self) -> None:
        """Let no key be good any more; tokens that were given for one stay so until they end."""
        with self.world.lock:
            self._google.sign_in.revoke_keys()

    def put_behind_iam(self) -> None:
        """Let only those in to the AutoVideo server who have an identity token for it."""
        self.access = Access(audience_of=self._google.credentials.audience_of, audience=lambda: self.autovideo_url)

    def plan_next(self, **values: object) -> None:
        """Decide what chance would have decided about the next run; see `World.plan_next`."""
        self.world.plan_next(**values)

    def ready_line(self) -> str:
        """Return the one line that `avdesk emulator` prints first: a JSON object, without the line break."""
        return json.dumps(
            {
                "autovideo": self.autovideo_url,
                "google": self.google_url,
                "token": self.token,
                "project": self.project,
                "regions": list(self.regions),
            }
        )

    def asked(self, path: str, side: Side = Side.AUTOVIDEO) -> list[Asked]:
        """Return the remembered requests for a path."""
        return [asked for asked in tuple(self.requests) if asked.side is side and asked.request.path == path]

    def deliver(self, side: Side, request: Request) -> Delivery:
        """Answer one request as the server of that side, faults included."""
        faults = self.faults.befalling(side, request)
        skew_s = sum(fault.seconds for fault in faults if fault.effect is Effect.SKEW)
        asked = shifted_request(request, -skew_s) if skew_s else request
        with self.world.lock:
            self.world.advance()
            at = self.world.now()
            answer = self._answer(side, asked, faults)
            latency = self._autovideo.latency_s(asked) if side is Side.AUTOVIDEO and self._latency else 0.0
        if skew_s:
            answer = dataclasses.replace(answer, body=shifted_body(answer.body, skew_s))
        manner = next((_MANNERS[fault.effect] for fault in faults if fault.effect in _MANNERS), Manner.WHOLE)
        sent = None if manner in (Manner.HANG, Manner.RESET) else answer.status
        self.requests.append(Asked(side, request, sent, at))
        return Delivery(
            answer,
            date=at + skew_s,
            manner=manner,
            delay_s=sum(fault.seconds for fault in faults if fault.effect is Effect.DELAY)
            + latency * self._latency / self.world.options.speed,
            drip_s=sum(fault.seconds for fault in faults if fault.effect is Effect.DRIP),
        )

    def _deliverer(self, side: Side) -> Callable[[Request], Delivery]:
        return lambda request: self.deliver(side, request)

    def _answer(self, side: Side, request: Request, faults: Sequence[Fault]) -> Answer:
        if side is Side.AUTOVIDEO:
            refused = self.access.refusal(request)
            if refused is not None:
                return refused
            limited = self._autovideo.limited(request)
            if limited is not None:
                return limited
        for fault in faults:
            instead = answer_for(fault, side, request, self.limiter.message)
            if instead is not None:
                return instead
            if fault.effect in (Effect.RESET, Effect.HANG):
                return page(503)  # never sent
        try:
            return (self._autovideo if side is Side.AUTOVIDEO else self._google).answer(request)
        except Exception:  # the emulator answers 500, as a server does, and goes on
            _logger.exception("the emulator failed on %s %s", request.method, request.path)
            return page(500)
