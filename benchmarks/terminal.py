"""The terminal's answer: ``avmonitor status`` as a whole process, against an interpreter's bare imports."""

import sys
from functools import partial

from benchmarks.figures import Figure
from benchmarks.processes import timed
from benchmarks.turns import in_turn
from benchmarks.world import World, program

WAYS = (
    ("off", "without Vertex AI", "import requests"),
    # Nobody signs in to Google without google-auth, and its import takes as long as that of requests.
    ("rest", "with a service account", "import requests, google.oauth2.service_account"),
)
"""The ``vertex`` setting, in words, and what is imported by whom it is held against."""


def status(world: World, rounds: int) -> list[Figure]:
    """Measure the time of ``avmonitor status``, without Vertex AI and with it."""
    environment = world.environment()
    figures = []
    for vertex, way, imports in WAYS:
        home = world.home(f"status-{vertex}", vertex=vertex, often=True)
        ours, theirs = in_turn(
            partial(_ms, [str(program("avmonitor")), "status", "--home", str(home)], environment),
            partial(_ms, [sys.executable, "-c", imports], environment),
            rounds,
        )
        what = f"avmonitor status, {way}"
        figures.append(Figure("status", what, "ms", tuple(ours), tuple(theirs), f"python: {imports}", 2.5, 2.5))
    return figures


def _ms(argv: list[str], environment: dict[str, str]) -> float:
    wall_s, _cpu_s = timed(argv, environment)
    return 1000 * wall_s
