"""Line numbers that move when lines come in between. Pure."""

from array import array
from bisect import bisect_left

from avdesk.services.logs.book import Shift, moved

MOST_WORK = 3_000_000
"""Numbers times shifts that are moved one by one; beyond it looking anew is quicker."""


def renumbered(numbers: "array[int]", shifts: tuple[Shift, ...] | None) -> "array[int] | None":
    """Return ascending `numbers` after `shifts`, without the gone; None: find them anew."""
    if shifts is None or len(numbers) * len(shifts) > MOST_WORK:
        return None
    for shift in shifts:
        place = bisect_left(numbers, shift.at)
        keep_from = shift.at if shift.by >= 0 else shift.at - shift.by
        tail = numbers[bisect_left(numbers, keep_from) :]
        by = shift.by
        numbers = numbers[:place] + array("I", (number + by for number in tail))
    return numbers


def renumbered_one(number: int | None, shifts: tuple[Shift, ...] | None) -> int | None:
    """Return one number after `shifts`; None when its line has gone or nobody knows."""
    if number is None or shifts is None:
        return None
    return moved(number, shifts)


def as_ranges(numbers: list[int]) -> tuple[range, ...]:
    """Return ascending numbers as ranges without gaps."""
    found: list[range] = []
    for number in numbers:
        if found and found[-1].stop == number:
            found[-1] = range(found[-1].start, number + 1)
        else:
            found.append(range(number, number + 1))
    return tuple(found)
