"""Vertex AI CustomJobs as AVDesk knows them.

Facts: the state names are those of Vertex AI's JobState enum; `QUEUED` and `PENDING` both wait for a machine.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

NO_LABELS: Mapping[str, str] = MappingProxyType({})

JOB_ID = re.compile(r"video-job-[0-9a-f]{8}")
"""How AutoVideo names a render job."""

DISPLAY_NAME_PREFIX = "av-video-render-"

DEFAULT_TIME_LIMIT_S = 3600.0
"""`VERTEX_JOB_TIMEOUT_S`, AutoVideo's own default."""


class JobState(StrEnum):
    """The state of a CustomJob; an enum value that Vertex AI adds later reads as `UNKNOWN`."""

    QUEUED = "queued"
    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    EXPIRED = "expired"
    UPDATING = "updating"
    PARTIALLY_SUCCEEDED = "partially_succeeded"
    UNKNOWN = "unknown"

    @classmethod
    def from_vertex(cls, name: str | None) -> "JobState":
        """Return the state for Vertex AI's name of it (``JOB_STATE_RUNNING``)."""
        word = (name or "").removeprefix("JOB_STATE_").lower()
        try:
            return cls(word)
        except ValueError:
            return cls.UNKNOWN

    @property
    def ended(self) -> bool:
        """Whether the job can never change again. An unknown state counts as not ended."""
        return self in ENDED_STATES

    @property
    def waiting(self) -> bool:
        """Whether the job waits for a machine."""
        return self in WAITING_STATES

    @property
    def active(self) -> bool:
        """Whether the job is known to occupy or to wait for a machine."""
        return not self.ended and self is not JobState.UNKNOWN


ENDED_STATES = frozenset(
    {
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.CANCELLED,
        JobState.EXPIRED,
        JobState.PARTIALLY_SUCCEEDED,
    }
)
WAITING_STATES = frozenset({JobState.QUEUED, JobState.PENDING})


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job ended as it did: a google.rpc.Status.

    Attributes:
        code: the gRPC code (8 is RESOURCE_EXHAUSTED), not an HTTP status; None when absent.
        message: the text, made harmless; empty when absent.
    """

    code: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Job:
    """One CustomJob at one moment. Times are UTC; None is unknown.

    Attributes:
        id: ``video-job-ab12cd34``, or the CustomJob's number when the job is not AutoVideo's.
        display_name: as Vertex AI has it.
        resource_name: the full name, ``projects/…/locations/…/customJobs/…``; empty when only the server told of it.
        number: the last part of the resource name, digits kept as text (they exceed 2^53).
        state: the state; `vertex_state` is its name as it came.
        region: where it runs; None is unknown.
        accelerator_type: as ``NVIDIA_L4``; None for a CPU job.
        spot: whether it runs on spot capacity.
        time_limit_s: the limit after which Vertex AI ends it, seconds; None when not said.
        retry_of: the id of the job that this one retries, from its labels.
    """

    id: str
    display_name: str
    resource_name: str
    number: str
    state: JobState
    vertex_state: str
    region: str | None
    machine_type: str | None = None
    accelerator_type: str | None = None
    accelerator_count: int = 0
    spot: bool | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    updated_at: datetime | None = None
    error: JobError | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: NO_LABELS)
    time_limit_s: float | None = None
    retry_of: str | None = None
    reported_queue_s: float | None = None
    reported_run_s: float | None = None
    reported_total_s: float | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the job everywhere: region and number (names differ by project id and number)."""
        return (self.region or "", self.number or self.id)

    @property
    def is_autovideo(self) -> bool:
        """Whether AutoVideo made the job, by its label or its name."""
        return self.labels.get("pipeline") == "autovideo" or self.display_name.startswith(DISPLAY_NAME_PREFIX)

    def queue_s(self, now: datetime) -> float | None:
        """Seconds waited for a machine: so far while it waits, in all once it ran, None when not known."""
        if self.created_at is None:
            return self.reported_queue_s
        if self.started_at is not None:
            return _seconds(self.created_at, self.started_at)
        if self.state.waiting:
            return _seconds(self.created_at, now)
        return self.reported_queue_s

    def run_s(self, now: datetime) -> float | None:
        """Seconds on the machine, so far while it runs; None for a job that never started."""
        if self.started_at is None:
            return self.reported_run_s
        if self.ended_at is not None:
            return _seconds(self.started_at, self.ended_at)
        if self.state.ended or self.state.waiting:
            return self.reported_run_s
        return _seconds(self.started_at, now)

    def total_s(self, now: datetime) -> float | None:
        """Seconds since it was made, to its end where it has ended."""
        if self.created_at is None:
            return self.reported_total_s
        if self.ended_at is not None:
            return _seconds(self.created_at, self.ended_at)
        if self.state.ended:
            return self.reported_total_s
        return _seconds(self.created_at, now)

    def cost_usd(self, now: datetime) -> float | None:
        """What it has cost so far by AutoVideo's own price table; None for a machine that is not in it."""
        run = self.run_s(now)
        if run is None:
            never_ran = self.state in (JobState.FAILED, JobState.CANCELLED) or self.state.waiting
            return 0.0 if never_ran and self.started_at is None else None
        rate = hourly_rate_usd(self.machine_type, self.accelerator_type)
        if rate is None:
            return None
        return round(rate * max(1, self.accelerator_count) * run / 3600.0, 4)

    @property
    def actions(self) -> tuple[str, ...]:
        """The verbs that the job's state allows, as the command line names them."""
        if self.state in (JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED, JobState.PARTIALLY_SUCCEEDED):
            return ("retry",)
        if self.state in (JobState.QUEUED, JobState.PENDING, JobState.RUNNING, JobState.PAUSED, JobState.UPDATING):
            return ("cancel", "restart")
        return ()


_HOURLY_RATES_USD: Mapping[str, float] = MappingProxyType(
    {
        "NVIDIA_TESLA_T4": 0.35,
        "NVIDIA_L4": 0.50,
        "NVIDIA_TESLA_A100": 3.00,
        "NVIDIA_A100_80GB": 3.00,
    }
)
_CPU_RATE_USD = 0.30
"""n1-standard-8 without a GPU; all of these are the figures that AutoVideo's authors plan with."""


def hourly_rate_usd(machine_type: str | None, accelerator_type: str | None) -> float | None:
    """Return dollars an hour for one accelerator (or one CPU machine), None when not in the table."""
    if accelerator_type is not None:
        return _HOURLY_RATES_USD.get(accelerator_type)
    return _CPU_RATE_USD if machine_type == "n1-standard-8" else None


def _seconds(start: datetime, end: datetime) -> float:
    """Return the seconds from `start` to `end`, never negative: clocks differ, time does not run backwards."""
    return max(0.0, (end - start).total_seconds())
