"""The middle of some numbers, without the standard library's module of statistics, which brings fractions along."""

from collections.abc import Iterable


def median(values: Iterable[float]) -> float:
    """Return the median: the middle one, or the mean of the middle two. Raises ValueError where there is none."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
