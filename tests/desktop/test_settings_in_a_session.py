"""From an empty folder to a watched server, and the configuration edited, in the real app on a real desktop."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from avdesk.config.load import load_settings
from avdesk.emulator.server import Emulator
from tests.desktop.running_app import App, generate
from tests.harness.session import DesktopSession
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.desktop

APP = "AVDesk"


@dataclass
class Desk:
    """A user in front of the app, and the server behind it."""

    desktop: DesktopSession
    app: App
    server: Emulator

    @property
    def file(self) -> str:
        return self.app.paths.config_file.read_text("utf-8")

    def wait_for_label(self, part: str, timeout_s: float = 30.0) -> None:
        wait_until(lambda: [text for text in self.labels() if part in text], f"a label says {part!r}", timeout_s)

    def labels(self) -> list[str]:
        # A long word has invisible places to break lines at.
        return [text.replace("\u200b", "").replace("\u00a0", " ") for text in self.desktop.a11y.texts(APP)]

    def press(self, name: str) -> None:
        """Press a button as soon as it can be."""
        a11y = self.desktop.a11y

        def ready() -> bool:
            found = [node for node in a11y.nodes(APP, "push button") if node.name == name]
            return any("enabled" in node.states for node in found)

        wait_until(ready, f"{name!r} can be pressed", 30.0)
        self.press_now(name)

    def press_now(self, name: str) -> None:
        """Press a button that can be pressed as soon as it is there."""
        self.desktop.a11y.press("push button", name, APP)

    def enter(self, name: str, text: str) -> None:
        self.desktop.a11y.enter_text("text", name, text, APP)

    def text_of(self, name: str) -> str | None:
        return self.desktop.a11y.find("text", name, APP).text

    def go_to_settings(self, section: str) -> None:
        self.desktop.windows.activate(self.desktop.wait_for_window("AVDesk — dev"))
        self.desktop.windows.key("ctrl+6")
        self.desktop.a11y.select("list item", section, APP)


@pytest.fixture(scope="module")
def desk(desktop: DesktopSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with ExitStack() as stack:
        options = {"rate_limit": (100_000, 60.0), "failure_rate": 0.0, "past_jobs": 0, "utc_offset_s": 0.0}
        server = stack.enter_context(Emulator(revision="b", **options))  # type: ignore[arg-type]
        folder = tmp_path_factory.mktemp("settings")
        key = folder / "key.json"
        key.write_text(server.make_service_account_key(), "utf-8")
        app = App(desktop, folder / "home")
        stack.callback(app.stop_all)
        app.start(environment={"GOOGLE_APPLICATION_CREDENTIALS": str(key)})
        yield Desk(desktop, app, server)


def test_the_wizard_leads_from_an_empty_folder_to_a_live_page(desk: Desk) -> None:
    assert not desk.app.paths.config_file.exists()
    desk.desktop.wait_for_window("Set up AVDesk")
    wait_until(lambda: desk.text_of("Project") == desk.server.project, "the project was found", 30.0)
    desk.enter("Google endpoint", desk.server.google_url)
    desk.wait_for_label("Application-default credentials works")
    desk.press_now("Next")
    desk.wait_for_label("looks like AutoVideo")
    desk.enter("Server address", desk.server.autovideo_url)
    desk.wait_for_label("AutoVideo answers at")
    desk.press_now("Next")
    assert not desk.app.paths.config_file.exists()
    desk.desktop.windows.activate(desk.desktop.wait_for_window("Set up AVDesk"))
    # The name that is suggested, nothing that would have to be stored, and “Start watching”.
    wait_until(lambda: press_return(desk), "it is written", 30.0)
    desk.desktop.wait_for_window("AVDesk — dev")
    wait_until(lambda: desk.app.summary().get("state") == "idle", "the server is watched", 30.0)
    wait_until(lambda: not desk.desktop.windows.titled("Set up AVDesk"), "the wizard is gone")
    loaded = load_settings(desk.app.paths)
    assert (loaded.problems, loaded.settings.environments["dev"].project) == ((), desk.server.project)
    generate(desk.server)
    desk.app.ask(do="hurry", environment="dev")
    wait_until(lambda: desk.app.summary().get("state") == "running", "the run is seen", 30.0)
    desk.wait_for_label(str(desk.app.summary()["headline"]).split(",")[0][:12])


def press_return(desk: Desk) -> bool:
    desk.desktop.windows.key("Return")
    time.sleep(0.5)
    return desk.app.paths.config_file.exists()


def test_what_is_edited_is_undone_previewed_and_saved_with_every_comment(desk: Desk) -> None:
    before = desk.file + "\n[polling]\n# the night shift asks by hand\nreserve = 4   # of ten\n"
    desk.app.paths.config_file.write_text(before, "utf-8")
    desk.go_to_settings("Polling")
    wait_until(lambda: desk.text_of("Requests kept for you") == "4", "the file was read again")
    desk.enter("Requests allowed", "77")
    desk.wait_for_label("Not saved yet.")
    desk.desktop.a11y.focus("text", "Requests allowed", APP)
    desk.desktop.windows.key("ctrl+z")
    wait_until(lambda: desk.text_of("Requests allowed") == "", "the edit is undone")
    desk.enter("Requests allowed", "500")
    desk.press("Save…")
    desk.desktop.wait_for_window("Save the configuration")
    desk.desktop.a11y.find("table cell", "500", APP)
    assert desk.file == before
    desk.press_now("Save")
    wait_until(lambda: "requests = 500" in desk.file, "it is saved")
    assert desk.file.replace("requests = 500\n", "") == before
    wait_until(lambda: "Saved." in desk.labels(), "that is said")


def test_a_broken_file_leaves_the_form_and_the_app_usable_and_the_file_alone(desk: Desk) -> None:
    good = desk.file
    broken = good.replace("[polling]", "[polling")
    desk.app.paths.config_file.write_text(broken, "utf-8")
    desk.go_to_settings("Environment dev")
    desk.wait_for_label("The file is damaged")
    assert desk.text_of("Server address") == desk.server.autovideo_url
    asked = len(desk.server.asked("/status"))
    desk.desktop.a11y.press("push button", "Check now", APP)
    wait_until(lambda: len(desk.server.asked("/status")) > asked, "the app still asks")
    desk.press_now("Correct it as text")
    wait_until(lambda: desk.text_of("Configuration as text") == broken, "the text is shown")
    desk.enter("Configuration as text", good + "# corrected\n")
    desk.press("Save…")
    assert desk.file == broken
    desk.press_now("Replace the damaged file")
    wait_until(lambda: desk.file == good + "# corrected\n", "it is saved")
    kept = [path.read_text("utf-8") for path in (desk.app.paths.config / "backups").iterdir()]
    assert broken in kept
    assert "Traceback" not in desk.app.log()


def test_quitting_asks_about_what_is_not_saved(desk: Desk) -> None:
    before = desk.file
    desk.desktop.a11y.press("radio button", "Form", APP)
    desk.go_to_settings("Polling")
    desk.enter("Requests allowed", "333")
    desk.wait_for_label("Not saved yet.")
    desk.desktop.windows.key("ctrl+q")
    desk.press_now("Quit without saving")
    wait_until(lambda: not desk.desktop.tray_items(), "it ends")
    assert desk.file == before
