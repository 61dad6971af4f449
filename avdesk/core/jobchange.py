"""What differs between two lists of jobs: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from avdesk.core import steps
from avdesk.core.jobs import Job
from avdesk.core.steps import Steps, finish

Key = tuple[str, str]
"""`Job.key`."""


class HoldsJob(Protocol):
    """A row that stands for a job as it was told once.

    Attributes:
        seen: `diffing`'s own: the comparison that met the row last.
    """

    seen: object

    @property
    def job(self) -> Job:
        """The job."""


@dataclass(frozen=True, slots=True)
class JobChange:
    """What differs between two sets of jobs.

    Attributes:
        come: jobs that are new.
        changed: jobs that were there, as they are now.
        gone: the keys of jobs that are there no more.
    """

    come: tuple[Job, ...] = ()
    changed: tuple[Job, ...] = ()
    gone: tuple[Key, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.come or self.changed or self.gone)


def diff_jobs(old: Iterable[Job], new: Iterable[Job]) -> JobChange:
    """Return what differs, by `Job.key`; of a job that comes twice in a list, the later place counts."""
    rows = {job.key: _Told(job) for job in old}
    return finish(diffing(rows, new))


def diffing(rows: Mapping[Key, HoldsJob], new: Iterable[Job], *, partial: bool = False) -> Steps[JobChange]:
    """Compare the jobs that are known with those that were told now.

    `partial`: what was told is not all there is, so nothing is gone. `rows` must not change meanwhile.
    """
    come: dict[Key, Job] = {}
    changed: dict[Key, Job] = {}
    this, met = object(), 0
    for place, job in enumerate(new, 1):
        if not place % steps.STEP_ROWS:
            yield
        key = job.key
        row = rows.get(key)
        if row is None:
            come[key] = job
            continue
        if row.seen is not this:
            row.seen = this
            met += 1
        if row.job is job or row.job == job:
            changed.pop(key, None)
        else:
            changed[key] = job
    gone: list[Key] = []
    if not partial and met < len(rows):
        for place, (key, row) in enumerate(rows.items(), 1):
            if not place % steps.STEP_ROWS:
                yield
            if row.seen is not this:
                gone.append(key)
    return JobChange(tuple(come.values()), tuple(changed.values()), tuple(gone))


@dataclass(slots=True, eq=False)
class _Told:
    job: Job
    seen: object = None
