"""Which of several environments needs a look most: for what shows all of them in one sign."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from avdesk.core.snapshot import Reach, Snapshot
from avdesk.core.summary import Sign, Summary, summarise

_RANKS = {
    Sign.FAILED: 5,
    Sign.OFFLINE: 4,
    Sign.ATTENTION: 3,
    Sign.STALE: 2,
    Sign.WAITING: 1,
    Sign.RUNNING: 1,
    Sign.SUCCEEDED: 0,
    Sign.IDLE: 0,
}
_BAD_FROM = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """How one environment stands.

    Attributes:
        snapshot: what is known of it; `summary` what that comes down to.
        rank: the higher, the more it needs a look.
    """

    snapshot: Snapshot
    summary: Summary
    rank: int

    @property
    def bad(self) -> bool:
        """Whether somebody should look."""
        return self.rank >= _BAD_FROM


def standing(snapshot: Snapshot, now: datetime) -> Standing:
    """Return how an environment stands at `now`."""
    summary = summarise(snapshot, now)
    return Standing(snapshot, summary, 0 if _never_told(snapshot) else _RANKS[summary.sign])


def worst(snapshots: Iterable[Snapshot], current: str, now: datetime) -> Standing | None:
    """Return the environment that needs a look most, of equals the `current` one or else the first; None of none.

    One that is paused was silenced by its user: it counts only where it is the current one.
    """
    found: Standing | None = None
    for snapshot in snapshots:
        if snapshot.paused and snapshot.environment != current:
            continue
        other = standing(snapshot, now)
        better = found is None or other.rank > found.rank
        if better or (found is not None and other.rank == found.rank and snapshot.environment == current):
            found = other
    return found


def _never_told(snapshot: Snapshot) -> bool:
    """Whether nothing was ever heard of it: the first answer is on its way, which is no news."""
    asked = (snapshot.server.reach, snapshot.vertex.reach)
    return snapshot.observed_at is None and Reach.NO not in asked and Reach.YES not in asked
