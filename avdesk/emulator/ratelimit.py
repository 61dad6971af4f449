"""The server's rate limit: a sliding window for each client address, in which rejected requests do not count."""

from collections import deque
from collections.abc import Callable


class RateLimiter:
    """Counts the requests of each client.

    Attributes:
        limit: requests allowed within the window.
        window_s: its length in real seconds.
    """

    def __init__(self, limit: int, window_s: float, now: Callable[[], float]) -> None:
        self.limit = limit
        self.window_s = window_s
        self._now = now
        self._times: dict[str, deque[float]] = {}

    @property
    def message(self) -> str:
        """The text of a rejection."""
        return f"Maximum {self.limit} requests per {self.window_s:g} seconds"

    def admit(self, client: str) -> bool:
        """Count a request of a client and return True, or return False when its allowance is spent."""
        times = self._current(client)
        if len(times) >= self.limit:
            return False
        times.append(self._now())
        return True

    def used(self, client: str) -> int:
        """Return how many requests of a client are within the window."""
        return len(self._current(client))

    def forget(self) -> None:
        """Forget all requests, as a server does that is started again."""
        self._times.clear()

    def _current(self, client: str) -> deque[float]:
        times = self._times.setdefault(client, deque())
        oldest = self._now() - self.window_s
        while times and times[0] <= oldest:
            times.popleft()
        return times
