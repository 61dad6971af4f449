"""Asking all health checks at once: quick, within the rate limit, and beside the monitor's steps."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avdesk.config.settings import Polling
from avdesk.core.health import CHECKS, MAIN, Health
from avdesk.emulator.server import Emulator
from avdesk.services.looking import check_health
from avdesk.services.monitor import Monitor
from avdesk.services.runtime import Runtime
from tests.harness.acting import Bench
from tests.harness.waiting import wait_until

SLOW_S, WITHIN_S = 1.5, 9.0  # one after the other they would take 16 s
COUNTED = {check.path for check in CHECKS if check.counted}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(revision="b", utc_offset_s=0.0) as running:
        yield running


@pytest.fixture
def runtime(emulator: Emulator, tmp_path: Path) -> Runtime:
    polling = Polling(health_sweep_s=0.0)  # none by itself: what is asked, the test has asked for
    return Bench(emulator, tmp_path / "home", polling=polling).runtime


@pytest.fixture
def monitor(runtime: Runtime) -> Iterator[Monitor]:
    made = runtime.monitor("dev")
    made.step()
    yield made
    made.abort()
    made.close()


def until(monitor: Monitor, condition: Callable[[], object], what: str) -> None:
    """Let the monitor step as it is told to until a condition holds."""

    def look() -> object:
        monitor.step()
        return condition()

    wait_until(look, what)


def refused(emulator: Emulator) -> list[str]:
    return [asked.request.path for asked in emulator.requests if asked.status == 429]


def slow_down(emulator: Emulator) -> None:
    emulator.faults.add(f"/health*=delay:{SLOW_S}")


def test_a_sweep_of_slow_checks_is_quick_and_within_the_limit(emulator: Emulator, runtime: Runtime) -> None:
    slow_down(emulator)
    started = time.monotonic()
    found = check_health(runtime, "dev", None)
    took = time.monotonic() - started
    assert SLOW_S <= took < WITHIN_S
    assert found.error is None
    assert {name for name, result in found.results.items() if result.checked_at is not None} == {
        check.name for check in CHECKS
    }
    assert refused(emulator) == []


def test_a_second_sweep_asks_only_for_what_the_server_has(emulator: Emulator, tmp_path: Path) -> None:
    emulator.limiter.limit = 100
    runtime = Bench(emulator, tmp_path / "home").runtime
    check_health(runtime, "dev", None)
    emulator.requests.clear()
    check_health(runtime, "dev", None)
    asked = {each.request.path for each in emulator.requests}
    assert asked & {"/health/service-account", "/health/vertex-minimal", "/health/tts", "/health/image_gen"} == set()


def test_what_is_wanted_by_hand_is_asked_beside_the_steps(emulator: Emulator, monitor: Monitor) -> None:
    slow_down(emulator)
    started = time.monotonic()
    monitor.check(())
    step = monitor.step()
    assert set(step.snapshot.asking) >= {"quota", "veo"}
    assert step.wait_s < 1.0
    until(monitor, lambda: not monitor.snapshot.asking, "all have answered")
    assert time.monotonic() - started < WITHIN_S
    checks = monitor.snapshot.checks
    assert checks["openai"].status is Health.HEALTHY
    assert checks["vertex_ai"].status is Health.UNHEALTHY
    took = checks[MAIN].latency_s
    assert took is not None
    assert took >= SLOW_S
    assert set(monitor.snapshot.absent_checks) == {"service_account", "vertex_minimal"}
    assert checks["tts"].status is Health.RETIRED
    assert refused(emulator) == []


def test_one_check_is_asked_alone_and_its_course_is_remembered(
    emulator: Emulator, monitor: Monitor, runtime: Runtime
) -> None:
    monitor.check(["veo"])
    until(monitor, lambda: "veo" in monitor.snapshot.checks, "it has answered")
    assert [each.request.path for each in emulator.requests if each.request.path in COUNTED] == ["/health/veo"]
    points = monitor.snapshot.courses["veo"].points
    assert [point.status for point in points] == [monitor.snapshot.checks["veo"].status]
    again = runtime.monitor("dev")
    try:
        assert again.snapshot.courses["veo"].points == points
    finally:
        again.close()


def test_with_the_allowance_spent_nothing_is_sent_and_what_was_known_stays(
    emulator: Emulator, monitor: Monitor
) -> None:
    monitor.check(["quota"])
    until(monitor, lambda: "quota" in monitor.snapshot.checks, "it has answered")
    before = monitor.snapshot.checks["quota"]
    monitor.check(())
    until(monitor, lambda: not monitor.snapshot.asking, "all that can be asked were")
    emulator.requests.clear()
    for _turn in range(3):
        monitor.check(["quota", "veo", "deployment"])
        until(monitor, lambda: not monitor.snapshot.asking, "nothing is asked any more")
    assert refused(emulator) == []
    assert len([each for each in emulator.requests if each.request.path in COUNTED]) <= 10
    assert monitor.snapshot.checks["quota"].status is before.status
    assert monitor.snapshot.checks["quota"].error == before.error


def test_a_server_that_goes_away_leaves_its_checks_unknown_with_the_reason(
    emulator: Emulator, monitor: Monitor
) -> None:
    monitor.check(["openai"])
    until(monitor, lambda: "openai" in monitor.snapshot.checks, "it has answered")
    good_at = monitor.snapshot.courses["openai"].last_good
    emulator.stop()
    monitor.check(["openai"])
    until(monitor, lambda: monitor.snapshot.checks["openai"].status is Health.UNKNOWN, "it is not known")
    assert monitor.snapshot.checks["openai"].error
    assert monitor.snapshot.courses["openai"].last_good == good_at
    assert monitor.snapshot.courses["openai"].known is Health.HEALTHY


def test_what_the_limit_leaves_over_of_a_sweep_follows_by_itself(tmp_path: Path) -> None:
    with Emulator(rate_limit=(4, 2.0), utc_offset_s=0.0) as emulator:
        polling = Polling(requests=4, window_s=2.0, reserve=0, health_sweep_s=0.0)
        monitor = Bench(emulator, tmp_path / "home", polling=polling).runtime.monitor("dev")
        try:
            monitor.check(())
            until(monitor, lambda: monitor.snapshot.queued, "some are left over")
            assert not set(monitor.snapshot.queued) & {MAIN, "openai"}

            def all_known() -> bool:
                snapshot = monitor.snapshot
                return len(snapshot.checks) + len(snapshot.absent_checks) == len(CHECKS)

            until(monitor, all_known, "all have answered")
            until(monitor, lambda: not monitor.snapshot.queued, "none is left over")
            assert refused(emulator) == []
        finally:
            monitor.abort()
            monitor.close()
