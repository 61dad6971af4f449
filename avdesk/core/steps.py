"""Work on long lists in steps of about a millisecond: pure.

Whoever may not be away for long, as the thread of a window, goes on with other things between two steps, and drops
work that nobody wants any more.
"""

from bisect import bisect_left
from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work that can be put aside at each of its steps; it returns a T in the end."""

STEP_ROWS = 1000
"""Rows that are looked at in one step."""

_RUN = 2000
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
