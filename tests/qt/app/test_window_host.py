"""The window on demand: what it is told of that happened before there was one, and questions that open it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avdesk.app.latest import Latest
from avdesk.app.window_host import WindowHost
from avdesk.bridge.logs import LogReader
from avdesk.bridge.remembered import AuditTold, RememberedLike, RememberedReader
from avdesk.core.actions import ActionKind, ActionState
from avdesk.core.endpoints import JOB_CANCEL, Endpoints
from avdesk.ui.dialogs.audit import AuditDialog
from avdesk.ui.dialogs.confirm import ConfirmDialog
from avdesk.ui.dialogs.new_video import NewVideoDialog
from avdesk.ui.main_window import MainWindow
from avdesk.ui.wishes import Wishes
from tests.harness.job_lists import many_jobs, records
from tests.harness.log_books import no_log
from tests.harness.snapshots import ENVIRONMENTS

JOBS = many_jobs(8)
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")  # of the offscreen platform


@pytest.fixture
def wishes(qtbot: QtBot) -> Wishes:
    del qtbot
    return Wishes()


def never() -> RememberedLike:
    """Stand for what reads, where nothing is to be read."""
    raise AssertionError("nothing is read for a preview")


@pytest.fixture
def remembered(qtbot: QtBot) -> RememberedReader:
    del qtbot
    return RememberedReader({environment.name: environment for environment in ENVIRONMENTS}, never)


@pytest.fixture
def host(wishes: Wishes, remembered: RememberedReader, tmp_path: Path, qtbot: QtBot) -> Iterator[WindowHost]:
    latest = Latest(tuple(environment.name for environment in ENVIRONMENTS), "dev")
    made = WindowHost(
        ENVIRONMENTS,
        latest,
        wishes,
        remembered.preview,
        LogReader(no_log),
        place_file=tmp_path / "window.ini",
        theme="system",
    )
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
    assert [each.request.id for each in window.stack.records if not each.state.ended] == [requested.request.id]
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


def test_a_question_says_by_what_was_read_which_way_an_action_goes(
    host: WindowHost, remembered: RememberedReader, wishes: Wishes
) -> None:
    url = ENVIRONMENTS[0].url
    job = next(each for each in JOBS if "cancel" in each.actions)
    told: list[tuple[str, ...]] = []
    now = datetime.now(UTC)
    for present in (None, True, False):
        if present is not None:
            remembered.take_endpoints("dev", Endpoints(url, {JOB_CANCEL: present}, {JOB_CANCEL: now}))
        wishes.act_wanted.emit("dev", ActionKind.CANCEL, (job,))
        [dialog] = window_of(host).asker.dialogs
        assert isinstance(dialog, ConfirmDialog)
        told.append(tuple(dialog.consequences.sends.text.toPlainText().splitlines()))
        dialog.close()
    planned = f"POST {url}/jobs/{job.id}/cancel"
    unknown, has, lacks = told
    assert unknown[0] == f"{planned} (where the server has it)"
    assert unknown[1].startswith("otherwise POST projects/")
    assert has == (planned,)
    assert lacks[0].startswith("POST projects/")
    assert planned not in lacks


def test_a_window_that_is_made_has_its_servers_endpoints_read(host: WindowHost) -> None:
    made: list[str] = []
    host.made.connect(made.append)
    host.open()
    host.open()
    assert made == ["dev"]


def test_the_audit_list_reaches_the_dialog_that_asked_for_it(host: WindowHost, wishes: Wishes) -> None:
    told = AuditTold("dev", tuple(records(JOBS)), 1000)
    host.show_audit(told)  # nobody is there: nothing happens
    host.open()
    wishes.audit_wanted.emit("dev")
    [dialog] = window_of(host).asker.dialogs
    assert isinstance(dialog, AuditDialog)
    host.show_audit(told)
    assert dialog.model.rows == told.records
