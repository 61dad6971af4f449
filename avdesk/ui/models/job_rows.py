"""The rows of the job table and the work of arranging them, without Qt.

The lists are never changed in place: work reads those that are shown while new ones come into being, and can be put
aside or dropped between any two of its steps. All of it runs in the window's own thread, a few milliseconds at a
time: a thread of Python beside it would have to be waited for at each cell that is painted (measured: a repaint of 6
ms became one of 15 to 60 ms).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from avdesk.core.jobchange import JobChange, Key, RowEdits, Steps, diffing, editing, edits_between, sorting
from avdesk.core.jobfacts import JobFacts
from avdesk.core.jobquery import JobQuery
from avdesk.core.jobs import Job
from avdesk.ui.models.job_columns import JobColumn, Surroundings

STEP_ROWS = 2000
_NEW_ROWS = 200
"""Rows that are made in one step."""

_LAST_TEXT = "\U0010ffff"
_MERGE_SHARE = 8
"""From an eighth of all rows on, sorting all is quicker than finding each new one's place."""


class JobRow(JobFacts):
    """One row: a job as it was told once. A job that changes gets another row.

    Attributes:
        newest: orders the rows newest first, each in its own place.
        order: by what the present column orders them.
        older: came from the archive, so that it stays when the watch no longer tells of it.
    """

    __slots__ = ("newest", "older", "order")

    def __init__(self, job: Job, *, older: bool = False) -> None:
        super().__init__(job)
        region, number = job.key
        self.newest = (math.inf if self.created is None else -self.created, number, region)
        self.order: float | str = 0.0
        self.older = older


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


