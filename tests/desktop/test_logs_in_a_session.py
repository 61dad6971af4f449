"""Logs in the real window on a real desktop: to the line that says why, a run's tail, two as one."""

from collections.abc import Iterator

import pytest

from avdesk.core.jobs import Job, JobState
from avdesk.emulator.failures import NO_MOVIEPY
from avdesk.emulator.hardware import T4
from avdesk.emulator.plans import JobPlan
from benchmarks.signin import SignIn
from tests.desktop.jobs_desk import JobsDesk, write_configuration
from tests.desktop.running_app import App
from tests.harness.accessibility import Node
from tests.harness.acting import Bench, bench
from tests.harness.session import DesktopSession
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.desktop

APP = "AVDesk"
WHY = "ModuleNotFoundError: No module named 'moviepy.editor'"


class LogDesk(JobsDesk):
    """A user who reads logs."""

    def __init__(self, desktop: DesktopSession, app: App, bench: Bench) -> None:
        """Sit down."""
        super().__init__(desktop, app, bench)
        self._screen = desktop

    def items(self) -> list[Node]:
        """Return the lines that can be read in the view."""
        for node in self._screen.a11y.nodes(APP, "list"):
            if node.name == "Log":
                return [child for child in node.children if child.role == "list item"]
        return []

    def lines(self) -> list[str]:
        """Return their texts."""
        return [node.name for node in self.items()]

    def selected(self) -> list[str]:
        """Return the texts of those that are selected."""
        return [node.name for node in self.items() if "selected" in node.states]

    def wait_for_lines(self, condition: str) -> list[str]:
        """Wait until a line holds a text, and return all that can be read then."""

        def look() -> list[str]:
            found = self.lines()
            return found if any(condition in line for line in found) else []

        return wait_until(look, f"a line holds {condition!r}")

    def go_to_logs(self) -> None:
        """Show the Logs page, and have the keyboard in its lines."""
        window = self._screen.wait_for_window("AVDesk — dev")
        self._screen.windows.activate(window)
        self._screen.windows.key("ctrl+4")
        self._screen.a11y.find("", "Find in the log", APP)

    def focus_lines(self) -> None:
        """Have the keyboard in the lines."""
        self._screen.a11y.focus("text", "Find in the log", APP)
        self._screen.windows.key("Down")

    def follows(self) -> bool:
        """Return whether the view stays at the end as lines come."""
        found = [node for node in self._screen.a11y.nodes(APP) if node.name == "Follow"]
        return bool(found) and "checked" in found[0].states

    def new_lines(self) -> str:
        """Return what the button says that leads back to the end; empty while there is none."""
        names = [node.name for node in self._screen.a11y.nodes(APP, "push button")]
        return next((name for name in names if name.endswith(("new line", "new lines"))), "")

    def pick(self, *keys: str) -> None:
        """Open the menu of sources, and go through it by keys."""
        button = next(node for node in self._screen.a11y.nodes(APP, "push button") if node.name.startswith("Sources"))
        self._screen.a11y.focus("push button", button.name, APP)
        self._screen.windows.key("space")
        for key in keys:
            self._screen.windows.key(key)

    def wait_for_sources(self, names: str) -> None:
        """Wait until the button of the sources names them so."""
        self._screen.a11y.find("push button", f"Sources: {names}", APP)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    options = {"speed": 20.0, "rate_limit": (100_000, 60.0)}
    with bench(tmp_path_factory.mktemp("bench"), emulator=options) as made:
        yield made


@pytest.fixture(scope="module")
def desk(desktop: DesktopSession, server: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogDesk]:
    folder = tmp_path_factory.mktemp("app")
    app = App(desktop, folder / "home")
    write_configuration(app, server)
    with SignIn(server.emulator.token) as sign_in:
        key = sign_in.write_key(folder / "key.json", server.emulator.project)
        app.start(environment={"GOOGLE_APPLICATION_CREDENTIALS": str(key)})
        app.wait_for_ear()
        yield LogDesk(desktop, app, server)
        app.stop_all()


def failed_job(server: Bench) -> Job:
    """Return a job that failed because its container lacks MoviePy."""
    job = begin(server, JobPlan(queue_s=2.0, render_s=30.0, failure=NO_MOVIEPY))
    wait_until(lambda: server.state(job) is JobState.FAILED, "the job has failed")
    return server.look(job)


def begin(server: Bench, plan: JobPlan) -> Job:
    """Start a run whose render job fares as planned, and return that job as soon as there is one."""
    world = server.emulator.world
    wait_until(lambda: not world.pipeline.state.is_generating, "the server is free")
    before = {record.number for record in server.live()}
    server.emulator.plan_next(job=plan, refused_regions=0, failure=None, hardware=T4)
    world.start_run("Owls")
    fresh = wait_until(lambda: [each for each in server.live() if each.number not in before], "there is a job")
    return server.seen(fresh[-1])


def test_a_failed_job_leads_to_the_line_that_says_why_in_three_interactions(desk: LogDesk, server: Bench) -> None:
    job = failed_job(server)
    desk.go_to_jobs("dev")
    desk.select_job(job)
    desk.press("Show log")
    wait_until(lambda: any(WHY in line for line in desk.selected()), "the line that says why is selected")
    desk.wait_for_label("The render container lacks MoviePy.")


def test_a_run_is_followed_paused_and_resumed(desk: LogDesk, server: Bench) -> None:
    desk.go_to_logs()
    desk.pick("Down", "Down", "Return")
    desk.wait_for_sources("All render jobs")
    job = begin(server, JobPlan(queue_s=2.0, render_s=500.0))
    desk.wait_for_lines(f"Render worker started: {job.id}")
    desk.focus_lines()
    desk.key("Home")
    wait_until(lambda: not desk.follows(), "the view stays where it is")
    top = wait_until(lambda: [line for line in desk.lines()[:1] if line != "being fetched"], "a line is there")
    resume = wait_until(desk.new_lines, "lines have come that are not in sight")
    assert desk.lines()[:1] == top
    assert resume.endswith(("new line", "new lines"))
    desk.key("End")
    wait_until(desk.follows, "the view follows again")
    desk.wait_for_lines(f"jobs/{job.id}/status.json")


def test_two_sources_are_one_in_order_of_time_with_a_skewed_clock_and_late_entries(
    desk: LogDesk, server: Bench
) -> None:
    desk.go_to_logs()
    server.emulator.faults.add("google:/v2/entries:list=skew:-40")
    try:
        desk.pick("Down", "Return")
        desk.wait_for_sources("AutoVideo app")
        desk.pick("Up", "Up", "Right", "Down", "Return")
        desk.wait_for_sources("AutoVideo app + 1 more")
        job = begin(server, JobPlan(queue_s=2.0, render_s=60.0))
        desk.wait_for_lines(f"jobs/{job.id}/status.json")
        desk.wait_for_label("This machine’s clock is 40 s ahead of Google’s.")
        wait_until(lambda: late_ones(server), "an entry was received late")
        read = [node.description.split(", ") for node in desk.items() if node.description]
    finally:
        server.emulator.faults.clear()
    moments, sources = [part[1] for part in read], {part[-1] for part in read}
    assert {"AutoVideo app", job.id} <= sources, desk.lines()
    assert len(moments) > 10
    assert moments == sorted(moments)


def late_ones(server: Bench) -> int:
    """Return how many entries were received after ones with a later time."""
    world = server.emulator.world
    with world.lock:
        world.advance()
        records = world.logs()
    newest, late = float("-inf"), 0
    for record in records:
        late += record.timestamp < newest - 0.5
        newest = max(newest, record.timestamp)
    return late
