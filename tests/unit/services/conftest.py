"""A bench to act on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.acting import Bench, bench


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[Bench]:
    """A server of revision B, and what acts on it."""
    with bench(tmp_path) as made:
        yield made
