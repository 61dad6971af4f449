"""Worlds and servers whose clock the test moves."""

from collections.abc import Callable, Iterator

import pytest
import requests

from avdesk.emulator.faults import Faults
from avdesk.emulator.world import World, WorldOptions
from tests.harness.fakeclock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """The clock of the test's world."""
    return FakeClock()


@pytest.fixture
def faults() -> Faults:
    """The faults of the test's world: none to begin with."""
    return Faults()


@pytest.fixture
def make_world(clock: FakeClock, faults: Faults) -> Callable[..., World]:
    """Return what makes a world on the test's clock, in which nothing fails by chance."""

    def make(**options: object) -> World:
        values: dict[str, object] = {"failure_rate": 0.0, "utc_offset_s": 0.0} | options
        return World(WorldOptions(**values), clock, faults.gpus_exhausted)  # type: ignore[arg-type]

    return make


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """A client."""
    with requests.Session() as session:
        yield session
