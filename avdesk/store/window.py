"""One server's sliding window: the ages of what was sent, by two clocks, and when the next request is free."""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass

MARGIN_S = 2.0
"""Added to the window: the server's clock and ours do not tick alike."""

UNSETTLED_S = 60.0
"""A ticket that was never settled (a crash, a request still out) counts as if sent this much later."""

OVERLAP_S = 200.0
"""A later request may have been settled so much earlier than one before it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A server's window at one moment: the ages of its requests, oldest first, and what is known of its limit."""

    ages: tuple[float, ...]
    limit: int
    window_s: float
    blocked_for_s: float
    strikes: int
    others: int
    forgotten: tuple[int, ...] = ()

    def wait_s(self, reserve: int) -> float:
        """Return the seconds until a request is free that leaves `reserve` others; 0: now."""
        allowed = max(1, self.limit - self.others - reserve)
        wait = self.blocked_for_s
        if len(self.ages) >= allowed:
            leaving = self.ages[len(self.ages) - allowed]
            wait = max(wait, self.window_s + MARGIN_S - leaving)
        return max(0.0, wait)


def read_ages(connection: sqlite3.Connection, server: str, wall: float, mono: float) -> dict[int, float]:
    """Return the ages of the requests by their rows, seconds; below 0 for one that is still out.

    A request of which no clock makes sense (set back, and the machine started anew) counts from now on.
    """
    rows = connection.execute(
        "SELECT id, wall, mono FROM requests WHERE server = ? ORDER BY id DESC", (server,)
    ).fetchall()
    ages: dict[int, float] = {}
    lowest = mono
    for row, sent_wall, sent_mono in rows:
        same_boot = sent_mono <= lowest + OVERLAP_S
        lowest = min(lowest, sent_mono)
        age = _age(wall - sent_wall, mono - sent_mono if same_boot else None)
        if age is None:
            with suppress(sqlite3.OperationalError):  # held by another process: the next look mends it
                connection.execute("UPDATE requests SET wall = ?, mono = ? WHERE id = ?", (wall, mono, row))
        ages[row] = 0.0 if age is None else age
    return ages


def _age(by_wall: float, by_mono: float | None) -> float | None:
    """Return the smaller age that makes sense, None when none does. A negative one comes from a clock set back."""
    sensible = [age for age in (by_wall, by_mono) if age is not None and age >= -UNSETTLED_S - 1.0]
    return min(sensible) if sensible else None
