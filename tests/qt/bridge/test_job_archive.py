"""Older jobs are loaded off the GUI thread, a few signals for many pages, and stopping is quick."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from avdesk.bridge import job_archive
from avdesk.bridge.job_archive import ArchiveLoader, OlderTold
from avdesk.bridge.stopping import stop_all
from avdesk.core.errors import AbortedError, CredentialsMissingError
from avdesk.core.jobs import Job
from avdesk.core.snapshot import NO_TROUBLES, Trouble
from tests.harness.jobs import make_job
from tests.harness.logwatch import LogWatch


@dataclass(frozen=True)
class Page:
    jobs: tuple[Job, ...]
    loaded: int
    regions_left: tuple[str, ...] = ("us-west1",)
    troubles: Mapping[str, Trouble] = field(default_factory=lambda: NO_TROUBLES)


class FakeArchive:
    """Has as many pages as its limit, each of one job; waits before each where it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.limit = 0
        self.given = 0
        self.thread = 0
        self.go = threading.Event()
        self.go.set()
        self.aborted = threading.Event()

    def pages(self, limit: int) -> Iterator[Page]:
        """Give pages."""
        self.thread = threading.get_ident()
        self.limit = max(self.limit, limit)
        self.aborted.clear()
        if self.error is not None:
            raise self.error
        while self.given < self.limit:
            while not self.go.wait(0.01):
                if self.aborted.is_set():
                    raise AbortedError("stopped")
            self.given += 1
            yield Page((make_job(self.given),), self.given)
        yield Page((), self.given, ())

    def raise_limit(self, limit: int) -> None:
        """Raise the limit."""
        self.limit = max(self.limit, limit)

    def abort(self) -> None:
        """End what waits."""
        self.aborted.set()


@pytest.fixture
def archive() -> FakeArchive:
    """Return an archive."""
    return FakeArchive()


@pytest.fixture
def told() -> list[OlderTold]:
    """Return what was told so far."""
    return []


@pytest.fixture
def loader(qtbot: QtBot, archive: FakeArchive, told: list[OlderTold]) -> Iterator[ArchiveLoader]:
    """Return a loader of it that stops with the test."""
    del qtbot
    made = ArchiveLoader(lambda _environment: archive)
    made.told.connect(told.append)
    yield made
    made.ask_to_stop()
    assert made.wait(30.0)


def test_many_pages_come_as_few_signals_off_the_gui_thread(
    qtbot: QtBot, loader: ArchiveLoader, archive: FakeArchive, told: list[OlderTold]
) -> None:
    loader.load("prod", 500)
    qtbot.waitUntil(lambda: bool(told) and not told[-1].running)
    assert len(told) < 50
    assert [job.id for each in told for job in each.jobs] == [make_job(n).id for n in range(1, 501)]
    assert told[-1].all_known
    assert (told[-1].loaded, told[-1].limit, told[-1].environment) == (500, 500, "prod")
    assert archive.thread != threading.get_ident()


def test_progress_is_told_while_it_loads(
    qtbot: QtBot, loader: ArchiveLoader, told: list[OlderTold], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_archive, "TOLD_EVERY_S", 0.0)
    loader.load("prod", 3)
    qtbot.waitUntil(lambda: bool(told) and not told[-1].running)
    assert [each.loaded for each in told if each.running][:3] == [1, 2, 3]
    assert told[0].regions_left == ("us-west1",)


def test_asking_for_more_meanwhile_raises_the_limit(
    qtbot: QtBot, loader: ArchiveLoader, archive: FakeArchive, told: list[OlderTold]
) -> None:
    archive.go.clear()
    loader.load("prod", 2)
    qtbot.waitUntil(lambda: archive.limit == 2)
    loader.load("prod", 5)
    archive.go.set()
    qtbot.waitUntil(lambda: bool(told) and not told[-1].running)
    assert told[-1].loaded == told[-1].limit == 5


def test_loading_can_be_stopped_and_gone_on_with(
    qtbot: QtBot, loader: ArchiveLoader, archive: FakeArchive, told: list[OlderTold]
) -> None:
    archive.go.clear()
    loader.load("prod", 2)
    qtbot.waitUntil(lambda: archive.limit == 2)
    loader.stop("prod")
    qtbot.waitUntil(lambda: bool(told) and not told[-1].running)
    assert not told[-1].jobs
    archive.go.set()
    loader.load("prod", 2)
    qtbot.waitUntil(lambda: told[-1].loaded == 2 and not told[-1].running)


def test_what_keeps_it_from_loading_is_told(
    qtbot: QtBot, loader: ArchiveLoader, archive: FakeArchive, told: list[OlderTold]
) -> None:
    archive.error = CredentialsMissingError("No credentials.", "Sign in.")
    loader.load("prod", 2)
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1].troubles[""].message == "No credentials."
    assert not told[-1].all_known


def test_a_fault_of_our_own_is_told_too(
    qtbot: QtBot, loader: ArchiveLoader, archive: FakeArchive, told: list[OlderTold], logged_errors: LogWatch
) -> None:
    logged_errors.expect("loading older jobs of prod failed")
    archive.error = ZeroDivisionError("oops")
    loader.load("prod", 2)
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1].troubles[""].kind == "ZeroDivisionError"


def test_quitting_stops_it_in_time(qtbot: QtBot, loader: ArchiveLoader, archive: FakeArchive) -> None:
    archive.go.clear()
    loader.load("prod", 2)
    qtbot.waitUntil(lambda: archive.limit == 2)
    loader.ask_to_stop()
    assert loader.wait(30.0)
    loader.load("prod", 9)
    assert loader.wait(0.0)
    assert archive.given == 0
    assert callable(stop_all)


def test_nothing_is_told_of_an_environment_that_is_another_one_since_then(
    qtbot: QtBot, loader: ArchiveLoader, archive: FakeArchive, told: list[OlderTold]
) -> None:
    archive.go.clear()
    loader.load("prod", 2)
    qtbot.waitUntil(lambda: archive.limit == 2)
    loader.forget(["prod", "never loaded"])
    archive.go.set()
    qtbot.wait(50)
    assert told == []
    loader.load("prod", 3)
    qtbot.waitUntil(lambda: bool(told) and not told[-1].running)
    assert told[-1].limit == 3
