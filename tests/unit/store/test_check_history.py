"""How checks have fared is remembered: across restarts, within bounds, and of this environment alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from avdesk.core.checkcourse import NO_COURSE, SHOWN, CheckCourse, follow
from avdesk.core.health import CheckResult, Health
from avdesk.core.ownchecks import CLOCK, QUOTA
from avdesk.services.check_courses import CheckCourses
from avdesk.store import memory as memory_module
from avdesk.store.memory import KEPT_FOR, Memory
from tests.harness.statuses import at


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "memory.sqlite3"


@pytest.fixture
def memory(file: Path) -> Iterator[Memory]:
    opened = Memory(file)
    yield opened
    opened.close()


def answer(name: str, status: Health, seconds: float) -> CheckResult:
    return CheckResult(name, status, latency_s=0.1, checked_at=at(seconds))


def fared(memory: Memory, name: str = "openai", count: int = 60, environment: str = "dev") -> CheckCourse:
    courses = CheckCourses(environment, memory)
    for place in range(count):
        status = Health.UNHEALTHY if place == 10 else Health.HEALTHY
        courses.note([answer(name, status, place * 600.0)], at(place * 600.0))
    return courses.courses[name]


def test_a_restart_goes_on_where_it_stood(memory: Memory) -> None:
    before = fared(memory)
    again = CheckCourses("dev", memory)
    assert again.courses["openai"] == before
    assert len(before.points) == SHOWN
    assert before.since == at(11 * 600.0)
    view = again.courses
    again.note([answer("openai", Health.HEALTHY, 59 * 600.0)], at(36_000))
    assert again.courses is view  # what was remembered is told again


def test_environments_are_kept_apart(memory: Memory) -> None:
    fared(memory, environment="dev")
    assert CheckCourses("prod", memory).courses == {}


def test_nothing_that_was_never_asked_is_remembered(memory: Memory) -> None:
    courses = CheckCourses("dev", memory)
    courses.note([CheckResult("veo"), CheckResult("tts", absent=True, checked_at=at(0))], at(1))
    assert courses.courses == {}
    assert memory.courses("dev", SHOWN) == {}


def test_answers_are_bounded_in_number_and_age(memory: Memory, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    import sqlite3

    monkeypatch.setattr(memory_module, "KEPT_ANSWERS", 50)
    fared(memory, count=200)
    count = "SELECT count(*) FROM checks"
    with sqlite3.connect(file) as connection:
        assert connection.execute(count).fetchone()[0] <= 51
    memory.prune(at(0) + KEPT_FOR + timedelta(days=30))
    with sqlite3.connect(file) as connection:
        assert connection.execute(count).fetchone()[0] == 0
    connection.close()


def test_a_damaged_row_is_forgotten_and_the_rest_is_not(memory: Memory, file: Path) -> None:
    import sqlite3

    fared(memory, "openai")
    fared(memory, "quota")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE checks SET status = 'splendid' WHERE name = 'quota'")
    connection.close()
    assert set(memory.courses("dev", SHOWN)) == {"openai"}


def test_what_belongs_to_the_server_and_to_the_project_is_forgotten_apart(memory: Memory) -> None:
    for name in ("openai", CLOCK, QUOTA):
        memory.add_answer("dev", name, follow(NO_COURSE, answer(name, Health.HEALTHY, 0), at(0)))
    memory.forget_courses("dev", own=True)
    assert set(memory.courses("dev", SHOWN)) == {"openai", CLOCK}
    memory.forget_courses("dev", own=False)
    assert memory.courses("dev", SHOWN) == {}
