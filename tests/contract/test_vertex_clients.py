"""The REST and the gcloud client tell the same of the same jobs; gcloud is the real one."""

import os
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from avdesk.clients.factory import make_vertex
from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.transport import Transport
from avdesk.clients.vertex import VertexClient
from avdesk.core.errors import (
    AbortedError,
    CredentialsExpiredError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestRefusedError,
    ServerFailedError,
)
from avdesk.core.jobs import JobState
from avdesk.emulator.faults import Side
from avdesk.emulator.server import Emulator

pytestmark = [
    pytest.mark.gcloud,
    pytest.mark.skipif(shutil.which("gcloud") is None and not os.environ.get("CI"), reason="gcloud is not installed"),
]
REGIONS = ("us-central1", "us-west1")
DETAILS = {
    "job_id",
    "display_name",
    "state",
    "region",
    "machine_type",
    "accelerator_type",
    "accelerator_count",
    "create_time",
    "start_time",
    "end_time",
    "duration",
    "resource_name",
    "error",
}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(past_jobs=40, seed=7, speed=1.0) as running:
        yield running


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport()
    yield transport
    transport.close()


@pytest.fixture
def signed_in(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let gcloud find the emulator's token, as a user of the emulator would."""
    token = tmp_path / "token"
    token.write_text(emulator.token + "\n")
    monkeypatch.setenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", str(token))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))


@pytest.fixture(params=["rest", "gcloud", "auto"])
def client(
    request: pytest.FixtureRequest, emulator: Emulator, transport: Transport, signed_in: None
) -> Iterator[VertexClient]:
    del signed_in
    made = make_vertex(request.param, emulator.project, REGIONS, transport, endpoint=emulator.google_url)
    assert made is not None
    yield made
    made.close()


@pytest.fixture
def both(emulator: Emulator, transport: Transport, signed_in: None) -> Iterator[tuple[VertexClient, VertexClient]]:
    del signed_in
    made = [
        make_vertex(way, emulator.project, REGIONS, transport, endpoint=emulator.google_url)
        for way in ("rest", "gcloud")
    ]
    rest, gcloud = made
    assert rest is not None
    assert gcloud is not None
    yield rest, gcloud
    rest.close()
    gcloud.close()


def test_both_list_the_same_jobs(both: tuple[VertexClient, VertexClient]) -> None:
    rest, gcloud = both
    everything = rest.list_jobs(REGIONS)
    assert len(everything.jobs) >= 10
    assert everything == gcloud.list_jobs(REGIONS)
    created = [job.created_at for job in everything.jobs]
    assert created == sorted((c for c in created if c), reverse=True)
    assert {job.region for job in everything.jobs} <= set(REGIONS)
    half = everything.jobs[len(everything.jobs) // 2].created_at
    for narrow in ({"limit": 5}, {"since": half, "active_only": True}):
        assert rest.list_jobs(REGIONS, **narrow) == gcloud.list_jobs(REGIONS, **narrow)
    assert rest.list_jobs(REGIONS, limit=5).jobs == everything.jobs[:5]


def test_both_find_the_same_job(both: tuple[VertexClient, VertexClient]) -> None:
    rest, gcloud = both
    [job, *_rest] = [j for j in rest.list_jobs(REGIONS).jobs if j.is_autovideo and j.started_at]
    assert job.region is not None
    for client in both:
        assert client.find_job(job.id, REGIONS) == job
        assert client.find_job(job.number, [job.region]) == job
        assert client.get_job(job.region, job.number) == job
        assert client.find_job("video-job-00000000", [job.region]) is None
    raw = rest.raw_job(job.region, job.number)
    assert raw == gcloud.raw_job(job.region, job.number)
    assert raw["jobSpec"]


def test_both_tell_the_same_details(both: tuple[VertexClient, VertexClient], emulator: Emulator) -> None:
    rest, gcloud = both
    for job in rest.list_jobs(REGIONS).jobs[:1]:
        details = rest.job_details(job.id)
        assert details == gcloud.job_details(job.id)
        assert details.keys() == DETAILS
        assert details["state"] == job.vertex_state
    for client in both:
        with pytest.raises(NotFoundError):
            client.job_details("video-job-00000000")
    del emulator


def test_a_job_is_created_and_cancelled(client: VertexClient, emulator: Emulator) -> None:
    pool = {
        "machineSpec": {"machineType": "n1-standard-4", "acceleratorType": "NVIDIA_TESLA_T4", "acceleratorCount": 1},
        "replicaCount": "1",
        "containerSpec": {"imageUri": "gcr.io/av-8675309/av-gpu-job"},
    }
    body = {
        "displayName": "av-video-render-video-job-0badcafe",
        "jobSpec": {"workerPoolSpecs": [pool], "scheduling": {"timeout": "3600s", "strategy": "SPOT"}},
        "labels": {"pipeline": "autovideo"},
    }
    made = client.create_job("us-central1", body)
    assert made.id == "video-job-0badcafe"
    assert (made.region, made.accelerator_type, made.spot) == ("us-central1", "NVIDIA_TESLA_T4", True)
    posts = [a for a in emulator.requests if a.request.method == "POST" and a.request.path.endswith("/customJobs")]
    assert len(posts) == 1
    client.cancel_job("us-central1", made.number)
    assert client.get_job("us-central1", made.number).state in (JobState.CANCELLING, JobState.CANCELLED)
    client.cancel_job("us-central1", made.number)  # a second time does no harm


def test_regions_that_fail_blank_no_other(both: tuple[VertexClient, VertexClient], emulator: Emulator) -> None:
    expected = {
        "us-west1": ("denied", PermissionDeniedError),
        "us-east1": ("quota", RateLimitedError),
        "europe-west1": ("expired", CredentialsExpiredError),
        "asia-southeast1": ("409", RequestRefusedError),
    }
    for region, (fault, _kind) in expected.items():
        emulator.faults.add(f"google:/v1/*/{region}/*={fault}")
    rest, gcloud = (client.list_jobs(("us-central1", *expected)) for client in both)
    assert rest.jobs
    assert rest.jobs == gcloud.jobs
    for listing in (rest, gcloud):
        assert {region: type(error) for region, error in listing.failures.items()} == {
            region: kind for region, (_fault, kind) in expected.items()
        }
        denied = listing.failures["us-west1"]
        assert isinstance(denied, PermissionDeniedError)
        assert denied.permission == "aiplatform.customJobs.list"
    assert [e.message for e in rest.failures.values()] == [e.message for e in gcloud.failures.values()]


def test_auto_stays_with_rest_when_the_server_fails(
    emulator: Emulator, transport: Transport, signed_in: None
) -> None:
    del signed_in
    emulator.faults.add("google:*=503")
    made = make_vertex("auto", emulator.project, REGIONS, transport, endpoint=emulator.google_url)
    assert made is not None
    listing = made.list_jobs(("us-central1",))
    made.close()
    assert isinstance(listing.failures["us-central1"], ServerFailedError)
    assert not any("gcloud" in a.request.headers.get("user-agent", "") for a in emulator.requests)


def test_abort_ends_a_gcloud_that_waits(both: tuple[VertexClient, VertexClient], emulator: Emulator) -> None:
    emulator.faults.add("google:*=hang")
    for client in both:
        before = len(emulator.requests)
        failures: list[object] = []
        thread = threading.Thread(
            target=lambda client=client, failures=failures: failures.extend(
                client.list_jobs(("us-central1",)).failures.values()
            )
        )
        started = datetime.now(UTC)
        thread.start()
        while len(emulator.requests) == before and datetime.now(UTC) - started < timedelta(seconds=60):
            thread.join(0.05)
        assert emulator.requests[-1].side is Side.GOOGLE
        client.abort()
        thread.join(30)
        assert not thread.is_alive()
        assert [type(failure) for failure in failures] == [AbortedError]


def test_the_token_of_the_emulator_comes_through_gcloud(
    emulator: Emulator, transport: Transport, signed_in: None
) -> None:
    del signed_in
    credentials = GoogleCredentials(transport)
    assert credentials.token() == emulator.token
    assert (credentials.kind, credentials.account, credentials.end_user) == ("gcloud", None, False)
    assert credentials.refresh(emulator.token) == emulator.token
    assert emulator.token not in repr(vars(credentials))
