"""How a health check has fared: its last answers, since when it stands as it does, whether it comes and goes. Pure.

A check that changes again and again *flaps*: that is one piece of news, and the single changes are none until it has
settled. Answers that cannot be had are part of the course, but they neither change nor settle anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

from avdesk.core.health import CheckResult, Health

SHOWN = 40
"""Points that a course keeps, the newest."""

SPACING = timedelta(minutes=5)
"""An answer like the one before is a point of its own only so long after it."""

FLAP_POINTS, FLAP_CHANGES = 10, 4
"""So many changes among the last points: the check flaps."""

FLAP_WITHIN = timedelta(hours=12)
"""Points longer ago than this do not count for that."""

SETTLED_POINTS = 5
"""So many points alike: it has settled."""

_TELLING = frozenset({Health.HEALTHY, Health.DEGRADED, Health.UNHEALTHY})


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """One answer of a check, or that there was none.

    Attributes:
        at: when (UTC).
        status: how it stood then.
        latency_s: how long the answer took, seconds; None unknown.
    """

    at: datetime
    status: Health
    latency_s: float | None = None


@dataclass(frozen=True, slots=True)
class CheckCourse:
    """What is known of a check's past.

    Attributes:
        points: its last answers, oldest first.
        since: when it got the status that it has.
        last_good: when it was last healthy; None: never that is known.
        known: the last status that was an answer; None without any.
        flapping: whether it comes and goes.
    """

    points: tuple[CheckPoint, ...] = ()
    since: datetime | None = None
    last_good: datetime | None = None
    known: Health | None = None
    flapping: bool = False


NO_COURSE = CheckCourse()
NO_COURSES: Mapping[str, CheckCourse] = MappingProxyType({})


def follow(course: CheckCourse, result: CheckResult, at: datetime) -> CheckCourse:
    """Return the course with one more result, which was had, or could not be had, at `at`.

    Where the result tells nothing new, the points are the very same tuple as before.
    """
    last = course.points[-1] if course.points else None
    if last is not None and at < last.at:
        at = last.at  # a clock that was set back
    good = at if result.status is Health.HEALTHY else course.last_good
    if last is not None and last.status is result.status and at - last.at < SPACING:
        return course if good == course.last_good else replace(course, last_good=good)
    points = (*course.points, CheckPoint(at, result.status, result.latency_s))[-SHOWN:]
    changed = last is None or last.status is not result.status
    return CheckCourse(
        points=points,
        since=at if changed else course.since,
        last_good=good,
        known=course.known if result.status is Health.UNKNOWN else result.status,
        flapping=_flaps(points, before=course.flapping),
    )


def changes(points: Sequence[CheckPoint]) -> int:
    """Return how often a check changed among its points; those without an answer are passed over."""
    told = _told(points)
    return sum(1 for one, other in pairwise(told) if one.status is not other.status)


def recent(points: Sequence[CheckPoint]) -> list[CheckPoint]:
    """Return the points by which it is decided whether a check flaps."""
    told = _told(points)[-FLAP_POINTS:]
    return [point for point in told if told[-1].at - point.at <= FLAP_WITHIN]


def _told(points: Sequence[CheckPoint]) -> list[CheckPoint]:
    return [point for point in points if point.status in _TELLING]


def _flaps(points: Sequence[CheckPoint], *, before: bool) -> bool:
    counted = recent(points)
    if before:
        last = counted[-SETTLED_POINTS:]
        return len(last) < SETTLED_POINTS or changes(last) > 0
    changed = changes(counted[-2:]) > 0  # what has settled does not begin to flap by staying as it is
    return changed and changes(counted) >= FLAP_CHANGES
