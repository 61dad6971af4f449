"""What differs between two lists of jobs, and how the rows of one list become those of another: pure.

Lists are large and their looks frequent, so both come as generators too, which stop every few milliseconds: whoever
may not be away for long, as the thread of a window, goes on in between with other things.
"""

from bisect import bisect_left
from collections.abc import Callable, Generator, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from avdesk.core.jobs import Job

Key = tuple[str, str]
"""`Job.key`."""

RowT = TypeVar("RowT", bound=Hashable)
T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work that can be put aside at each of its steps; it returns a T in the end."""

STEP_ROWS = 1000
"""Rows that are looked at in one step: about a millisecond."""


_RUN = 2000
_SAMPLE = 100
"""Of so many rows one tells how the values are spread."""

MOST_SPANS = 24
"""Separate runs of rows that come or go one by one."""

MOST_MOVES = 6
"""Rows that move one by one."""


class SupportsLess(Protocol):
    """What can be put in order."""

    def __lt__(self, other: Any, /) -> bool: ...  # noqa: ANN401 - as the standard library's own


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
        leaving: the rows that are removed; `removed` their places in `old`, the last ones first, so that each holds
            when its turn comes. None where they are at more than `MOST_SPANS` places.
        kept: the rows that stay, in their old order.
        ordered: the same rows in their new order; the same list as `kept` where it does not change.
        moves: how `kept` becomes `ordered` by few rows that move, as (from, to): each is taken out, and stands at
            `to` afterwards; None where too many move to be told one by one.
        coming: the rows that are inserted; `inserted` their places in `new`, the first ones first, None as above.
        new: the new list.
    """

    old: list[RowT]
    leaving: list[RowT]
    removed: tuple[Span, ...] | None
    kept: list[RowT]
    ordered: list[RowT]
    moves: tuple[tuple[int, int], ...] | None
    coming: list[RowT]
    inserted: tuple[Span, ...] | None
    new: list[RowT]

    @property
    def reorders(self) -> bool:
        """Whether rows that stay change places."""
        return self.ordered is not self.kept

    @property
    def empty(self) -> bool:
        """Whether nothing happens."""
        return not (self.leaving or self.coming or self.reorders)


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
    this, met = object(), 0
    for place, job in enumerate(new, 1):
        if not place % STEP_ROWS:
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
            if not place % STEP_ROWS:
                yield
            if row.seen is not this:
                gone.append(key)
    return JobChange(tuple(come.values()), tuple(changed.values()), tuple(gone))


def no_edits(rows: list[RowT]) -> RowEdits[RowT]:
    """Return that nothing happens."""
    return RowEdits(rows, [], (), rows, rows, (), [], (), rows)


def edits_between(old: list[RowT], new: list[RowT]) -> RowEdits[RowT]:
    """Return how `old` becomes `new`; no row may be in a list twice."""
    return finish(editing(old, new))


def editing(
    old: list[RowT],
    new: list[RowT],
    leaving: AbstractSet[RowT] | None = None,
    coming: AbstractSet[RowT] | None = None,
) -> Steps[RowEdits[RowT]]:
    """Return how `old` becomes `new`, in steps; the lists must not change meanwhile.

    `leaving` and `coming` are the rows that are in one list alone, where that is known already.
    """
    if old is new:
        return no_edits(old)
    if leaving is None or coming is None:
        after = yield from _set_of(new)
        before = yield from _set_of(old)
        leaving, coming = before - after, after - before
        yield
    kept, gone, removed = yield from parting(old, leaving)
    ordered, come, inserted = yield from parting(new, coming)
    if (yield from _same(kept, ordered)):
        ordered = kept
    moves = yield from _moving(kept, ordered)
    return RowEdits(old, gone, None if removed is None else removed[::-1], kept, ordered, moves, come, inserted, new)


def sifting(ordered: list[RowT], old: list[RowT], new: list[RowT]) -> Steps[RowEdits[RowT]]:
    """Return how `old` becomes `new`, both of which hold rows of `ordered` in its order."""
    if old is new:
        return no_edits(old)
    kept: list[RowT] = []
    gone: list[RowT] = []
    come: list[RowT] = []
    removed: list[int] = []
    inserted: list[int] = []
    last_old, last_new = len(old), len(new)
    one = other = 0
    for start in range(0, len(ordered), STEP_ROWS):
        for row in ordered[start : start + STEP_ROWS]:
            was = one < last_old and old[one] is row
            if other < last_new and new[other] is row:
                if was:
                    kept.append(row)
                    one += 1
                else:
                    come.append(row)
                    inserted.append(other)
                other += 1
            elif was:
                gone.append(row)
                removed.append(one)
                one += 1
        yield
    spans = _spans(removed)
    return RowEdits(old, gone, None if spans is None else spans[::-1], kept, kept, (), come, _spans(inserted), new)


