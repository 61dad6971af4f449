"""The terminal's answer: ``avmonitor status`` as a whole process."""

import sys

from benchmarks.figures import Figure
from benchmarks.processes import timed
from benchmarks.turns import in_turn
from benchmarks.world import World, program

AGAINST = "python -c 'import requests'"


def status(world: World, rounds: int) -> list[Figure]:
    """Measure the time of ``avmonitor status``, without Vertex AI and with it."""
    environment = world.environment()
    figures = []
    for vertex, way in (("off", "without Vertex AI"), ("rest", "with Vertex AI")):
        home = world.home(f"status-{vertex}", vertex=vertex, often=True)
        argv = [program("avmonitor"), "status", "--home", home]
        ours, theirs = in_turn(
            lambda argv=argv: 1000 * timed(argv, environment)[0],  # type: ignore[misc]
            lambda: 1000 * timed([sys.executable, "-c", "import requests"], environment)[0],
            rounds,
        )
        what = f"avmonitor status, {way}"
        figures.append(Figure("status", what, "ms", tuple(ours), tuple(theirs), AGAINST, 2.5, 2.5))
    return figures
