"""An embedded AutoVideo to act on: quick, with jobs in the states that a test wants."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from avdesk.config.paths import Paths, find_paths
from avdesk.config.settings import Environment, Polling, Settings
from avdesk.core.actions import ActionKind, ActionRecord, ActionRequest
from avdesk.core.jobs import Job, JobState
from avdesk.emulator.faults import Side
from avdesk.emulator.hardware import T4
from avdesk.emulator.jobspec import DISPLAY_NAME_PREFIX, render_labels, render_spec
from avdesk.emulator.records import CustomJobRecord
from avdesk.emulator.server import Asked, Emulator
from avdesk.services.actions import Actions
from avdesk.services.deed import Patience
from avdesk.services.previews import new_request
from avdesk.services.runtime import Runtime
from avdesk.store.memory import Memory
from tests.harness.waiting import wait_until

NAME = "dev"
QUICK = Patience(
    cancel_s=20.0,
    show_s=5.0,
    own_look_s=0.05,
    first_pause_s=0.02,
    longest_pause_s=0.1,
    lookups_s=(0.02, 0.05, 0.1),
)


class Bench:
    """An emulator, an environment that points at it, and what acts there.

    Attributes:
        emulator, environment, runtime: as they are.
        patience: how long its actions wait; may be changed.
        told: the records that actions reported, in order.
    """

    def __init__(self, emulator: Emulator, home: Path, **options: object) -> None:
        self.emulator = emulator
        values: dict[str, object] = {
            "url": emulator.autovideo_url,
            "project": emulator.project,
            "regions": tuple(emulator.regions),
            "vertex": "rest",
            "google_endpoint": emulator.google_url,
            "polling": Polling(requests=emulator.limiter.limit, window_s=emulator.limiter.window_s),
        } | options
        self.environment = Environment(NAME, **values)  # type: ignore[arg-type]
        self.paths: Paths = find_paths(home)
        settings = Settings(NAME, MappingProxyType({NAME: self.environment}))
        self.runtime = Runtime(settings, self.paths, google_token=emulator.token)
        self.told: list[ActionRecord] = []
        self.patience = replace(QUICK)
        self.actions = Actions(self.runtime, NAME, via="cli", patience=self.patience)

    def request(
        self, kind: ActionKind, job: Job | None = None, parameters: Mapping[str, str] | None = None
    ) -> ActionRequest:
        """Return a request for this environment."""
        return new_request(kind, NAME, job, parameters)

    def begin_run(self, **plan: object) -> Job:
        """Start a run on the server; return its job once Vertex AI has it."""
        values: dict[str, object] = {"refused_regions": 0, "failure": None, "queue_s": 1e5, "render_s": 480.0}
        self.emulator.plan_next(**(values | {"hardware": T4} | plan))
        before = {job.number for job in self.live()}
        self.emulator.world.start_run("Owls")
        fresh = wait_until(lambda: [j for j in self.live() if j.number not in before], "the run has a job")
        return self.seen(fresh[-1])

    def live(self) -> list[CustomJobRecord]:
        """Return the jobs that were created since the emulator's start, oldest first."""
        world = self.emulator.world
        with world.lock:
            world.advance()
            return list(world.jobs_of_this_session())

    def make_job(self, job_id: str = "video-job-ab12cd34", region: str = "us-central1", **extra: object) -> Job:
        """Create a job that belongs to no run."""
        world = self.emulator.world
        with world.lock:
            world.advance()
            spec = render_spec(world.project, job_id, T4, spot=False) | extra
            labels = render_labels(job_id, region, T4, spot=False)
            record = world.create_job(region, DISPLAY_NAME_PREFIX + job_id, spec, labels)
        return self.seen(record)

    def ended_job(self, state: str = "JOB_STATE_FAILED", job_id: str = "video-job-ab12cd34") -> Job:
        """Create a job that has ended so."""
        job = self.make_job(job_id)
        world = self.emulator.world
        with world.lock:
            record = world.find_job(job.region or "", job.number)
            assert record is not None
            world.cancel_job(record)
        wait_until(lambda: self.state(job).ended, "the job has ended")
        with world.lock:
            record.state = state
        return self.look(job)

    def seen(self, record: CustomJobRecord | None) -> Job:
        """Return a record as Vertex AI tells it."""
        assert record is not None
        return self.actions.vertex.get_job(record.region, record.number)

    def look(self, job: Job) -> Job:
        """Return a job as it is now."""
        return self.actions.vertex.get_job(job.region or "", job.number)

    def state(self, job: Job) -> JobState:
        """Return a job's state as it is in the world now."""
        world = self.emulator.world
        with world.lock:
            world.advance()
            record = world.find_job(job.region or "", job.number)
        assert record is not None
        return JobState.from_vertex(record.state)

    def posts(self, side: Side | None = None) -> list[str]:
        """Return the paths that were posted to, in order."""
        return [f"{asked.request.path}" for asked in self.sent() if side in (None, asked.side)]

    def sent(self) -> list[Asked]:
        """Return the requests that would change something, in order."""
        return [asked for asked in tuple(self.emulator.requests) if asked.request.method == "POST"]

    def memory(self) -> Memory:
        """Return what is remembered."""
        return Memory(self.paths.database)

    def close(self) -> None:
        """Close."""
        self.actions.abort()
        self.actions.close()


@contextmanager
def bench(home: Path, *, emulator: Mapping[str, object] | None = None, **environment: object) -> Iterator[Bench]:
    """Give a bench on a fresh emulator, sixty times as fast as reality."""
    options: dict[str, object] = {"speed": 60.0, "seed": 3, "failure_rate": 0.0, "rate_limit": (10, 300.0)}
    with Emulator(**(options | dict(emulator or {}))) as started:  # type: ignore[arg-type]
        made = Bench(started, home, **environment)
        try:
            yield made
        finally:
            made.close()


__all__ = ["NAME", "QUICK", "Bench", "bench"]
