"""Several sources in one timeline: in order of time, whenever a line comes and however wrong a clock is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avdesk.core.logline import LogLine, Severity
from avdesk.core.logsearch import Selection, Wanted
from avdesk.services.logs import mergedbook, mergedorder
from avdesk.services.logs.book import moved
from avdesk.services.logs.memorybook import MemoryBook
from avdesk.services.logs.mergedbook import MergedBook

START = datetime(2026, 11, 24, 12, tzinfo=UTC)


def line(source: str, second: float, text: str = "", severity: Severity = Severity.INFO, **more: object) -> LogLine:
    made = LogLine(0, START + timedelta(seconds=second), severity, source, text or f"{source} at {second:g}")
    return replace(made, **more)  # type: ignore[arg-type]  # the names of its fields


def merge_all(book: MergedBook) -> None:
    while book.step(0.001) == 0:
        pass


def texts(book: MergedBook) -> list[str]:
    return [each.text for each in book.lines(0, 10_000)]


def test_lines_of_two_books_stand_in_order_of_time() -> None:
    app, job = MemoryBook("app"), MemoryBook("job")
    app.add([line("app", 1), line("app", 3), line("app", 5)])
    job.add([line("job", 2), line("job", 3), line("job", 6)])
    book = MergedBook([app, job], name="both")
    merge_all(book)
    assert texts(book) == ["app at 1", "job at 2", "app at 3", "job at 3", "app at 5", "job at 6"]
    assert [each.number for each in book.lines(0, 10)] == list(range(6))
    assert book.sources() == ("app", "job")


def test_a_wrong_clock_is_put_right_in_order_and_in_what_is_told() -> None:
    app, job = MemoryBook("app"), MemoryBook("job")
    app.add([line("app", 1), line("app", 3)])
    job.add([line("job", 62), line("job", 64)])
    book = MergedBook([app, job], name="both", ahead_s=[0, 60])
    merge_all(book)
    assert texts(book) == ["app at 1", "job at 62", "app at 3", "job at 64"]
    assert [each.time for each in book.lines(0, 4)] == [START + timedelta(seconds=second) for second in (1, 2, 3, 4)]
    assert book.place_of(START + timedelta(seconds=2)) == 1
    book.set_ahead(1, 0)
    merge_all(book)
    assert texts(book) == ["app at 1", "app at 3", "job at 62", "job at 64"]


def test_a_late_line_is_put_in_between_and_numbers_can_be_followed() -> None:
    app, job = MemoryBook("app"), MemoryBook("job")
    app.add([line("app", second) for second in (1, 5, 9)])
    job.add([line("job", second) for second in (2, 8)])
    book = MergedBook([app, job], name="both")
    merge_all(book)
    generation, marked = book.generation, texts(book).index("app at 9")
    job.add([line("job", 4), line("job", 6)])
    app.add([line("app", 0.5)])
    merge_all(book)
    assert texts(book) == [f"{name} at {at:g}" for at, name in (
        (0.5, "app"), (1, "app"), (2, "job"), (4, "job"), (5, "app"), (6, "job"), (8, "job"), (9, "app"),
    )]  # fmt: skip
    changes = book.changes(generation)
    assert changes.shifts is not None
    assert moved(marked, changes.shifts) == texts(book).index("app at 9")


def test_an_entry_stays_in_one_piece() -> None:
    app, job = MemoryBook("app"), MemoryBook("job")
    app.add(
        [line("app", 1, "Boom"), line("app", 1, "  File", continuation=True), line("app", 1, "E", continuation=True)]
    )
    job.add([line("job", 1), line("job", 2)])
    book = MergedBook([app, job], name="both")
    merge_all(book)
    assert book.entry(1) == range(3)
    assert book.entry(4) == range(4, 5)


def test_a_search_finds_lines_of_all_books_in_order_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mergedbook, "WINDOW", 7)
    app, job = MemoryBook("app"), MemoryBook("job")
    app.add([line("app", second, "no quota" if second % 3 == 0 else "") for second in range(40)])
    job.add([line("job", 0.5 + second, "quota!" if second % 4 == 0 else "") for second in range(40)])
    book = MergedBook([app, job], name="both")
    merge_all(book)
    wanted = Selection(Wanted("quota"), since=START + timedelta(seconds=3), until=START + timedelta(seconds=30))
    expected = [
        each.number
        for each in book.lines(0, 100)
        if "quota" in each.text
        and each.time
        and wanted.since
        and wanted.until
        and wanted.since <= each.time < wanted.until
    ]
    assert len(expected) > 10
    assert [number for piece in book.scan(wanted) for number in piece.numbers] == expected
    assert [number for piece in book.scan(wanted, backwards=True) for number in piece.numbers] == expected[::-1]
    only_job = Selection(sources=frozenset({"job"}))
    found = [number for piece in book.scan(only_job, 5, 30) for number in piece.numbers]
    assert found == [each.number for each in book.lines(5, 25) if each.source == "job"]


def test_the_histogram_of_all_is_the_sum() -> None:
    app, job = MemoryBook("app"), MemoryBook("job")
    app.add([line("app", second) for second in range(10)])
    job.add([line("job", second + 60, severity=Severity.ERROR) for second in range(10)])
    book = MergedBook([app, job], name="both", ahead_s=[0, 60])
    merge_all(book)
    last = list(book.histogram(2))[-1]
    assert last.share == 1.0
    assert [bar.counts for bar in last.bars] == [{Severity.INFO: 5, Severity.ERROR: 5}] * 2
    assert last.bars[0].start == START


SECONDS = st.integers(0, 30)
ADDITIONS = st.lists(st.tuples(st.integers(0, 2), st.lists(SECONDS, max_size=8)), max_size=12)


@settings(deadline=None, max_examples=150)
@given(additions=ADDITIONS, capacity=st.sampled_from([1000, 20]), batch=st.sampled_from([2, 4096]))
def test_whatever_comes_when_the_order_is_that_of_the_times(
    additions: list[tuple[int, list[int]]], capacity: int, batch: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mergedbook, "BATCH", batch)
        patch.setattr(mergedorder, "CHECKPOINT", 4)
        books = [MemoryBook(name, capacity=capacity) for name in "abc"]
        merged = MergedBook(books, name="all", ahead_s=[0, 3, -2])
        known: dict[str, int] = {}
        generation = 0
        for nth, (which, seconds) in enumerate(additions):
            books[which].add(
                line("abc"[which], second, f"{nth}.{place}", insert_id=f"{nth}.{place}")
                for place, second in enumerate(seconds)
            )
            merge_all(merged)
            lines = merged.lines(0, 10_000)
            times = [each.time for each in lines if each.time]
            assert times == sorted(times)
            assert merged.count() == len(lines) == sum(book.count() for book in books)
            for name, book in zip("abc", books, strict=True):
                assert [each.text for each in lines if each.source == name] == [
                    each.text for each in book.lines(0, 10_000)
                ]
            changes = merged.changes(generation)
            now = {each.text: each.number for each in lines}
            if changes.shifts is not None:
                assert {text: moved(number, changes.shifts) for text, number in known.items()} == {
                    text: now.get(text) for text in known
                }
            known, generation = now, changes.generation
