"""When to ask the server for its status: by what the answer is worth against what a request costs.

Every counted request takes from an allowance that the whole machine shares, so the question is put when the answer
is likely to be news. While a phase is on, what is known of its length gives a set of likely ends; the best moments
to look are those that make the sum of the expected delay (from the phase's end to our knowing it) and the price of
the looks smallest. The price rises as the allowance shrinks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from avdesk.core import phases
from avdesk.core.experience import FINISH, Experience

AFTER_END_S = 0.4
"""The server writes its new state a moment after the phase's end."""

IDLE_S = 50.0
"""Between two looks at an idle server: short against the first phase, so that a new run is found within it."""

VIDEO_S = 42.0
"""At most so long between two looks during the video when Vertex AI cannot tell how its job does."""

VIDEO_TOLD_S = 300.0
"""The same while Vertex AI tells it for free: only to notice a run that the server gave up."""

AFTER_LIMIT_S = 10.0
AFTER_LIMIT_FOR_S = 60.0
"""Past the time limit the server is looked at so often for so long: its own clock decides when it gives up."""

UNKNOWN_PHASE_S = 20.0
CONTRADICTION_S = 10.0


@dataclass(frozen=True, slots=True)
class Situation:
    """What the decision rests on; times in seconds.

    Attributes:
        since_status_s: since the server last told its status, None when it never did.
        running: a run is on.
        phase: the phase it was in when last told; `phase_elapsed_s` how long at that moment: what has not been
            looked at since is not known, so the plan is made from there.
        vertex_tells: Vertex AI was asked lately and knows the run's job.
        job_ended_s: since the run's job ended at Vertex AI while the server still speaks of the run; None otherwise.
        limit_left_s: from when the server last told its status to the moment at which it gives the job up; negative
            when that moment had passed; None when not known.
        job_is_new: a job has appeared at Vertex AI while the server was last heard in an earlier phase.
        free: requests that may be sent by themselves now.
        pace: how sparing the server's limit makes us: 1 where a request comes free every 30 s, as usual.
    """

    since_status_s: float | None
    running: bool = False
    phase: str | None = None
    phase_elapsed_s: float = 0.0
    vertex_tells: bool = False
    job_ended_s: float | None = None
    limit_left_s: float | None = None
    job_is_new: bool = False
    free: int = 8
    pace: float = 1.0


def next_look_s(situation: Situation, experience: Experience) -> float:
    """Return the seconds from now until the next look is worth its request; 0: now."""
    since = situation.since_status_s
    if since is None:
        return 0.0
    if situation.job_is_new:
        return max(0.0, CONTRADICTION_S * situation.pace - since)
    if not situation.running:
        return max(0.0, _idle_interval(situation.free) * situation.pace - since)
    if situation.job_ended_s is not None:
        return _after_job(situation, experience, since)
    if situation.phase is None:
        return max(0.0, UNKNOWN_PHASE_S * situation.pace - since)
    if situation.phase == phases.VIDEO:
        return max(0.0, _video_interval(situation) - since)
    left = experience.remaining(situation.phase, situation.phase_elapsed_s)
    return max(0.0, best_look_s(left, price_s(situation.free) * situation.pace) - since)


def price_s(free: int) -> float:
    """Return what one request is worth, in seconds of delay, with so many left."""
    return 1.0 + 24.0 / math.pow(max(1, free), 1.5)


def best_look_s(left: Sequence[float], price: float) -> float:
    """Return when to look first, given equally likely times until the end (ascending) and the price of a look.

    The best plan is found exactly: looks are worth placing just after a possible end, so the ends are cut into
    consecutive groups, each with one look after its last end.
    """
    return _first_look(tuple(round(t, 1) for t in left), round(price, 1)) + AFTER_END_S


@lru_cache(maxsize=256)
def _first_look(left: tuple[float, ...], price: float) -> float:
    count = len(left)
    best = [0.0] * (count + 1)
    first = [0.0] * (count + 1)
    for start in range(count - 1, -1, -1):
        candidates: list[tuple[float, float]] = []
        waited = 0.0
        for last in range(start, count):
            if last > start:
                waited += (left[last] - left[last - 1]) * (last - start)
            cost = waited + price * (count - start) + best[last + 1]
            candidates.append((cost, left[last]))
        best[start], first[start] = min(candidates)
    return first[0]


def _idle_interval(free: int) -> float:
    return IDLE_S if free >= 3 else IDLE_S * 1.4


def _video_interval(situation: Situation) -> float:
    """Return the seconds between two looks while the video is made."""
    longest = (VIDEO_TOLD_S if situation.vertex_tells else VIDEO_S) * situation.pace
    left = situation.limit_left_s
    if left is None:
        return longest
    if left > 0:
        return min(longest, left + AFTER_END_S)
    return (AFTER_LIMIT_S if left > -AFTER_LIMIT_FOR_S else VIDEO_S) * situation.pace


def _after_job(situation: Situation, experience: Experience, since: float) -> float:
    """Return when to look after the job's end: at once, then when the server usually has noticed."""
    ended = situation.job_ended_s or 0.0
    if since > ended:
        return 0.0
    left = experience.remaining(FINISH, ended - since)
    return max(0.0, best_look_s(left, price_s(situation.free) * situation.pace) - since)
