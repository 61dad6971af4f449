"""What the real gcloud makes of the emulated Google APIs."""

import base64
import json
from pathlib import Path

import pytest

from avdesk.core import wire
from avdesk.core.customjob import read_custom_job
from avdesk.core.jobs import JobState
from avdesk.emulator.faults import Side
from avdesk.emulator.server import Emulator
from tests.gcloud.conftest import Clock, Gcloud, words

pytestmark = [pytest.mark.gcloud, pytest.mark.timeout(180)]

JOBS = "/v1/projects/av-8675309/locations/us-central1/customJobs"
RUNNER = "av-runner@av-8675309.iam.gserviceaccount.com"
SPEC = """
workerPoolSpecs:
- machineSpec: {machineType: g2-standard-8, acceleratorType: NVIDIA_L4, acceleratorCount: 1}
  replicaCount: 1
  containerSpec: {imageUri: gcr.io/av-8675309/av-gpu-job, args: ["--scene=7"], env: [{name: AV_ENV, value: prod}]}
scheduling: {timeout: 3600s, strategy: SPOT, restartJobOnWorkerRestart: false}
"""


def test_list_follows_the_pages_to_the_last_job(gcloud: Gcloud, emulator: Emulator) -> None:
    listed = wire.as_list(gcloud.jobs("list").json())

    with emulator.world.lock:
        expected = [job.number for job in emulator.world.jobs("us-central1")]
    jobs = [read_custom_job(item) for item in listed]
    assert [job.number for job in jobs if job] == expected
    assert len(emulator.asked(JOBS, Side.GOOGLE)) == 2
    assert len(expected) > 100


def test_a_job_is_created_described_and_cancelled(gcloud: Gcloud, clock: Clock, tmp_path: Path) -> None:
    config = tmp_path / "spec.yaml"
    config.write_text(SPEC)
    made = gcloud.jobs(
        "create",
        "--display-name=av-video-render-video-job-ab12cd34",
        f"--config={config}",
        "--labels=pipeline=autovideo,region=us_central1",
    )
    job = read_custom_job(made.json())
    assert job is not None
    assert "is submitted successfully" in made.err
    assert (job.id, job.accelerator_type, job.spot, job.time_limit_s) == (
        "video-job-ab12cd34",
        "NVIDIA_L4",
        True,
        3600,
    )
    assert job.state.waiting

    cancelled = gcloud.jobs("cancel", job.number)
    assert cancelled.json() == {}
    assert "has been sent" in cancelled.err
    described = read_custom_job(gcloud.jobs("describe", job.number).json())
    assert described is not None
    assert described.state is JobState.CANCELLING
    assert described.ended_at is None

    clock.passed_s += 3600
    described = read_custom_job(gcloud.jobs("describe", job.resource_name).json())
    assert described is not None
    assert described.state is JobState.CANCELLED
    assert described.error is not None
    assert described.error.code == 1
    assert described.started_at is None
    assert described.ended_at is not None


def test_a_misspelt_key_is_refused_by_name(gcloud: Gcloud, emulator: Emulator, tmp_path: Path) -> None:
    config = tmp_path / "spec.yaml"
    config.write_text(SPEC.replace("machineType", "machineTyp"))
    refused = gcloud.jobs("create", "--display-name=x", f"--config={config}")
    words(refused, ["INVALID_ARGUMENT", 'Unknown name "machineTyp"', "worker_pool_specs[0].machine_spec"])
    assert not emulator.world.jobs_of_this_session()


def test_a_wrong_token_is_unauthenticated(gcloud: Gcloud) -> None:
    somebody_elses = "ya29.of-somebody-else"
    refused = gcloud.jobs("list", token=somebody_elses)
    words(refused, ["UNAUTHENTICATED", "access token from", "ACCESS_TOKEN_TYPE_UNSUPPORTED"])
    assert json.loads(refused.out) == []


def test_a_job_that_does_not_exist_is_not_found(gcloud: Gcloud) -> None:
    words(gcloud.jobs("describe", "4611686018427387904"), ["NOT_FOUND", "customJobs/4611686018427387904"])


