"""The emulated world: one AutoVideo pipeline, its render jobs at Vertex AI and its logs, as a function of time."""

import dataclasses
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from avdesk.emulator.circumstances import USUALLY_FAILING, Circumstances, local_utc_offset_s
from avdesk.emulator.clock import Agenda, Steps
from avdesk.emulator.hardware import KINDS, L4, REGIONS, T4, Hardware, quota_limit
from avdesk.emulator.history import PastJobs
from avdesk.emulator.joblog import AppLog, JobLog
from avdesk.emulator.jobshop import GpusExhausted, JobShop
from avdesk.emulator.jobspec import hardware_of, scheduling_of
from avdesk.emulator.logbook import LogBook
from avdesk.emulator.pipeline import DEFAULT_TOPIC, Pipeline, Settings, changes
from avdesk.emulator.plans import draw_job
from avdesk.emulator.records import CustomJobRecord, LogRecord
from avdesk.emulator.revisions import REVISIONS

PROJECT = "av-8675309"
PROJECT_NUMBER = "939407899550"
SPEED_LIMIT = 100_000.0
OLD_LOGS = 20
"""How many of the past jobs still have their log entries."""


@dataclass(frozen=True, slots=True)
class WorldOptions:
    """How the world is set up.

    Attributes:
        revision: the server's: ``a``, ``b``, ``between`` or ``planned``.
        speed: by which all durations of the pipeline, the queues and the renders are divided.
        seed: decides everything that is left to chance.
        past_jobs: how many jobs had ended before the start.
        failure_rate: the share of runs that fail by themselves, 0 to 1 (long queues time out in addition).
        auto_runs: whether runs start by themselves: the first `first_run_after` real seconds after the start, the
            others `pause_s` (divided by the speed) after the end of the one before.
        youtube_upload: whether a run ends with an upload.
        utc_offset_s: the server's time zone, seconds east of Greenwich; None: this machine's.
    """

    revision: str = "b"
    speed: float = 1.0
    seed: int = 0
    past_jobs: int = 0
    failure_rate: float = 0.15
    auto_runs: bool = False
    first_run_after: float = 3.0
    pause_s: float = 600.0
    youtube_upload: bool = False
    project: str = PROJECT
    project_number: str = PROJECT_NUMBER
    regions: tuple[str, ...] = field(default=REGIONS)
    utc_offset_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no world.

        Raises:
            ValueError: an option is out of range or unknown.
        """
        if self.revision not in REVISIONS:
            raise ValueError(f"no revision {self.revision!r}; there are {', '.join(REVISIONS)}")
        if not 0 < self.speed <= SPEED_LIMIT:
            raise ValueError(f"speed must be above 0 and at most {SPEED_LIMIT:g}, not {self.speed!r}")
        if self.past_jobs < 0:
            raise ValueError("past_jobs must not be negative")
        if not 0 <= self.failure_rate <= 1:
            raise ValueError("failure_rate must be from 0 to 1")
        if not self.regions:
            raise ValueError("at least one region is needed")


class World:
    """Implements `avdesk.emulator.records.GoogleWorld`, and holds the server's pipeline.

    Whoever reads or changes anything holds `lock` and calls `advance` first.

    Attributes:
        options: how it was set up.
        revision: the server's revision.
        circumstances: what fails around the server; may be changed at any time.
        pipeline: the server's pipeline and state.
        token: the bearer that the Google APIs ask for.
    """

    def __init__(self, options: WorldOptions, now: Callable[[], float], exhausted: GpusExhausted) -> None:
        """Make the world; `exhausted` tells whether a region has no GPU quota left at the moment."""
        self.options = options
        self.project = options.project
        self.project_number = options.project_number
        self.regions: Sequence[str] = options.regions
        self.lock = threading.RLock()
        self.now = now
        self.revision = REVISIONS[options.revision]
        rng = random.Random(options.seed)  # noqa: S311 - a simulation
        self.token = f"ya29.emulated-{rng.getrandbits(96):024x}"
        start = now()
        offset = local_utc_offset_s(start) if options.utc_offset_s is None else options.utc_offset_s
        self.circumstances = Circumstances(failing=set(USUALLY_FAILING[options.revision]), utc_offset_s=offset)
        self._rng = rng
        self._exhausted = exhausted
        self._agenda = Agenda(start)
        self._book = LogBook(random.Random(rng.random()))  # noqa: S311
        self._past = PastJobs(options.past_jobs, options.regions, options.project, start, options.speed, options.seed)
        self._job_log = JobLog(self._book, options.project, options.speed, random.Random(rng.random()))  # noqa: S311
        self.app_log = AppLog(self._book, options.project, offset)
        self._shop = JobShop(self._agenda, self._past, self._job_log, options.project, options.speed, rng, exhausted)
        self.pipeline = Pipeline(
            self.revision,
            self._agenda,
            self._shop,
            self.app_log,
            self.circumstances,
            Settings(youtube_upload=options.youtube_upload, regions=options.regions),
            rng,
            project=options.project,
            speed=options.speed,
            failure_rate=options.failure_rate,
        )
        self.app_log.line(start, "main", "INFO", "AutoVideo server is up, listening on port 8080")
        self._old_logs_written = False
        if options.auto_runs:
            self._agenda.at(start + options.first_run_after, self._auto_run)
            self.pipeline.when_run_ends(self._next_auto_run)

    @property
    def time(self) -> float:
        """The moment that the simulation has reached, Unix seconds."""
        return self._agenda.time

    @property
    def past_jobs_made(self) -> int:
        """How many of the past jobs exist as records so far; the others are made when they are looked at."""
        return self._past.made

    def advance(self) -> None:
        """Bring the simulation up to `now`; called with the lock held, before anything is read."""
        self._agenda.advance(self.now())

    def jobs(self, region: str) -> Sequence[CustomJobRecord]:
        """Return the region's CustomJobs, newest first."""
        return self._shop.jobs(region)

    def find_job(self, region: str, number: str) -> CustomJobRecord | None:
        """Return one CustomJob without going through all of them, None when the region has none of that number."""
        return self._shop.find(region, number)

    def job_named(self, job_id: str) -> CustomJobRecord | None:
        """Return the newest CustomJob for ``video-job-<8 hex>`` in any region, None when there is none."""
        return self._shop.named(job_id)

    def jobs_of_this_session(self) -> Sequence[CustomJobRecord]:
        """Return the jobs created since the start, oldest first."""
        return tuple(self._shop.of_this_session())

    def create_job(
        self, region: str, display_name: str, spec: Mapping[str, object], labels: Mapping[str, str]
    ) -> CustomJobRecord:
        """Create a CustomJob, which then waits, runs and ends like any other."""
        spot = scheduling_of(spec).get("strategy") == "SPOT"
        plan = draw_job(self._rng, region, hardware_of(spec), spot=spot, failure_rate=self.options.failure_rate / 2)
        return self._shop.create(region, display_name, spec, labels, plan)

    def cancel_job(self, job: CustomJobRecord) -> None:
        """Begin cancelling: the state becomes CANCELLING and later CANCELLED; no effect on an ended job."""
        self._shop.cancel(job)

    def delete_job(self, job: CustomJobRecord) -> None:
        """Remove the job."""
        self._shop.delete(job)

    def logs(self) -> Sequence[LogRecord]:
        """Return every log entry received up to now, in order of receipt."""
        if not self._old_logs_written:
            self._old_logs_written = True
            self._write_old_logs()
        return self._book.received(self._agenda.time)

    def gpu_usage(self, region: str) -> Mapping[str, tuple[float, float]]:
        """Return Compute quota metric (``NVIDIA_T4_GPUS``) → (limit, usage) for a region."""
        figures: dict[str, tuple[float, float]] = {}
        for kind in (L4, T4):
            limit = quota_limit(kind, region)
            usage = min(limit, float(self._shop.running(region, kind)))
            figures[kind.quota_metric] = (limit, limit if self._exhausted(region, job_asks=False) else usage)
            figures[f"PREEMPTIBLE_{kind.quota_metric}"] = (limit * 2, 0.0)
        return figures

    def plan_next(self, **values: object) -> None:
        """Decide what chance would have decided about the next run: fields of `RunPlan` and of its `JobPlan`.

        Seconds are those at speed 1. ``hardware`` may be a key (``"t4"``).

        Raises:
            ValueError: there is no such field.
        """
        from avdesk.emulator.plans import JobPlan, RunPlan

        names = {item.name for kind in (RunPlan, JobPlan) for item in dataclasses.fields(kind) if item.init}
        unknown = set(values) - names
        if unknown:
            raise ValueError(f"a run has no {', '.join(sorted(unknown))}")
        hardware = values.get("hardware")
        if isinstance(hardware, str):
            values["hardware"] = _kind(hardware)
        with self.lock:
            self.pipeline.plan_next(changes(values))

    def start_run(self, topic: str = DEFAULT_TOPIC) -> None:
        """Start a run as the server itself would, unless one is on."""
        with self.lock:
            self.advance()
            if not self.pipeline.state.is_generating:
                self.pipeline.begin(topic)

    def run(self, steps: Steps) -> None:
        """Begin a further course of events."""
        self._agenda.run(steps)

    def draw_hex(self, bits: int) -> str:
        """Return drawn hexadecimal digits, as ids are made of."""
        return f"{self._rng.getrandbits(bits):0{bits // 4}x}"

    def _auto_run(self) -> None:
        if not self.pipeline.state.is_generating:
            self.pipeline.begin(DEFAULT_TOPIC)

    def _next_auto_run(self) -> None:
        self._agenda.at(self._agenda.time + self.options.pause_s / self.options.speed, self._auto_run)

    def _write_old_logs(self) -> None:
        for place in range(min(OLD_LOGS, self.options.past_jobs)):
            job = self._past.record(place)
            self._job_log.service(job, job.created, "Waiting for job to be provisioned.")
            if job.started is not None and job.ended is not None:
                self._job_log.service(job, job.started, "Job is running.")
                self._job_log.container(
                    job, job.started, job.ended - job.started, hardware_of(job.spec), self._past.failure_of(place)
                )
            if job.ended is not None:
                text = f"Job failed. {job.error['message']}" if job.error else "Job completed successfully."
                self._job_log.service(job, job.ended, text, "ERROR" if job.error else "INFO")


def _kind(key: str) -> Hardware:
    if key not in KINDS:
        raise ValueError(f"no hardware {key!r}; there are {', '.join(KINDS)}")
    return KINDS[key]
