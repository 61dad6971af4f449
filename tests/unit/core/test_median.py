"""The middle of some numbers."""

import random
import statistics

import pytest

from avdesk.core.median import median


def test_it_is_what_the_standard_library_says() -> None:
    chance = random.Random(7)  # noqa: S311 - numbers for a test
    for count in range(1, 30):
        values = [chance.uniform(-100, 100) for _number in range(count)]
        assert median(values) == statistics.median(values)


def test_there_is_none_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        median([])
