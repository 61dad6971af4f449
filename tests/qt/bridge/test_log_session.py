"""Reading and searching a log off the GUI thread, as it grows and as its lines move."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from avdesk.bridge.log_errands import Errands, Stopped
from avdesk.bridge.log_highlight import highlighter
from avdesk.bridge.log_scans import Scanned, ScanWish
from avdesk.bridge.log_session import LogSession
from avdesk.bridge.logs import LogReader, LogWish
from avdesk.bridge.open_log import SourceState
from avdesk.core.errors import TimedOutError
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.logsearch import ERRORS, Case, Selection, Wanted
from avdesk.core.snapshot import Trouble
from avdesk.services.logs.memorybook import MemoryBook
from tests.harness.log_books import EndlessBook, FilledSource, OpenedBook, log_line, memory_book, sample_lines
from tests.harness.waiting import wait_until

OWN = (LogChoice(LogKind.OWN),)


class Found:
    """What a session's scans told, put together."""

    def __init__(self, session: LogSession) -> None:
        """Listen."""
        self.numbers: list[int] = []
        self.hits: list[int] = []
        self.ended = False
        self.trouble = ""
        self.turns = 0
        session.scanned.connect(self.take)

    def take(self, scanned: Scanned) -> None:
        """Take what was told."""
        if scanned.replaces:
            self.numbers, self.hits = [], []
            self.turns += 1
        self.numbers += scanned.numbers
        self.hits += scanned.hits
        self.ended, self.trouble = scanned.ended, scanned.trouble


@pytest.fixture
def book() -> MemoryBook:
    made = MemoryBook("app")
    made.add(sample_lines(500))
    return made


@pytest.fixture
def session(book: MemoryBook, qtbot: QtBot) -> Iterator[LogSession]:
    del qtbot
    made = LogSession(book)
    yield made
    made.close()
    assert made.wait(30.0)


def test_a_scan_finds_what_there_is_and_what_comes(session: LogSession, book: MemoryBook, qtbot: QtBot) -> None:
    found = Found(session)
    session.scan(ScanWish("errors", 1, ERRORS))
    qtbot.waitUntil(lambda: found.ended and len(found.numbers) == 7)
    book.add([log_line("worse", 9000.0, severity=ERRORS.least)])
    qtbot.waitUntil(lambda: len(found.numbers) == 8)
    assert found.turns == 1
    assert found.numbers == sorted(found.numbers)


def test_lines_that_come_in_between_are_found_in_their_place(
    session: LogSession, book: MemoryBook, qtbot: QtBot
) -> None:
    found = Found(session)
    session.scan(ScanWish("find", 1, Selection(wanted=Wanted("Retrying"))))
    qtbot.waitUntil(lambda: found.ended)
    before = list(found.numbers)
    book.add([log_line("Retrying early", 0.5, insert_id="early")])
    qtbot.waitUntil(lambda: found.turns == 2 and found.ended)
    assert len(found.numbers) == len(before) + 1
    assert [
        line.text for number in found.numbers for line in book.lines(number, 1) if "Retrying" not in line.text
    ] == []


@pytest.mark.parametrize("context", [0, 1, 3, 50])
def test_lines_around_a_match_come_once_and_in_order(context: int, qtbot: QtBot) -> None:
    del qtbot
    book = memory_book(sample_lines(400))
    session = LogSession(book)
    found = Found(session)
    session.scan(ScanWish("find", 1, Selection(wanted=Wanted("Retrying")), context))
    try:
        wait_for(lambda: found.ended)
    finally:
        session.close()
    around = {
        number for hit in found.hits for number in range(max(0, hit - context), min(book.count(), hit + context + 1))
    }
    assert found.numbers == sorted(around)
    assert len(found.hits) == 10


def wait_for(condition: object) -> None:
    """Wait while signals come."""
    from PySide6.QtCore import QCoreApplication

    def look() -> bool:
        QCoreApplication.processEvents()
        return bool(condition())  # type: ignore[operator]

    wait_until(look, "the scan has ended", 20.0)


