"""Actions that begin in the tray or on a notification, and the looks that follow them."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from avdesk.app import action_desk
from avdesk.app.action_desk import NOTIFICATION, TRAY, WINDOW, ActionDesk
from avdesk.app.latest import Latest
from avdesk.bridge.told import Told
from avdesk.core.actions import ActionKind, ActionRecord, ActionRequest, ActionState
from avdesk.core.alerts import AlertAction, alert_of
from avdesk.core.events import Event, EventKind
from avdesk.core.jobs import Job, JobState
from avdesk.core.snapshot import Snapshot
from avdesk.ui.tray_menu import Choice, TrayMenu
from avdesk.ui.tray_state import JOBS_SHOWN, tray_state
from avdesk.ui.wishes import Wishes

NOW = datetime.now(UTC)
JOB = Job("video-job-ab12cd34", "", "", "1", JobState.RUNNING, "JOB_STATE_RUNNING", "us-west1")


class World:
    """A desk between made-up parts, and what came of it."""

    def __init__(self) -> None:
        self.wishes = Wishes()
        self.latest = Latest(("dev", "prod"), "dev")
        self.asked: list[tuple[ActionRequest, str]] = []
        self.opened: list[str] = []
        self.wanted: list[tuple[str, ActionKind, tuple[Job, ...]]] = []
        self.looked: list[str] = []
        self.wishes.act_wanted.connect(lambda *wish: self.wanted.append(wish))
        self.wishes.check_now.connect(self.looked.append)
        front = SimpleNamespace(wishes=self.wishes, latest=self.latest)
        window = SimpleNamespace(open=self.opened.append)
        runner = SimpleNamespace(ask=lambda request, via: self.asked.append((request, via)))
        self.desk = ActionDesk(front, window, runner)  # type: ignore[arg-type]

    def know(self, *jobs: Job) -> None:
        """Let the pollers tell of jobs."""
        self.latest.take(Told("prod", Snapshot("prod", NOW, jobs=jobs)))


@pytest.fixture
def world(qtbot: QtBot) -> World:
    del qtbot
    return World()


def request(kind: ActionKind = ActionKind.CANCEL) -> ActionRequest:
    return ActionRequest("action-1", kind, "prod", JOB.id, "us-west1", "1")


def test_a_cancel_chosen_in_the_tray_is_asked_about_in_the_window_and_told_as_the_trays(world: World) -> None:
    world.desk.cancel_by_tray("prod", JOB)
    assert world.asked == []
    assert world.opened == [""]
    assert world.latest.current == "prod"
    assert world.wanted == [("prod", ActionKind.CANCEL, (JOB,))]
    world.desk.act(request())
    world.desk.act(request())
    assert [via for _request, via in world.asked] == [TRAY, WINDOW]


def test_the_button_of_a_failure_retries_its_job(world: World) -> None:
    world.know(replace(JOB, state=JobState.FAILED))
    event = Event(EventKind.RUN_FAILED, "prod", NOW, "run-1", "run-1", job_id=JOB.id)
    alert = alert_of(event, NOW, ())
    assert alert is not None
    assert alert.actions == (AlertAction.RETRY, AlertAction.LOG)
    world.desk.retry_by_notification(alert, "token")
    assert world.opened == ["token"]
    assert world.wanted[0][1:] == (ActionKind.RETRY, (replace(JOB, state=JobState.FAILED),))
    world.desk.act(request(ActionKind.RETRY))
    assert world.asked[0][1] == NOTIFICATION
    world.desk.retry_by_notification(replace(alert, job_id="video-job-00000000"), "")
    assert len(world.wanted) == 1  # it is not known any more: the window shows what there is


def test_a_failure_without_a_job_offers_no_retry_and_a_runs_job_is_told_of_once() -> None:
    early = alert_of(Event(EventKind.RUN_FAILED, "prod", NOW, "run-1", "run-1"), NOW, ())
    assert early is not None
    assert early.actions == (AlertAction.OPEN,)
    assert alert_of(Event(EventKind.JOB_FAILED, "prod", NOW, JOB.id, "run-1"), NOW, ()) is None
    alone = alert_of(Event(EventKind.JOB_FAILED, "prod", NOW, JOB.id), NOW, ())
    assert alone is not None
    assert alone.job_id == JOB.id
    assert alert_of(Event(EventKind.JOB_FAILED, "prod", NOW, "123456"), NOW, ()) is None  # not AutoVideo's


def test_many_actions_share_one_look(qtbot: QtBot, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_desk, "HURRY_EVERY_S", 1.0)
    record = ActionRecord(request(), "me", WINDOW, NOW, NOW, ActionState.SENDING)
    world.desk.on_changed(record)
    for state in (ActionState.REQUESTED, ActionState.CONFIRMED) * 10:
        world.desk.on_changed(replace(record, state=state))
    assert world.looked == []
    qtbot.waitUntil(lambda: world.looked == ["prod"])
    world.desk.on_changed(replace(record, state=ActionState.CONFIRMED))
    qtbot.waitUntil(lambda: world.looked == ["prod", "prod"])


def test_the_tray_offers_the_newest_five_jobs_that_can_be_cancelled(qtbot: QtBot) -> None:
    wishes = Wishes()
    menu = TrayMenu([Choice("prod")], wishes)
    qtbot.addWidget(menu)
    wanted: list[tuple[str, Job]] = []
    wishes.cancel_wanted.connect(lambda environment, job: wanted.append((environment, job)))
    jobs = tuple(replace(JOB, id=f"video-job-{n:08x}", number=str(n)) for n in range(7))
    ended = replace(JOB, number="99", state=JobState.SUCCEEDED)
    menu.show_state(tray_state(Snapshot("prod", NOW, jobs=(ended, *jobs)), NOW))
    [cancel] = [action.menu() for action in menu.actions() if action.text() == "Cancel a job"]
    assert isinstance(cancel, QMenu)
    shown = [action for action in cancel.actions() if action.isVisible()]
    assert len(shown) == JOBS_SHOWN
    assert "video-job-00000001" in shown[1].text()
    assert shown[1].text().endswith("…")
    shown[1].trigger()
    assert wanted == [("prod", jobs[1])]
    menu.show_state(tray_state(Snapshot("prod", NOW), NOW))
    assert not cancel.menuAction().isVisible()


def test_where_nothing_may_be_done_the_tray_says_so_and_offers_nothing(qtbot: QtBot) -> None:
    wishes = Wishes()
    menu = TrayMenu([Choice("prod", read_only=True), Choice("dev")], wishes)
    qtbot.addWidget(menu)
    wanted: list[str] = []
    wishes.cancel_wanted.connect(lambda environment, _job: wanted.append(environment))
    menu.show_state(tray_state(Snapshot("prod", NOW, jobs=(JOB,)), NOW))
    [cancel] = [action.menu() for action in menu.actions() if action.text() == "Cancel a job"]
    assert isinstance(cancel, QMenu)
    why, entry = (action for action in cancel.actions() if action.isVisible())
    assert why.text() == "prod is read only"
    assert not why.isEnabled()
    assert not entry.isEnabled()
    entry.trigger()
    assert wanted == []
    menu.show_state(tray_state(Snapshot("dev", NOW, jobs=(JOB,)), NOW))
    assert not why.isVisible()
    entry.trigger()
    assert wanted == ["dev"]