def test_a_place_that_is_not_served_is_refused(gcloud: Gcloud) -> None:
    refused = gcloud("ai", "custom-jobs", "list", "--region=us-east4", "--format=json")
    words(refused, ["INVALID_ARGUMENT", "The provided location ID doesn't match the endpoint"])


def test_logs_are_read_by_job_and_freshness(gcloud: Gcloud, emulator: Emulator) -> None:
    with emulator.world.lock:
        numbers = [job.number for job in emulator.world.jobs("us-central1")[:20] if job.started is not None]
        wanted = next(
            number
            for number in numbers
            if sum(record.resource_labels.get("job_id") == number for record in emulator.world.logs()) > 3
        )
    query = f'resource.type="ml_job" AND resource.labels.job_id="{wanted}"'
    entries = gcloud("logging", "read", query, "--limit=3", "--freshness=365d", "--format=json").json()
    labels = [wire.as_object(wire.as_object(entry).get("resource")).get("labels") for entry in wire.as_list(entries)]
    assert [wire.as_object(each).get("job_id") for each in labels] == [wanted] * 3
    times = [wire.as_time(wire.as_object(entry).get("timestamp")) for entry in wire.as_list(entries)]
    assert times == sorted((time for time in times if time is not None), reverse=True)
    body = wire.as_object(emulator.asked("/v2/entries:list", Side.GOOGLE)[-1].request.json())
    assert str(body["filter"]).startswith('timestamp>="')


def test_old_logs_are_not_fresh(gcloud: Gcloud) -> None:
    query = 'resource.type="ml_job" AND severity>=ERROR'
    assert gcloud("logging", "read", query, "--freshness=1s", "--format=json").json() == []


def test_an_unparsable_log_filter_is_refused(gcloud: Gcloud) -> None:
    words(gcloud("logging", "read", "severity>=(", "--format=json"), ["INVALID_ARGUMENT", "Unparseable filter"])


def test_regions_show_their_quota(gcloud: Gcloud, emulator: Emulator) -> None:
    region = wire.as_object(gcloud("compute", "regions", "describe", "us-central1", "--format=json").json())
    assert region["name"] == "us-central1"
    quotas = {
        str(wire.as_object(quota)["metric"]): wire.as_object(quota)["limit"]
        for quota in wire.as_list(region["quotas"])
    }
    assert quotas == {metric: limit for metric, (limit, _) in emulator.world.gpu_usage("us-central1").items()}


def test_services_of_all_regions_are_listed(gcloud: Gcloud) -> None:
    (service,) = wire.as_list(gcloud("run", "services", "list", "--format=json").json())
    assert wire.as_object(wire.as_object(service)["metadata"])["name"] == "av-app"


def test_a_service_is_described_through_the_regional_host(gcloud: Gcloud) -> None:
    arguments = ("run", "services", "describe", "av-app", "--region=us-central1", "--format=json")
    service = wire.as_object(gcloud(*arguments, through_proxy=True).json())
    status = wire.as_object(service["status"])
    assert status["latestReadyRevisionName"] == status["latestCreatedRevisionName"]
    elsewhere = gcloud("run", "services", "describe", "av-app", "--region=europe-west1", through_proxy=True)
    words(elsewhere, ["Cannot find service [av-app]"])


def test_an_update_rolls_a_new_revision_out(gcloud: Gcloud) -> None:
    arguments = ("run", "services", "update", "av-app", "--region=us-central1", "--min-instances=2", "--format=json")
    service = wire.as_object(gcloud(*arguments, through_proxy=True).json())
    assert wire.as_object(service["metadata"])["generation"] == 43
    status = wire.as_object(service["status"])
    assert str(status["latestReadyRevisionName"]).startswith("av-app-00043-")
    assert status["observedGeneration"] == 43


def test_an_identity_token_of_an_impersonated_account_says_who_and_how_long(gcloud: Gcloud, clock: Clock) -> None:
    printed = gcloud(
        "auth",
        "print-identity-token",
        f"--impersonate-service-account={RUNNER}",
        "--audiences=https://av-app.invalid",
        "--include-email",
    )
    assert printed.code == 0, printed.err
    payload = printed.out.strip().split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["aud"] == "https://av-app.invalid"
    assert claims["email"] == RUNNER
    assert 3000 < claims["exp"] - clock.now() <= 3600
