"""Makes the pictures of docs/images: run it as ``make screenshots``.

Everything happens in a real desktop session of its own (X server, window manager, panel, notifications). The demo's
pictures show the real program on the embedded AutoVideo, as ``avdesk demo`` starts it; the pictures of states that
would take long to come about show the real window with sample data.

    docs/make_screenshots.py [SCENE…] [--into FOLDER]
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avdesk.ui.main_window import MainWindow

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.harness.session import DesktopSession  # noqa: E402 - the line above makes the tests' tools findable

IMAGES = ROOT / "docs" / "images"
SMALL, START = (800, 560), (1080, 720)
SAMPLE_JOBS = 60
DEMO_SPEED = 20
DEMO_TITLE = "AVDesk — demo"


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture of the window with sample data.

    Attributes:
        name: the file's.
        state: the sample that is shown.
        theme: ``light`` or ``dark``.
        environment: whose.
        scale: device pixels for one.
        size: of the window.
        language: a catalogue, or the pseudo-locale.
        page: which page, by its place in the navigation.
        selected: which of the sample jobs is selected on the Jobs page.
        asks: open the question that cancelling it asks, and keep its picture.
        runs: how many past runs the History page shows, which is then the page; the third is selected.
        elsewhere: the sample that another environment is in.
        doctor: open the doctor's window with sample findings, and keep its picture.
        log: what the Logs page shows, which is then the page: ``failed``, ``both``, ``find``, ``keys``, ``denied``.
        settings: what the Settings page shows, which is then the page: ``form``, ``polling``, ``text``, ``damaged``,
            ``save``, ``wizard``.
    """

    name: str
    state: str
    theme: str = "light"
    environment: str = "staging"
    scale: float = 1.0
    size: tuple[int, int] = START
    language: str = ""
    page: int = 0
    selected: int = -1
    asks: bool = False
    runs: int = -1
    elsewhere: str = ""
    doctor: bool = False
    log: str = ""
    settings: str = ""


SCENES = (
    Scene("pipeline-light", "running"),
    Scene("pipeline-dark", "running", theme="dark"),
    Scene("pipeline-production", "waiting", environment="prod"),
    Scene("pipeline-failed", "failed"),
    Scene("pipeline-offline", "offline"),
    Scene("pipeline-empty", "empty", environment="dev"),
    Scene("pipeline-denied", "denied", theme="dark"),
    Scene("pipeline-small", "running", size=SMALL),
    Scene("pipeline-125", "running", scale=1.25, size=SMALL),
    Scene("pipeline-200", "running", theme="dark", scale=2.0, size=SMALL),
    Scene("jobs-light", "idle", page=1, selected=4),
    Scene("jobs-dark", "idle", theme="dark", page=1, selected=0),
    Scene("jobs-production", "idle", environment="prod", page=1, selected=0, asks=True),
    Scene("jobs-small", "idle", size=SMALL, page=1, selected=4),
    Scene("jobs-125", "idle", scale=1.25, size=SMALL, page=1, selected=1),
    Scene("jobs-200", "idle", theme="dark", scale=2.0, size=SMALL, page=1, selected=0),
    Scene("jobs-denied", "denied", page=1),
    Scene("pipeline-elsewhere", "running", environment="dev", elsewhere="offline"),
    Scene("health-light", "health: failing", page=2),
    Scene("health-dark", "health: failing", theme="dark", page=2),
    Scene("health-flapping", "health: flapping", page=2),
    Scene("health-spent", "health: spent", size=SMALL, page=2),
    Scene("health-nothing", "health: nothing", environment="dev", size=SMALL, page=2),
    Scene("health-200", "health: region denied", theme="dark", scale=2.0, size=SMALL, page=2),
    Scene("doctor-light", "health: failing", page=2, doctor=True),
    Scene("doctor-dark", "health: failing", theme="dark", page=2, doctor=True),
    Scene("logs-light", "idle", log="failed"),
    Scene("logs-dark", "idle", theme="dark", log="find"),
    Scene("logs-two", "idle", log="both"),
    Scene("logs-keys", "idle", theme="dark", log="keys"),
    Scene("logs-denied", "idle", log="denied"),
    Scene("logs-small", "idle", size=SMALL, log="failed"),
    Scene("logs-125", "idle", scale=1.25, size=SMALL, log="both"),
    Scene("logs-200", "idle", theme="dark", scale=2.0, size=SMALL, log="failed"),
    Scene("history-light", "idle", runs=84),
    Scene("history-dark", "idle", theme="dark", runs=84),
    Scene("history-small", "idle", size=SMALL, runs=30),
    Scene("history-200", "idle", theme="dark", scale=2.0, size=SMALL, runs=30),
    Scene("history-empty", "empty", environment="dev", runs=0),
    Scene("settings-light", "idle", settings="form"),
    Scene("settings-dark", "idle", theme="dark", settings="polling"),
    Scene("settings-text", "idle", theme="dark", settings="text"),
    Scene("settings-damaged", "idle", size=SMALL, settings="damaged"),
    Scene("settings-save", "idle", settings="save"),
    Scene("settings-small", "idle", size=SMALL, settings="form"),
    Scene("settings-200", "idle", theme="dark", scale=2.0, size=SMALL, settings="form"),
    Scene("wizard-light", "idle", settings="wizard"),
    Scene("wizard-dark", "idle", theme="dark", settings="wizard"),
    Scene("pipeline-pseudo", "waiting", environment="prod", size=SMALL, language="qps"),
)


