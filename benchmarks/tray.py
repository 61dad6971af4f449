"""The app in the tray: how soon it is there, what it holds, and what it costs while nothing happens."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.desktop import Desk, desk, time_to_tray
from benchmarks.figures import Figure
from benchmarks.processes import Memory, cpu_s, memory_of
from benchmarks.turns import in_turn
from benchmarks.world import World

AGAINST = "bare PySide6 tray item"
SETTLED_MIB = 0.25
SETTLED_FOR_S = 4.0
SETTLES_WITHIN_S = 40.0
IDLE_S = 60.0


@dataclass(frozen=True, slots=True)
class Way:
    """One way to use the app whose memory is measured.

    Attributes:
        vertex: the environment's setting.
        opened: the window was opened before and closed again.
    """

    words: str
    vertex: str
    opened: bool = False


WAYS = (
    Way("without Vertex AI", "off"),
    Way("with a service account", "rest"),
    Way("window opened and closed", "off", opened=True),
)


def time_to_show(world: World, rounds: int) -> list[Figure]:
    """Measure the time from a process's start until its tray item is registered."""
    with desk(world, "time") as place:
        ours, theirs = in_turn(
            lambda: 1000 * time_to_tray(place.session, place.start_app),
            lambda: 1000 * time_to_tray(place.session, place.start_bare),
            rounds,
        )
    return [Figure("tray", "time to tray", "ms", tuple(ours), tuple(theirs), AGAINST, 1.5, 1.8)]


def memory(world: World, rounds: int) -> list[Figure]:
    """Measure the resident memory of app and bare item, running side by side, once both have settled.

    RSS is held against the bounds. PSS depends on which other programs happen to share Qt's pages, here each other.
    """
    figures: list[Figure] = []
    for index, way in enumerate(WAYS):
        pairs: list[tuple[Memory, Memory]] = []
        with desk(world, f"memory-{index}", vertex=way.vertex) as place:
            for _round in range(rounds):
                with _both(place) as (app, bare):
                    place.wait_until_known()
                    if way.opened:
                        place.open_and_close_window(app)
                    _settle([app.pid, bare.pid])
                    pairs.append((memory_of(app.pid), memory_of(bare.pid)))
        ours = tuple(app.rss for app, _bare in pairs)
        theirs = tuple(bare.rss for _app, bare in pairs)
        figures.append(Figure("memory", f"RSS when idle, {way.words}", "MiB", ours, theirs, AGAINST, 1.5, 1.7))
    return figures


def idle(world: World, rounds: int) -> list[Figure]:
    """Measure the CPU time that the app takes in the tray while its server idles, in percent of one core."""
    shares: list[float] = []
    with desk(world, "idle") as place, ExitStack() as stack:
        app = place.start_app()
        stack.callback(place.session.stop, app)
        place.wait_until_known()
        _settle([app.pid])
        for _round in range(max(1, rounds // 3)):
            used, began = cpu_s(app.pid), time.monotonic()
            time.sleep(IDLE_S)
            shares.append(100 * (cpu_s(app.pid) - used) / (time.monotonic() - began))
    return [Figure("idle", "CPU in the tray, nothing happens", "%", tuple(shares), (), "", 0.5, 0.5)]


@contextmanager
def _both(place: Desk) -> Iterator[tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]]:
    with ExitStack() as stack:
        app = place.start_app()
        stack.callback(place.session.stop, app)
        bare = place.start_bare()
        stack.callback(place.session.stop, bare)
        yield app, bare


def _settle(pids: Sequence[int]) -> None:
    """Wait until no process has grown or shrunk for some seconds.

    Raises:
        TimeoutError: one never stops.
    """
    deadline = time.monotonic() + SETTLES_WITHIN_S
    seen = [memory_of(pid).rss for pid in pids]
    since = time.monotonic()
    while time.monotonic() - since < SETTLED_FOR_S:
        if time.monotonic() > deadline:
            raise TimeoutError("the memory of a process does not settle")
        time.sleep(0.5)
        now = [memory_of(pid).rss for pid in pids]
        if any(abs(new - old) > SETTLED_MIB for new, old in zip(now, seen, strict=True)):
            seen, since = now, time.monotonic()
