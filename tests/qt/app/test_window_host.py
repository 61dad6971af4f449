"""The window on demand: what it is told of that happened before there was one, and questions that open it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avdesk.app.latest import Latest
from avdesk.app.window_host import WindowHost
from avdesk.core.actions import ActionKind, ActionState
from avdesk.ui.dialogs.new_video import NewVideoDialog
from avdesk.ui.main_window import MainWindow
from avdesk.ui.wishes import Wishes
from tests.harness.job_lists import many_jobs, records
from tests.harness.snapshots import ENVIRONMENTS

JOBS = many_jobs(8)
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")  # of the offscreen platform


@pytest.fixture
def wishes(qtbot: QtBot) -> Wishes:
    del qtbot
    return Wishes()


@pytest.fixture
def host(wishes: Wishes, tmp_path: Path, qtbot: QtBot) -> Iterator[WindowHost]:
    latest = Latest(tuple(environment.name for environment in ENVIRONMENTS), "dev")
    made = WindowHost(ENVIRONMENTS, latest, wishes, place_file=tmp_path / "window.ini", theme="system")
    wishes.act_wanted.connect(made.ask_in_new_window)
    wishes.new_video_wanted.connect(made.ask_video_in_new_window)
    yield made
    window = made._window  # noqa: SLF001 - no other way to the window that was made
    if window is not None:
        qtbot.addWidget(window)


def window_of(host: WindowHost) -> MainWindow:
    """Return the window that was made."""
    window = host._window  # noqa: SLF001 - no other way to it
    assert window is not None
    return window


def test_a_window_that_is_opened_later_shows_what_is_under_way_and_what_did_not_come_about(host: WindowHost) -> None:
    told = records(JOBS)
    requested = next(each for each in told if each.state is ActionState.REQUESTED)
    sent = next(each for each in told if each.state is ActionState.SENDING)
    failed = next(each for each in told if each.state is ActionState.FAILED)
    for record in (requested, sent, replace(sent, state=ActionState.CONFIRMED), failed):
        host.show_action(record)
    host.open()
    window = window_of(host)
    assert list(window.foot.under_way) == [requested.request.id]
    assert "Cancel job: failed" in window.messages.texts()[0]


def test_a_question_opens_the_window_once(host: WindowHost, wishes: Wishes) -> None:
    wishes.act_wanted.emit("dev", ActionKind.CANCEL, JOBS[:1])
    window = window_of(host)
    assert window.isVisible()
    assert len(window.asker.dialogs) == 1
    window.asker.dialogs[0].close()
    wishes.act_wanted.emit("dev", ActionKind.CANCEL, JOBS[:1])
    assert len(window.asker.dialogs) == 1


def test_a_new_video_opens_the_window(host: WindowHost, wishes: Wishes) -> None:
    wishes.new_video_wanted.emit("dev")
    assert [type(dialog) for dialog in window_of(host).asker.dialogs] == [NewVideoDialog]
