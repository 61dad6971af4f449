"""The worker that steps a monitor in a thread of its own."""

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from avdesk.bridge import poller as poller_module
from avdesk.bridge.poller import MonitorLike
from avdesk.bridge.told import Told
from avdesk.bridge.watch import Watch
from tests.harness.logwatch import LogWatch
from tests.qt.bridge.fake_monitor import FakeMonitor

Watching = Callable[[Callable[[], MonitorLike]], tuple[Watch, list[Told]]]


@pytest.fixture
def watching() -> Iterator[Watching]:
    """Return what starts a watch and collects what it tells; all are stopped at the end."""
    watches: list[Watch] = []

    def begin(make: Callable[[], MonitorLike]) -> tuple[Watch, list[Told]]:
        watch = Watch("prod", make)
        told: list[Told] = []
        watch.poller.told.connect(told.append)
        watches.append(watch)
        watch.start()
        return watch, told

    yield begin
    for watch in watches:
        watch.ask_to_stop()
    assert all(watch.wait(30.0) for watch in watches)


def test_the_last_known_is_told_before_the_first_answer(qtbot: QtBot, watching: Watching) -> None:
    monitor = FakeMonitor()
    _watch, told = watching(lambda: monitor)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[0].snapshot.at.year == 2025
    assert told[0].events == ()
    assert told[1].snapshot.at > told[0].snapshot.at


def test_the_monitor_is_made_stepped_and_closed_in_the_workers_thread(qtbot: QtBot, watching: Watching) -> None:
    made_in: list[int] = []
    monitor = FakeMonitor()

    def make() -> FakeMonitor:
        made_in.append(threading.get_ident())
        return monitor

    watch, told = watching(make)
    qtbot.waitUntil(lambda: len(told) == 2)
    watch.ask_to_stop()
    assert watch.wait(30.0)
    assert monitor.threads == {*made_in, monitor.closed_in}
    assert monitor.closed_in != threading.get_ident()


def test_it_steps_again_when_the_monitor_says(qtbot: QtBot, watching: Watching) -> None:
    monitor = FakeMonitor(wait_s=0.01)
    watching(lambda: monitor)
    qtbot.waitUntil(lambda: monitor.steps >= 4)


def test_a_wish_is_heard_at_once(qtbot: QtBot, watching: Watching) -> None:
    monitor = FakeMonitor(wait_s=600.0)
    watch, told = watching(lambda: monitor)
    qtbot.waitUntil(lambda: len(told) == 2)
    watch.poller.hurry()
    qtbot.waitUntil(lambda: monitor.steps == 2)
    watch.poller.pause(paused=True)
    qtbot.waitUntil(lambda: monitor.steps == 3)
    watch.poller.woke()
    qtbot.waitUntil(lambda: monitor.steps == 4)
    assert monitor.calls == ["pause False", "hurry", "pause True", "woke"]


def test_a_wish_in_the_midst_of_a_step_is_heard_after_it(qtbot: QtBot, watching: Watching) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(number: int) -> None:
        if number == 1:
            begun.set()
            assert go_on.wait(30.0)

    monitor = FakeMonitor(on_step=hold)
    watch, _told = watching(lambda: monitor)
    assert begun.wait(30.0)
    watch.poller.hurry()
    assert monitor.calls == ["pause False", "hurry"]
    go_on.set()
    qtbot.waitUntil(lambda: monitor.steps == 2)


def test_a_pause_that_was_asked_for_before_the_monitor_was_there_holds(qtbot: QtBot, watching: Watching) -> None:
    go_on = threading.Event()
    monitor = FakeMonitor()

    def make() -> FakeMonitor:
        assert go_on.wait(30.0)
        return monitor

    watch, told = watching(make)
    watch.poller.pause(paused=True)
    go_on.set()
    qtbot.waitUntil(lambda: len(told) >= 2)
    assert monitor.calls[0] == "pause True"


def test_a_fault_of_our_own_is_told_and_tried_again(
    qtbot: QtBot, watching: Watching, logged_errors: LogWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged_errors.expect("the monitor of prod failed")
    monkeypatch.setattr(poller_module, "CRASH_WAITS_S", (0.01, 0.02))

    def fail(number: int) -> None:
        if number in (2, 3, 4):
            raise ZeroDivisionError("access_token=abcdefgh1234")

    monitor = FakeMonitor(wait_s=0.01, on_step=fail)
    _watch, told = watching(lambda: monitor)
    qtbot.waitUntil(lambda: monitor.steps >= 6 and len(told) >= 7)
    crashes = [one.crash for one in told if one.crash]
    assert len(crashes) == 3
    assert crashes[0].startswith("ZeroDivisionError")
    assert "abcdefgh1234" not in crashes[0]
    assert told[6].crash == ""


def test_a_monitor_that_cannot_be_made_is_tried_again(
    qtbot: QtBot, watching: Watching, logged_errors: LogWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged_errors.expect("the monitor of prod failed")
    monkeypatch.setattr(poller_module, "CRASH_WAITS_S", (0.01,))
    tries: list[int] = []
    monitor = FakeMonitor()

    def make() -> FakeMonitor:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("disk full")
        return monitor

    _watch, told = watching(make)
    qtbot.waitUntil(lambda: monitor.steps == 1 and len(told) == 4)
    assert [bool(one.crash) for one in told] == [True, True, False, False]


def test_a_wish_for_checks_reaches_the_monitor_and_hurries_a_step(qtbot: QtBot, watching: Watching) -> None:
    monitor = FakeMonitor(wait_s=600.0)
    watch, told = watching(lambda: monitor)
    qtbot.waitUntil(lambda: len(told) == 2)
    watch.poller.check(["quota", "openai"])
    qtbot.waitUntil(lambda: monitor.steps == 2)
    assert monitor.calls == ["pause False", "check ['openai', 'quota']"]