def parting(
    rows: list[RowT], apart: AbstractSet[RowT]
) -> Steps[tuple[list[RowT], list[RowT], tuple[Span, ...] | None]]:
    """Return the rows that are not in `apart`, those that are, and their places, None where these are too many."""
    if not apart:
        return rows, [], ()
    rest: list[RowT] = []
    taken: list[RowT] = []
    places: list[int] = []
    for start in range(0, len(rows), STEP_ROWS):
        part = rows[start : start + STEP_ROWS]
        if apart.isdisjoint(part):
            rest += part
        else:
            for place, row in enumerate(part, start):
                if row in apart:
                    taken.append(row)
                    places.append(place)
                else:
                    rest.append(row)
        yield
    return rest, taken, _spans(places)


def sorting(rows: Sequence[T], key: Callable[[T], "SupportsLess"], *, reverse: bool = False) -> Steps[list[T]]:
    """Sort stably, in steps: no step takes much longer than the others."""
    if reverse:  # what is equal keeps its order that way
        rows = rows[::-1]
    runs: list[list[T]] = []
    for start in range(0, len(rows), _RUN):
        runs.append(sorted(rows[start : start + _RUN], key=key))
        yield
    if len(runs) > 1:
        runs = yield from _in_strips(runs, key)
    found = [row for run in runs for row in run]
    if reverse:
        found.reverse()
    return found


def _in_strips(runs: list[list[T]], key: Callable[[T], "SupportsLess"]) -> Steps[list[list[T]]]:
    """Cut sorted runs at the same values, and sort what lies between two cuts: never much in one step."""
    samples = sorted(key(run[place]) for run in runs for place in range(_SAMPLE, len(run), _SAMPLE))
    cuts = samples[:: max(1, len(samples) // len(runs))]
    ends = [[bisect_left(run, cut, key=key) for cut in cuts] + [len(run)] for run in runs]
    yield
    strips: list[list[T]] = []
    for number in range(len(cuts) + 1):
        strip: list[T] = []
        for run, end in zip(runs, ends, strict=True):
            strip += run[end[number - 1] if number else 0 : end[number]]
        strip.sort(key=key)
        strips.append(strip)
        yield
    return strips


def reordering(old: list[RowT], new: list[RowT]) -> Steps[RowEdits[RowT]]:
    """Return how `old` becomes `new`, which holds the same rows for certain."""
    ordered = old if (yield from _same(old, new)) else new
    moves = yield from _moving(old, ordered)
    return RowEdits(old, [], (), old, ordered, moves, [], (), new)


def _set_of(rows: list[RowT]) -> Steps[set[RowT]]:
    found: set[RowT] = set()
    for start in range(0, len(rows), STEP_ROWS):
        found.update(rows[start : start + STEP_ROWS])
        yield
    return found


def _same(one: list[RowT], other: list[RowT]) -> Steps[bool]:
    if len(one) != len(other):
        return False
    for start in range(0, len(one), 4 * STEP_ROWS):
        if one[start : start + 4 * STEP_ROWS] != other[start : start + 4 * STEP_ROWS]:
            return False
        yield
    return True


def _moving(old: list[RowT], new: list[RowT]) -> Steps[tuple[tuple[int, int], ...] | None]:
    """Find the few moves that turn `old` into `new`, the same rows; None where they are more than `MOST_MOVES`."""
    if old is new:
        return ()
    if not (yield from _few_move(old, new)):
        return None
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


def _few_move(old: list[RowT], new: list[RowT]) -> Steps[bool]:
    """Tell whether few rows leave their places: quick where many do."""
    later: set[RowT] = set()
    earlier: set[RowT] = set()
    one = other = 0
    for count in range(2 * len(old)):
        if not count % STEP_ROWS:
            yield
        if one == len(old) or other == len(new):
            break
        if old[one] in earlier:
            one += 1
        elif new[other] in later:
            other += 1
        elif old[one] == new[other]:
            one += 1
            other += 1
        elif one + 1 < len(old) and old[one + 1] == new[other]:
            later.add(old[one])
            one += 1
        else:
            earlier.add(new[other])
            other += 1
        if len(later) + len(earlier) > MOST_MOVES:
            return False
    return True


def moved(rows: list[RowT], source: int, target: int) -> list[RowT]:
    """Return the rows with the one at `source` at `target`."""
    result = list(rows)
    result.insert(target, result.pop(source))
    return result


@dataclass(slots=True, eq=False)
class _Told:
    job: Job
    seen: object = None


def _spans(places: Sequence[int]) -> tuple[Span, ...] | None:
    """Return ascending places as runs without gaps; None where these are more than `MOST_SPANS`."""
    spans: list[Span] = []
    first = last = -2
    for place in (*places, -2):
        if place != last + 1:
            if last >= 0:
                spans.append(Span(first, last))
                if len(spans) > MOST_SPANS:
                    return None
            first = place
        last = place
    return tuple(spans)
