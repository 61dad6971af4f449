"""What the emulated world is made of: CustomJobs and log entries, shared by all the emulated APIs.

All times are Unix seconds on the emulator's clock. Whoever reads or changes records holds the world's lock.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(slots=True)
class CustomJobRecord:
    """One CustomJob at the emulated Vertex AI.

    Attributes:
        number: the job's number, digits as text, beyond 2^53.
        region: where it was created.
        display_name: as given at creation.
        spec: the jobSpec as given, a JSON object.
        labels: as given.
        state: Vertex AI's name, ``JOB_STATE_RUNNING``.
        error: a google.rpc.Status object, None without one.
        created, started, ended, updated: times; None when not yet.
    """

    number: str
    region: str
    display_name: str
    spec: Mapping[str, object]
    labels: Mapping[str, str]
    state: str
    created: float
    updated: float
    started: float | None = None
    ended: float | None = None
    error: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One entry at the emulated Cloud Logging.

    Attributes:
        insert_id: unique within its log.
        timestamp: when it happened; `received` is when Cloud Logging had it (later for late entries).
        severity: as Cloud Logging names it.
        resource_type: ``cloud_run_revision`` or ``ml_job``.
        resource_labels: ``service_name`` … or ``job_id``, ``task_name`` ….
        log_name: the part behind ``projects/P/logs/``.
        text: the textPayload, None when there is a `json` payload.
        json: the jsonPayload, None when there is a `text`.
        labels: the entry's own labels.
    """

    insert_id: str
    timestamp: float
    received: float
    severity: str
    resource_type: str
    resource_labels: Mapping[str, str]
    log_name: str
    text: str | None = None
    json: Mapping[str, object] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


class GoogleWorld(Protocol):
    """What the emulated Google APIs need of the world."""

    project: str
    project_number: str
    regions: Sequence[str]
    token: str
    lock: threading.RLock
    now: Callable[[], float]

    def advance(self) -> None:
        """Bring the simulation up to `now`; called with the lock held, before anything is read."""

    def jobs(self, region: str) -> Sequence[CustomJobRecord]:
        """Return the region's CustomJobs, newest first."""

    def find_job(self, region: str, number: str) -> CustomJobRecord | None:
        """Return one CustomJob without going through all of them, None when the region has none of that number."""

    def create_job(
        self, region: str, display_name: str, spec: Mapping[str, object], labels: Mapping[str, str]
    ) -> CustomJobRecord:
        """Create a CustomJob, which then waits, runs and ends like any other."""

    def cancel_job(self, job: CustomJobRecord) -> None:
        """Begin cancelling: the state becomes CANCELLING and later CANCELLED; no effect on an ended job."""

    def delete_job(self, job: CustomJobRecord) -> None:
        """Remove the job."""

    def logs(self) -> Sequence[LogRecord]:
        """Return every log entry received up to now, in order of receipt."""

    def gpu_usage(self, region: str) -> Mapping[str, tuple[float, float]]:
        """Return Compute quota metric (``NVIDIA_T4_GPUS``) → (limit, usage) for a region."""
