"""A monitor with fake clients on a made-up clock, assembled as the program assembles the real one."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from avdesk.clients.mishaps import NothingAnswersError
from avdesk.clients.reply import Reply
from avdesk.config.settings import Environment, Polling
from avdesk.core.customjob import read_custom_job
from avdesk.core.errors import AvdeskError, KnownError
from avdesk.core.events import Event, EventKind
from avdesk.core.health import CheckResult
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Snapshot
from avdesk.services.check_watch import CheckWatch
from avdesk.services.clock import Clock
from avdesk.services.errands import Errands
from avdesk.services.monitor import Monitor, Step, Watches
from avdesk.services.server_watch import ServerWatch
from avdesk.services.vertex_watch import VertexWatch
from avdesk.store.ledger import Ledger
from avdesk.store.memory import Memory
from tests.harness.errands import PromptErrands
from tests.harness.fakeclock import FakeClock
from tests.harness.statuses import body

IDLE = body("ready", on=False)
DOWN = NothingAnswersError("Nothing answers at 127.0.0.1:8080.", "Check that the server runs.")


def reply(answer: object, status: int = 200, *, at: float | None = None, html: bool = False) -> Reply:
    """Return an answer as it comes off the network."""
    raw = str(answer).encode() if html else json.dumps(answer).encode()
    kind = "text/html" if html else "application/json"
    date = None if at is None else datetime.fromtimestamp(int(at), UTC)
    return Reply(status, MappingProxyType({"content-type": kind}), raw, 0.05, date)


@dataclass
class FakeServer:
    """Answers what it is told to: a body, an error to raise, or a function of neither.

    Attributes:
        asked: path of every request, with its moment.
    """

    clock: FakeClock
    says: object = field(default_factory=lambda: dict(IDLE))
    lives: object = field(default_factory=lambda: {"status": "healthy", "timestamp": None})
    checks: dict[str, object] = field(default_factory=dict)
    asked: list[tuple[str, float]] = field(default_factory=list)

    def status(self) -> Reply:
        """Answer ``GET /status``."""
        return self._answer("/status", self.says)

    def health(self, path: str = "/health") -> Reply:
        """Answer a health check; those that nothing is said of do not exist."""
        if path == "/health":
            return self._answer(path, self.lives)
        return self._answer(path, self.checks.get(path, reply("<h1>Not Found</h1>", 404, html=True)))

    def _answer(self, path: str, what: object) -> Reply:
        self.asked.append((path, self.clock.time))
        self.clock.pass_by(0.05)
        if callable(what):
            what = what()
        if isinstance(what, BaseException):
            raise what
        return what if isinstance(what, Reply) else reply(what, at=self.clock.time)

    def count(self, path: str = "/status", since: float = 0.0) -> int:
        """Return how often a path was asked since a moment."""
        return sum(1 for asked, at in self.asked if asked == path and at >= since)


@dataclass(frozen=True)
class Listing:
    """What a list of jobs tells."""

    jobs: Sequence[Job] = ()
    failures: Mapping[str, AvdeskError] = field(default_factory=dict)
    took: Mapping[str, float] = field(default_factory=dict)


@dataclass
class FakeVertex:
    """Vertex AI with the jobs that it is given.

    Attributes:
        jobs: CustomJobs as Vertex AI writes them.
        failures: region → why it does not answer; ``""`` for a failure of everything.
    """

    clock: FakeClock
    jobs: list[dict[str, object]] = field(default_factory=list)
    failures: dict[str, KnownError] = field(default_factory=dict)
    asked: list[float] = field(default_factory=list)

    @property
    def way(self) -> str:
        """How it is asked."""
        return "rest"

    def list_jobs(
        self,
        regions: Sequence[str],
        *,
        limit: int | None = None,
        active_only: bool = False,
        since: datetime | None = None,
    ) -> Listing:
        """Return the jobs of the regions that answer."""
        del limit, active_only, since
        self.asked.append(self.clock.time)
        if "" in self.failures:
            raise self.failures[""]
        read = [read_custom_job(raw) for raw in self.jobs]
        jobs = [job for job in read if job is not None and job.region in regions and job.region not in self.failures]
        return Listing(jobs, {region: error for region, error in self.failures.items() if region in regions})


class World:
    """One environment, its fakes, and as many monitors after each other as a test starts."""

    def __init__(
        self, folder: Path, *, url: str = "http://127.0.0.1:8080", vertex: bool = True, **polling: float
    ) -> None:
        self.clock = FakeClock()
        self.server = FakeServer(self.clock)
        self.vertex = FakeVertex(self.clock)
        quiet: dict[str, float] = {"health_sweep_s": 0.0}
        self.environment = Environment("dev", url=url, polling=Polling(**(quiet | polling)))  # type: ignore[arg-type]
        self.events: list[Event] = []
        self.errands: Errands[CheckResult] | None = None
        """What is asked beside the steps runs by this; None: at once, so that the made-up clock holds for it."""
        self._folder = folder
        self._vertex_on = vertex
        self._monitors: list[Monitor] = []
        self.monitor = self.start()

    def start(self) -> Monitor:
        """Start a monitor over what is remembered, as a start of the program does."""
        clock = Clock(self.clock, self.clock)
        memory = Memory(self._folder / "memory.sqlite3")
        self.ledger = ledger = Ledger(self._folder / "ledger.sqlite3", wall=self.clock, mono=self.clock)
        dice = random.Random(len(self._monitors))  # noqa: S311 - jitter, nothing secret
        url = self.environment.url
        server = ServerWatch(self.environment, self.server if url else None, ledger, clock, dice)
        make: Callable[[], FakeVertex] | None = (lambda: self.vertex) if self._vertex_on else None
        vertex = VertexWatch(self.environment, make, clock, dice)
        checks = CheckWatch(self.environment, server, memory, clock, self.errands or PromptErrands())

        def close() -> None:
            memory.close()
            ledger.close()

        self.watches = Watches(server, vertex, checks)
        self.monitor = Monitor(self.environment, self.watches, memory, clock, abort=lambda: None, close=close)
        self._monitors.append(self.monitor)
        return self.monitor

    def restart(self, away_s: float = 0.0) -> Snapshot:
        """End the monitor, let time pass, start another; return what it knows before it has asked."""
        self.monitor.close()
        self.events.clear()
        self.clock.pass_by(away_s)
        return self.start().snapshot

    def step(self) -> Step:
        """Take one step without waiting afterwards."""
        step = self.monitor.step()
        self.events += step.events
        return step

    def run_for(self, seconds: float) -> Snapshot:
        """Step and wait as told until so much time has passed."""
        end = self.clock.time + seconds
        while self.clock.time < end:
            step = self.step()
            assert step.wait_s >= 0.1
            self.clock.pass_by(min(step.wait_s, max(0.01, end - self.clock.time)))
        return self.monitor.snapshot

    @property
    def kinds(self) -> list[EventKind]:
        """What has happened, in order."""
        return [event.kind for event in self.events]

    def custom_job(
        self, state: str, region: str = "us-central1", number: str = "4611686018427387904", **more: object
    ) -> dict[str, object]:
        """Return a CustomJob that was made now."""
        moment = datetime.fromtimestamp(self.clock.time, UTC).isoformat()
        return {
            "name": f"projects/1/locations/{region}/customJobs/{number}",
            "displayName": "av-video-render-video-job-ab12cd34",
            "state": f"JOB_STATE_{state}",
            "createTime": moment,
            "labels": {"pipeline": "autovideo"},
            **more,
        }
