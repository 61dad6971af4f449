"""Quitting happens once, in stages, whatever a stage does."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import QEventLoop
from pytestqt.qtbot import QtBot

from avdesk.app.quit_signals import QuitSignals
from avdesk.app.shutdown import Shutdown, leave
from tests.harness.logwatch import LogWatch


def test_what_is_seen_ends_at_once_and_the_rest_from_the_event_loop(qtbot: QtBot) -> None:
    done: list[str] = []
    codes: list[int] = []
    shutdown = Shutdown([lambda: done.append("tray")], [lambda: done.append("watches")], codes.append)
    shutdown.quit(3)
    assert done == ["tray"]
    assert shutdown.begun
    qtbot.waitUntil(lambda: codes == [3])
    assert done == ["tray", "watches"]
    assert shutdown.exit_code == 3


def test_a_second_wish_to_quit_changes_nothing(qtbot: QtBot) -> None:
    done: list[str] = []
    codes: list[int] = []
    shutdown = Shutdown([lambda: done.append("tray")], [lambda: done.append("watches")], codes.append)
    shutdown.quit(0)
    shutdown.quit(130)
    qtbot.waitUntil(lambda: codes == [0])
    shutdown.finish()
    assert done == ["tray", "watches"]
    assert shutdown.exit_code == 0


def test_a_stage_that_fails_does_not_keep_the_next_from_running(qtbot: QtBot, logged_errors: LogWatch) -> None:
    del qtbot
    logged_errors.expect("a stage of quitting failed")
    done: list[str] = []

    def fail() -> None:
        raise ZeroDivisionError

    Shutdown([fail, lambda: done.append("window")], [fail, lambda: done.append("bus")]).finish()
    assert done == ["window", "bus"]


def test_the_end_of_the_session_ends_all_stages_at_once(qtbot: QtBot) -> None:
    del qtbot
    done: list[str] = []
    Shutdown([lambda: done.append("tray")], [lambda: done.append("watches")]).finish()
    assert done == ["tray", "watches"]


def test_a_process_that_nothing_holds_returns_its_code() -> None:
    daemon = threading.Thread(target=threading.Event().wait, args=(0.2,), daemon=True)
    daemon.start()
    assert leave(5, []) == 5
    daemon.join()


def test_a_signal_becomes_a_wish_to_quit_with_the_code_that_fits(qtbot: QtBot) -> None:
    del qtbot
    for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        signals = QuitSignals()
        asked: list[int] = []
        loop = QEventLoop()
        signals.asked.connect(asked.append)
        signals.asked.connect(loop.quit)
        os.kill(os.getpid(), number)
        if not asked:
            loop.exec()
        signals.restore()
        assert asked == [code]


STUCK = """
import threading
from avdesk.app.shutdown import leave
threading.Thread(target=threading.Event().wait, name="name lookup").start()
leave(7, {late})
raise SystemExit(99)
"""


@pytest.mark.parametrize("late", ["[]", "['prod']"])
def test_a_thread_that_hangs_does_not_keep_the_process(late: str) -> None:
    done = subprocess.run([sys.executable, "-c", STUCK.format(late=late)], timeout=60, check=False)
    assert done.returncode == 7
