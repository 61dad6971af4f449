"""The emulated server's rate limit."""

from avdesk.emulator.ratelimit import RateLimiter
from tests.harness.fakeclock import FakeClock


def test_that_the_window_slides(clock: FakeClock) -> None:
    limiter = RateLimiter(3, 300.0, clock)
    for _ in range(3):
        assert limiter.admit("a")
        clock.pass_by(100.0)
    # The first request leaves the window exactly 300 s after it came.
    assert limiter.used("a") == 2
    assert limiter.admit("a")
    assert not limiter.admit("a")
    clock.pass_by(99.9)
    assert not limiter.admit("a")
    clock.pass_by(0.1)
    assert limiter.admit("a")


def test_that_rejected_requests_do_not_count(clock: FakeClock) -> None:
    limiter = RateLimiter(2, 10.0, clock)
    assert limiter.admit("a")
    assert limiter.admit("a")
    for _ in range(50):
        clock.pass_by(0.15)
        assert not limiter.admit("a")
    clock.pass_by(2.5)
    assert limiter.admit("a")


def test_that_each_client_has_its_own_allowance(clock: FakeClock) -> None:
    limiter = RateLimiter(1, 10.0, clock)
    assert limiter.admit("a")
    assert limiter.admit("b")
    assert not limiter.admit("a")


def test_that_the_text_names_the_values_in_force(clock: FakeClock) -> None:
    assert RateLimiter(10, 300.0, clock).message == "Maximum 10 requests per 300 seconds"
    assert RateLimiter(60, 0.5, clock).message == "Maximum 60 requests per 0.5 seconds"
