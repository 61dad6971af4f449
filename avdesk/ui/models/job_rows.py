"""The rows of the job table, and what work on them leads to: values, without Qt."""

import math
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from avdesk.core.jobchange import Key
from avdesk.core.jobquery import JobQuery
from avdesk.core.jobs import Job
from avdesk.core.jobsheet import JobSheet, SheetFacts
from avdesk.core.rowedits import RowEdits
from avdesk.ui.models.job_columns import CREATED, JobColumn

_MOST_LABELS = 500


class JobRow(SheetFacts):
    """One row: a job as it was told once. A job that changes gets another row.

    Attributes:
        newest: orders the rows newest first, each in its own place.
        order: by what the present column orders them.
        older: came from the archive, so that it stays when the watch no longer tells of it.
        seen: for `diffing`.
    """

    __slots__ = ("newest", "older", "order", "seen")

    def __init__(self, job: Job, *, older: bool = False) -> None:
        super().__init__(job)
        region, number = job.key
        self.newest = (math.inf if self.created is None else -self.created, number, region)
        self.order: float | str = 0.0
        self.older = older
        self.seen: object = None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the rows are to be shown.

    Attributes:
        column: what orders them.
        descending: the largest first.
        query: which are shown.
    """

    column: JobColumn
    descending: bool
    query: JobQuery

    @property
    def newest_first(self) -> bool:
        """Whether it is the order that the rows are kept in anyway."""
        return self.column.name == CREATED and self.descending


@dataclass(frozen=True, slots=True)
class Occurring:
    """Values that occur or occurred, for completion."""

    regions: set[str] = field(default_factory=set)
    machines: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)

    def note(self, job: Job) -> None:
        """Take note of a job's values; of labels, which may differ in each job, some are enough."""
        if job.region:
            self.regions.add(job.region)
        if job.machine_type:
            self.machines.add(job.machine_type)
        if len(self.labels) < _MOST_LABELS:
            self.labels.update(f"{name}={value}" for name, value in job.labels.items())


@dataclass(frozen=True, slots=True)
class Content:
    """All rows at one moment. Its lists are replaced, never changed; several may be the same one.

    Attributes:
        by_key: job key → its row.
        newest: all rows, the newest first.
        ordered: all rows as the arrangement orders them.
        shown: those of them that answer to its query.
        marks: a one for each of `ordered` that is shown, a zero for the others; None where that is not known.
        slots, newest_slots: the slots of `ordered` and of `newest` in the sheet; None where they are not known.
        sheet: what is asked of all rows; has to be told when it is these that count.
        occurring: the values that occur; these alone are added to.
    """

    by_key: dict[Key, JobRow]
    newest: list[JobRow]
    ordered: list[JobRow]
    shown: list[JobRow]
    occurring: Occurring
    sheet: JobSheet
    marks: bytes | None = None
    slots: "array[int] | None" = None
    newest_slots: "array[int] | None" = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What work has led to.

    Attributes:
        content: the rows to show now.
        replaced: the shown rows so far, with rows of jobs that changed in the places of their old ones.
        changed: the places where that happened.
        edits: how `replaced` becomes the new shown rows.
        dropped: the rows that are no more, as those of jobs that changed.
        come, gone: what changes in `Content.by_key`, which is left as it is until all of it is shown.
    """

    content: Content
    replaced: list[JobRow]
    changed: Sequence[int]
    edits: RowEdits[JobRow]
    come: Mapping[Key, JobRow] = field(default_factory=dict)
    gone: Sequence[Key] = ()
    dropped: Collection[JobRow] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """Jobs that were told.

    Attributes:
        jobs: the jobs.
        older: they came from the archive: they join those that are known. Otherwise they are all that is watched.
        forget: what came from the archive goes.
    """

    jobs: Sequence[Job]
    older: bool = False
    forget: bool = False
