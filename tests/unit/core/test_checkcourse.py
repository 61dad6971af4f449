"""How a check has fared: since when, last good, and whether it comes and goes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.checkcourse import NO_COURSE, SETTLED_POINTS, SHOWN, SPACING, CheckCourse, changes, follow
from avdesk.core.health import CheckResult, Health
from tests.harness.statuses import at

STEP_S = SPACING.total_seconds()
GOOD, BAD, SILENT = Health.HEALTHY, Health.UNHEALTHY, Health.UNKNOWN


def fared(
    *statuses: Health, every_s: float = STEP_S, after: CheckCourse = NO_COURSE, start_s: float = 0
) -> CheckCourse:
    course = after
    for place, status in enumerate(statuses):
        course = follow(course, CheckResult("openai", status), at(start_s + place * every_s))
    return course


def test_since_and_last_good_tell_of_the_last_change() -> None:
    course = fared(GOOD, GOOD, BAD, BAD)
    assert (course.since, course.last_good, course.known) == (at(2 * STEP_S), at(STEP_S), BAD)
    assert not course.flapping


def test_answers_alike_in_quick_succession_are_one_point_but_the_last_good_one_counts() -> None:
    course = fared(GOOD, GOOD, GOOD, every_s=20)
    assert len(course.points) == 1
    assert course.last_good == at(40)
    again = follow(course, CheckResult("openai", GOOD), at(45))
    assert again.points is course.points


def test_a_change_is_a_point_however_soon_it_comes() -> None:
    assert [point.status for point in fared(GOOD, BAD, GOOD, every_s=1).points] == [GOOD, BAD, GOOD]


def test_silence_is_a_part_of_the_course_but_no_answer() -> None:
    course = fared(GOOD, SILENT)
    assert (course.known, course.since, course.last_good) == (GOOD, at(STEP_S), at(0))
    assert changes(fared(GOOD, SILENT, GOOD, SILENT, GOOD).points) == 0


def test_a_check_flaps_after_some_changes_and_until_it_has_settled() -> None:
    three = fared(GOOD, BAD, GOOD, BAD)
    assert not three.flapping
    four = fared(GOOD, after=three, start_s=4 * STEP_S)
    assert four.flapping
    settling = fared(*[GOOD] * (SETTLED_POINTS - 2), after=four, start_s=5 * STEP_S)
    assert settling.flapping
    assert not fared(GOOD, after=settling, start_s=20 * STEP_S).flapping


def test_silence_settles_nothing() -> None:
    flapping = fared(GOOD, BAD, GOOD, BAD, GOOD)
    assert flapping.flapping
    assert fared(*[SILENT] * 8, after=flapping, start_s=5 * STEP_S).flapping


def test_changes_long_ago_do_not_make_a_check_flap() -> None:
    day = timedelta(days=1).total_seconds()
    assert not fared(GOOD, BAD, GOOD, BAD, GOOD, BAD, every_s=day).flapping


@given(st.lists(st.tuples(st.sampled_from(list(Health)), st.floats(-900, 90_000)), max_size=120))
def test_whatever_comes_a_course_stays_bounded_and_in_order(steps: list[tuple[Health, float]]) -> None:
    course, clock = NO_COURSE, 0.0
    for status, seconds in steps:
        clock += seconds
        course = follow(course, CheckResult("quota", status), at(clock))
    assert len(course.points) <= SHOWN
    moments = [point.at for point in course.points]
    assert moments == sorted(moments)
    if course.points:
        assert course.since is not None
        assert course.since <= course.points[-1].at


@pytest.mark.parametrize("status", [Health.DISABLED, Health.RETIRED])
def test_what_is_off_is_no_change_for_the_worse(status: Health) -> None:
    assert not fared(GOOD, status, GOOD, status, GOOD, status).flapping