def test_what_cannot_be_looked_for_says_why(session: LogSession, qtbot: QtBot) -> None:
    found = Found(session)
    session.scan(ScanWish("find", 1, Selection(wanted=Wanted("(?=x)", regex=True))))
    qtbot.waitUntil(lambda: found.ended)
    assert found.trouble.startswith("Look-around")


def test_a_later_wish_takes_the_place_of_an_earlier_one(qtbot: QtBot) -> None:
    session = LogSession(EndlessBook(3_000_000))
    told: list[int] = []
    session.scanned.connect(lambda scanned: told.append(scanned.wish.serial))
    session.scan(ScanWish("find", 1, Selection(wanted=Wanted("line"))))
    session.scan(ScanWish("find", 2, Selection(wanted=Wanted("line 2"))))
    qtbot.waitUntil(lambda: told.count(2) > 3)
    assert told.count(1) <= 1
    session.close()
    assert session.wait(30.0)


def test_the_next_line_is_found_without_waiting_for_the_whole_scan(qtbot: QtBot) -> None:
    session = LogSession(EndlessBook(10_000_000))
    told: list[object] = []
    session.next_line("next", ERRORS, 5000, backwards=False, then=told.append)
    qtbot.waitUntil(lambda: told == [5999])
    session.next_line("next", ERRORS, 5000, backwards=True, then=told.append)
    qtbot.waitUntil(lambda: told == [5999, 4999])
    session.close()
    assert session.wait(30.0)


def test_errands_of_one_kind_give_way_to_the_newest(qtbot: QtBot) -> None:
    del qtbot
    errands, begun, gate, done = Errands("test"), threading.Event(), threading.Event(), []

    def first(stopped: Stopped) -> None:
        begun.set()
        gate.wait(30.0)
        done.append(("first", stopped()))

    errands.post("a", first)
    assert begun.wait(30.0)
    errands.post("b", lambda stopped: done.append(("dropped", stopped())))
    errands.post("b", lambda stopped: done.append(("newest", stopped())))
    errands.post("a", lambda stopped: done.append(("second", stopped())))
    gate.set()
    wait_until(lambda: len(done) == 3, "all was done")
    assert done == [("first", True), ("newest", False), ("second", False)]
    errands.stop()
    assert errands.wait(30.0)


def test_places_are_told_in_characters_whatever_the_letters() -> None:
    find = highlighter(Wanted("Ü", case=Case.SENSITIVE))
    assert find("aÜb🎬Ü") == [(1, 2), (4, 5)]
    assert highlighter(Wanted("x*", regex=True))("axxb") == [(1, 3)]
    assert highlighter(Wanted("(a+)+$", regex=True))("a" * 5000 + "b") == []


# Logs that are kept filled


def test_a_log_tells_how_its_sources_stand_and_ends_when_asked(book: MemoryBook, qtbot: QtBot) -> None:
    source = FilledSource(book)
    reader = LogReader(lambda wish: OpenedBook(book, wish.choices, source))
    opened = reader.open(LogWish("dev", OWN))
    states: list[tuple[SourceState, ...]] = []
    opened.told.connect(states.append)
    with qtbot.waitSignal(opened.opened):
        opened.start()
    qtbot.waitUntil(lambda: bool(states) and bool(states[-1]))
    assert states[-1][0].choices == OWN
    opened.hurry()
    wait_until(lambda: source.hurried, "the source is hurried")
    reader.ask_to_stop()
    assert reader.wait(30.0)
    assert source.aborted.is_set()


def test_a_log_that_cannot_be_opened_tells_why(qtbot: QtBot) -> None:
    def fail(wish: LogWish) -> OpenedBook:
        del wish
        raise TimedOutError("No answer.", "Look again.")

    reader = LogReader(fail)
    opened = reader.open(LogWish("dev", OWN))
    with qtbot.waitSignal(opened.failed) as told:
        opened.start()
    assert told.args == [Trouble("TimedOutError", "No answer.", "Look again.")]
    reader.ask_to_stop()
    assert reader.wait(30.0)
