"""How the health checks of one environment fare: followed from result to result, remembered across restarts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from avdesk.core.checkcourse import NO_COURSE, SHOWN, CheckCourse, follow
from avdesk.core.health import CheckResult, Health
from avdesk.store.memory import Memory


class CheckCourses:
    """Follows all checks, the server's and AVDesk's own. Belongs to one thread."""

    def __init__(self, environment: str, memory: Memory) -> None:
        """Start from what is remembered."""
        self._environment = environment
        self._memory = memory
        self._noted: dict[str, CheckResult] = {}
        self._courses: dict[str, CheckCourse] = memory.courses(environment, SHOWN)
        self._view: Mapping[str, CheckCourse] = MappingProxyType(dict(self._courses))

    @property
    def courses(self) -> Mapping[str, CheckCourse]:
        """Name → how that check has fared; the same object as long as nothing changes."""
        return self._view

    def note(self, results: Iterable[CheckResult], now: datetime) -> None:
        """Take in the results as they stand now; those that were taken in already change nothing."""
        changed = False
        for result in results:
            if self._noted.get(result.name) == result or not _tells(result):
                continue
            self._noted[result.name] = result
            changed = self._follow(result, now) or changed
        if changed:
            self._view = MappingProxyType(dict(self._courses))

    def _follow(self, result: CheckResult, now: datetime) -> bool:
        before = self._courses.get(result.name, NO_COURSE)
        answered = result.checked_at if result.status is not Health.UNKNOWN else None
        if answered is not None and before.points and answered <= before.points[-1].at:
            return False  # what was remembered is told again
        after = follow(before, result, answered or now)
        if after is before:
            return False
        self._courses[result.name] = after
        if after.points is not before.points:
            self._memory.add_answer(self._environment, result.name, after)
        return True


def _tells(result: CheckResult) -> bool:
    """Whether a result tells anything: that nothing was asked yet is no part of a course."""
    return not result.absent and (result.checked_at is not None or result.error is not None)
