"""Work on long lists in steps of about a millisecond: pure.

Whoever may not be away for long, as the thread of a window, goes on with other things between two steps, and drops
work that nobody wants any more.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Sequence
from itertools import chain, pairwise
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work that can be put aside at each of its steps; it returns a T in the end."""

STEP_ROWS = 500
"""Rows that are looked at in one step."""

_RUN = 4000
_SAMPLE = 100
"""Of so many rows one tells how the values are spread."""


class SupportsLess(Protocol):
    """What can be put in order."""

    def __lt__(self, other: Any, /) -> bool: ...  # noqa: ANN401 - as the standard library's own


def finish(steps: Steps[T]) -> T:
    """Do all of the work at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


def sorting(
    rows: Sequence[T],
    key: Callable[[T], "SupportsLess"],
    *,
    reverse: bool = False,
    before: Callable[[Sequence[T]], None] | None = None,
) -> Steps[list[T]]:
    """Sort stably, in steps: no step takes much longer than the others.

    `before` is called with some of the rows shortly before their keys are read for the first time: what it reads and
    writes is still at hand then, which counts where rows lie all over the memory.
    """
    if reverse:  # what is equal keeps its order that way
        rows = rows[::-1]
    runs: list[list[T]] = []
    for start in range(0, len(rows), _RUN):
        part = rows[start : start + _RUN]
        if before is not None:
            before(part)
        runs.append(sorted(part, key=key))
        yield
    if _follow(runs, key):
        found = list(chain.from_iterable(runs))
    elif _follow(runs[::-1], key, strictly=True):
        found = list(chain.from_iterable(runs[::-1]))
    else:
        found = yield from _in_strips(runs, key)
    if reverse:
        found.reverse()
    return found


def _follow(runs: list[list[T]], key: Callable[[T], "SupportsLess"], *, strictly: bool = False) -> bool:
    """Tell whether each sorted run ends where the next one begins, or below."""
    ends = ((key(one[-1]), key(other[0])) for one, other in pairwise(runs))
    return all(last < first for last, first in ends) if strictly else not any(first < last for last, first in ends)


def _in_strips(runs: list[list[T]], key: Callable[[T], "SupportsLess"]) -> Steps[list[T]]:
    """Cut sorted runs at the same values, and sort what lies between two cuts: never much in one step."""
    samples = sorted(key(run[place]) for run in runs for place in range(_SAMPLE, len(run), _SAMPLE))
    cuts: list[SupportsLess] = []
    for cut in samples[:: max(1, len(samples) // len(runs))]:
        if not cuts or cuts[-1] < cut:
            cuts.append(cut)
    yield
    found: list[T] = []
    done = [0] * len(runs)
    for cut in cuts:
        below, equal = _cut_off(runs, done, cut, key)
        below.sort(key=key)
        found += below
        found += equal
        yield
    above = [row for run, start in zip(runs, done, strict=True) for row in run[start:]]
    above.sort(key=key)
    found += above
    return found


def _cut_off(
    runs: list[list[T]], done: list[int], cut: "SupportsLess", key: Callable[[T], "SupportsLess"]
) -> tuple[list[T], list[T]]:
    """Return what the runs hold below a value and at it, from where `done` says, which is set to what lies above."""
    below: list[T] = []
    equal: list[T] = []
    for number, run in enumerate(runs):
        start = done[number]
        middle = bisect_left(run, cut, start, key=key)
        end = bisect_right(run, cut, middle, key=key)
        below += run[start:middle]
        equal += run[middle:end]
        done[number] = end
    return below, equal
