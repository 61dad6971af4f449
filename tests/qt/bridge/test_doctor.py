"""The doctor off the GUI thread: tells as it finds, one thing at a time, and nothing once it is to stop."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avdesk.bridge.doctor import (
    DoctorRunner,
    DoctorTold,
    ExaminationBegan,
    ExaminationEnded,
    Found,
    Gathered,
    Planned,
    Saved,
)
from avdesk.core.errors import StoreError
from avdesk.core.findings import Finding, Verdict
from avdesk.services.diagnostics import Bundle, BundleFile
from tests.harness.logwatch import LogWatch

TRAY = Finding("tray", Verdict.OK, "A tray host is there")


@dataclass
class FakePractice:
    """Examines what there is not, as slowly as a test wants."""

    go_on: threading.Event = field(default_factory=threading.Event)
    threads: set[int] = field(default_factory=set)
    error: Exception | None = None
    saved: list[Path] = field(default_factory=list)

    def examine(self, plan: Callable[[list[Planned]], object], tell: Callable[[Finding], object]) -> str:
        self.threads.add(threading.get_ident())
        plan([("tray", None)])
        if self.error is not None:
            raise self.error
        tell(TRAY)
        self.go_on.wait(30)
        return "all of it"

    def gather(self) -> Bundle:
        return Bundle((BundleFile("README.txt", "what this is", "hello"),), datetime.now(UTC))

    def save(self, file: Path) -> None:
        if self.error is not None:
            raise self.error
        self.saved.append(file)


class Ear:
    """Hears what is told."""

    def __init__(self, runner: DoctorRunner) -> None:
        self.told: list[DoctorTold] = []
        runner.told.connect(self.told.append)


@pytest.fixture
def practice() -> FakePractice:
    return FakePractice()


@pytest.fixture
def runner(practice: FakePractice, qtbot: QtBot) -> DoctorRunner:
    del qtbot
    return DoctorRunner(lambda: practice)


def test_findings_come_one_by_one_and_then_the_whole_as_text(
    runner: DoctorRunner, practice: FakePractice, qtbot: QtBot
) -> None:
    ear = Ear(runner)
    runner.examine()
    runner.examine()  # while that is under way: nothing more
    qtbot.waitUntil(lambda: len(ear.told) == 2)
    assert ear.told == [ExaminationBegan((("tray", None),)), Found(TRAY)]
    practice.go_on.set()
    qtbot.waitUntil(lambda: len(ear.told) == 3)
    assert ear.told[-1] == ExaminationEnded("all of it")
    assert threading.get_ident() not in practice.threads


def test_diagnostics_wait_for_the_examination_and_are_written_when_asked(
    runner: DoctorRunner, practice: FakePractice, qtbot: QtBot, tmp_path: Path
) -> None:
    ear = Ear(runner)
    runner.examine()
    runner.gather()
    qtbot.waitUntil(lambda: len(ear.told) == 2)
    practice.go_on.set()
    qtbot.waitUntil(lambda: len(ear.told) == 4)
    gathered = ear.told[-1]
    assert isinstance(gathered, Gathered)
    assert gathered.bundle is not None
    assert practice.saved == []
    runner.save(str(tmp_path / "out.zip"))
    qtbot.waitUntil(lambda: len(ear.told) == 5)
    assert ear.told[-1] == Saved(tmp_path / "out.zip")
    assert practice.saved == [tmp_path / "out.zip"]


def test_what_fails_is_told_with_its_reason(
    runner: DoctorRunner, practice: FakePractice, qtbot: QtBot, tmp_path: Path, logged_errors: LogWatch
) -> None:
    logged_errors.expect("the doctor failed")
    ear = Ear(runner)
    practice.error = StoreError("out.zip cannot be written: no space.", "Free some.")
    runner.save(str(tmp_path / "out.zip"))
    qtbot.waitUntil(lambda: len(ear.told) == 1)
    saved = ear.told[0]
    assert isinstance(saved, Saved)
    assert saved.trouble is not None
    assert saved.trouble.message.startswith("out.zip")
    practice.error = ZeroDivisionError("ours")
    runner.examine()
    qtbot.waitUntil(lambda: len(ear.told) == 3)
    ended = ear.told[-1]
    assert isinstance(ended, ExaminationEnded)
    assert ended.trouble is not None
    assert "ours" not in ended.trouble.message


def test_one_that_is_to_stop_tells_nothing_and_holds_nobody(
    runner: DoctorRunner, practice: FakePractice, qtbot: QtBot
) -> None:
    ear = Ear(runner)
    runner.examine()
    qtbot.waitUntil(lambda: len(ear.told) == 2)
    runner.ask_to_stop()
    assert runner.wait(0.0)
    practice.go_on.set()
    runner.gather()
    qtbot.wait(50)
    assert len(ear.told) == 2
