"""How far the clocks of others are ahead of this machine's, by the Date of their answers."""

import threading
from datetime import datetime

STEP_S = 2.0
"""A Date has whole seconds and travels a while: smaller differences are none."""


class Clocks:
    """What is known of the others' clocks. May be used from several threads."""

    GOOGLE = "google"
    SERVER = "server"

    def __init__(self) -> None:
        self._ahead: dict[str, float] = {}
        self._lock = threading.Lock()

    def heard(self, who: str, date: datetime, now: datetime) -> None:
        """Take note of an answer's Date, which came at `now` by this machine's clock (both UTC).

        What is known changes by steps only, so that what is reckoned with it does not tremble.
        """
        ahead = (date - now).total_seconds() + 0.5
        with self._lock:
            known = self._ahead.get(who)
            if known is None or abs(ahead - known) >= STEP_S:
                self._ahead[who] = ahead if abs(ahead) >= STEP_S else 0.0

    def ahead_s(self, who: str) -> float | None:
        """Return how far a clock is ahead of this machine's, seconds; 0 when they agree, None when not known."""
        with self._lock:
            return self._ahead.get(who)

    def ahead_of_google_s(self, who: str) -> float:
        """Return how far a clock is ahead of Google's, by which most lines are timed; of this machine's, where
        Google's is not known; 0 where nothing is."""
        with self._lock:
            return self._ahead.get(who, 0.0) - self._ahead.get(self.GOOGLE, 0.0)
