"""The work of arranging the job table's rows, without Qt.

Lists are never changed in place: work reads those that are shown while new ones come into being, and can be put aside
or dropped between any two of its steps. All of it runs in the window's own thread, a few milliseconds at a time: a
thread of Python beside it would have to be waited for at each cell that is painted (measured: a repaint of 6 ms
became one of 15 to 60 ms).
"""

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress
from operator import attrgetter

from avdesk.core import steps
from avdesk.core.jobchange import JobChange, Key, diffing
from avdesk.core.jobquery import JobQuery
from avdesk.core.jobs import Job
from avdesk.core.jobsheet import JobSheet
from avdesk.core.jobterms import OfOne
from avdesk.core.rowedits import editing, no_edits, parting, reordering, sifting
from avdesk.core.steps import Steps, sorting
from avdesk.ui.models.job_columns import Surroundings
from avdesk.ui.models.job_rows import Arrangement, Content, JobRow, Outcome, Update

_BY_COLUMN = attrgetter("order")
_NEWEST_FIRST = attrgetter("newest")
_ONE = b"\x01"
_COPIED = 8000
_NEW_ROWS = 100
"""Rows that are made in one step."""

_LAST_TEXT = "\U0010ffff"
_MERGE_SHARE = 8
"""From an eighth of all rows on, sorting all is quicker than finding each new one's place."""


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
    query, shown = wanted.query, content.shown
    if keep_order:
        ordered = content.ordered
    elif wanted.newest_first:
        ordered = content.newest
    else:
        give = _keyer(wanted, around)
        ordered = yield from sorting(content.newest, _BY_COLUMN, reverse=wanted.descending, before=give)
    slots = content.slots if keep_order else None
    if ordered is content.newest:
        slots = content.newest_slots
    known = content.marks if keep_order else None
    if known is None:
        known = yield from _marking(ordered, shown)
    if query.terms == before.query.terms and not query.depends_on_time:
        marks = known
    elif not query.terms:
        marks = _ONE * len(ordered)
    else:
        yield from content.sheet.catching_up()
        slots = slots or (yield from finding_slots(ordered))
        marks = yield from _answering(content.sheet, ordered, slots, query, around.now, environment)
    if not (keep_order and marks == known):
        shown = ordered if 0 not in marks else list(compress(ordered, marks))
        yield
    if keep_order:
        edits = yield from sifting(ordered, content.shown, known, shown, marks)
    elif marks == known:
        edits = yield from reordering(content.shown, shown)
    else:
        edits = yield from editing(content.shown, shown)
    return Outcome(replace(content, ordered=ordered, shown=shown, marks=marks, slots=slots), content.shown, (), edits)


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
        return Outcome(content, content.shown, (), no_edits(content.shown))
    renewed = yield from _renewing(content, change, older=update.older)
    ticking = yield from _ticking(content, wanted, renewed)
    moving = [*renewed.fresh, *ticking]
    if not wanted.newest_first:
        yield from _keying(moving, wanted, around)
    leaving = renewed.dropped.union(ticking)
    newest = yield from _merging(content.newest, renewed.dropped, renewed.fresh, None)
    ordered = newest
    if not wanted.newest_first:
        ordered = yield from _merging(content.ordered, leaving, moving, wanted)
    replaced, changed = yield from _replacing(content.shown, renewed.replacing)
    if wanted.query.depends_on_time:
        shown = yield from _selecting(ordered, wanted.query, around.now, environment)
        edits = yield from editing(replaced, shown)
    else:
        answering = set((yield from _selecting(renewed.fresh, wanted.query, around.now, environment)))
        shown = ordered
        if wanted.query.terms:
            # Those that tick and are shown answer still: they did not change.
            _rest, taken, _places = yield from parting(content.shown, leaving)
            staying = [row for row in taken if row not in renewed.dropped]
            shown = yield from _merging(content.shown, leaving, [*answering, *staying], wanted)
        there = {replaced[place] for place in changed}
        edits = yield from editing(replaced, shown, renewed.dropped | (there - answering), answering - there)
    arranged = replace(
        content, newest=newest, ordered=ordered, shown=shown, marks=None, slots=None, newest_slots=None
    )
    return Outcome(arranged, replaced, changed, edits, renewed.come, renewed.gone, renewed.dropped)


def _marking(rows: list[JobRow], shown: list[JobRow]) -> Steps[bytes]:
    """Return a one for each row that is shown, a zero for each other one."""
    if len(shown) == len(rows):
        return _ONE * len(rows)
    there: set[JobRow] = set()
    for start in range(0, len(shown), steps.STEP_ROWS):
        there.update(shown[start : start + steps.STEP_ROWS])
        yield
    marks = bytearray()
    for start in range(0, len(rows), steps.STEP_ROWS):
        marks += bytes(map(there.__contains__, rows[start : start + steps.STEP_ROWS]))
        yield
    return bytes(marks)


def finding_slots(rows: list[JobRow]) -> "Steps[array[int]]":
    """Return where rows stand in the sheet, which has to know them: the one thing that takes looking at each."""
    slots = array("i")
    for start in range(0, len(rows), steps.STEP_ROWS):
        slots.extend([row.slot for row in rows[start : start + steps.STEP_ROWS]])
        yield
    return slots


