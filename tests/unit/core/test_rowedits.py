"""Edits replayed on the old rows give the new ones; sorting in steps is sorting."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.rowedits import MOST_SPANS, RowEdits, editing, edits_between, moved, sifting
from avdesk.core.steps import Steps, finish, sorting


def replayed(edits: RowEdits[int]) -> list[int]:
    """Return the old list after the edits, the way a table does them."""
    rows = list(edits.old)
    if edits.removed is None:
        rows = [row for row in rows if row not in set(edits.leaving)]
    for span in edits.removed or ():
        del rows[span.first : span.last + 1]
    assert rows == edits.kept
    if edits.moves is None:
        assert sorted(rows) == sorted(edits.ordered)
        rows = list(edits.ordered)
    for source, target in edits.moves or ():
        rows = moved(rows, source, target)
    assert rows == edits.ordered
    if edits.inserted is None:
        assert sorted([*rows, *edits.coming]) == sorted(edits.new)
        return edits.new
    for span in edits.inserted:
        rows[span.first : span.first] = edits.new[span.first : span.last + 1]
    return rows


_rows = st.lists(st.integers(0, 30), unique=True, max_size=25)


@given(_rows, _rows)
def test_edits_replayed_on_the_old_rows_give_the_new_ones(old: list[int], new: list[int]) -> None:
    edits = edits_between(old, new)
    assert replayed(edits) == new
    assert edits.empty is (old == new)


@given(st.permutations(range(12)), st.integers(0, 11), st.integers(0, 11))
def test_one_row_that_moves_is_one_move(rows: list[int], source: int, target: int) -> None:
    new = moved(rows, source, target)
    edits = edits_between(rows, new)
    assert edits.moves is not None
    assert len(edits.moves) == (rows != new)
    assert replayed(edits) == new


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_two_filters_of_the_same_rows_need_no_reordering(old: set[int], new: set[int]) -> None:
    ordered = [*range(20, 41), *range(20)]
    before = [row for row in ordered if row in old]
    after = [row for row in ordered if row in new]
    marks = [bytes(row in some for row in ordered) for some in (old, new)]
    edits = finish(sifting(ordered, before, marks[0], after, marks[1]))
    assert edits == finish(editing(before, after))
    assert not edits.reorders
    assert replayed(edits) == after


def test_many_scattered_rows_are_not_told_one_by_one() -> None:
    rows = list(range(10 * MOST_SPANS))
    edits = edits_between(rows, rows[::2])
    assert edits.removed is None
    assert edits_between(rows[::2], rows).inserted is None
    assert edits_between(rows, rows[::-1]).moves is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers()), max_size=60), st.booleans())
def test_sorting_in_steps_is_sorting(rows: list[tuple[int, int]], reverse: bool) -> None:
    found = finish(sorting(rows, key=lambda row: row[0], reverse=reverse))
    assert found == sorted(rows, key=lambda row: row[0], reverse=reverse)


@pytest.mark.parametrize("reverse", [False, True])
def test_sorting_many_rows_is_stable_both_ways_and_no_step_does_it_all(reverse: bool) -> None:
    dice = random.Random(3)  # noqa: S311 - no secret
    rows = [(dice.randrange(500), number) for number in range(30_000)]
    read = 0

    def key(row: tuple[int, int]) -> int:
        nonlocal read
        read += 1
        return row[0]

    marks = [0]

    def watched() -> Steps[list[tuple[int, int]]]:
        work = sorting(rows, key, reverse=reverse)
        while True:
            try:
                next(work)
            except StopIteration as end:
                found: list[tuple[int, int]] = end.value
                return found
            marks.append(read)
            yield

    assert finish(watched()) == sorted(rows, key=lambda row: row[0], reverse=reverse)
    assert max(later - earlier for earlier, later in itertools.pairwise(marks)) < 10_000
