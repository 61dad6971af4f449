"""The daily look for a newer version: off unless wanted, in a thread, and told once in the window."""

import threading
from pathlib import Path

from pytestqt.qtbot import QtBot

from avdesk.app.update_desk import UpdateDesk
from avdesk.bridge.updates import UpdateWatch
from avdesk.core.errors import BadAnswerError
from avdesk.services.updates import Release

RELEASE = Release("1.2.0", "https://avdesk.example/1.2.0", "ab" * 32)


class Window:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def tell(self, topic: str, text: str, full_text: str = "") -> None:
        """Note it."""
        del full_text
        self.told.append((topic, text))


def test_nobody_is_asked_unless_it_is_wanted(qtbot: QtBot) -> None:
    del qtbot
    asked: list[int] = []

    def look() -> None:
        asked.append(1)

    watch = UpdateWatch(look, lambda: False)
    watch.look()
    assert watch.wait(5)
    assert asked == []


def test_a_newer_version_is_told_from_another_thread(qtbot: QtBot) -> None:
    threads: list[str] = []

    def look() -> Release:
        threads.append(threading.current_thread().name)
        return RELEASE

    watch = UpdateWatch(look, lambda: True)
    with qtbot.waitSignal(watch.told, timeout=10_000) as caught:
        watch.look()
    assert caught.args == [RELEASE]
    assert threads == ["updates"]
    assert watch.wait(5)


def test_a_failure_is_quiet_and_a_stopped_watch_asks_no_more(qtbot: QtBot) -> None:
    del qtbot
    asked: list[int] = []

    def look() -> Release | None:
        asked.append(1)
        raise BadAnswerError("nonsense", "look again")

    watch = UpdateWatch(look, lambda: True)
    watch.look()
    assert watch.wait(5)
    watch.ask_to_stop()
    watch.look()
    assert watch.wait(5)
    assert asked == [1]


def test_each_version_is_told_of_once(tmp_path: Path, qtbot: QtBot) -> None:
    del qtbot
    window = Window()
    file = tmp_path / "state" / "update.json"
    watch = UpdateWatch(lambda: None, lambda: False)
    for release in (RELEASE, RELEASE, Release("1.3.0", RELEASE.url, RELEASE.sha256)):
        UpdateDesk(window, file, watch).on_told(release)  # type: ignore[arg-type] # a window that only takes notes
    assert [topic for topic, _text in window.told] == ["update", "update"]
    assert ["1.2.0" in window.told[0][1], "1.3.0" in window.told[1][1]] == [True, True]
    assert RELEASE.url in window.told[0][1]
    file.write_text("[", encoding="utf-8")
    UpdateDesk(window, file, watch).on_told(RELEASE)  # type: ignore[arg-type] # a window that only takes notes
    assert len(window.told) == 3