def _answering(
    sheet: JobSheet, rows: list[JobRow], slots: "array[int]", query: JobQuery, now: datetime, environment: str
) -> Steps[bytes]:
    """Return a one for each row that answers to the query, a zero for each other one."""
    by_slot = yield from sheet.answering(query, now, environment)
    marks = bytearray()
    for start in range(0, len(rows), _COPIED):
        marks += bytes(map(by_slot.__getitem__, slots[start : start + _COPIED]))
        yield
    if any(isinstance(term.question, OfOne) for term in query.terms):
        return (
            yield from _marking(rows, (yield from _selecting(list(compress(rows, marks)), query, now, environment)))
        )
    return bytes(marks)


def _without_stale(content: Content, jobs: Sequence[Job], change: JobChange) -> Steps[JobChange]:
    """Mark the rows that the archive has too, and leave out what it tells of a job from before it was last told."""
    for place, job in enumerate(jobs):
        if not place % steps.STEP_ROWS:
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
    """Rows that are new, by key too; old row → the one in its place; all that go; the keys without a row."""

    come: dict[Key, JobRow]
    fresh: list[JobRow]
    replacing: dict[JobRow, JobRow]
    dropped: set[JobRow]
    gone: list[Key]


def _renewing(content: Content, change: JobChange, *, older: bool) -> Steps[_Renewed]:
    """Make the rows of what differs."""
    renewed = _Renewed({}, [], {}, set(), [])
    for place, job in enumerate((*change.changed, *change.come)):
        if not place % _NEW_ROWS:
            yield
        key = job.key
        old = content.by_key.get(key)
        row = renewed.come[key] = JobRow(job, older=older or (old is not None and old.older))
        if old is not None:
            renewed.replacing[old] = row
            renewed.dropped.add(old)
        renewed.fresh.append(row)
        content.occurring.note(job)
    for place, key in enumerate(change.gone):
        if not place % steps.STEP_ROWS:
            yield
        row = content.by_key[key]
        if not row.older:
            renewed.dropped.add(row)
            renewed.gone.append(key)
    return renewed


def _ticking(content: Content, wanted: Arrangement, renewed: _Renewed) -> Steps[list[JobRow]]:
    """Return the rows whose place may change by the time alone."""
    if not wanted.column.ticks:
        return []
    found: list[JobRow] = []
    for start in range(0, len(content.newest), steps.STEP_ROWS):
        found += [row for row in content.newest[start : start + steps.STEP_ROWS] if row.live]
        yield
    return [row for row in found if row not in renewed.dropped]


def _keyer(wanted: Arrangement, around: Surroundings) -> Callable[[Sequence[JobRow]], None]:
    """Return what gives rows what they are ordered by."""
    values = wanted.column.values
    last: float | str = math.inf if wanted.column.numeric else _LAST_TEXT
    if wanted.descending:
        last = -math.inf if wanted.column.numeric else ""

    def give(rows: Sequence[JobRow]) -> None:
        for row, value in zip(rows, values(rows, around), strict=True):
            row.order = last if value is None else value

    return give


def _keying(rows: Sequence[JobRow], wanted: Arrangement, around: Surroundings) -> Steps[None]:
    give = _keyer(wanted, around)
    for start in range(0, len(rows), steps.STEP_ROWS):
        give(rows[start : start + steps.STEP_ROWS])
        yield


def _merging(
    rows: list[JobRow], leaving: set[JobRow], coming: Sequence[JobRow], wanted: Arrangement | None
) -> Steps[list[JobRow]]:
    """Return the rows without those that leave and with those that come, as `wanted` orders them; None: newest first.

    The rows that stay are in order already.
    """
    staying, _gone, _places = yield from parting(rows, leaving)
    by_column = wanted is not None and not wanted.newest_first
    descending = wanted is not None and wanted.descending
    if len(coming) * _MERGE_SHARE > len(staying):
        found = yield from sorting([*staying, *coming], _NEWEST_FIRST)
        return (yield from sorting(found, _BY_COLUMN, reverse=descending)) if by_column else found
    arriving = sorted(coming, key=_NEWEST_FIRST)
    if by_column:
        arriving.sort(key=_BY_COLUMN, reverse=descending)
    yield
    above = _above(descending=descending) if by_column else _newer
    merged: list[JobRow] = []
    done = 0
    for count, row in enumerate(arriving):
        if not count % _NEW_ROWS:
            yield
        place = _place_of(row, staying, done, above)
        yield from _copying(staying, done, place, merged)
        merged.append(row)
        done = place
    yield from _copying(staying, done, len(staying), merged)
    return merged


def _copying(rows: list[JobRow], start: int, end: int, target: list[JobRow]) -> Steps[None]:
    for first in range(start, end, _COPIED):
        target += rows[first : min(end, first + _COPIED)]
        if end - first > _COPIED:
            yield


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
    found: list[JobRow] = []
    for start in range(0, len(rows), steps.STEP_ROWS):
        found += query.select(rows[start : start + steps.STEP_ROWS], now, environment)
        yield
    return found


def _replacing(shown: list[JobRow], replacing: dict[JobRow, JobRow]) -> Steps[tuple[list[JobRow], list[int]]]:
    """Return the rows with new ones in the places of old ones, and these places."""
    if not replacing:
        return shown, []
    changed: list[int] = []
    replaced: list[JobRow] = []
    for start in range(0, len(shown), steps.STEP_ROWS):
        part = shown[start : start + steps.STEP_ROWS]
        if not replacing.keys().isdisjoint(part):
            changed += [place for place, row in enumerate(part, start) if row in replacing]
            part = [replacing.get(row, row) for row in part]
        replaced += part
        yield
    return (replaced, changed) if changed else (shown, [])
