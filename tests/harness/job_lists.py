"""Jobs in all states, as a table shows them, with actions on some of them, as of `NOW`."""

from collections.abc import Sequence
from datetime import timedelta

from avdesk.core.actions import ActionKind, ActionRecord, ActionRequest, ActionState
from avdesk.core.jobs import Job, JobError, JobState
from tests.harness.snapshots import NOW, TIME_LIMIT_TEXT, before, job

_REGIONS = ("us-central1", "us-west1", "us-east1", "europe-west1", "asia-southeast1")
_MACHINES = (
    ("n1-standard-4", "NVIDIA_TESLA_T4"),
    ("g2-standard-8", "NVIDIA_L4"),
    ("n1-standard-8", None),
)
_ERRORS = (
    "The following quota metrics exceed quota limits: aiplatform.googleapis.com/custom_model_training_nvidia_t4_gpus",
    TIME_LIMIT_TEXT,
    "The replica workerpool0-0 exited with a non-zero status of 1. Container: No module named 'moviepy.editor'",
    "The replica workerpool0-0 exited with a non-zero status of 137.",
)
_FIRST = (
    JobState.RUNNING,
    JobState.PENDING,
    JobState.QUEUED,
    JobState.CANCELLING,
    JobState.FAILED,
    JobState.SUCCEEDED,
    JobState.CANCELLED,
    JobState.EXPIRED,
    JobState.PAUSED,
    JobState.UPDATING,
    JobState.UNKNOWN,
    JobState.PARTIALLY_SUCCEEDED,
)
_LATER = (JobState.SUCCEEDED, JobState.SUCCEEDED, JobState.FAILED, JobState.SUCCEEDED, JobState.CANCELLED)


def many_jobs(count: int) -> tuple[Job, ...]:
    """Return so many jobs, newest first; the first twelve are each in another state."""
    return tuple(_job(place) for place in range(count))


def _job(place: int) -> Job:
    state = _FIRST[place] if place < len(_FIRST) else _LATER[place % len(_LATER)]
    region = _REGIONS[place % len(_REGIONS)]
    machine, accelerator = _MACHINES[place % len(_MACHINES)]
    number = str(7_000_000_000_000_000_000 + place)
    made = 300.0 + 5400.0 * place
    waits = state in (JobState.PENDING, JobState.QUEUED)
    started = None if waits or (state is JobState.CANCELLED and place % 2) else before(max(1.0, made - 240 - place))
    ended = before(max(0.0, made - 240 - place - 1300)) if state.ended else None
    foreign = place % 9 == 7
    name = f"nightly-training-{place}" if foreign else f"av-video-render-video-job-{0xAB12CD00 + place:08x}"
    labels = (
        {"team": "research"} if foreign else {"pipeline": "autovideo", "phase": "gpu", "environment": "production"}
    )
    return job(
        state,
        id=number if foreign else f"video-job-{0xAB12CD00 + place:08x}",
        display_name=name,
        number=number,
        resource_name=f"projects/8675309000/locations/{region}/customJobs/{number}",
        region=region,
        machine_type=machine,
        accelerator_type=accelerator,
        accelerator_count=1 if accelerator else 0,
        spot=place % 4 == 1,
        created_at=before(made),
        started_at=started,
        ended_at=ended,
        updated_at=ended or before(5),
        labels=labels,
        error=JobError(8 if place % 2 else 13, _ERRORS[place % len(_ERRORS)]) if state is JobState.FAILED else None,
    )


def records(jobs: Sequence[Job]) -> list[ActionRecord]:
    """Return an action in each of its states, on one job after the other."""
    return [
        ActionRecord(
            ActionRequest(f"action-{place:08x}", ActionKind.CANCEL, "dev", each.id, each.region or "", each.number),
            "somebody",
            "window",
            NOW - timedelta(seconds=40),
            NOW - timedelta(seconds=3),
            state,
            detail=_DETAILS.get(state, ""),
            advice="Try again in a minute." if state is ActionState.FAILED else "",
        )
        for place, (state, each) in enumerate(zip(ActionState, jobs, strict=False))
    ]


_DETAILS = {
    ActionState.REQUESTED: "Vertex AI has taken the request; the job still runs.",
    ActionState.CONFIRMED: "The job is cancelled.",
    ActionState.REFUSED: "The job had ended before.",
    ActionState.FAILED: "Vertex AI did not answer within 20 s.",
    ActionState.UNCERTAIN: "The answer was lost.",
    ActionState.TIMED_OUT: "The job still runs 30 min after it was asked to end.",
}


def raw_job(shown: Job) -> dict[str, object]:
    """Return the whole CustomJob of a job, with a secret in it."""
    machine: dict[str, object] = {"machineType": shown.machine_type}
    if shown.accelerator_type:
        machine |= {"acceleratorType": shown.accelerator_type, "acceleratorCount": 1}
    return {
        "name": shown.resource_name,
        "displayName": shown.display_name,
        "labels": dict(shown.labels),
        "jobSpec": {
            "workerPoolSpecs": [
                {
                    "machineSpec": machine,
                    "replicaCount": "1",
                    "diskSpec": {"bootDiskType": "pd-ssd", "bootDiskSizeGb": 100},
                    "containerSpec": {
                        "imageUri": "gcr.io/av-8675309/av-gpu-job",
                        "args": ["--quality=high", "--api-key", "sk-verysecretverysecret", "--token=alsosecret"],
                        "env": [
                            {"name": "JOB_ID", "value": shown.id},
                            {"name": "OPENAI_API_KEY", "value": "sk-verysecretverysecret"},
                            {"name": "EMPTY"},
                        ],
                    },
                }
            ],
            "scheduling": {"timeout": "3600s", "strategy": "STANDARD"},
            "serviceAccount": "av@av-8675309.iam.gserviceaccount.com",
            "baseOutputDirectory": {"outputUriPrefix": f"gs://av-8675309-av/jobs/{shown.id}"},
        },
    }
