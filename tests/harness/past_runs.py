"""Past runs as an environment has them after some weeks, the same each time."""

import random
from datetime import timedelta

from avdesk.core import phases
from avdesk.core.experience import RENDER
from avdesk.core.history import PastRuns
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.run import Run, RunState
from tests.harness.snapshots import NOW, TIME_LIMIT_TEXT

ERRORS = (
    TIME_LIMIT_TEXT,
    "OpenAI API error: 429 You exceeded your current quota",
    "ElevenLabs: voice not found",
)


def past_runs(count: int, environment: str = "prod", limit: int = 2000) -> PastRuns:
    """Return so many runs, newest first, about one in six of which failed."""
    runs = tuple(make_run(number) for number in range(count))
    learnt = {
        phases.STORY: (36.0, 37.0, 38.5),
        phases.VIDEO: tuple(900.0 + 30 * n for n in range(12)),
        f"{RENDER}:NVIDIA_TESLA_T4": tuple(800.0 + 25 * n for n in range(9)),
    }
    return PastRuns(environment, runs, limit, learnt if count else {})


def make_run(number: int) -> Run:
    """Return the run that is `number` runs old."""
    dice = random.Random(number)  # noqa: S311 - the same runs each time, nothing secret
    ended = NOW - timedelta(hours=5 * number + 1)
    state = RunState.SUCCEEDED
    if number % 6 == 2:
        state = RunState.FAILED
    elif number % 11 == 5:
        state = RunState.CANCELLED
    elif number % 29 == 13:
        state = RunState.UNKNOWN
    done = [37.0, 59.0, 36.0, dice.uniform(700.0, 2300.0)]
    found = [
        Phase(name, PhaseState.DONE, seconds * dice.uniform(0.93, 1.08))
        for name, seconds in zip(phases.EXPECTED, done, strict=True)
    ]
    if state is RunState.FAILED:
        found[-1] = Phase(phases.VIDEO, PhaseState.FAILED, 3588.0 if number % 12 == 2 else 640.0)
    elif state is not RunState.SUCCEEDED:
        found[2:] = [Phase(name, PhaseState.SKIPPED) for name in phases.EXPECTED[2:]]
    total = sum(phase.duration_s or 0.0 for phase in found) + 12.0
    return Run(
        id=f"run-{number:08x}",
        state=state,
        phases=tuple(found),
        started_at=ended - timedelta(seconds=total),
        ended_at=ended,
        job_id=f"video-job-{number:08x}" if state in (RunState.SUCCEEDED, RunState.FAILED) else None,
        error=ERRORS[number // 6 % len(ERRORS)] if state is RunState.FAILED else None,
        total_s=total if state is not RunState.UNKNOWN else None,
        seen_running=True,
    )
