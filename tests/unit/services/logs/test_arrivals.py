"""Entries that are known again, with an id and without one."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.logentry import NO_LABELS, LogEntry
from avdesk.core.logline import Severity
from avdesk.services.logs import arrivals
from avdesk.services.logs.arrivals import Arrivals, Look


def entry(text: str, second: int, insert_id: str | None = None) -> LogEntry:
    nanos = second * 1_000_000_000
    return LogEntry(insert_id, "log", nanos, nanos, Severity.INFO, "ml_job", NO_LABELS, NO_LABELS, text)


@given(
    written=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=20),
    looks=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3), st.integers(1, 7)), max_size=12),
)
def test_entries_without_an_id_come_in_as_often_as_they_were_written(
    written: list[tuple[str, int]], looks: list[tuple[int, int, int]]
) -> None:
    entries = sorted((entry(text, second) for text, second in written), key=lambda each: each.order)
    known, admitted = Arrivals(), list[LogEntry]()
    for upto, since, page in [*looks, (20, 0, 7)]:
        # A look asks for all from a moment on, of what has been written by then, page by page.
        there = [each for each in entries[:upto] if (each.nanos or 0) >= since * 1_000_000_000]
        look = Look()
        for start in range(0, len(there), page):
            admitted += known.admit(there[start : start + page], look)
    told = Counter((each.text, each.nanos) for each in admitted)
    assert told == Counter((each.text, each.nanos) for each in entries)


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=8), max_size=8))
def test_entries_with_an_id_come_in_once_and_in_order(batches: list[list[tuple[int, int]]]) -> None:
    known, told = Arrivals(), Counter[tuple[str, int]]()
    for batch in batches:
        new = known.admit([entry(f"{name}", second, f"{name}") for name, second in batch], Look())
        assert [each.order for each in new] == sorted(each.order for each in new)
        told.update((each.text, each.nanos or 0) for each in new)
    assert set(told.values()) <= {1}
    wanted = {(f"{name}", second * 1_000_000_000) for batch in batches for name, second in batch}
    assert set(told) == wanted


def test_what_is_remembered_is_bounded_and_the_newest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "MOST_REMEMBERED", 500)
    known, total = Arrivals(), 2000
    for index in range(total):
        known.admit([entry("x", index, f"{index}")], Look())
    assert known.admit([entry("x", total - 1, f"{total - 1}")], Look()) == []
    assert len(known.admit([entry("x", 0, "0")], Look())) == 1
