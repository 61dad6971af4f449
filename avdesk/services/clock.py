"""The time, handed in: the real clock in the programs, a made-up one in simulations."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """Two readings of the time.

    Attributes:
        wall: Unix seconds, may be set by the user at any moment; for what is shown and stored.
        mono: seconds that only go forward; for intervals.
    """

    wall: Callable[[], float] = time.time
    mono: Callable[[], float] = time.monotonic

    def now(self) -> datetime:
        """Return the wall clock's time (UTC)."""
        return datetime.fromtimestamp(self.wall(), UTC)
