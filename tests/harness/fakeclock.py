"""A clock that only the test moves."""


class FakeClock:
    """Call it for the time, Unix seconds.

    Attributes:
        time: what it says; set it or use `pass_by`.
    """

    def __init__(self, start: float = 1_795_469_672.0) -> None:
        self.time = start

    def __call__(self) -> float:
        """Return the time."""
        return self.time

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds
