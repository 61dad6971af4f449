"""Lines in memory: in order of time, each once, bounded; and what can be looked for."""

from datetime import UTC, datetime, timedelta

import pytest

from avdesk.core.logline import LogLine, Severity
from avdesk.core.logsearch import ERRORS, Selection, Wanted
from avdesk.services.logs.book import Shift, moved
from avdesk.services.logs.memorybook import MemoryBook
from avdesk.services.logs.pattern import PatternError, problem_of

START = datetime(2026, 11, 24, 12, tzinfo=UTC)


def line(second: float | None, text: str, *, severity: Severity = Severity.INFO, more: bool = False) -> LogLine:
    time = None if second is None else START + timedelta(seconds=second)
    return LogLine(0, time, severity, "app", text, insert_id=text, continuation=more)


def texts(book: MemoryBook) -> list[str]:
    return [each.text for each in book.lines(0, 1000)]


def test_a_line_is_taken_once_with_what_continues_it() -> None:
    book = MemoryBook("app")
    entry = [line(1, "Traceback"), line(1, "  File", more=True)]
    assert book.add(entry) == 2
    assert book.add([*entry, line(2, "new")]) == 1
    assert texts(book) == ["Traceback", "  File", "new"]
    assert book.entry(1) == range(2)


def test_late_lines_are_put_in_between_and_told() -> None:
    book = MemoryBook("app")
    book.add([line(1, "a"), line(5, "e"), line(None, "untimed")])
    generation = book.generation
    book.add([line(3, "c"), line(2, "b")])
    assert texts(book) == ["a", "b", "c", "e", "untimed"]
    shifts = book.changes(generation).shifts
    assert shifts is not None
    assert [moved(number, shifts) for number in range(3)] == [0, 3, 4]
    assert book.place_of(START + timedelta(seconds=3)) == 2


def test_a_full_book_lets_the_oldest_go() -> None:
    book = MemoryBook("app", capacity=100)
    book.add(line(second, f"{second}") for second in range(150))
    assert 90 <= book.count() <= 100
    assert texts(book)[-1] == "149"
    assert book.dropped + book.count() == 150
    assert book.changes(0).shifts == (Shift(0, -book.dropped),)


def test_lines_are_found_forwards_and_backwards() -> None:
    book = MemoryBook("app")
    book.add(line(n, f"line {n}", severity=Severity.ERROR if n % 700 == 0 else Severity.INFO) for n in range(3000))
    errors = [number for piece in book.scan(ERRORS) for number in piece.numbers]
    assert errors == [0, 700, 1400, 2100, 2800]
    back = [number for piece in book.scan(ERRORS, 1, 2800, backwards=True) for number in piece.numbers]
    assert back == [2100, 1400, 700]
    wanted = Selection(Wanted(r"LINE 29\d+$".lower(), regex=True), since=START + timedelta(seconds=290))
    assert sum(len(piece.numbers) for piece in book.scan(wanted)) == 110


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("(a", "no valid expression"),
        ("(?=a)b", "Look-around"),
        (r"(\w)\1", "Look-around"),
        ("((a{100}){100}){100}", "valid expression|too large"),
        ("", "nothing to look for"),
        ("x" * 2000, "too long"),
    ],
)
def test_an_expression_that_cannot_be_looked_for_is_explained(text: str, told: str) -> None:
    wanted = Wanted(text, regex=True)
    with pytest.raises(PatternError, match=told):
        list(MemoryBook("app").scan(Selection(wanted)))
    assert problem_of(wanted)


def test_the_histogram_counts_by_time_and_severity() -> None:
    book = MemoryBook("app")
    assert [each.bars for each in book.histogram(3)] == [()]
    book.add([line(0, "a"), line(1, "b", severity=Severity.ERROR), line(9, "c"), line(None, "d")])
    last = list(book.histogram(3))[-1]
    assert [bar.counts for bar in last.bars] == [{Severity.INFO: 1, Severity.ERROR: 1}, {}, {Severity.INFO: 1}]
    assert (last.untimed, last.share) == (1, 1.0)
