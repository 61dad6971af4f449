"""What differs between two lists of jobs, and how the rows of one list become those of another: pure.

Lists are large and their looks frequent, so both come as generators too, which stop every few milliseconds: whoever
may not be away for long, as the thread of a window, goes on in between with other things.
"""

from collections.abc import Callable, Generator, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from avdesk.core.jobs import Job

Key = tuple[str, str]
"""`Job.key`."""

RowT = TypeVar("RowT", bound=Hashable)
T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work that can be put aside at each of its steps; it returns a T in the end."""

STEP_ROWS = 2000
"""Rows that are looked at in one step: one to four milliseconds."""


MOST_MOVES = 6
"""Rows that move one by one."""


class HoldsJob(Protocol):
    """A row that stands for a job as it was told once."""

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


@dataclass(frozen=True, slots=True)
class Span:
    """Rows from `first` to `last`, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class RowEdits(Generic[RowT]):
    """How a list of rows becomes another one: first removed, then put in order, then inserted. No list is changed.

    Attributes:
        old: the old list.
        removed: places in it, the last ones first, so that each holds when its turn comes.
        kept: the rows that stay, in their old order.
        ordered: the same rows in their new order; the same list as `kept` where it does not change.
        moves: how `kept` becomes `ordered` by few rows that move, as (from, to): each is taken out, and stands at
            `to` afterwards; None where too many move to be told one by one.
        inserted: places in the new list, the first ones first.
        new: the new list.
    """

    old: list[RowT]
    removed: tuple[Span, ...]
    kept: list[RowT]
    ordered: list[RowT]
    moves: tuple[tuple[int, int], ...] | None
    inserted: tuple[Span, ...]
    new: list[RowT]

    @property
    def reorders(self) -> bool:
        """Whether rows that stay change places."""
        return self.ordered is not self.kept

    @property
    def empty(self) -> bool:
        """Whether nothing happens."""
        return not (self.removed or self.inserted or self.reorders)


def finish(steps: Steps[T]) -> T:
    """Do all of the work at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


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
    seen: set[Key] = set()
    for place, job in enumerate(new, 1):
        if not place % STEP_ROWS:
            yield
        key = job.key
        row = rows.get(key)
        if row is None:
            come[key] = job
            continue
        seen.add(key)
        if row.job is job or row.job == job:
            changed.pop(key, None)
        else:
            changed[key] = job
    gone: list[Key] = []
    if not partial and len(seen) < len(rows):
        for place, key in enumerate(rows, 1):
            if not place % STEP_ROWS:
                yield
            if key not in seen:
                gone.append(key)
    return JobChange(tuple(come.values()), tuple(changed.values()), tuple(gone))


def edits_between(old: list[RowT], new: list[RowT]) -> RowEdits[RowT]:
    """Return how `old` becomes `new`; no row may be in a list twice."""
    return finish(editing(old, new))


def editing(old: list[RowT], new: list[RowT]) -> Steps[RowEdits[RowT]]:
    """Return how `old` becomes `new`, in steps; the lists must not change meanwhile."""
    if old is new:
        return RowEdits(old, (), old, old, (), (), new)
    remaining = set(new)
    yield
    before = set(old)
    yield
    removed: tuple[Span, ...] = ()
    kept = old
    if not before <= remaining:
        removed = tuple(reversed(_spans([place for place, row in enumerate(old) if row not in remaining])))
        yield
        kept = [row for row in old if row in remaining]
        yield
    inserted: tuple[Span, ...] = ()
    ordered = new
    if not remaining <= before:
        inserted = _spans([place for place, row in enumerate(new) if row not in before])
        yield
        ordered = [row for row in new if row in before]
        yield
    if ordered == kept:
        ordered = kept
    yield
    moves = yield from _moving(kept, ordered)
    return RowEdits(old, removed, kept, ordered, moves, inserted, new)


def sorting(rows: Sequence[T], key: Callable[[T], object], *, reverse: bool = False) -> Steps[list[T]]:
    """Sort stably, in steps: runs of a few thousand first, which are merged by two."""
    runs: list[list[T]] = []
    for start in range(0, len(rows), 2 * STEP_ROWS):
        runs.append(sorted(rows[start : start + 2 * STEP_ROWS], key=key, reverse=reverse))  # type: ignore[arg-type]
        yield
    while len(runs) > 1:
        merged = []
        for first in range(0, len(runs), 2):
            both = [row for run in runs[first : first + 2] for row in run]
            both.sort(key=key, reverse=reverse)  # type: ignore[arg-type]
            merged.append(both)
            yield
        runs = merged
    return runs[0] if runs else []


def _moving(old: list[RowT], new: list[RowT]) -> Steps[tuple[tuple[int, int], ...] | None]:
    """Find the few moves that turn `old` into `new`, the same rows; None where they are more than `MOST_MOVES`."""
    work = old
    moves: list[tuple[int, int]] = []
    place = 0
    while work != new:
        if len(moves) == MOST_MOVES:
            return None
        while work[place] == new[place]:
            place += 1
        if work[place + 1] == new[place]:
            source, target = place, new.index(work[place])
        else:
            source, target = work.index(new[place], place), place
        moves.append((source, target))
        work = moved(work, source, target)
        yield
    return tuple(moves)


def moved(rows: list[RowT], source: int, target: int) -> list[RowT]:
    """Return the rows with the one at `source` at `target`."""
    result = list(rows)
    result.insert(target, result.pop(source))
    return result


@dataclass(frozen=True, slots=True)
class _Told:
    job: Job


def _spans(places: Sequence[int]) -> tuple[Span, ...]:
    """Return ascending places as runs without gaps."""
    spans: list[Span] = []
    first = last = -2
    for place in places:
        if place != last + 1:
            if last >= 0:
                spans.append(Span(first, last))
            first = place
        last = place
    if last >= 0:
        spans.append(Span(first, last))
    return tuple(spans)
