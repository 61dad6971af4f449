"""Which log somebody wants to see."""

from dataclasses import dataclass
from enum import StrEnum


class LogKind(StrEnum):
    """What it is the log of."""

    APP = "app"
    """The AutoVideo app, as a service or, where it runs in batch mode alone, as a job on Cloud Run."""
    JOBS = "jobs"
    """All render jobs."""
    JOB = "job"
    """One render job."""
    BATCH = "batch"
    """The app as a job on Cloud Run."""
    FILE = "file"
    """A file of this machine."""
    OWN = "avdesk"
    """AVDesk itself."""


@dataclass(frozen=True, slots=True)
class LogChoice:
    """One log.

    Attributes:
        kind: what it is the log of.
        name: of a job: its `video-job-…`, the beginning of it, its number or its resource name; of `BATCH`: one
            execution, empty for all; of a file: its path. Empty for the others.
    """

    kind: LogKind
    name: str = ""
