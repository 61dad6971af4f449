"""Following a log at Cloud Logging: each line once and in its place, whatever comes late, twice or not at all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avdesk.clients.cloud_logging import stale_page
from avdesk.core.errors import AvdeskError, KnownError, PermissionDeniedError, RateLimitedError, RefusedError
from avdesk.services.logs.read_quota import BY_ITSELF
from tests.harness.cloud_logs import Followed, followed

DOWN = RefusedError("Nothing answers.", "Check the network.")


@pytest.fixture
def log() -> Iterator[Followed]:
    """A log with the source that follows it."""
    with followed() as made:
        yield made


def in_order(log: Followed) -> bool:
    times = [line.time for line in log.book.lines(0, log.book.count())]
    return all(a is not None and b is not None and a <= b for a, b in pairwise(times))


def read_all_older(log: Followed) -> None:
    for _page in range(50):
        if not log.source.view.older:
            return
        log.source.older()
    raise AssertionError("there was always more")


def trouble_of(log: Followed) -> AvdeskError | None:
    return log.source.view.trouble


def test_a_log_begins_with_its_newest_lines_and_goes_on(log: Followed) -> None:
    for index in range(30):
        log.world.write(f"old {index}", log.clock.time - 1000 + index)
    log.load()
    assert log.texts == [f"old {index}" for index in range(30)]
    log.world.write("new", log.clock.time + 1)
    log.follow(20)
    assert log.texts[-1] == "new"
    assert len(log.texts) == 31
    assert trouble_of(log) is None
    assert log.source.view.clock_ahead_s == 0.0


def test_a_log_that_is_empty_at_first_is_followed(log: Followed) -> None:
    log.load()
    log.world.write("first", log.clock.time + 2)
    log.follow(30)
    assert log.texts == ["first"]


@pytest.mark.parametrize("delay_s", [5.0, 60.0, 600.0, 3000.0])
def test_a_late_entry_is_put_in_its_place(log: Followed, delay_s: float) -> None:
    start = log.clock.time
    log.world.write("before", start - 10)
    log.load()
    log.world.write("late", start + 1, delay_s)
    for index in range(int(delay_s // 30) + 2):
        log.world.write(f"later {index}", start + 5 + index * 30)
    log.follow(delay_s + 150)
    assert log.texts[:2] == ["before", "late"]
    assert in_order(log)


def test_what_is_received_twice_is_one_line(log: Followed) -> None:
    log.load()
    record = log.world.write("once", log.clock.time + 1)
    log.world.write("once", record.timestamp, 30, insert_id=record.insert_id)
    log.follow(120)
    assert log.texts == ["once"]


def test_older_lines_come_on_demand_and_late_ones_are_told_from_them(log: Followed) -> None:
    start = log.clock.time
    for index in range(600):
        log.world.write(f"{index}", start - 6000 + index * 10)
    with followed(newest=50) as other:
        other.world.written = log.world.written
        other.load()
        assert len(other.texts) == 200
        other.follow(200)
        assert len(other.texts) == 200  # the overlaps of the windows bring nothing of before
        other.world.write("late", start - 2995.0, 3210.0)  # long before the oldest line that is there
        other.follow(200)
        assert other.texts[0] == "late"
        assert other.source.view.older
        read_all_older(other)
        assert sorted(other.texts) == sorted([str(index) for index in range(600)] + ["late"])
        assert in_order(other)


def test_pages_back_go_on_after_their_mark_was_forgotten() -> None:
    with followed(newest=50) as other:
        for index in range(500):
            other.world.write(f"{index}", other.clock.time - 5000 + index // 2 * 10)
        other.load()
        other.clock.pass_by(30 * 3600)  # a mark lives for a day
        read_all_older(other)
        assert sorted(other.texts, key=int) == [str(index) for index in range(500)]


def test_everything_since_a_moment_is_read_from_there(log: Followed) -> None:
    since = datetime.fromtimestamp(log.clock.time - 100, UTC)
    with followed(since=since, page=7) as other:
        for index in range(60):
            other.world.write(f"{index}", other.clock.time - 300 + index * 5)
        other.load()
        assert other.texts == [f"{index}" for index in range(40, 60)]
        assert not other.source.view.older


def test_a_network_that_fails_in_mid_tail_costs_no_line_and_doubles_none(log: Followed) -> None:
    log.world.write("before", log.clock.time - 5)
    log.load()
    start = log.clock.time
    for index in range(300):
        log.world.write(f"{index}", start + index, delay_s=0.2 + (index % 7) * 9)
    log.follow(40)
    log.reader.fails = lambda: DOWN
    log.follow(200)
    assert trouble_of(log) is DOWN
    held = len(log.texts)
    assert 10 < held < 60
    log.reader.fails = lambda: None
    log.follow(300)
    assert trouble_of(log) is None
    assert log.texts == ["before", *(f"{index}" for index in range(300))]


def test_a_look_that_is_broken_off_between_its_pages_goes_on_without_a_gap() -> None:
    with followed(page=10) as log:
        log.load()
        start = log.clock.time
        for index in range(95):
            log.world.write(f"{index}", start + 1 + index * 0.01)
        failures = iter([None, DOWN, None, stale_page(), None, DOWN] + [None] * 1000)
        log.reader.fails = lambda: next(failures)
        log.follow(200)
        assert log.texts == [f"{index}" for index in range(95)]


def test_following_leaves_most_of_the_quota_to_others(log: Followed) -> None:
    log.load()
    before = len(log.reader.asked)
    log.follow(600)
    assert len(log.reader.asked) - before <= BY_ITSELF * 10
    fast = len(log.reader.asked)
    for index in range(600):
        log.world.write(f"{index}", log.clock.time + index)
    log.follow(600)
    assert len(log.reader.asked) - fast <= BY_ITSELF * 10


def test_two_followers_share_the_reads_of_their_project() -> None:
    with followed() as one, followed() as two:
        two.source._quota = one.source._quota  # noqa: SLF001 - the same state folder
        two.source._clock = one.source._clock  # noqa: SLF001
        one.load()
        two.load()
        before = len(one.reader.asked) + len(two.reader.asked)
        for _second in range(300):
            one.source.hurry()
            two.source.hurry()
            one.source.step()
            two.source.step()
            one.clock.pass_by(1.0)
        assert len(one.reader.asked) + len(two.reader.asked) - before <= BY_ITSELF * 5 + BY_ITSELF


def test_a_quota_that_google_says_is_spent_is_waited_for() -> None:
    with followed(reads_per_minute=5) as log:
        log.load()
        for index in range(120):
            log.world.write(f"{index}", log.clock.time + index)
        log.follow(400)
        assert log.texts == [f"{index}" for index in range(120)]
        assert len(log.reader.asked) <= 5 * 8 + 10


def test_whoever_waits_for_the_first_lines_is_told_that_the_quota_is_spent(log: Followed) -> None:
    log.reader.fails = lambda: RateLimitedError("Spent.", "Wait.", by_server=True)
    log.source.step()
    trouble = log.source.view.trouble
    assert isinstance(trouble, RateLimitedError)
    assert trouble.until is not None
    assert log.source.view.loading


def test_what_is_not_allowed_is_told_and_asked_ever_more_seldom(log: Followed) -> None:
    denied = PermissionDeniedError("No.", "Ask.", permission="logging.logEntries.list")
    log.reader.fails = lambda: denied
    log.follow(600)
    assert trouble_of(log) is denied
    assert len(log.reader.asked) < 20


@pytest.mark.parametrize(("ahead_s", "told"), [(300.0, 300.0), (-45.0, -45.0), (0.7, 0.0), (None, None)])
def test_a_clock_that_differs_is_told(log: Followed, ahead_s: float | None, told: float | None) -> None:
    log.reader.ahead_s = ahead_s
    log.load()
    found = log.source.view.clock_ahead_s
    assert found == told if told is None else found is not None and abs(found - told) <= 1.0


def test_entries_of_the_future_hide_no_others(log: Followed) -> None:
    log.world.write("tomorrow", log.clock.time + 80_000, -79_999)
    log.load()
    for index in range(5):
        log.world.write(f"{index}", log.clock.time + index)
    log.follow(60)
    assert log.texts == ["0", "1", "2", "3", "4", "tomorrow"]


def test_a_search_that_comes_to_no_end_at_once_is_gone_on_with() -> None:
    with followed(scan_limit=20) as log:
        for index in range(100):
            log.world.write("other", log.clock.time - 500 + index, resource_type="k8s_container")
        log.world.write("wanted", log.clock.time - 600)
        log.load()
        assert log.texts == ["wanted"]
        log.world.write("more", log.clock.time + 1)
        log.follow(60)
        assert log.texts == ["wanted", "more"]


entries = st.lists(
    st.tuples(
        st.integers(0, 400),  # seconds after the start, many alike
        st.sampled_from([0.1, 0.1, 0.1, 3.0, 20.0, 90.0, 700.0]),  # how late
        st.booleans(),  # sent again?
    ),
    max_size=60,
)


@settings(max_examples=60)
@given(
    entries=entries,
    before=st.integers(0, 30),
    page=st.integers(3, 40),
    failing=st.lists(st.booleans(), max_size=40),
    newest=st.sampled_from([1, 5, 500]),
)
def test_any_order_of_arrival_gives_each_line_once_and_in_order(
    entries: list[tuple[int, float, bool]], before: int, page: int, failing: list[bool], newest: int
) -> None:
    with followed(page=page, scan_limit=50, newest=newest) as log:
        start = log.clock.time
        for index in range(before):
            log.world.write(f"before {index}", start - 50 + index)
        for index, (second, late, again) in enumerate(entries):
            record = log.world.write(f"{index}", start + second, late)
            if again:
                log.world.write(f"{index}", record.timestamp, late + 17, insert_id=record.insert_id)
        outcomes = iter(failing)

        def fails() -> KnownError | None:
            return DOWN if next(outcomes, False) else None

        log.reader.fails = fails
        log.follow(1500)
        for _page in range(40):
            log.source.older()
        expected = [f"before {index}" for index in range(before)] + [str(index) for index in range(len(entries))]
        assert sorted(log.texts) == sorted(expected)
        assert in_order(log)
