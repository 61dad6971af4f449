"""What chance decides about a run or a job, drawn once at its start. Seconds are those at speed 1."""

import math
import random
from dataclasses import dataclass, replace

from avdesk.emulator.failures import JOB_FAILURES, NO_QUOTA, PHASE_FAILURES, JobFailure, PhaseFailure
from avdesk.emulator.hardware import CPU, L4, T4, T4_RENDER_S, Hardware, median_queue_s

STORY_S, IMAGES_S, VOICEOVER_S, UPLOAD_S = 37.0, 59.0, 36.0, 25.0
QUEUE_SPREAD = 0.55
"""Standard deviation of the logarithm of a wait."""
LONGEST_QUEUE_S = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class JobPlan:
    """How a CustomJob will fare.

    Attributes:
        queue_s: how long it waits for its machine; infinite for ever.
        render_s: how long it then runs.
        preempted: whether its spot machine is taken away once, and it waits again.
        failure: how it fails, None when it succeeds.
    """

    queue_s: float
    render_s: float
    preempted: bool = False
    failure: JobFailure | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """How a run will fare.

    Attributes:
        story_s, images_s, voiceover_s: lengths of the phases.
        prompts_s: length of the phase prompt_extraction, which only some servers have; 0 without it.
        staging_s: from the start of video creation to the render job's creation.
        hardware: the machine it asks for.
        spot: whether on spot capacity.
        refused_regions: how many regions have no quota left before one takes the job.
        job: how the job fares in the region that takes it.
        notice_s: how long the server needs to notice the job's end.
        failure: how the run fails before it has a job, None when it doesn't.
    """

    story_s: float
    images_s: float
    voiceover_s: float
    staging_s: float
    hardware: Hardware
    spot: bool
    refused_regions: int
    job: JobPlan
    notice_s: float = 5.0
    failure: PhaseFailure | None = None
    prompts_s: float = 0.0


def draw_job(rng: random.Random, region: str, hardware: Hardware, *, spot: bool, failure_rate: float) -> JobPlan:
    """Return the plan of a job on `hardware` in `region`."""
    median = median_queue_s(hardware, region) * (0.8 if spot else 1.0)
    queue = min(rng.lognormvariate(math.log(median), QUEUE_SPREAD), LONGEST_QUEUE_S)
    render = T4_RENDER_S / hardware.render_speed * rng.uniform(0.8, 1.25)
    return JobPlan(
        queue_s=queue,
        render_s=render,
        preempted=spot and rng.random() < 0.05,
        failure=rng.choice(JOB_FAILURES) if rng.random() < failure_rate else None,
    )


def draw_run(rng: random.Random, regions: tuple[str, ...], failure_rate: float) -> RunPlan:
    """Return the plan of a run. Half of the failures come before the render job, half with it."""
    hardware = rng.choices((L4, T4, CPU), (5, 4, 1))[0]
    spot = hardware is not CPU and rng.random() < 0.5
    refused = 0
    while refused < len(regions) - 1 and hardware is not CPU and rng.random() < 0.15:
        refused += 1
    fails = rng.random() < failure_rate
    early = fails and rng.random() < 0.5
    job = draw_job(rng, regions[refused], hardware, spot=spot, failure_rate=1.0 if fails and not early else 0.0)
    return RunPlan(
        story_s=STORY_S * rng.uniform(0.9, 1.1),
        images_s=IMAGES_S * rng.uniform(0.9, 1.1),
        voiceover_s=VOICEOVER_S * rng.uniform(0.9, 1.1),
        staging_s=rng.uniform(4.0, 9.0),
        hardware=hardware,
        spot=spot,
        refused_regions=refused,
        job=job,
        notice_s=rng.uniform(1.0, 10.0),
        failure=rng.choice(PHASE_FAILURES) if early else None,
    )


def on_hardware(plan: RunPlan, hardware: Hardware) -> RunPlan:
    """Return the plan moved to other hardware, with the wait and the render time that go with it."""
    was = plan.hardware
    job = replace(
        plan.job,
        queue_s=plan.job.queue_s * hardware.median_queue_s / was.median_queue_s,
        render_s=plan.job.render_s * was.render_speed / hardware.render_speed,
    )
    return replace(plan, hardware=hardware, spot=plan.spot and hardware is not CPU, job=job)


def refused(rng: random.Random) -> JobPlan:
    """Return the plan of a job in a region whose GPU quota is spent."""
    return JobPlan(queue_s=rng.uniform(8.0, 25.0), render_s=0.0, failure=NO_QUOTA)
