"""The simulation's agenda: what happens when, in order, whenever somebody looks.

Nothing here runs by itself. `Agenda.advance` carries out everything that was due by the moment it is given, each at
its own time, so the world is a function of time and not of how often it was asked.
"""

import heapq
import itertools
from collections.abc import Callable, Generator
from dataclasses import dataclass, field


class Signal:
    """Something that happens once, which steps can wait for."""

    def __init__(self) -> None:
        self.fired = False
        self._waiting: list[Callable[[], None]] = []

    def fire(self) -> None:
        """Let everybody who waits go on; later calls do nothing."""
        if self.fired:
            return
        self.fired = True
        waiting, self._waiting = self._waiting, []
        for go_on in waiting:
            go_on()

    def then(self, go_on: Callable[[], None]) -> None:
        """Call `go_on` when it fires, at once if it has."""
        if self.fired:
            go_on()
        else:
            self._waiting.append(go_on)


@dataclass(frozen=True, slots=True)
class Until:
    """Wait for a signal, at most until a time (Unix seconds); the signal tells afterwards whether it came."""

    signal: Signal
    deadline: float


Steps = Generator[float | Until, None, None]
"""A course of events: yields the seconds to wait before it goes on, or what to wait for."""


@dataclass(slots=True)
class Process:
    """Steps under way.

    Attributes:
        stopped: set by `stop`; the steps then never go on.
        turn: counts the steps taken, so that only one of a signal and its deadline wakes them.
    """

    steps: Steps
    stopped: bool = False
    turn: int = 0

    def stop(self) -> None:
        """Never go on with the steps."""
        self.stopped = True


@dataclass(order=True, slots=True)
class _Entry:
    when: float
    order: int
    action: Callable[[], None] = field(compare=False)


class Agenda:
    """What is due when, on the emulated clock.

    Attributes:
        time: the moment that the simulation has reached, Unix seconds; within an action, the time it was due.
    """

    def __init__(self, start: float) -> None:
        self.time = start
        self._order = itertools.count()
        self._entries: list[_Entry] = []

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Carry out `action` at `when`; an infinite time is never."""
        if when != float("inf"):
            heapq.heappush(self._entries, _Entry(when, next(self._order), action))

    def run(self, steps: Steps) -> Process:
        """Begin `steps` now."""
        process = Process(steps)
        self._step(process, process.turn)
        return process

    def advance(self, until: float) -> None:
        """Carry out all that is due by `until`. A clock that was set back waits until it is reached again."""
        while self._entries and self._entries[0].when <= until:
            entry = heapq.heappop(self._entries)
            self.time = max(self.time, entry.when)
            entry.action()
        self.time = max(self.time, until)

    def _step(self, process: Process, turn: int) -> None:
        if process.stopped or turn != process.turn:
            return
        process.turn += 1
        turn = process.turn
        try:
            wish = next(process.steps)
        except StopIteration:
            return
        if isinstance(wish, Until):
            self.at(wish.deadline, lambda: self._step(process, turn))
            wish.signal.then(lambda: self.at(self.time, lambda: self._step(process, turn)))
        else:
            self.at(self.time + wish, lambda: self._step(process, turn))