@dataclass(frozen=True, slots=True)
class Content:
    """All rows at one moment. Its lists are replaced, never changed.

    Attributes:
        by_key: job key → its row.
        newest: all rows, the newest first.
        ordered: all rows as the arrangement orders them.
        shown: those of them that answer to its query.
    """

    by_key: dict[Key, JobRow]
    newest: list[JobRow]
    ordered: list[JobRow]
    shown: list[JobRow]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What work has led to.

    Attributes:
        content: the rows to show now.
        replaced: the shown rows so far, with rows of jobs that changed in the places of their old ones.
        changed: the places where that happened.
        edits: how `replaced` becomes the new shown rows.
    """

    content: Content
    replaced: list[JobRow]
    changed: Sequence[int]
    edits: RowEdits[JobRow]


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


EMPTY = Content({}, [], [], [])


def arranging(
    content: Content,
    wanted: Arrangement,
    before: Arrangement,
    around: Surroundings,
    environment: str,
    *,
    keep_order: bool,
) -> Steps[Outcome]:
    """Order and filter what is known and arranged as `before`; `keep_order`: it is in the wanted order already."""
    if keep_order:
        ordered = content.ordered
    else:
        yield from _keying(content.newest, wanted, around)
        ordered = yield from sorting(content.newest, attrgetter("order"), reverse=wanted.descending)
    candidates = ordered
    if keep_order and _narrows(wanted.query, before.query):
        candidates = content.shown
    shown = yield from _selecting(candidates, wanted.query, around.now, environment)
    edits = yield from editing(content.shown, shown)
    return Outcome(Content(content.by_key, content.newest, ordered, shown), content.shown, (), edits)


def updating(
    content: Content, update: Update, wanted: Arrangement, around: Surroundings, environment: str
) -> Steps[Outcome]:
    """Bring in what was told, into the present arrangement, which is certain to be `wanted`."""
    if update.forget:
        for row in content.newest:
            row.older = False
        yield
    change = yield from diffing(content.by_key, update.jobs, partial=update.older)
    if update.older:
        change = yield from _without_stale(content, update.jobs, change)
    if not change and not wanted.column.ticks and not wanted.query.depends_on_time:
        return Outcome(content, content.shown, (), edits_between(content.shown, content.shown))
    renewed = yield from _renewing(content, change, older=update.older)
    newest = yield from _merging(
        content.newest, renewed.dropped, sorted(renewed.fresh, key=attrgetter("newest")), _newer
    )
    ordered = yield from _reordering(content, wanted, around, renewed, newest)
    shown = yield from _reselecting(content, ordered, renewed.fresh, wanted, around, environment)
    replaced, changed = yield from _replacing(content.shown, renewed.replacing)
    edits = yield from editing(replaced, shown)
    return Outcome(Content(renewed.by_key, newest, ordered, shown), replaced, changed, edits)


def _narrows(query: JobQuery, before: JobQuery) -> bool:
    return not before.depends_on_time and query.narrows(before)


def _without_stale(content: Content, jobs: Sequence[Job], change: JobChange) -> Steps[JobChange]:
    """Mark the rows that the archive has too, and leave out what it tells of a job from before it was last told."""
    for place, job in enumerate(jobs):
        if not place % STEP_ROWS:
            yield
        row = content.by_key.get(job.key)
        if row is not None:
            row.older = True

    def is_later(job: Job) -> bool:
        known = content.by_key[job.key].job
        if known.state.ended and not job.state.ended:
            return False
        return known.updated_at is None or (job.updated_at is not None and job.updated_at >= known.updated_at)

    return JobChange(change.come, tuple(job for job in change.changed if is_later(job)))


@dataclass(frozen=True, slots=True)
class _Renewed:
    """All rows by key; those that are new; old row → the one in its place; those that are shown no more."""

    by_key: dict[Key, JobRow]
    fresh: list[JobRow]
    replacing: dict[JobRow, JobRow]
    dropped: set[JobRow]


def _renewing(content: Content, change: JobChange, *, older: bool) -> Steps[_Renewed]:
    """Make the rows of what differs."""
    renewed = _Renewed(dict(content.by_key), [], {}, set())
    yield
    for place, job in enumerate((*change.changed, *change.come)):
        if not place % _NEW_ROWS:
            yield
        old = renewed.by_key.get(job.key)
        row = JobRow(job, older=older or (old is not None and old.older))
        if old is not None:
            renewed.replacing[old] = row
            renewed.dropped.add(old)
        renewed.by_key[job.key] = row
        renewed.fresh.append(row)
    for place, key in enumerate(change.gone):
        if not place % STEP_ROWS:
            yield
        row = renewed.by_key[key]
        if not row.older:
            renewed.dropped.add(row)
            del renewed.by_key[key]
    return renewed


def _keying(rows: Sequence[JobRow], wanted: Arrangement, around: Surroundings) -> Steps[None]:
    """Give each row what it is ordered by."""
    value = wanted.column.value
    last: float | str = math.inf if wanted.column.numeric else _LAST_TEXT
    if wanted.descending:
        last = -math.inf if wanted.column.numeric else ""
    for start in range(0, len(rows), STEP_ROWS):
        for row in rows[start : start + STEP_ROWS]:
            found = value(row, around)
            row.order = last if found is None else found
        yield


def _reordering(
    content: Content,
    wanted: Arrangement,
    around: Surroundings,
    renewed: _Renewed,
    newest: list[JobRow],
) -> Steps[list[JobRow]]:
    """Return all rows in order: those that stay keep theirs, those that are new or tick find theirs."""
    moving = list(renewed.fresh)
    leaving = renewed.dropped
    if wanted.column.ticks:
        ticking = [row for row in newest if row.live]
        yield
        moving = list({*moving, *ticking})
        leaving = leaving.union(ticking)
    yield from _keying(moving, wanted, around)
    moving.sort(key=attrgetter("newest"))
    moving.sort(key=attrgetter("order"), reverse=wanted.descending)
    yield
    if len(moving) * _MERGE_SHARE > len(newest):
        return (yield from sorting(newest, attrgetter("order"), reverse=wanted.descending))
    return (yield from _merging(content.ordered, leaving, moving, _above(descending=wanted.descending)))


def _merging(
    rows: list[JobRow], leaving: set[JobRow], coming: list[JobRow], above: Callable[[JobRow, JobRow], bool]
) -> Steps[list[JobRow]]:
    """Return the rows without those that leave, and with those that come, which are in order already."""
    staying = [row for row in rows if row not in leaving] if leaving else rows
    yield
    if len(coming) * _MERGE_SHARE > len(staying) and above is _newer:
        return (yield from sorting([*staying, *coming], attrgetter("newest")))
    parts: list[JobRow] = []
    done = 0
    for count, row in enumerate(coming):
        if not count % STEP_ROWS:
            yield
        place = _place_of(row, staying, done, above)
        parts += staying[done:place]
        parts.append(row)
        done = place
    parts += staying[done:]
    return parts


def _place_of(row: JobRow, rows: list[JobRow], low: int, above: Callable[[JobRow, JobRow], bool]) -> int:
    high = len(rows)
    while low < high:
        middle = (low + high) // 2
        if above(rows[middle], row):
            low = middle + 1
        else:
            high = middle
    return low


def _newer(one: JobRow, other: JobRow) -> bool:
    return one.newest < other.newest


def _above(*, descending: bool) -> Callable[[JobRow, JobRow], bool]:
    """Return whether a row stands above another one: by the column, and newest first where that is the same."""

    def above(one: JobRow, other: JobRow) -> bool:
        if one.order == other.order:
            return one.newest < other.newest
        return (one.order < other.order) is not descending  # type: ignore[operator]

    return above


def _selecting(rows: list[JobRow], query: JobQuery, now: datetime, environment: str) -> Steps[list[JobRow]]:
    if not query.terms:
        return rows
    select = query.bound(now, environment)
    found: list[JobRow] = []
    for start in range(0, len(rows), STEP_ROWS):
        found += select(rows[start : start + STEP_ROWS])
        yield
    return found


def _reselecting(
    content: Content,
    ordered: list[JobRow],
    fresh: list[JobRow],
    wanted: Arrangement,
    around: Surroundings,
    environment: str,
) -> Steps[list[JobRow]]:
    """Return the rows to show: those that did not change answer as they did, unless the query asks for the time."""
    query = wanted.query
    if not query.terms or query.depends_on_time:
        return (yield from _selecting(ordered, query, around.now, environment))
    answering = set(content.shown)
    yield
    answering.update((yield from _selecting(fresh, query, around.now, environment)))
    found = [row for row in ordered if row in answering]
    yield
    return found


def _replacing(shown: list[JobRow], replacing: dict[JobRow, JobRow]) -> Steps[tuple[list[JobRow], list[int]]]:
    if not replacing:
        return shown, []
    changed = [place for place, row in enumerate(shown) if row in replacing]
    yield
    replaced = list(shown)
    for place in changed:
        replaced[place] = replacing[replaced[place]]
    yield
    return replaced, changed
