"""Jobs for tests: single ones, and as many as wanted, the same for the same seed."""

import random
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from avdesk.core.jobs import DISPLAY_NAME_PREFIX, Job, JobError, JobState

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
REGIONS = ("us-central1", "us-west1", "us-east1", "europe-west1", "europe-west12")

_STATES = (
    *[JobState.SUCCEEDED] * 140,
    *[JobState.FAILED] * 40,
    *[JobState.CANCELLED] * 14,
    JobState.EXPIRED,
    JobState.RUNNING,
    JobState.RUNNING,
    JobState.PENDING,
    JobState.QUEUED,
    JobState.CANCELLING,
)
_MACHINES = (
    ("g2-standard-8", "NVIDIA_L4"),
    ("n1-standard-4", "NVIDIA_TESLA_T4"),
    ("n1-standard-8", None),
)
_ERRORS = (
    "The following quota metrics exceed quota limits: aiplatform.googleapis.com/custom_model_training_nvidia_l4_gpus",
    "Job did not complete within 3600 seconds",
    "The replica workerpool0-0 exited with a non-zero status of 1.",
)


def make_job(number: int = 1, **changes: object) -> Job:
    """Return one of AutoVideo's jobs that ran for ten minutes; `changes` are other values of its fields."""
    job_id = f"video-job-{number:08x}"
    long_number = str(4_611_686_018_427_387_904 + number)
    fields: dict[str, object] = {
        "id": job_id,
        "display_name": DISPLAY_NAME_PREFIX + job_id,
        "resource_name": f"projects/939407899550/locations/us-central1/customJobs/{long_number}",
        "number": long_number,
        "state": JobState.SUCCEEDED,
        "vertex_state": "JOB_STATE_SUCCEEDED",
        "region": "us-central1",
        "machine_type": "n1-standard-4",
        "accelerator_type": "NVIDIA_TESLA_T4",
        "accelerator_count": 1,
        "spot": False,
        "created_at": NOW - timedelta(hours=2),
        "started_at": NOW - timedelta(hours=1, minutes=50),
        "ended_at": NOW - timedelta(hours=1, minutes=40),
        "updated_at": NOW - timedelta(hours=1, minutes=40),
        "labels": MappingProxyType({"pipeline": "autovideo"}),
    }
    fields.update(changes)
    if "state" in changes and "vertex_state" not in changes:
        fields["vertex_state"] = f"JOB_STATE_{JobState(str(changes['state'])).name}"
    return Job(**fields)  # type: ignore[arg-type]


def many_jobs(count: int, seed: int = 1) -> list[Job]:
    """Return jobs of ninety days, in no order."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    return [random_job(dice, number) for number in range(count)]


def random_job(dice: random.Random, number: int) -> Job:
    """Return a job of that number in a state of its own."""
    state = dice.choice(_STATES)
    machine, accelerator = dice.choice(_MACHINES)
    created = NOW - timedelta(seconds=round(dice.uniform(0, 90 * 86_400), 6))
    started = created + timedelta(seconds=round(dice.uniform(5, 1800), 6))
    ended = started + timedelta(seconds=round(dice.uniform(60, 3600), 6))
    failed = state is JobState.FAILED
    region = dice.choice(REGIONS)
    return make_job(
        number,
        state=state,
        region=region,
        resource_name=f"projects/939407899550/locations/{region}/customJobs/{4_611_686_018_427_387_904 + number}",
        machine_type=machine,
        accelerator_type=accelerator,
        accelerator_count=1 if accelerator else 0,
        spot=dice.choice((True, False)),
        created_at=created,
        started_at=None if state.waiting else started,
        ended_at=ended if state.ended else None,
        updated_at=ended,
        error=JobError(8, dice.choice(_ERRORS)) if failed else None,
        labels=MappingProxyType({"pipeline": "autovideo", "region": region.replace("-", "_")}),
    )
