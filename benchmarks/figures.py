"""What a benchmark brings: two series of numbers and what their ratio may be. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Verdict(StrEnum):
    """How a figure stands to its bounds."""

    AIM = "aim reached"
    LIMIT = "within the limit"
    MISSED = "LIMIT MISSED"


@dataclass(frozen=True, slots=True)
class Spread:
    """The smallest, the middle and the largest of a series."""

    least: float
    middle: float
    most: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one benchmark.

    Attributes:
        benchmark: whose figure it is, as on the command line.
        what: what was measured.
        unit: of the series, as ``ms``.
        ours: the measurements of AVDesk.
        theirs: of what it is held against, taken in turn with `ours`; empty: the bounds are for `ours` alone.
        against: what `theirs` is of.
        aim, limit: the largest ratio of the medians (or median of `ours`) that is wished for, and that is allowed.
    """

    benchmark: str
    what: str
    unit: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    against: str
    aim: float
    limit: float

    @property
    def value(self) -> float:
        """The ratio of the medians, or the median of `ours` where there is nothing to hold it against."""
        middle = median(self.ours)
        return middle / median(self.theirs) if self.theirs else middle

    @property
    def verdict(self) -> Verdict:
        """How the value stands to its bounds."""
        if self.value <= self.aim:
            return Verdict.AIM
        return Verdict.LIMIT if self.value <= self.limit else Verdict.MISSED

    def to_json(self) -> dict[str, object]:
        """Return everything as a JSON object."""
        return {
            "benchmark": self.benchmark,
            "what": self.what,
            "unit": self.unit,
            "ours": list(self.ours),
            "theirs": list(self.theirs),
            "against": self.against,
            "value": self.value,
            "aim": self.aim,
            "limit": self.limit,
            "verdict": self.verdict.value,
        }


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of a series.

    Raises:
        ValueError: it is empty.
    """
    return Spread(min(values), median(values), max(values))
