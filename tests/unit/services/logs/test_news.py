"""Which lines are new, whatever came in between or went."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.logline import LogLine, Severity
from avdesk.services.logs.memorybook import MemoryBook
from avdesk.services.logs.news import News

START = datetime(2026, 11, 23, tzinfo=UTC)


def line(index: int, second: int) -> LogLine:
    return LogLine(0, START + timedelta(seconds=second), Severity.INFO, "app", f"{index}", insert_id=f"{index}")


@given(batches=st.lists(st.lists(st.integers(0, 50), max_size=8), max_size=12))
def test_each_line_is_news_once(batches: list[list[int]]) -> None:
    book = MemoryBook("app")
    news = News(book)
    told: list[str] = []
    index = 0
    for batch in batches:
        book.add([line(index + place, second) for place, second in enumerate(batch)])
        index += len(batch)
        fresh = [each.text for part in news.ranges() for each in book.lines(part.start, len(part))]
        assert sorted(fresh, key=int) == [str(index - len(batch) + place) for place in range(len(batch))]
        told += fresh
    assert news.ranges() == []
    assert len(told) == book.count()


@given(batches=st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=8), max_size=12))
def test_what_went_is_no_news_and_hides_none(batches: list[list[int]]) -> None:
    book = MemoryBook("app", capacity=20)
    news = News(book)
    index = 0
    for batch in batches:
        book.add([line(index + place, second) for place, second in enumerate(batch)])
        fresh = {each.text for part in news.ranges() for each in book.lines(part.start, len(part))}
        left = {each.text for each in book.lines(0, book.count())}
        assert fresh == left & {str(index + place) for place in range(len(batch))}
        index += len(batch)


def test_lines_that_are_skipped_are_no_news_and_a_new_book_is_all_news() -> None:
    book = MemoryBook("app")
    news = News(book)
    book.add([line(0, 5)])
    news.skip()
    assert news.ranges() == []
    book.add([line(1, 1)])
    assert news.ranges() == [range(1)]
    book.clear()
    book.add([line(2, 1)])
    assert news.ranges() == [range(1)]
    assert news.begun_anew
