"""Measuring two things in turn, so that what else the machine does falls on both alike."""

from collections.abc import Callable

Measure = Callable[[], float]


def in_turn(ours: Measure, theirs: Measure, rounds: int, *, warm_up: int = 1) -> tuple[list[float], list[float]]:
    """Measure ours, theirs, ours, theirs …; what the first `warm_up` rounds bring is thrown away."""
    found: tuple[list[float], list[float]] = ([], [])
    for index in range(warm_up + rounds):
        pair = ours(), theirs()
        if index >= warm_up:
            for series, value in zip(found, pair, strict=True):
                series.append(value)
    return found
