"""When to try again what has failed: soon at first, then ever more seldom, never in step with others."""

import random
from dataclasses import dataclass

FIRST_S = 3.0
LONGEST_S = 60.0
JITTER = 0.2


@dataclass(slots=True)
class Backoff:
    """Counts failures in a row.

    Attributes:
        failures: so many in a row.
        longest_s: the pause never exceeds this, jitter aside.
    """

    dice: random.Random
    longest_s: float = LONGEST_S
    failures: int = 0

    def failed(self) -> None:
        """Note one more failure."""
        self.failures += 1

    def worked(self) -> None:
        """Note a success: the next failure starts anew."""
        self.failures = 0

    def pause_s(self) -> float:
        """Return how long to wait before the next try, with jitter; 0 after a success."""
        if self.failures == 0:
            return 0.0
        pause = min(self.longest_s, FIRST_S * 2.0 ** min(self.failures - 1, 16))
        return pause * self.dice.uniform(1.0 - JITTER, 1.0 + JITTER)
