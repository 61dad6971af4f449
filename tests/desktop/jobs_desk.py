"""The Jobs page of the real app, handled through the accessibility tree and the keyboard as its users do."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from avdesk.core.jobs import Job, JobState
from avdesk.emulator.records import CustomJobRecord
from tests.desktop.running_app import App
from tests.harness.accessibility import Node
from tests.harness.acting import Bench
from tests.harness.session import DesktopSession
from tests.harness.waiting import wait_until

APP = "AVDesk"
JOB_COLUMN = 0
ENVIRONMENTS: Mapping[str, str] = {
    "dev": "",
    "museum": "read_only = true\n",
    "prod": "production = true\n",
}
"""The environments in the order of the window's switcher, each with what sets it apart; all lead to one server."""


def write_configuration(app: App, bench: Bench) -> None:
    """Configure all environments on the bench's emulator, asked as often as one likes."""
    emulator = bench.emulator
    parts = ['default_environment = "dev"\n']
    for name, more in ENVIRONMENTS.items():
        parts.append(
            f'[environments.{name}]\nurl = "{emulator.autovideo_url}"\nproject = "{emulator.project}"\n'
            f'regions = {json.dumps(list(emulator.regions))}\nvertex = "rest"\n'
            f'google_endpoint = "{emulator.google_url}"\n{more}'
        )
    parts.append("[polling]\nrequests = 500\nwindow_s = 60\nreserve = 400\n")
    app.paths.config.mkdir(parents=True, exist_ok=True)
    app.paths.config_file.write_text("".join(parts), encoding="utf-8")


class JobsDesk:
    """A user in front of the window, and the server behind it.

    Attributes:
        bench: the server, and jobs on it.
    """

    def __init__(self, desktop: DesktopSession, app: App, bench: Bench) -> None:
        """Sit down in front of an app that runs already."""
        self._desktop = desktop
        self._app = app
        self._environment = next(iter(ENVIRONMENTS))
        self.bench = bench

    def go_to_jobs(self, environment: str) -> None:
        """Show an environment's jobs, and have the keyboard there."""
        windows = self._desktop.windows
        window = self._desktop.wait_for_window(f"AVDesk — {self._environment}")
        if windows.active() != window.id:
            windows.key("Escape")  # a dialog that an earlier, failed test has left
            windows.activate(window)
        if environment != self._environment:
            self.choose(self._environment, environment)
        self._environment = environment
        self._desktop.wait_for_window(f"AVDesk — {environment}")
        windows.key("ctrl+2")
        self._desktop.a11y.find("text", "Find jobs", APP)

    def select_job(self, job: Job) -> None:
        """Find one job by its id, and select it with the keyboard."""
        self.select_jobs(job.id, [job])

    def select_jobs(self, query: str, jobs: list[Job]) -> None:
        """Find jobs by a query that fits `jobs` alone, and select them all with the keyboard."""
        wanted = {job.id for job in jobs}
        self._desktop.a11y.enter_text("text", "Find jobs", query, APP)
        self.look_until(lambda: self.listed() == wanted, f"the table shows what fits {query}")
        self._desktop.a11y.focus("text", "Find jobs", APP)
        self._desktop.windows.key("Return")
        self._desktop.windows.key("ctrl+a")

    def listed(self) -> set[str]:
        """Return the ids of the jobs that the table holds, those that must be scrolled to too."""
        return set(self._desktop.a11y.column("Jobs", JOB_COLUMN, APP))

    def look_until(self, condition: Callable[[], object], what: str) -> None:
        """Let the app ask for the environment that is shown, until `condition` holds."""

        def look() -> object:
            self._app.ask(do="hurry", environment=self._environment)
            return condition()

        try:
            wait_until(look, what)
        except TimeoutError as error:
            error.add_note(self.told())
            raise

    def told(self) -> str:
        """Return what the app says and shows, for a test that waited in vain."""
        nodes = self._desktop.a11y.nodes(APP)
        fields = [f"{node.name}: {node.text!r}" for node in nodes if node.role == "text"]
        labels = [node.name for node in nodes if node.role in {"label", "frame", "combo box", "dialog"} and node.name]
        status = json.dumps(self._app.ask(do="status", environment=self._environment))
        return f"listed: {sorted(self.listed())}\nfields: {fields}\nlabels: {labels}\nstatus: {status}"

    def button(self, name: str) -> Node:
        """Return a button that can be seen."""
        return self._desktop.a11y.find("push button", name, APP)

    def wait_for_button(self, name: str, *, enabled: bool = True) -> Node:
        """Wait until a button can be pressed, or cannot."""

        def look() -> list[Node]:
            found = [node for node in self._desktop.a11y.nodes(APP, "push button") if node.name == name]
            return [node for node in found if ("enabled" in node.states) == enabled]

        return wait_until(look, f"{name!r} is {'open' if enabled else 'closed'}")[0]

    def press(self, name: str) -> None:
        """Press a button as soon as it can be pressed."""
        self.wait_for_button(name)
        self._desktop.a11y.press("push button", name, APP)

    def type_into(self, field: str, text: str) -> None:
        """Replace what stands in a text field."""
        self._desktop.a11y.enter_text("text", field, text, APP)

    def choose(self, chosen: str, begins: str) -> None:
        """Choose in the list that shows `chosen` the entry that begins so."""
        self._desktop.choose(chosen, begins, APP)

    def wait_for_state(self, job: Job, state: JobState) -> None:
        """Wait until a job has a state on the server."""
        wait_until(lambda: self.bench.state(job) is state, f"{job.id} is {state}")

    def wait_for_successor(self, old: Job) -> CustomJobRecord:
        """Wait until there is a job that retries `old`, and return it; there must be one alone."""

        def look() -> list[CustomJobRecord]:
            return [record for record in self.bench.live() if record.labels.get("retry_of") == old.id]

        [found] = wait_until(look, f"a job retries {old.id}")
        return found

    def agree_if_asked(self, name: str, old: Job) -> None:
        """Agree to retry `old`, where the app asks first: it does so when there is something to be warned of."""

        def look() -> bool:
            if any(record.labels.get("retry_of") == old.id for record in self.bench.live()):
                return True
            asked = any(node.name == name for node in self._desktop.a11y.nodes(APP, "push button"))
            if asked:
                self.press(name)
            return asked

        wait_until(look, f"{old.id} is retried, or {name!r} asks first")

    def key(self, keys: str) -> None:
        """Press keys where the keyboard is."""
        self._desktop.windows.key(keys)

    def wait_for_label(self, text: str) -> None:
        """Wait until a text can be read."""
        self._desktop.a11y.find("label", text, APP)

    def look_again(self) -> None:
        """Let the app ask Vertex AI anew, and wait until it has: what it had to send before is sent by then."""
        before = len(self.bench.emulator.requests)
        self.look_until(lambda: len(self.bench.emulator.requests) > before + 5, "the app has asked anew")

    def screenshot(self, path: Path) -> None:
        """Write a picture of the screen."""
        self._desktop.screenshot(path)
