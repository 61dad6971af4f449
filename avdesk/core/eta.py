"""How long a run will still take: p50 and p90 from what its phases usually take."""

import random
from collections.abc import Sequence
from datetime import datetime

from avdesk.core import phases
from avdesk.core.experience import FINISH, QUEUE, RENDER, Experience, machine_thing
from avdesk.core.jobs import DEFAULT_TIME_LIMIT_S, Job, JobState
from avdesk.core.phases import PhaseState
from avdesk.core.run import Run
from avdesk.core.snapshot import Eta

DRAWS = 400


def estimate(run: Run | None, job: Job | None, now: datetime, experience: Experience) -> Eta | None:
    """Return the time left of a run that is on, or of an active job without one; None when nothing is on."""
    if run is not None and not run.ended:
        return _combine(_parts_of_run(run, job, now, experience))
    if job is not None and job.state.active:
        return _combine(_parts_of_job(job, now, experience))
    return None


def _parts_of_run(run: Run, job: Job | None, now: datetime, experience: Experience) -> list[Sequence[float]]:
    parts: list[Sequence[float]] = []
    for phase in run.phases_at(now):
        if phase.state is PhaseState.RUNNING and phase.name == phases.VIDEO and job is not None:
            parts += _parts_of_job(job, now, experience)
        elif phase.state is PhaseState.RUNNING:
            parts.append(experience.remaining(phase.name, phase.duration_s or 0.0))
        elif phase.state is PhaseState.PENDING:
            parts.append(experience.samples(phase.name))
    return parts


def _parts_of_job(job: Job, now: datetime, experience: Experience) -> list[Sequence[float]]:
    """Return what is left of waiting, rendering and finishing; rendering ends at the job's time limit."""
    finish = experience.samples(FINISH)
    if job.state.ended or job.state is JobState.CANCELLING:
        since = max(0.0, (now - job.ended_at).total_seconds()) if job.ended_at else 0.0
        return [experience.remaining(FINISH, since)]
    render = machine_thing(RENDER, job)
    limit = job.time_limit_s or DEFAULT_TIME_LIMIT_S
    if job.state.waiting:
        waiting = experience.remaining(machine_thing(QUEUE, job), job.queue_s(now) or 0.0)
        return [waiting, [min(limit, sample) for sample in experience.samples(render)], finish]
    ran = job.run_s(now) or 0.0
    return [[min(max(0.0, limit - ran), left) for left in experience.remaining(render, ran)], finish]


def _combine(parts: Sequence[Sequence[float]]) -> Eta | None:
    """Return the quantiles of the sum of independent parts, drawn with a fixed seed: the same in, the same out."""
    if not parts:
        return None  # nothing is known to come: that is no estimate of zero
    dice = random.Random(0)  # noqa: S311 - a repeatable draw, nothing secret
    totals = sorted(sum(dice.choice(part) for part in parts) for _draw in range(DRAWS))
    return Eta(p50_s=round(totals[DRAWS // 2], 1), p90_s=round(totals[DRAWS * 9 // 10], 1))
