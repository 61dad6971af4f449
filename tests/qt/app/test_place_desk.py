"""Going to the place that a link names, in the real window."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avdesk.app.front import Front
from avdesk.app.latest import Latest
from avdesk.app.place_desk import PlaceDesk
from avdesk.app.tray_host import TrayHost
from avdesk.app.window_host import WindowHost
from avdesk.bridge.logs import LogReader, LogWish
from avdesk.bridge.open_log import OpenedLike
from avdesk.bridge.remembered import RememberedLike, RememberedReader
from avdesk.bridge.told import Told
from avdesk.core.errors import UsageError
from avdesk.core.places import Place, PlaceKind
from avdesk.core.snapshot import Snapshot
from avdesk.ui.dialogs.new_video import NewVideoDialog
from avdesk.ui.main_window import MainWindow
from avdesk.ui.pages.jobs import JobsPage
from avdesk.ui.tray import Tray
from avdesk.ui.wishes import Wishes
from tests.harness.job_lists import many_jobs
from tests.harness.snapshots import ENVIRONMENTS

JOBS = many_jobs(8)
DEV, OTHER = ENVIRONMENTS[0].name, ENVIRONMENTS[1].name
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")  # of the offscreen platform


def never() -> RememberedLike:
    """Stand for what reads, where nothing is to be read."""
    raise AssertionError("nothing is read for a place")


def closed_log(wish: LogWish) -> OpenedLike:
    """Stand for logs that cannot be read now."""
    raise UsageError(f"no log today: {wish.environment}")


class Stage:
    """The desk with all that it acts on."""

    def __init__(self, folder: Path) -> None:
        names = tuple(environment.name for environment in ENVIRONMENTS)
        wishes, self.latest = Wishes(), Latest(names, DEV)
        tray = Tray([], self.latest.snapshot(), wishes)
        remembered = RememberedReader({environment.name: environment for environment in ENVIRONMENTS}, never)
        self.host = WindowHost(
            ENVIRONMENTS,
            self.latest,
            wishes,
            remembered.preview,
            LogReader(closed_log),
            place_file=folder / "window.ini",
            theme="system",
        )
        self.latest.changed.connect(self.host.show_snapshot)
        self.latest.chosen.connect(self.host.show_environment)
        wishes.new_video_wanted.connect(self.host.ask_video_in_new_window)
        self.desk = PlaceDesk(Front(wishes, self.latest, tray, TrayHost(tray)), self.host)
        self.latest.changed.connect(self.desk.look_for_job)
        self.windows: list[MainWindow] = []

    def tell(self, environment: str) -> None:
        """Let an environment tell of the jobs."""
        self.latest.take(Told(environment, replace(Snapshot(environment, datetime.now(UTC)), jobs=JOBS)))

    @property
    def window(self) -> MainWindow:
        """The window."""
        window = self.host._window  # noqa: SLF001 - what the user sees
        assert window is not None
        return window

    @property
    def page(self) -> str:
        """The page that is shown."""
        return type(self.window.stack.currentWidget()).__name__

    @property
    def query(self) -> str:
        """What the Jobs page looks for."""
        page = self.window.stack.currentWidget()
        assert isinstance(page, JobsPage)
        return page.query.query.text


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    del qtbot
    made = Stage(tmp_path)
    yield made
    made.host.close()
    made.window.deleteLater()


def test_a_job_is_shown_in_the_environment_that_has_it(stage: Stage) -> None:
    stage.tell(OTHER)
    stage.desk.show(Place(PlaceKind.JOB, JOBS[3].id))
    assert (stage.latest.current, stage.page, stage.query) == (OTHER, "JobsPage", JOBS[3].id)


def test_a_job_that_is_not_known_yet_is_shown_once_somebody_tells_of_it(stage: Stage) -> None:
    stage.desk.show(Place(PlaceKind.JOB, JOBS[3].id))
    assert (stage.latest.current, stage.page) == (DEV, "JobsPage")
    assert stage.window.messages.stands("place")
    stage.tell(OTHER)
    assert (stage.latest.current, stage.query) == (OTHER, JOBS[3].id)
    assert not stage.window.messages.stands("place")
    stage.latest.choose(DEV)
    stage.tell(OTHER)
    assert stage.latest.current == DEV, "found once is enough"


def test_another_place_ends_the_search(stage: Stage) -> None:
    stage.desk.show(Place(PlaceKind.JOB, JOBS[3].id))
    stage.desk.show(Place(PlaceKind.LOGS))
    assert stage.page == "LogsPage"
    stage.tell(OTHER)
    assert (stage.latest.current, stage.page) == (DEV, "LogsPage")


def test_an_environment_is_chosen_and_a_wrong_one_only_opens_the_window(stage: Stage) -> None:
    stage.desk.show(Place(PlaceKind.ENVIRONMENT, OTHER))
    assert (stage.host.is_open, stage.window.environment) == (True, OTHER)
    stage.desk.show(Place(PlaceKind.ENVIRONMENT, "nowhere"))
    assert stage.window.environment == OTHER


def test_the_form_for_a_new_video_opens_without_keeping_the_asker_waiting(stage: Stage, qtbot: QtBot) -> None:
    stage.desk.show(Place(PlaceKind.NEW_VIDEO))
    qtbot.waitUntil(lambda: bool(stage.window.findChildren(NewVideoDialog)))
    stage.window.findChildren(NewVideoDialog)[0].close()
