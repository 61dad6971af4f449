"""Three environments on three servers at once, in the real app on a real desktop, and a file that others edit."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from avdesk.emulator.server import Emulator
from tests.desktop.running_app import App, generate
from tests.harness.session import DesktopSession
from tests.harness.tray import TrayItem
from tests.harness.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.desktop

NAMES = ("dev", "staging", "prod")
COLOURS = {"dev": "green", "staging": "amber", "prod": "red"}
APP = "AVDesk"
FREE_LOOKS = "[polling]\nrequests = 500\nwindow_s = 60\nreserve = 400\nalive_s = 2\n"


@dataclass
class Desk:
    """A user in front of the app, and the three servers behind it."""

    desktop: DesktopSession
    app: App
    servers: dict[str, Emulator]
    item: TrayItem

    def write(self, text: str) -> None:
        """Put a new file in the old one's place, as most editors do."""
        fresh = self.app.paths.config_file.with_name("config.toml.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.app.paths.config_file)

    def state(self, name: str) -> object:
        """Return what the running app tells of an environment's pipeline."""
        status = (self.app.ask(do="status", environment=name) or {}).get("status")
        assert isinstance(status, dict) or status is None
        return None if status is None else (status["environment"], status["summary"]["state"])

    def wait_for_state(self, name: str, state: str, timeout_s: float = PATIENCE_S) -> None:
        """Wait until the app tells of that state under that name."""
        wait_until(lambda: self.state(name) == (name, state), f"{name} is {state}", timeout_s)

    def wait_until_asked(self, name: str) -> None:
        """Let an environment be asked, and wait until its server was."""
        asked = len(self.servers[name].asked("/status"))
        self.app.ask(do="hurry", environment=name)
        wait_until(lambda: len(self.servers[name].asked("/status")) > asked, f"{name} is asked")

    def buttons(self) -> list[str]:
        return [node.name for node in self.desktop.a11y.nodes(APP, "push button") if node.name]

    def labels(self) -> list[str]:
        return self.desktop.a11y.texts(APP)

    def choose_by_window(self, shown: str, wanted: str) -> None:
        """Choose in the window's switcher, which shows `shown`."""
        windows = self.desktop.windows
        windows.activate(self.desktop.wait_for_window(f"AVDesk — {shown}"))
        self.desktop.choose(shown, wanted, APP)
        self.desktop.wait_for_window(f"AVDesk — {wanted}")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the command line on the same home."""
        return subprocess.run(
            [sys.executable, "-m", "avdesk", "--home", str(self.app.home), *arguments],
            env=self.desktop.environment({"PYTHONPATH": str(Path.cwd())}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def table(name: str, server: Emulator, more: str = "") -> str:
    return f'[environments.{name}]\nurl = "{server.autovideo_url}"\nvertex = "off"\n{more}'


@pytest.fixture(scope="module")
def desk(desktop: DesktopSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(
                Emulator(revision="b", seed=seed, rate_limit=(100_000, 60.0), failure_rate=0.0, past_jobs=0)
            )
            for seed, name in enumerate(NAMES)
        }
        app = App(desktop, tmp_path_factory.mktemp("environments") / "home")
        app.paths.config.mkdir(parents=True)
        app.paths.config_file.write_text(configuration(servers), encoding="utf-8")
        process = app.start()
        stack.callback(app.stop_all)
        app.wait_for_ear()
        yield Desk(desktop, app, servers, desktop.wait_for_tray_item(process))


def configuration(servers: dict[str, Emulator]) -> str:
    """Return the file: three environments, each with a colour of its own, one of them production."""
    tables = [
        table(name, server, f'colour = "{COLOURS[name]}"\n' + ("production = true\n" if name == "prod" else ""))
        for name, server in servers.items()
    ]
    return 'default_environment = "dev"\n' + "".join(tables) + FREE_LOOKS


def test_tray_and_window_tell_the_truth_of_each_and_switch(desk: Desk) -> None:
    for name in NAMES:
        desk.wait_for_state(name, "idle")
    wait_until(lambda: desk.item.tooltip.startswith("dev: Idle\nupdated"), "the tray shows what is looked at")
    generate(desk.servers["staging"])
    desk.app.ask(do="hurry", environment="staging")
    desk.wait_for_state("staging", "running")
    wait_until(lambda: desk.item.tooltip.startswith("staging: "), "the tray shows what runs, and says where")
    assert desk.item.tooltip.split("\n")[-1].startswith("dev: Idle")
    assert desk.state("dev") == ("dev", "idle")
    menu = desk.item.menu()
    assert menu.labels()[0] == "Idle", "the menu is about what is looked at"
    entries = {"dev · Idle", "staging · Making video", "prod · Idle"}
    wait_until(lambda: entries <= set(desk.item.menu().labels()), "the menu says how each stands")
    desk.choose_by_window("dev", "prod")
    assert "Production" in desk.labels()
    desk.item.click("staging · Making video")
    desk.desktop.wait_for_window("AVDesk — staging")
    assert "Production" not in desk.labels()
    wait_until(lambda: "Environment: staging" in desk.item.menu().labels(), "the tray acts on staging")
    desk.choose_by_window("staging", "dev")


def test_one_that_dies_is_told_of_by_name_and_slows_no_other(desk: Desk) -> None:
    desk.servers["prod"].stop()
    desk.wait_for_state("prod", "offline")
    wait_until(lambda: desk.item.tooltip.startswith("prod: "), "the tray says whose server is away")
    shown = desk.desktop.wait_for_notification("Server not reachable · prod")
    assert not [each for each in desk.desktop.notifications() if "· dev" in each.summary]
    assert shown.summary == "Server not reachable · prod"
    wait_until(lambda: [name for name in desk.buttons() if name.startswith("prod: ")], "the window says it, too")
    began = time.monotonic()
    for name in ("dev", "staging"):
        desk.wait_until_asked(name)
    assert time.monotonic() - began < 20.0
    assert desk.state("dev") == ("dev", "idle")
    alarm = next(name for name in desk.buttons() if name.startswith("prod: "))
    desk.desktop.a11y.press("push button", alarm, APP)
    desk.desktop.wait_for_window("AVDesk — prod")
    assert not [name for name in desk.buttons() if name.startswith("prod: ")]
    desk.choose_by_window("prod", "dev")


def test_what_others_write_into_the_file_holds_at_once(desk: Desk) -> None:
    living = {name: server for name, server in desk.servers.items() if name != "prod"}
    asked = len(desk.servers["staging"].requests)
    desk.write(configuration(living) + table("lab", desk.servers["staging"], 'colour = "violet"\n'))
    desk.wait_for_state("lab", "running")
    assert len(desk.servers["staging"].requests) > asked
    assert desk.app.ask(do="status", environment="prod") == {"ok": False, "error": "unknown environment: prod"}
    wait_until(lambda: not desk.item.tooltip.startswith("prod"), "the tray speaks no more of what is gone")
    wait_until(lambda: "lab · Making video" in desk.item.menu().labels(), "the menu offers what is new")
    assert not [label for label in desk.item.menu().labels() if label.startswith("prod")]
    assert not [name for name in desk.buttons() if name.startswith("prod: ")]
    told = desk.run("--env", "lab", "status", "--json")
    assert '"via": "app"' in told.stdout, told
    desk.choose_by_window("dev", "lab")
    desk.choose_by_window("lab", "dev")


def test_a_file_that_is_broken_is_told_and_left_alone_while_the_app_goes_on(desk: Desk) -> None:
    good = desk.app.paths.config_file.read_text(encoding="utf-8")
    broken = good.replace("[environments.staging]", "[environments.staging", 1)
    line = broken[: broken.index("[environments.staging\n")].count("\n") + 1
    desk.write(broken)
    wait_until(
        lambda: [text for text in desk.labels() if f"config.toml:{line}" in text and "stays in force" in text],
        "the window tells what is wrong, and where",
    )
    assert desk.app.paths.config_file.read_text(encoding="utf-8") == broken
    asked = len(desk.servers["dev"].asked("/status"))
    desk.desktop.a11y.press("push button", "Check now", APP)
    wait_until(lambda: len(desk.servers["dev"].asked("/status")) > asked, "the app still asks")
    assert desk.state("staging") == ("staging", "running")
    desk.write(good)
    wait_until(lambda: not [text for text in desk.labels() if "config.toml" in text], "the message goes")
    assert desk.app.paths.config_file.read_text(encoding="utf-8") == good


def test_the_command_line_changes_what_the_window_shows(desk: Desk) -> None:
    done = desk.run("env", "use", "staging")
    assert done.returncode == 0, done
    desk.desktop.wait_for_window("AVDesk — staging")
    wait_until(lambda: "Environment: staging" in desk.item.menu().labels(), "the tray follows")
    desk.item.click("Quit")
    wait_until(lambda: not desk.desktop.tray_items(), "it ends")
    assert "Traceback" not in desk.app.log()
