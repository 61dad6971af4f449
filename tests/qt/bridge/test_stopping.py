"""Ending the watches within a bound, whatever they are doing."""

import socket
import threading
import time
from functools import partial

from pytestqt.qtbot import QtBot

from avdesk.bridge.stopping import stop_all
from avdesk.bridge.watch import Watch
from avdesk.clients.autovideo import AutoVideoClient
from avdesk.clients.transport import Transport
from avdesk.core.errors import UnreachableError
from tests.qt.bridge.fake_monitor import FakeMonitor


def _same(monitor: FakeMonitor) -> FakeMonitor:
    return monitor


def test_idle_watches_end_at_once_and_are_closed(qtbot: QtBot) -> None:
    monitors = [FakeMonitor(name) for name in ("a", "b", "c")]
    watches = [Watch(monitor.name, partial(_same, monitor)) for monitor in monitors]
    for watch in watches:
        watch.start()
    qtbot.waitUntil(lambda: all(monitor.steps == 1 for monitor in monitors))
    began = time.monotonic()
    assert stop_all(watches, within_s=30.0) == []
    assert time.monotonic() - began < 15.0
    assert all(monitor.closed_in is not None for monitor in monitors)


def test_a_step_that_waits_for_the_network_is_given_up(qtbot: QtBot) -> None:
    begun = threading.Event()

    def hang(_number: int) -> None:
        begun.set()
        assert monitor.aborted.wait(60)

    monitor = FakeMonitor(on_step=hang)
    watch = Watch("prod", lambda: monitor)
    told: list[object] = []
    watch.poller.told.connect(told.append)
    watch.start()
    assert begun.wait(30.0)
    began = time.monotonic()
    assert stop_all([watch], within_s=30.0) == []
    assert time.monotonic() - began < 15.0
    assert monitor.steps == 1
    qtbot.wait(10)
    assert len(told) == 1  # what came of the step that was given up is told to nobody


def test_a_thread_that_nothing_reaches_is_left_behind_and_named(qtbot: QtBot) -> None:
    release, begun = threading.Event(), threading.Event()

    def hang(_number: int) -> None:
        begun.set()
        assert release.wait(60)

    stuck = Watch("stuck", lambda: FakeMonitor(on_step=hang))
    fine = Watch("fine", FakeMonitor)
    for watch in (stuck, fine):
        watch.start()
    assert begun.wait(30.0)
    began = time.monotonic()
    assert stop_all([stuck, fine], within_s=1.5) == ["stuck"]
    assert time.monotonic() - began < 15.0
    release.set()
    assert stuck.wait(30.0)
    qtbot.wait(1)


def test_the_real_client_is_freed_from_a_server_that_hangs(qtbot: QtBot) -> None:
    """Nothing but the transport's own abort can end the wait: its time-out is longer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = Transport()
        client = AutoVideoClient(f"http://127.0.0.1:{server.getsockname()[1]}", transport)
        failures: list[str] = []

        def ask(_number: int) -> None:
            try:
                client.status()
            except UnreachableError as error:
                failures.append(type(error).__name__)

        class Asking(FakeMonitor):
            def abort(self) -> None:
                transport.abort()

        watch = Watch("prod", lambda: Asking(on_step=ask))
        watch.start()
        connection, _address = server.accept()
        with connection:
            assert connection.recv(100).startswith(b"GET /status")
            began = time.monotonic()
            assert stop_all([watch], within_s=60.0) == []
            assert time.monotonic() - began < 15.0
        assert failures == ["AbortedError"]
        transport.close()
    qtbot.wait(1)


def test_a_watch_that_was_never_started_is_no_obstacle(qtbot: QtBot) -> None:
    del qtbot
    assert stop_all([Watch("prod", FakeMonitor)]) == []