def main(arguments: list[str]) -> int:
    """Make the pictures named, all of them without names."""
    parser = argparse.ArgumentParser(description="Make the pictures of docs/images.")
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help="the pictures' names; 'demo' is the real program")
    parser.add_argument("--into", type=Path, default=IMAGES)
    parser.add_argument("--show", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.show is not None:
        return show(next(scene for scene in SCENES if scene.name == options.show))
    wanted = set(options.scenes) or {scene.name for scene in SCENES} | {"demo"}
    options.into.mkdir(parents=True, exist_ok=True)
    for scale in sorted({scene.scale for scene in SCENES if scene.name in wanted}):
        picture_samples([scene for scene in SCENES if scene.scale == scale and scene.name in wanted], options.into)
    if "demo" in wanted:
        picture_demo(options.into)
    return 0


def picture_samples(scenes: list[Scene], into: Path) -> None:
    """Show each scene in a session of their scale, and keep its picture."""
    scale = scenes[0].scale
    room = (int(1280 * scale), int(860 * scale))
    with DesktopSession(size=room, scale=scale, notifications=None) as session:
        for scene in scenes:
            shown = session.start([sys.executable, __file__, "--show", scene.name], name=scene.name)
            title = f"{'Cancel job' if scene.asks else 'AVDesk'} — {scene.environment}"
            own = {"save": "Save the configuration", "wizard": "Set up AVDesk"}.get(scene.settings, title)
            window = session.wait_for_window("Doctor" if scene.doctor else own)
            if not scene.asks:
                session.windows.activate(window)
            settle(session)
            session.screenshot(into / f"{scene.name}.png", window)
            session.stop(shown)
            sys.stdout.write(f"{into / scene.name}.png\n")


def picture_demo(into: Path) -> None:
    """Follow the real demo until its video renders, and keep a picture of the window and one of the desktop."""
    with DesktopSession(size=(1120, 800)) as session:
        demo = [sys.executable, "-m", "avdesk", "demo", "--speed", str(DEMO_SPEED)]
        app = session.start(demo, name="avdesk-demo", environment={"PYTHONPATH": str(ROOT)})
        window = session.wait_for_window(DEMO_TITLE)
        session.windows.activate(window)
        wait_for_text(session, "Rendering on")
        settle(session)
        session.screenshot(into / "demo-window.png", window)
        session.screenshot(into / "demo-desktop.png")
        session.stop(app)
        sys.stdout.write(f"{into}/demo-window.png\n{into}/demo-desktop.png\n")


def wait_for_text(session: DesktopSession, beginning: str, timeout_s: float = 180.0) -> None:
    """Wait until a label of the program begins so, as a screen reader finds it.

    Raises:
        TimeoutError: none did in time.
    """
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if any(text.startswith(beginning) for text in session.a11y.texts()):
            return
        time.sleep(0.5)
    raise TimeoutError(f"no text begins with {beginning!r}\n{session.all_logs()}")


def settle(session: DesktopSession, calm_s: float = 0.6) -> None:
    """Wait until two pictures in a row are the same, 10 s at most; what ticks makes them differ for ever."""
    before = b""
    for picture in pictures(session, calm_s):
        if picture == before:
            return
        before = picture


def pictures(session: DesktopSession, pause_s: float) -> Iterator[bytes]:
    """Yield pictures of the screen for 10 s."""
    for _turn in range(int(10 / pause_s)):
        time.sleep(pause_s)
        shot = subprocess.run(
            ["import", "-window", "root", "-depth", "8", "rgb:-"],
            env=session.environment(),
            capture_output=True,
            check=True,
        )
        yield shot.stdout


def show(scene: Scene) -> int:
    """Show a scene's window until the process is ended."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from avdesk import i18n
    from avdesk.bridge.remembered import HistoryTold
    from avdesk.core.actions import ActionKind
    from avdesk.i18n import _
    from avdesk.ui.main_window import MainWindow
    from avdesk.ui.pages.history import HistoryPage
    from avdesk.ui.pages.jobs import JobsPage
    from avdesk.ui.theme import apply_theme
    from avdesk.ui.wishes import Wishes
    from tests.harness.health_states import examination, health_states
    from tests.harness.job_lists import many_jobs
    from tests.harness.past_runs import make_run, past_runs
    from tests.harness.snapshots import ENVIRONMENTS, NOW, all_states

    i18n.install(scene.language or None)
    app = QApplication([])
    apply_theme("dark" if scene.theme == "dark" else "light")
    window = MainWindow(ENVIRONMENTS, scene.environment, Wishes(), QSettings(), now=lambda: NOW)
    window.resize(*scene.size)
    jobs = many_jobs(SAMPLE_JOBS) if scene.selected >= 0 else ()
    samples = all_states() | {f"health: {name}": sample for name, sample in health_states().items()}
    window.show_snapshot(replace(samples[scene.state], environment=scene.environment, jobs=jobs))
    window.navigation.setCurrentRow(scene.page)
    window.show()
    for page in window.pages:
        if isinstance(page, JobsPage) and jobs:
            page.show_job(jobs[scene.selected].key)
    if scene.elsewhere:
        window.show_snapshot(replace(all_states()[scene.elsewhere], environment="prod"))
    if scene.runs >= 0:
        window.show_page(_("History"))
        window.show_history(HistoryTold(scene.environment, past_runs(scene.runs, scene.environment)))
        for page in window.pages:
            if isinstance(page, HistoryPage) and scene.runs:
                page.table.select_run(make_run(2).id)
    if scene.log:
        show_log(window, scene.log)
    until_the_end = show_settings(window, scene.settings) if scene.settings else ExitStack()
    if scene.doctor:
        window.doctor.open()
        for told in examination():
            window.doctor.take(told)
    if scene.asks:
        window.asker.ask(scene.environment, ActionKind.CANCEL, jobs[scene.selected : scene.selected + 1])
    with until_the_end:
        return app.exec()


def show_log(window: "MainWindow", what: str) -> None:
    """Show a sample log on the Logs page."""
    from PySide6.QtCore import QTimer

    from avdesk.bridge.logs import LogReader
    from avdesk.core.jobs import JobState
    from avdesk.core.logchoice import LogChoice, LogKind
    from avdesk.core.logsearch import Wanted
    from avdesk.i18n import _
    from avdesk.ui.logs.commands import Command
    from avdesk.ui.logs.search_bar import Showing
    from avdesk.ui.pages.logs import LogsPage
    from tests.harness.log_books import sample_opener
    from tests.harness.snapshots import job

    window.use_logs(LogReader(sample_opener(denied=what == "denied")))
    window.show_page(_("Logs"))
    [page] = [page for page in window.pages if isinstance(page, LogsPage)]
    if what in ("failed", "find"):
        page.show_job(job(JobState.FAILED))
    elif what == "both":
        page.open_sources((LogChoice(LogKind.APP), LogChoice(LogKind.JOBS)))
    page.parts.search.set_mode(Showing.ALL)
    if what == "find":
        page.parts.search.show_wanted(Wanted("chunk"))
        page.parts.search.set_mode(Showing.PANE)
    if what == "keys":
        QTimer.singleShot(1500, page, lambda: page.do(Command.HELP))


def show_settings(window: "MainWindow", what: str) -> ExitStack:
    """Show the Settings page on a sample configuration; return what is to be ended at the end."""
    from PySide6.QtCore import QTimer

    from avdesk.i18n import _
    from avdesk.ui.pages.settings import SettingsPage
    from avdesk.ui.settings.access import SettingsAccess
    from tests.harness.configurations import DAMAGED, SAMPLE, WRONG, settings_on

    text = {"text": WRONG, "damaged": DAMAGED}.get(what, SAMPLE)
    until_the_end = ExitStack()
    desks, _paths = until_the_end.enter_context(settings_on(Path.home() / "sample", text))
    SettingsAccess(window, desks)
    window.show_page(_("Settings"))
    [page] = [page for page in window.pages if isinstance(page, SettingsPage)]

    def go_on() -> None:
        if page.form is None:
            QTimer.singleShot(100, page, go_on)
        elif what == "polling":
            page.form.show_section(_("Polling"))
        elif what == "text":
            page.show_text(1)
        elif what == "save" and page.saving is not None:
            page.draft.edit(lambda document: document.set("environments.staging.url", "https://av2.example.com"))
            page.draft.edit(lambda document: document.set("appearance.language", "de"))
            page.saving.ask()
        elif what == "wizard":
            page.begin_set_up()

    go_on()
    return until_the_end


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
