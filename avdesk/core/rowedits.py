"""How the rows of one list become those of another, as views want it told: removed, moved and inserted; pure."""

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import compress
from typing import Generic, TypeVar, overload

from avdesk.core import steps
from avdesk.core.steps import Steps, finish

RowT = TypeVar("RowT", bound=Hashable)

MOST_SPANS = 24
"""Separate runs of rows that come or go one by one."""

_LEAVING, _COMING, _STAYING = (bytes(number == code for number in range(256)) for code in (1, 2, 3))

MOST_MOVES = 6
"""Rows that move one by one."""


@dataclass(frozen=True, slots=True)
class Span:
    """Rows from `first` to `last`, both included."""

    first: int
    last: int


class Picked(Sequence[RowT]):
    """Some rows of a list, picked when somebody looks at one of them: most often it is enough how many they are."""

    def __init__(self, rows: list[RowT], marks: bytes, first: list[RowT] | None = None) -> None:
        """Pick the rows of `rows`, which must not change, that ones mark; `first` are others, above them."""
        self._rows = rows
        self._marks = marks
        self._first = first or []
        self._count = len(self._first) + marks.count(1)
        self._picked: list[RowT] | None = None

    def below(self, rows: list[RowT]) -> "Picked[RowT]":
        """Return `rows` and below them these."""
        return Picked(self._rows, self._marks, rows)

    def __len__(self) -> int:
        """Return how many they are."""
        return self._count

    @overload
    def __getitem__(self, place: int) -> RowT: ...

    @overload
    def __getitem__(self, place: slice) -> list[RowT]: ...

    def __getitem__(self, place: int | slice) -> RowT | list[RowT]:
        """Return one of them, or several."""
        if self._picked is None:
            self._picked = [*self._first, *compress(self._rows, self._marks)]
        return self._picked[place]

    def __eq__(self, other: object) -> bool:
        """Whether the same rows are in another sequence."""
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


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
    leaving: Sequence[RowT]
    removed: tuple[Span, ...] | None
    kept: list[RowT]
    ordered: list[RowT]
    moves: tuple[tuple[int, int], ...] | None
    coming: Sequence[RowT]
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


def sifting(rows: list[RowT], old: list[RowT], before: bytes, new: list[RowT], after: bytes) -> Steps[RowEdits[RowT]]:
    """Return how `old` becomes `new`, both holding some of `rows` in their order: ones mark these, zeros others."""
    if before == after:
        return no_edits(old)
    # Each row as a byte: 0 is in neither list, 1 leaves, 2 comes, 3 stays. All of it is done by C.
    codes = (int.from_bytes(before) + 2 * int.from_bytes(after)).to_bytes(len(rows))
    gone = Picked(rows, codes.translate(_LEAVING))
    come = Picked(rows, codes.translate(_COMING))
    yield
    if not gone:
        kept = old
    elif not come:
        kept = new
    else:
        kept = list(compress(rows, codes.translate(_STAYING)))
    yield
    removed = _runs_of(1, codes.translate(None, b"\x00\x02"))
    inserted = _runs_of(2, codes.translate(None, b"\x00\x01"))
    return RowEdits(old, gone, None if removed is None else removed[::-1], kept, kept, (), come, inserted, new)


def reordering(old: list[RowT], new: list[RowT]) -> Steps[RowEdits[RowT]]:
    """Return how `old` becomes `new`, which holds the same rows for certain."""
    ordered = old if (yield from _same(old, new)) else new
    moves = yield from _moving(old, ordered)
    return RowEdits(old, [], (), old, ordered, moves, [], (), new)


def parting(
    rows: list[RowT], apart: AbstractSet[RowT]
) -> Steps[tuple[list[RowT], list[RowT], tuple[Span, ...] | None]]:
    """Return the rows that are not in `apart`, those that are, and their places, None where these are too many."""
    if not apart:
        return rows, [], ()
    rest: list[RowT] = []
    taken: list[RowT] = []
    places: list[int] = []
    for start in range(0, len(rows), steps.STEP_ROWS):
        part = rows[start : start + steps.STEP_ROWS]
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


def moved(rows: Sequence[RowT], source: int, target: int) -> list[RowT]:
    """Return the rows with the one at `source` at `target`."""
    result = list(rows)
    result.insert(target, result.pop(source))
    return result


def _set_of(rows: list[RowT]) -> Steps[set[RowT]]:
    found: set[RowT] = set()
    for start in range(0, len(rows), steps.STEP_ROWS):
        found.update(rows[start : start + steps.STEP_ROWS])
        yield
    return found


def _same(one: list[RowT], other: list[RowT]) -> Steps[bool]:
    if len(one) != len(other):
        return False
    for start in range(0, len(one), 4 * steps.STEP_ROWS):
        if one[start : start + 4 * steps.STEP_ROWS] != other[start : start + 4 * steps.STEP_ROWS]:
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
        if not count % steps.STEP_ROWS:
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


def _runs_of(code: int, codes: bytes) -> tuple[Span, ...] | None:
    """Return where a code stands as runs without gaps, the other one being 3; None where more than `MOST_SPANS`."""
    spans: list[Span] = []
    first = codes.find(code)
    while first >= 0:
        if len(spans) == MOST_SPANS:
            return None
        end = codes.find(3, first)
        if end < 0:
            end = len(codes)
        spans.append(Span(first, end - 1))
        first = codes.find(code, end)
    return tuple(spans)


def stacked(upper: list[RowT], lower: Sequence[RowT]) -> Sequence[RowT]:
    """Return rows and others below them."""
    return lower.below(upper) if isinstance(lower, Picked) else [*upper, *lower]
