"""Show log, from tray and notification: the window comes to the front, on that job's log."""

from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from avdesk.app.desktop import Desk
from avdesk.app.in_force import InForce
from avdesk.app.latest import Latest
from avdesk.app.log_opening import grouped
from avdesk.bridge.told import Told
from avdesk.config.paths import find_paths
from avdesk.config.settings import Settings
from avdesk.core.alerts import AlertAction, alert_of
from avdesk.core.events import Event, EventKind
from avdesk.core.jobs import Job, JobState
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.snapshot import Snapshot
from avdesk.ui.tray_menu import TrayMenu
from avdesk.ui.tray_state import tray_state
from avdesk.ui.wishes import Wishes

NOW = datetime.now(UTC)
JOB = Job("video-job-ab12cd34", "", "", "1", JobState.FAILED, "JOB_STATE_FAILED", "us-west1")


class World:
    """A desk whose window only notes what it is told."""

    def __init__(self, home: Path, *, has_window: bool) -> None:
        self.wishes = Wishes()
        self.latest = Latest(("dev", "prod"), "dev")
        self.latest.take(Told("prod", Snapshot("prod", NOW, jobs=(JOB,))))
        self.told: list[object] = []
        self.has_window = has_window
        window = SimpleNamespace(open=self.open, show_log_in_new_window=self.show)
        parts = SimpleNamespace(front=SimpleNamespace(wishes=self.wishes, latest=self.latest), window=window)
        parts.actions, parts.paths = None, find_paths(home)
        parts.in_force = InForce(Settings("dev", MappingProxyType({})))
        self.desk = Desk(parts)  # type: ignore[arg-type]  # as much of them as is needed
        self.wishes.log_wanted.connect(self.desk.show_log)

    def open(self, activation_token: str = "") -> None:
        """Note that the window came to the front."""
        self.has_window = True
        self.told.append(("front", activation_token))

    def show(self, environment: str, job: Job) -> bool:
        """Note that a new window shows a log."""
        if not self.has_window:
            self.told.append((environment, job.id))
        return not self.has_window


@pytest.mark.parametrize(("has_window", "told"), [(False, ("prod", "video-job-ab12cd34")), (True, ("front", ""))])
def test_the_trays_entry_shows_the_log_of_the_newest_job(
    qtbot: QtBot, tmp_path: Path, has_window: bool, told: tuple[str, str]
) -> None:
    world = World(tmp_path, has_window=has_window)
    menu = TrayMenu((), world.wishes)
    qtbot.addWidget(menu)
    menu.show_state(tray_state(world.latest.snapshot("prod"), NOW))
    [entry] = [action for action in menu.actions() if action.text() == "Show log"]
    assert entry.isVisible()
    with qtbot.waitSignal(world.wishes.log_wanted) as wanted:
        entry.trigger()
    assert wanted.args == ["prod", JOB]
    assert world.told == [told]
    assert world.latest.current == "prod"
    menu.show_state(tray_state(Snapshot("prod", NOW), NOW))
    assert not entry.isVisible()


def test_a_failures_notification_leads_to_its_jobs_log(qtbot: QtBot, tmp_path: Path) -> None:
    world = World(tmp_path, has_window=False)
    alert = alert_of(Event(EventKind.RUN_FAILED, "prod", NOW, "run-1", "run-1", job_id=JOB.id), NOW, ())
    assert alert is not None
    assert AlertAction.LOG in alert.actions
    with qtbot.waitSignal(world.wishes.log_wanted) as wanted:
        world.desk.on_alert_activated(alert, AlertAction.LOG, "token")
    assert wanted.args == ["prod", JOB]
    assert ("front", "token") in world.told


def test_logs_of_the_environment_are_read_together_and_each_file_alone() -> None:
    app, job, own = LogChoice(LogKind.APP), LogChoice(LogKind.JOB, JOB.id), LogChoice(LogKind.OWN)
    files = [LogChoice(LogKind.FILE, name) for name in ("a.log", "b.log")]
    assert grouped([files[0], app, own, job, files[1]]) == ((app, job), (files[0],), (own,), (files[1],))
    assert grouped(files) == ((files[0],), (files[1],))
