"""Noticing what others do to the configuration file."""

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QFileSystemWatcher
from pytestqt.qtbot import QtBot

from avdesk.bridge import config_watch
from avdesk.bridge.config_watch import ConfigurationWatch
from avdesk.config.load import Loaded, load_settings
from avdesk.config.paths import Paths, find_paths

ONE = '[environments.dev]\nurl = "http://127.0.0.1:1"\n'
TWO = '[environments.dev]\nurl = "http://127.0.0.1:2"\n'


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths(tmp_path / "home")


@pytest.fixture
def told() -> list[Loaded]:
    return []


@pytest.fixture
def watch(paths: Paths, told: list[Loaded], qtbot: QtBot) -> Iterator[ConfigurationWatch]:
    del qtbot
    made = ConfigurationWatch(paths.config_file, partial(load_settings, paths))
    made.told.connect(told.append)
    yield made
    made.ask_to_stop()
    assert made.wait(30.0)


def write(paths: Paths, text: str) -> None:
    paths.config.mkdir(parents=True, exist_ok=True)
    paths.config_file.write_text(text, encoding="utf-8")


def url(loaded: Loaded) -> str:
    return loaded.settings.environments["dev"].url


def in_place(path: Path) -> None:
    path.write_text(TWO, encoding="utf-8")


def replaced(path: Path) -> None:
    fresh = path.with_name("config.toml.new")
    fresh.write_text(TWO, encoding="utf-8")
    fresh.replace(path)


def moved_away_first(path: Path) -> None:
    """Do as vim does: the old file becomes a backup, a new one takes its place."""
    path.rename(path.with_name("config.toml~"))
    path.write_text(TWO, encoding="utf-8")


def in_two_steps(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(TWO[:20])
        file.flush()
        os.fsync(file.fileno())
        file.write(TWO[20:])


@pytest.mark.parametrize("edit", [in_place, replaced, moved_away_first, in_two_steps])
def test_whatever_way_an_editor_writes_the_file_is_read_again_each_time(
    qtbot: QtBot, paths: Paths, watch: ConfigurationWatch, told: list[Loaded], edit: Callable[[Path], None]
) -> None:
    write(paths, ONE)
    watch.start()
    qtbot.waitUntil(lambda: len(told) == 1)
    edit(paths.config_file)
    qtbot.waitUntil(lambda: url(told[-1]).endswith(":2"))
    assert all(not loaded.problems for loaded in told), "no half of a file is read"
    write(paths, ONE)  # a file that took the other one's place is watched, too
    qtbot.waitUntil(lambda: url(told[-1]).endswith(":1"))


def test_a_file_and_a_folder_that_come_later_are_noticed_without_word_from_the_system(
    qtbot: QtBot, paths: Paths, watch: ConfigurationWatch, told: list[Loaded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config_watch, "SLOW_LOOK_MS", 50)
    monkeypatch.setattr(QFileSystemWatcher, "addPath", lambda *_arguments: False)
    watch.start()
    qtbot.waitUntil(lambda: len(told) == 1)
    assert not told[0].exists
    write(paths, ONE)
    qtbot.waitUntil(lambda: told[-1].exists and url(told[-1]).endswith(":1"))
    paths.config_file.unlink()
    qtbot.waitUntil(lambda: not told[-1].exists)


def test_the_file_is_read_off_the_gui_thread_and_only_when_it_has_changed(
    qtbot: QtBot, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config_watch, "SLOW_LOOK_MS", 20)
    write(paths, ONE)
    read_in: list[int] = []

    def load() -> Loaded:
        read_in.append(threading.get_ident())
        return load_settings(paths)

    watch = ConfigurationWatch(paths.config_file, load)
    watch.start()
    qtbot.waitUntil(lambda: bool(read_in))
    qtbot.wait(200)
    assert len(read_in) == 1
    assert read_in[0] != threading.get_ident()
    watch.ask_to_stop()
    assert watch.wait(30.0)
