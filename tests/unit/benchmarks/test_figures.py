"""Medians, bounds and tables of the benchmarks."""

from collections.abc import Callable, Iterator

import pytest

from benchmarks.figures import Figure, Verdict, spread
from benchmarks.table import described, number, summary
from benchmarks.turns import in_turn


def figure(
    ours: tuple[float, ...], theirs: tuple[float, ...] = (), *, aim: float = 1.5, limit: float = 1.8
) -> Figure:
    return Figure("tray", "time to tray", "ms", ours, theirs, "bare", aim, limit)


def test_the_value_is_the_ratio_of_the_medians_whatever_the_extremes() -> None:
    assert figure((300.0, 310.0, 9000.0), (200.0, 100.0, 5000.0)).value == pytest.approx(1.55)


def test_without_a_counterpart_the_value_is_the_median_itself() -> None:
    assert figure((0.3, 0.1, 0.2)).value == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [(1.5, Verdict.AIM), (1.51, Verdict.LIMIT), (1.8, Verdict.LIMIT), (1.81, Verdict.MISSED)],
)
def test_bounds_belong_to_the_better_verdict(ours: float, verdict: Verdict) -> None:
    assert figure((ours,), (1.0,)).verdict is verdict


def test_a_bound_of_zero_is_kept_by_zero_alone() -> None:
    assert figure((0.0,), aim=0.0, limit=0.0).verdict is Verdict.AIM
    assert figure((1.0,), aim=0.0, limit=0.0).verdict is Verdict.MISSED


def test_spread_of_an_even_count_lies_between_the_middle_two() -> None:
    seen = spread([4.0, 1.0, 3.0, 2.0])

    assert (seen.least, seen.middle, seen.most) == (1.0, 2.5, 4.0)


def counted(name: str, values: Iterator[float], order: list[str]) -> Callable[[], float]:
    def measure() -> float:
        order.append(name)
        return next(values)

    return measure


def test_sides_take_turns_and_the_warm_up_is_thrown_away() -> None:
    order: list[str] = []
    ours = counted("ours", iter([9.0, 1.0, 2.0]), order)
    theirs = counted("theirs", iter([8.0, 3.0, 4.0]), order)

    assert in_turn(ours, theirs, 2) == ([1.0, 2.0], [3.0, 4.0])
    assert order == ["ours", "theirs"] * 3


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.0041, "0.0041"), (1.378, "1.38"), (12.04, "12.0"), (2930.4, "2930")]
)
def test_numbers_have_the_digits_that_mean_something(value: float, text: str) -> None:
    assert number(value) == text


def test_the_table_tells_both_sides_value_and_verdict_in_aligned_columns() -> None:
    head, rule, *rows = summary([figure((300.0,), (200.0,)), figure((2.0,), aim=0.5, limit=1.0)])

    assert " ".join(rows[0].split()) == "tray time to tray 300 ms 200 ms 1.50 1.50 1.80 aim reached"
    assert rows[1].endswith("LIMIT MISSED")
    assert set(rule) == {"-", " "}
    assert all(row.index("time to tray") == head.index("measured") for row in rows)


def test_the_description_tells_least_median_and_most_of_both() -> None:
    lines = described(figure((300.0, 100.0, 200.0), (100.0, 100.0, 100.0)))

    assert " ".join(lines[1].split()) == "AVDesk min 100 median 200 max 300 ms (3 measured)"
    assert lines[2].split()[0] == "bare"
    assert lines[3].endswith("ratio of medians 2.00, aim 1.50, limit 1.80: LIMIT MISSED")
