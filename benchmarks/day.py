"""The simulated day: how soon AVDesk knows of a phase's end, on a made-up clock, within the server's rate limit."""

from benchmarks.figures import Figure
from benchmarks.world import World
from tests.simulation.day import Day, watched_by_avdesk, watched_evenly

HOURS = 24.0
EVEN_INTERVAL_S = 37.5
"""What spends the same allowance evenly: eight of ten requests in 300 s."""


def day(world: World, rounds: int) -> list[Figure]:
    """Compare the delays of one day; chance is seeded, so more rounds would tell the same."""
    del rounds
    ours = watched_by_avdesk(_day(), world.folder, HOURS)
    even = watched_evenly(_day(), HOURS, EVEN_INTERVAL_S)
    delay = (
        (ours.mean_delay_s,),
        (even.mean_delay_s,),
        "asking every 37.5 s",
    )
    return [
        Figure("day", "mean delay in knowing of a phase's end", "s", *delay, 0.5, 0.5),
        Figure("day", "refusals (429) in 24 h", "", (float(ours.refused),), (), "", 0.0, 0.0),
        Figure("day", "phase ends never known", "", (float(ours.missed),), (), "", 0.0, 0.0),
    ]


def _day() -> Day:
    return Day(revision="b", seed=3, pause_s=2400.0)
