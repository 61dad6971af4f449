"""A configuration file that is changed while the app runs: what holds, what is told, what is never mixed up."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avdesk.app.applying import Applying, choices
from avdesk.app.desktop import CrashTeller, Desk, Parts
from avdesk.app.front import Front
from avdesk.app.in_force import InForce
from avdesk.app.latest import Latest
from avdesk.app.setting_up import settings_desks
from avdesk.app.tray_host import TrayHost
from avdesk.app.watching import Watching
from avdesk.app.window_host import WindowHost
from avdesk.bridge.actions import ActionRunner, ActionsLike
from avdesk.bridge.announced import Announced
from avdesk.bridge.announcer import Announcer
from avdesk.bridge.credentials import CredentialDesk
from avdesk.bridge.doctor import DoctorRunner, PracticeLike
from avdesk.bridge.job_archive import ArchiveLike, ArchiveLoader
from avdesk.bridge.logs import LogReader
from avdesk.bridge.notifications import DesktopNotifications
from avdesk.bridge.remembered import RememberedLike, RememberedReader
from avdesk.bridge.stopping import stop_all
from avdesk.bridge.told import Told
from avdesk.bridge.wake import WakeWatch
from avdesk.config.load import Loaded, load_text
from avdesk.config.paths import find_paths
from avdesk.core.actions import ActionKind
from avdesk.core.alerts import Alert, AlertAction
from avdesk.core.jobs import JobState
from avdesk.core.snapshot import Snapshot
from avdesk.services.credentials import Credentials
from avdesk.ui.main_window import MainWindow
from avdesk.ui.pages.jobs import JobsPage
from avdesk.ui.tray import Tray
from avdesk.ui.widgets.listing import COUNT_ROLE
from avdesk.ui.wishes import Wishes
from tests.harness.log_books import no_log
from tests.harness.snapshots import all_states, job
from tests.qt.bridge.fake_monitor import FakeMonitor

# Of the offscreen platform, and of a tray item without a tray.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*", "No such signal QPlatformNativeInterface")

FILE = Path("config.toml")
DEV = '[environments.dev]\nurl = "http://127.0.0.1:1"\nproject = "av-dev-1"\n'
PROD = '[environments.prod]\nurl = "http://127.0.0.1:2"\nproject = "av-prod-1"\n'
JOB = job(JobState.RUNNING)


def load(text: str) -> Loaded:
    return load_text(text, FILE)


class World:
    """The whole app but for its buses and its network."""

    def __init__(self, folder: Path, loaded: Loaded) -> None:
        settings = loaded.settings
        self.monitors: list[FakeMonitor] = []
        self.in_force = InForce(settings)
        self.wishes = Wishes()
        self.latest = Latest(tuple(settings.environments), settings.default_environment)
        tray = Tray(choices(settings.environments.values()), self.latest.snapshot(), self.wishes)
        self.front = Front(self.wishes, self.latest, tray, TrayHost(tray))
        remembered = RememberedReader(settings.environments, _make_remembered)
        self.window = WindowHost(
            tuple(settings.environments.values()),
            self.latest,
            self.wishes,
            remembered.preview,
            LogReader(no_log),
            place_file=folder / "window.ini",
            theme="system",
        )
        self.alerts: list[Alert] = []
        paths = find_paths(folder)
        credentials = CredentialDesk(lambda: Credentials(folder))
        self.parts = Parts(
            front=self.front,
            paths=paths,
            loaded=loaded,
            window=self.window,
            in_force=self.in_force,
            watching=Watching(self.make),
            configuration=None,
            session_bus=None,
            system_bus=None,
            notifications=DesktopNotifications(None),
            announcer=Announcer(self.in_force.notifications, Announced(None), self.alerts.append),
            wake=WakeWatch(None),
            crash_teller=CrashTeller(),
            actions=ActionRunner(_make_actions),
            archive=ArchiveLoader(_make_archive),
            logs=LogReader(no_log),
            remembered=remembered,
            credentials=credentials,
            doctor=DoctorRunner(_make_practice),
            settings=settings_desks(self.in_force, paths, loaded, credentials, None, follow_file=True),
        )
        self.desk = Desk(self.parts)
        self.applying = Applying(self.parts, loaded)
        self.parts.watching.told.connect(self.latest.take)
        self.latest.chosen.connect(self.window.show_environment)
        self.latest.changed.connect(self.window.show_snapshot)
        self.latest.happened.connect(self.parts.announcer.hear)
        for name in settings.environments:
            self.parts.watching.watch(name)

    def make(self, name: str) -> FakeMonitor:
        monitor = FakeMonitor(name)
        self.monitors.append(monitor)
        return monitor

    def of(self, name: str) -> list[FakeMonitor]:
        return [each for each in self.monitors if each.name == name]

    def change(self, text: str) -> None:
        self.applying.take(load(text))

    def open(self, qtbot: QtBot) -> MainWindow:
        self.window.open()
        window = self.window._window  # noqa: SLF001 - no other way to it
        assert window is not None
        qtbot.addWidget(window)
        return window


def _make_actions(name: str) -> ActionsLike:
    raise AssertionError(f"nothing is done to {name} here")


def _make_practice() -> PracticeLike:
    raise AssertionError("nothing is examined here")


def _make_archive(name: str) -> ArchiveLike:
    raise AssertionError(f"nothing older is loaded of {name} here")


def _make_remembered() -> RememberedLike:
    raise AssertionError("nothing is read here")


@pytest.fixture
def world(tmp_path: Path, qtbot: QtBot) -> Iterator[World]:
    made = World(tmp_path, load(DEV + PROD))
    qtbot.waitUntil(lambda: [each.steps for each in made.monitors] == [1, 1])
    yield made
    assert stop_all(made.parts.watching.all, 5.0) == []


def test_an_environment_that_is_added_is_watched_and_offered(qtbot: QtBot, world: World) -> None:
    window = world.open(qtbot)
    world.change(DEV + PROD + '[environments.lab]\nurl = "http://127.0.0.1:3"\n')
    qtbot.waitUntil(lambda: [each.steps for each in world.of("lab")] == [1])
    assert [each.steps for each in (*world.of("dev"), *world.of("prod"))] == [1, 1]
    assert world.latest.environments == ("dev", "prod", "lab")
    switcher = window.header.switcher
    assert [switcher.itemText(place) for place in range(switcher.count())] == ["dev", "prod", "lab"]
    assert window.environment == "dev"


def test_an_environment_that_is_taken_out_is_neither_watched_nor_shown_nor_told_of(
    qtbot: QtBot, world: World
) -> None:
    window = world.open(qtbot)
    world.change(PROD)
    assert world.parts.watching.environments == ("prod",)
    assert (world.latest.current, window.environment, window.windowTitle()) == ("prod", "prod", "AVDesk — prod")
    failed = replace(all_states()["failed"], environment="dev")
    world.latest.take(Told("dev", failed, failed.events))
    assert world.alerts == []
    with pytest.raises(KeyError):
        world.latest.snapshot("dev")
    world.desk.on_alert_activated(
        Alert("run:dev:1", "dev", "Video failed · dev", "", actions=(AlertAction.RETRY,), job_id=JOB.id),
        AlertAction.RETRY,
        "",
    )
    assert window.environment == "prod"
    assert window.asker.dialogs == []


def test_a_new_address_means_that_nothing_known_of_the_old_one_is_shown(qtbot: QtBot, world: World) -> None:
    window = world.open(qtbot)
    jobs = window.stack.page_at(window.stack.row_of("jobs"))
    assert isinstance(jobs, JobsPage)
    running = replace(all_states()["running"], environment="dev", jobs=(JOB,))
    world.latest.take(Told("dev", running))
    assert jobs.table.jobs_model.job_of(JOB.key) is not None
    world.wishes.act_wanted.emit("dev", ActionKind.CANCEL, (JOB,))
    assert len(window.asker.dialogs) == 1
    world.change(DEV.replace(":1", ":9") + PROD)
    assert window.asker.dialogs == [], "what was asked was about the old one"
    assert world.latest.snapshot("dev").run is None
    assert not world.latest.is_known("dev")
    qtbot.waitUntil(lambda: [each.steps for each in world.of("dev")] == [1, 1])
    assert world.of("dev")[0].closed_in is not None
    assert len(world.of("prod")) == 1
    assert jobs.table.jobs_model.job_of(JOB.key) is None
    assert window.environment == "dev"


def test_other_intervals_make_the_poller_anew_but_lose_nothing(qtbot: QtBot, world: World) -> None:
    running = replace(all_states()["running"], environment="dev")
    world.latest.take(Told("dev", running))
    world.change(DEV + "polling.alive_s = 5\n" + PROD)
    assert world.latest.snapshot("dev") is running
    qtbot.waitUntil(lambda: len(world.of("dev")) == 2)
    assert len(world.of("prod")) == 1


def test_another_colour_and_other_notifications_touch_no_poller(qtbot: QtBot, world: World) -> None:
    world.change(DEV + 'colour = "red"\n[environments.dev.notifications]\nenabled = false\n' + PROD)
    qtbot.wait(50)
    assert len(world.monitors) == 2
    assert not world.in_force.notifications("dev").enabled
    assert world.in_force.notifications("prod").enabled
    assert not world.in_force.notifications("nowhere").enabled


def test_read_only_and_production_hold_at_once(qtbot: QtBot, world: World) -> None:
    window = world.open(qtbot)
    world.change(DEV + "read_only = true\nproduction = true\n" + PROD)
    assert len(world.monitors) == 2
    assert (window.header.badge.text(), window.header.read_only.text()) == ("Production", "read only")
    snapshot = replace(all_states()["running"], environment="dev", jobs=(JOB,))
    world.latest.take(Told("dev", snapshot))
    world.wishes.act_wanted.emit("dev", ActionKind.CANCEL, (JOB,))
    assert window.asker.dialogs == []
    assert "read only" in " ".join(window.messages.texts())


def test_what_was_renamed_goes_on_under_its_new_name(qtbot: QtBot, world: World) -> None:
    window = world.open(qtbot)
    world.change(DEV.replace("environments.dev", "environments.lab") + PROD)
    qtbot.waitUntil(lambda: [each.steps for each in world.of("lab")] == [1])
    assert world.in_force.take_former("lab") == "dev"  # whoever makes the real monitor carries over by this
    assert world.parts.watching.environments == ("prod", "lab")
    assert window.environment == world.latest.current == "lab"
    assert world.of("dev")[0].aborted.is_set()


def test_another_default_is_shown_and_nothing_else_changes_what_is_shown(world: World) -> None:
    world.change('default_environment = "prod"\n' + DEV + PROD)
    assert world.latest.current == "prod"
    world.latest.choose("dev")
    world.change('default_environment = "prod"\n' + DEV + PROD + 'colour = "red"\n')
    assert world.latest.current == "dev"
    assert len(world.monitors) == 2


BROKEN = DEV + "url = \n" + PROD


def test_a_broken_file_is_told_with_its_line_and_what_was_read_last_stays(qtbot: QtBot, world: World) -> None:
    window = world.open(qtbot)
    before = world.in_force.settings
    world.change(BROKEN)
    assert world.in_force.settings is before
    [text] = window.messages.texts()
    assert "config.toml:4" in text
    assert "stays in force" in text
    assert len(world.monitors) == 2
    world.change(DEV + PROD)
    assert window.messages.texts() == []
    assert len(world.monitors) == 2


def test_a_broken_file_is_told_in_a_window_that_is_opened_later(qtbot: QtBot, world: World) -> None:
    world.change(BROKEN)
    assert "stays in force" in world.open(qtbot).messages.texts()[0]


@pytest.mark.parametrize(
    "text",
    [
        DEV + "read_onyl = true\n" + PROD,
        DEV + PROD + "[polling]\nalive_s = 0\n",
        'default_environment = "nowhere"\n' + DEV + PROD,
        "",
        "[[[",
        DEV + '[environments.prod]\nurl = "ftp://x"\n',
    ],
)
def test_nothing_of_a_file_with_a_new_problem_holds(world: World, text: str) -> None:
    before = world.in_force.settings
    world.change(text)
    assert world.in_force.settings is before


def test_a_first_file_is_used(tmp_path: Path, qtbot: QtBot) -> None:
    made = World(tmp_path, replace(load(""), exists=False))
    made.change("")
    made.change(PROD)
    qtbot.waitUntil(lambda: [each.steps for each in made.of("prod")] == [1])
    assert made.latest.environments == ("prod",)
    assert stop_all(made.parts.watching.all, 5.0) == []


def test_a_file_that_is_gone_changes_nothing_and_is_told(qtbot: QtBot, world: World) -> None:
    window = world.open(qtbot)
    before = world.in_force.settings
    world.applying.take(replace(load(""), exists=False))
    assert world.in_force.settings is before
    assert "gone" in window.messages.texts()[0]


def test_what_was_wrong_already_keeps_no_change_out(tmp_path: Path, qtbot: QtBot) -> None:
    made = World(tmp_path, load("answer = 42\n" + DEV))
    window = made.open(qtbot)
    made.change("\n\nanswer = 42\n" + DEV + PROD)
    assert made.latest.environments == ("dev", "prod")
    assert "config.toml:3" in made.applying._used.sentences()[0]  # noqa: SLF001 - the line as it is now
    assert window.messages.texts()[0].startswith("The configuration has a problem")
    assert stop_all(made.parts.watching.all, 5.0) == []


def test_a_theme_holds_at_once_and_a_language_says_when(qtbot: QtBot, world: World) -> None:
    window = world.open(qtbot)
    world.change(DEV + PROD + '[appearance]\ntheme = "dark"\nlanguage = "de"\n')
    qtbot.waitUntil(lambda: window.palette().window().color().lightness() < 128)
    assert "next time" in " ".join(window.messages.texts())
    world.change(DEV + PROD + '[appearance]\ntheme = "light"\nlanguage = "de"\n')
    qtbot.waitUntil(lambda: window.palette().window().color().lightness() > 128)
    world.change(DEV + PROD)


def test_changed_credentials_are_asked_for_anew_in_the_one_environment(qtbot: QtBot, world: World) -> None:
    world.desk.ask_credentials_anew("dev")
    qtbot.waitUntil(lambda: [each.steps for each in world.of("dev")] == [1, 1])
    assert len(world.of("prod")) == 1


def test_the_snapshot_of_one_never_stands_under_anothers_name(qtbot: QtBot, world: World) -> None:
    window = world.open(qtbot)
    prod = replace(all_states()["failed"], environment="prod", jobs=(JOB,))
    world.latest.take(Told("prod", prod))
    assert window.environment == "dev"
    assert all(each.environment == name for name, each in window._snapshots.items())  # noqa: SLF001
    jobs = window.navigation.item(1)
    assert jobs.data(COUNT_ROLE) is None
    assert window.header.alarm.accessibleName().startswith("prod: ")
    window.header.alarm.click()
    assert window.environment == "prod"
    assert jobs.data(COUNT_ROLE) == 1


def test_a_snapshot_of_somebody_else_reaches_nobody(world: World) -> None:
    stranger = Snapshot("stranger", all_states()["idle"].at)
    world.latest.take(Told("stranger", stranger))
    assert world.latest.environments == ("dev", "prod")
