"""Starting at login: what is written, and the real state of it whoever has written it."""

import plistlib
import sys
from pathlib import Path

import pytest

from avdesk.config.paths import find_paths
from avdesk.core.errors import StoreError
from avdesk.services.autostart import DesktopEntry, LaunchAgent, autostart, start_command

COMMAND = [sys.executable, "-m", "avdesk", "--home", "/tmp/a home", "--background"]  # noqa: S108 - never made


def test_an_entry_is_written_told_and_removed(tmp_path: Path) -> None:
    entry = DesktopEntry(COMMAND, tmp_path / "autostart")
    assert entry.state().on is False
    entry.set(on=True)
    state = entry.state()
    assert (state.on, state.note, state.place) == (True, "", str(entry.path))
    assert '"/tmp/a home"' in state.command
    text = entry.path.read_text("utf-8")
    assert text.startswith("[Desktop Entry]\nType=Application\n")
    entry.set(on=False)
    assert not entry.path.exists()
    entry.set(on=False)
    assert entry.state().on is False


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_an_entry_that_the_desktop_has_switched_off_is_off(tmp_path: Path, line: str) -> None:
    entry = DesktopEntry(COMMAND, tmp_path)
    entry.set(on=True)
    text = entry.path.read_text("utf-8").replace("X-GNOME-Autostart-enabled=true\n", "")
    entry.path.write_text(f"{text}{line}\n", "utf-8")
    assert entry.state().on is False
    entry.set(on=True)
    assert entry.state().on is True


def test_an_entry_for_something_else_or_for_nothing_says_so(tmp_path: Path) -> None:
    DesktopEntry([sys.executable, "-m", "other"], tmp_path).set(on=True)
    state = DesktopEntry(COMMAND, tmp_path).state()
    assert state.on is True
    assert "another" in state.note
    gone = DesktopEntry([str(tmp_path / "gone"), "--background"], tmp_path)
    gone.set(on=True)
    assert "not there" in gone.state().note


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    entry = DesktopEntry(COMMAND, tmp_path / "file" / "autostart")
    with pytest.raises(StoreError, match="cannot be changed"):
        entry.set(on=True)
    assert entry.state().on is None or entry.state().on is False


def test_an_agent_is_written_told_and_removed(tmp_path: Path) -> None:
    agent = LaunchAgent(COMMAND, tmp_path / "LaunchAgents")
    assert agent.state().on is False
    agent.set(on=True)
    assert plistlib.loads(agent.path.read_bytes())["ProgramArguments"] == COMMAND
    assert (agent.state().on, agent.state().note) == (True, "")
    agent.path.write_bytes(plistlib.dumps({"Label": "x", "ProgramArguments": COMMAND, "RunAtLoad": False}))
    assert agent.state().on is False
    agent.path.write_bytes(b"no property list")
    assert agent.state().on is None
    agent.set(on=False)
    assert not agent.path.exists()


def test_a_home_of_its_own_is_named_in_the_command_and_the_usual_one_is_not(tmp_path: Path) -> None:
    assert start_command(find_paths(tmp_path / "mine"))[-3:] == ["--home", str(tmp_path / "mine"), "--background"]
    assert "--home" not in start_command(find_paths())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the folder is Linux's")
def test_the_entry_lies_in_the_users_configuration_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    means = autostart(find_paths(tmp_path / "home"))
    means.set(on=True)
    assert (tmp_path / "autostart" / "io.github.avdesk.AVDesk.desktop").is_file()
    assert means.state().on is True
