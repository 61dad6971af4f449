"""A monitor that does what a test tells it."""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from avdesk.core.events import Event
from avdesk.core.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class FakeStep:
    """One step's result."""

    snapshot: Snapshot
    events: tuple[Event, ...] = ()
    wait_s: float = 60.0


@dataclass
class FakeMonitor:
    """Counts what is asked of it; `on_step` runs in each step, with its number from 1."""

    name: str = "prod"
    wait_s: float = 60.0
    events: Sequence[Event] = ()
    on_step: Callable[[int], None] = lambda _number: None
    steps: int = 0
    calls: list[str] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    aborted: threading.Event = field(default_factory=threading.Event)
    closed_in: int | None = None

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot(self.name, datetime(2025, 1, 1, tzinfo=UTC))

    def step(self) -> FakeStep:
        self.steps += 1
        self.threads.add(threading.get_ident())
        self.on_step(self.steps)
        return FakeStep(Snapshot(self.name, datetime.now(UTC)), tuple(self.events), self.wait_s)

    def hurry(self) -> None:
        self.calls.append("hurry")

    def check(self, names: Collection[str]) -> None:
        self.calls.append(f"check {sorted(names)}")

    def pause(self, paused: bool) -> None:
        self.calls.append(f"pause {paused}")

    def woke(self) -> None:
        self.calls.append("woke")

    def abort(self) -> None:
        self.aborted.set()

    def close(self) -> None:
        self.closed_in = threading.get_ident()
