"""A simulated day: AVDesk's real monitor, ledger and database against the embedded AutoVideo, on a made-up clock.

Nothing waits: the clock jumps from one step to the next. Two watchers can be put to the same day, AVDesk's own and
one that asks ``/status`` at even intervals, which is what its users did before.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from avdesk.clients.autovideo import AutoVideoClient
from avdesk.clients.reply import Reply, Timeouts
from avdesk.clients.transport import Transport
from avdesk.config.settings import Environment
from avdesk.core.customjob import read_custom_job
from avdesk.core.errors import AvdeskError, RateLimitedError
from avdesk.core.follow import follow
from avdesk.core.jobs import Job
from avdesk.core.phases import PhaseState
from avdesk.core.run import Look, Run
from avdesk.core.status import ServerStatus, read_status
from avdesk.emulator.autovideo import AutoVideo
from avdesk.emulator.exchange import Answer, Request
from avdesk.emulator.google.router import GoogleApis
from avdesk.emulator.ratelimit import RateLimiter
from avdesk.emulator.world import World, WorldOptions
from avdesk.services.check_watch import CheckWatch
from avdesk.services.clock import Clock
from avdesk.services.monitor import Monitor, Watches
from avdesk.services.server_watch import ServerWatch
from avdesk.services.vertex_watch import VertexWatch
from avdesk.store.ledger import Ledger
from avdesk.store.memory import Memory
from tests.harness.errands import PromptErrands

START = 1_795_469_672.0
NETWORK_S = 0.05
TICK_S = 0.5
SAME_RUN_S = 30.0
"""Two runs that begin within so many seconds of each other are one: the server allows no second one at a time."""


@dataclass
class MadeUpClock:
    """A clock that is moved by hand."""

    time: float = START

    def __call__(self) -> float:
        """Return the time, Unix seconds."""
        return self.time


@dataclass(frozen=True)
class PhaseEnd:
    """A phase's end as it really was."""

    run_started: float
    phase: str
    at: float


@dataclass
class Outcome:
    """What a watcher's day came to.

    Attributes:
        delays: from each phase's end to the watcher's knowing it, seconds.
        by_phase: the same, phase by phase.
        missed: phase ends that it never learnt of.
        asked: counted requests that it sent.
        refused: how often the server answered 429.
    """

    delays: list[float] = field(default_factory=list)
    by_phase: dict[str, list[float]] = field(default_factory=dict)
    missed: int = 0
    asked: int = 0
    refused: int = 0

    @property
    def mean_delay_s(self) -> float:
        """The mean delay, seconds."""
        return sum(self.delays) / len(self.delays)


class Day(Transport):
    """One day of the embedded AutoVideo, and what really happens in it."""

    def __init__(self, *, revision: str, seed: int, pause_s: float) -> None:
        super().__init__()
        self.clock = MadeUpClock()
        options = WorldOptions(
            revision=revision, seed=seed, auto_runs=True, first_run_after=500.0, pause_s=pause_s, utc_offset_s=0.0
        )
        self.world = World(options, self.clock, _never_exhausted)
        self.limiter = RateLimiter(10, 300.0, self.clock)
        self.autovideo = AutoVideo(self.world, self.limiter)
        self.google = GoogleApis(self.world, log_reads_per_minute=None)
        self.ends: list[PhaseEnd] = []
        self.outcome = Outcome()
        self._seen: tuple[str | None, float] = (None, 0.0)

    def pass_to(self, moment: float, notice: Callable[[], None] | None = None) -> None:
        """Let time pass, noting each phase's end as it happens."""
        while self.clock.time < moment:
            self.clock.time = min(moment, self.clock.time + TICK_S)
            with self.world.lock:
                self.world.advance()
                state = self.world.pipeline.state
                now = (state.current_phase if state.is_generating else None, state.run_started)
            phase, started = self._seen
            if phase is not None and now != self._seen:
                self.ends.append(PhaseEnd(started, phase, self.clock.time))
            self._seen = now
            if notice is not None:
                notice()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        data: bytes | None = None,
        params: Mapping[str, str] | None = None,
        timeout: Timeouts | None = None,
        max_bytes: int = 0,
    ) -> Reply:
        """Carry a request to the server without a network, as `avdesk.clients.transport.Transport` would."""
        del headers, json, data, params, timeout, max_bytes
        self.clock.time += NETWORK_S
        path = "/" + url.split("/", 3)[3]
        request = Request(method, path, {}, {}, b"", "127.0.0.1", "127.0.0.1")
        with self.world.lock:
            answer = self.autovideo.limited(request) or self.autovideo.answer(request)
        if path not in ("/health", "/health/openai"):
            self.outcome.asked += 1
            self.outcome.refused += answer.status == 429
        return self._reply(answer)

    def list_jobs(
        self,
        regions: Sequence[str],
        *,
        limit: int | None = None,
        active_only: bool = False,
        since: datetime | None = None,
    ) -> "Jobs":
        """Return the jobs of the regions, as a Vertex AI client would."""
        del limit, active_only, since
        self.clock.time += NETWORK_S
        found: list[Job] = []
        for region in regions:
            path = f"/v1/projects/{self.world.project}/locations/{region}/customJobs"
            bearer = {"authorization": f"Bearer {self.world.token}"}
            answer = self.google.answer(
                Request("GET", path, {"pageSize": "20"}, bearer, b"", "127.0.0.1", "127.0.0.1")
            )
            jobs = [read_custom_job(raw) for raw in json.loads(answer.body).get("customJobs", [])]
            found += [job for job in jobs if job is not None]
        return Jobs(tuple(found))

    @property
    def way(self) -> str:
        """How it is asked."""
        return "rest"

    def _reply(self, answer: Answer) -> Reply:
        headers = MappingProxyType({"content-type": answer.content_type})
        date = datetime.fromtimestamp(self.clock.time, UTC).replace(microsecond=0)
        return Reply(answer.status, headers, answer.body, NETWORK_S, date)


@dataclass(frozen=True)
class Jobs:
    """What `Day.list_jobs` returns."""

    jobs: tuple[Job, ...]
    failures: Mapping[str, AvdeskError] = field(default_factory=dict)
    took: Mapping[str, float] = field(default_factory=dict)


class Knowledge:
    """When a watcher came to know of each phase's end."""

    def __init__(self) -> None:
        self._known: dict[tuple[float, str], float] = {}
        self._starts: list[float] = []

    def learn(self, run: Run | None, now: float, *, job_seen: bool = False) -> None:
        """Note what the run tells at `now`; a job that was seen tells that the voiceover is done."""
        if run is None or run.started_at is None:
            return
        started = run.started_at.timestamp()
        for phase in run.phases:
            over = phase.state in (PhaseState.DONE, PhaseState.FAILED) or (run.ended and phase.duration_s is not None)
            if over or (job_seen and phase.name == "voiceover_generation"):
                self._known.setdefault((self._start(started), phase.name), now)

    def when(self, end: PhaseEnd) -> float | None:
        """Return when the end of a phase was known, None if never."""
        moments = [
            at
            for (started, phase), at in self._known.items()
            if phase == end.phase and abs(started - end.run_started) < SAME_RUN_S
        ]
        return min(moments) if moments else None

    def _start(self, started: float) -> float:
        near = next((known for known in self._starts if abs(known - started) < SAME_RUN_S), None)
        if near is None:
            self._starts.append(started)
            return started
        return near


def watched_by_avdesk(day: Day, folder: Path, hours: float, *, vertex: bool = True) -> Outcome:
    """Let AVDesk's monitor watch the day."""
    clock = Clock(wall=day.clock, mono=day.clock)
    environment = Environment("day", vertex="rest" if vertex else "off")
    memory = Memory(folder / "memory.sqlite3")
    ledger = Ledger(folder / "ledger.sqlite3", wall=day.clock, mono=day.clock)
    dice = random.Random(1)  # noqa: S311 - jitter, nothing secret
    server = ServerWatch(environment, AutoVideoClient(environment.url, day), ledger, clock, dice)
    watches = Watches(
        server=server,
        vertex=VertexWatch(environment, (lambda: day) if vertex else None, clock, dice),
        checks=CheckWatch(environment, server, memory, clock, PromptErrands()),
    )
    monitor = Monitor(environment, watches, memory, clock, abort=lambda: None, close=memory.close)
    knowledge = Knowledge()
    end = START + hours * 3600
    while day.clock.time < end:
        step = monitor.step()
        job = step.snapshot.job
        seen = job is not None and step.snapshot.run is not None and step.snapshot.run.job_id == job.id
        knowledge.learn(step.snapshot.run, day.clock.time, job_seen=seen)
        day.pass_to(day.clock.time + step.wait_s)
    monitor.close()
    ledger.close()
    return _outcome(day, knowledge, end)


def watched_evenly(day: Day, hours: float, interval_s: float) -> Outcome:
    """Let somebody watch the day who asks for the status every `interval_s` seconds."""
    client = AutoVideoClient("http://127.0.0.1:8080", day)
    knowledge = Knowledge()
    run: Run | None = None
    earlier: ServerStatus | None = None
    end = START + hours * 3600
    while day.clock.time < end:
        began = day.clock.time
        with suppress(RateLimitedError):
            status = read_status(client.status().json())
            run = follow(run, Look(status, datetime.fromtimestamp(day.clock.time, UTC)), earlier)
            earlier = status
            knowledge.learn(run, day.clock.time)
        day.pass_to(began + interval_s)
    return _outcome(day, knowledge, end)


def _outcome(day: Day, knowledge: Knowledge, end: float) -> Outcome:
    outcome = day.outcome
    for truth in day.ends:
        if truth.at > end - 600:
            continue
        known = knowledge.when(truth)
        if known is None:
            outcome.missed += 1
            continue
        delay = max(0.0, known - truth.at)
        outcome.delays.append(delay)
        outcome.by_phase.setdefault(truth.phase, []).append(delay)
    return outcome


def _never_exhausted(region: str, *, job_asks: bool) -> bool:
    del region, job_asks
    return False
