"""One environment at one moment: everything that the views show, immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from avdesk.core.checkcourse import NO_COURSES, CheckCourse
from avdesk.core.errors import AvdeskError
from avdesk.core.events import Event
from avdesk.core.gpuquota import GpuQuota
from avdesk.core.health import CheckResult
from avdesk.core.jobs import Job
from avdesk.core.run import Run
from avdesk.core.status import ServerStatus

NO_CHECKS: Mapping[str, CheckResult] = MappingProxyType({})
NO_TROUBLES: "Mapping[str, Trouble]" = MappingProxyType({})
NO_TIMES: Mapping[str, float] = MappingProxyType({})

STALE_AFTER_S = 180.0
"""Data older than this is *stale*, unless it is regularly told more seldom."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something could not be asked.

    Attributes:
        kind: the error's type name, as ``TimedOutError``.
        message, advice: its two sentences.
    """

    kind: str
    message: str
    advice: str

    @classmethod
    def of(cls, error: AvdeskError) -> "Trouble":
        """Return the trouble that an error tells of."""
        return cls(type(error).__name__, error.message, error.advice)


class Reach(StrEnum):
    """Whether the other side can be reached."""

    UNKNOWN = "unknown"
    YES = "yes"
    NO = "no"
    OFF = "off"
    """Not asked at all: batch mode without a url, or ``vertex = "off"``."""


@dataclass(frozen=True, slots=True)
class ServerView:
    """The AutoVideo server as last seen.

    Attributes:
        reach: whether it answers; `since` when that last changed.
        answered_at: when it last answered anything, ``/health`` included.
        status: its last answer to ``/status``; `status_at` when that was given.
        latency_s: of the last answer, seconds.
        trouble: why it could not be asked last time, None when it could.
        clock_offset_s: how far its clock is ahead of ours, seconds; None is unknown.
        batch: it has been seen to run in batch mode, so being away between runs is normal.
    """

    reach: Reach = Reach.UNKNOWN
    since: datetime | None = None
    answered_at: datetime | None = None
    status: ServerStatus | None = None
    status_at: datetime | None = None
    latency_s: float | None = None
    trouble: Trouble | None = None
    clock_offset_s: float | None = None
    batch: bool = False


@dataclass(frozen=True, slots=True)
class VertexView:
    """Vertex AI as last seen.

    Attributes:
        reach: whether it answers in at least one region; OFF when it is not asked.
        asked_at: when it last answered in at least one region.
        troubles: region → why it could not be asked; ``""`` stands for all of them.
        by: how it is asked: ``rest`` or ``gcloud``; empty before the first answer.
        tried_at: when it was last asked, with or without success.
        took: region → how long its last answer took, seconds.
    """

    reach: Reach = Reach.UNKNOWN
    asked_at: datetime | None = None
    troubles: "Mapping[str, Trouble]" = field(default_factory=lambda: NO_TROUBLES)
    by: str = ""
    tried_at: datetime | None = None
    took: Mapping[str, float] = field(default_factory=lambda: NO_TIMES)


@dataclass(frozen=True, slots=True)
class Budget:
    """The server's rate limit and what is left of it.

    Attributes:
        limit: requests in `window_s` seconds.
        used: how many of them are taken now.
        next_free_at: when the next one comes free, None while some are free.
    """

    limit: int
    window_s: float
    used: int
    next_free_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds until the run ends: half of such runs are done by `p50_s`, nine tenths by `p90_s`."""

    p50_s: float
    p90_s: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything known of one environment.

    Attributes:
        environment: its name.
        at: when this snapshot was made (UTC).
        server, vertex: the two sides that are asked.
        run: the run that is on, or the last one; None when there is none to tell of.
        job: the run's CustomJob, or an active one that nothing ties to the run.
        jobs: the CustomJobs known, newest first.
        checks: check name → its last result, of the checks that the server has.
        absent_checks: the names of those that it is known not to have.
        own_checks: name → last result of the checks that AVDesk makes itself.
        courses: name → how a check has fared, the server's and AVDesk's own.
        asking: the names of the checks that are being asked now.
        queued: the names of those that were asked for, and wait for the rate limit.
        gpu_quotas: Compute Engine's GPU quotas, a hint at what Vertex AI has left.
        budget: the rate limit; None without a server.
        eta: of the run that is on.
        next_look_at: when the next question is planned.
        paused: asking is paused by the user.
        events: the most recent events, newest first.
        past_runs: the most recent runs that ended, newest first.
    """

    environment: str
    at: datetime
    server: ServerView = field(default_factory=ServerView)
    vertex: VertexView = field(default_factory=VertexView)
    run: Run | None = None
    job: Job | None = None
    jobs: tuple[Job, ...] = ()
    checks: Mapping[str, CheckResult] = field(default_factory=lambda: NO_CHECKS)
    absent_checks: tuple[str, ...] = ()
    own_checks: Mapping[str, CheckResult] = field(default_factory=lambda: NO_CHECKS)
    courses: Mapping[str, CheckCourse] = field(default_factory=lambda: NO_COURSES)
    asking: tuple[str, ...] = ()
    queued: tuple[str, ...] = ()
    gpu_quotas: tuple[GpuQuota, ...] = ()
    budget: Budget | None = None
    eta: Eta | None = None
    next_look_at: datetime | None = None
    paused: bool = False
    events: tuple[Event, ...] = ()
    past_runs: tuple[Run, ...] = ()

    @property
    def observed_at(self) -> datetime | None:
        """When the pipeline's state was last told: by the server, or by Vertex AI while a job is active."""
        moments = [self.server.status_at]
        job = self.job
        job_told = job is not None and not job.state.ended and job.region not in self.vertex.troubles
        if self.server.reach is Reach.OFF or job_told:
            moments.append(self.vertex.asked_at)
        known = [moment for moment in moments if moment is not None]
        return max(known) if known else None

    @property
    def all_jobs(self) -> tuple[Job, ...]:
        """The jobs known, with the run's own where only the server tells of it."""
        if self.job is None or any(job.number == self.job.number and job.id == self.job.id for job in self.jobs):
            return self.jobs
        return (self.job, *self.jobs)

    def age_s(self, now: datetime) -> float | None:
        """Return how old the state is at `now`, seconds; None when it was never told."""
        seen = self.observed_at
        return None if seen is None else max(0.0, (now - seen).total_seconds())
