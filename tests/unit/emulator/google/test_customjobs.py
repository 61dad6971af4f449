"""Custom jobs as Vertex AI lists, makes, cancels and refuses them."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core import wire
from avdesk.core.customjob import read_custom_job
from avdesk.emulator.google.router import GoogleApis
from tests.unit.emulator.google.conftest import SPEC, START, Caller, Reply, SmallWorld

JOBS = "/v1/projects/p-1/locations/us-central1/customJobs"


def names(reply: Reply) -> list[str]:
    return [str(job["displayName"]) for job in reply.items("customJobs")]


def all_pages(ask: Caller, **query: str) -> list[list[str]]:
    pages: list[list[str]] = []
    token = ""
    while not pages or token:
        assert len(pages) < 100
        reply = ask("GET", JOBS, **query, **({"pageToken": token} if token else {}))
        assert reply.status == 200
        pages.append(names(reply))
        token = str(reply.body.get("nextPageToken", ""))
    return pages


def test_no_jobs_are_an_empty_object(ask: Caller) -> None:
    assert ask("GET", JOBS).body == {}


def test_the_project_may_be_asked_for_by_id_or_number_and_is_answered_by_number(
    ask: Caller, world: SmallWorld
) -> None:
    number = world.add().number
    for project in ("p-1", world.project_number):
        reply = ask("GET", f"/v1/projects/{project}/locations/us-central1/customJobs/{number}")
        assert reply.body["name"] == f"projects/{world.project_number}/locations/us-central1/customJobs/{number}"


def test_a_job_is_answered_without_what_it_does_not_have(ask: Caller, world: SmallWorld) -> None:
    world.add(error={"code": 8, "message": "x"})
    (job,) = ask("GET", JOBS).items("customJobs")
    assert set(job) == {"name", "displayName", "jobSpec", "state", "createTime", "updateTime"}
    (pool,) = wire.as_list(wire.as_object(job["jobSpec"])["workerPoolSpecs"])
    assert wire.as_object(pool)["replicaCount"] == "1"
    assert wire.as_object(pool)["containerSpec"] == {"imageUri": "gcr.io/p-1/render"}
    assert wire.as_object(job["jobSpec"])["scheduling"] == {"timeout": "3600s"}


def test_errors_are_shown_for_jobs_that_ended_badly(ask: Caller, world: SmallWorld) -> None:
    world.add(state="JOB_STATE_FAILED", error={"code": 8, "message": "no GPU"}, ended=START)
    (job,) = ask("GET", JOBS).items("customJobs")
    read = read_custom_job(job)
    assert read is not None
    assert read.error is not None
    assert read.error.code == 8


def test_times_have_every_precision_and_never_run_backwards(ask: Caller, world: SmallWorld) -> None:
    for index in range(60):
        at = START - 5000 + index * 1.234567
        world.add(created=at, started=at + 0.01, ended=at + 0.02, updated=at + 0.02, state="JOB_STATE_SUCCEEDED")
    jobs = ask("GET", JOBS).items("customJobs")
    precisions = set()
    for job in jobs:
        texts = [str(job[name]) for name in ("createTime", "startTime", "endTime", "updateTime")]
        precisions |= {len(re.sub(r".*:\d\d\.?|Z", "", text)) for text in texts}
        moments = [wire.as_time(text) for text in texts]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)
        assert len(known) == 4
    assert precisions == {0, 3, 6, 9}


def test_pages_hold_every_job_once_newest_first(ask: Caller, world: SmallWorld) -> None:
    for _ in range(7):
        world.add()
    assert all_pages(ask, pageSize="3") == [["job-6", "job-5", "job-4"], ["job-3", "job-2", "job-1"], ["job-0"]]


def test_jobs_made_in_the_same_instant_are_not_lost_between_pages(ask: Caller, world: SmallWorld) -> None:
    for _ in range(5):
        world.add(created=START)
    assert sorted(name for page in all_pages(ask, pageSize="2") for name in page) == [
        f"job-{index}" for index in range(5)
    ]


def test_a_page_follows_a_deleted_job(ask: Caller, world: SmallWorld) -> None:
    for _ in range(4):
        world.add()
    token = str(ask("GET", JOBS, pageSize="2").body["nextPageToken"])
    world.kept.pop(2)
    assert names(ask("GET", JOBS, pageSize="2", pageToken=token)) == ["job-1", "job-0"]


def test_page_sizes_are_clamped(ask: Caller, world: SmallWorld) -> None:
    for _ in range(120):
        world.add()
    for size in ("0", "", "5000"):
        assert len(names(ask("GET", JOBS, pageSize=size))) == 100
    for size in ("-1", "many"):
        assert ask("GET", JOBS, pageSize=size).status == 400


def test_page_tokens_are_for_the_same_question_and_a_day(ask: Caller, world: SmallWorld) -> None:
    for _ in range(3):
        world.add()
    token = str(ask("GET", JOBS, pageSize="1").body["nextPageToken"])
    assert ask("GET", JOBS, pageSize="2", pageToken=token).status == 200
    assert ask("GET", JOBS, pageToken=token, filter='state="JOB_STATE_PENDING"').status == 400
    assert ask("GET", JOBS, pageToken=token[:-2] + "xx").status == 400
    assert ask("GET", JOBS, pageToken="\ud800").status == 400
    world.time += 86_401
    assert ask("GET", JOBS, pageToken=token).status == 400


def test_a_filtered_page_may_be_empty_and_go_on(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avdesk.emulator.google.customjobs.SCAN_LIMIT", 4)
    ask = Caller(GoogleApis(world))
    world.add(display_name="wanted")
    for _ in range(9):
        world.add()
    assert all_pages(ask, filter='display_name="wanted"') == [[], [], ["wanted"]]


def test_the_filter_is_the_servers(ask: Caller, world: SmallWorld) -> None:
    world.add(state="JOB_STATE_RUNNING", labels={"pipeline": "autovideo"})
    world.add(state="JOB_STATE_RUNNING")
    world.add(labels={"pipeline": "autovideo"})
    assert names(ask("GET", JOBS, filter='state="JOB_STATE_RUNNING" AND labels.pipeline=autovideo')) == ["job-0"]
    refused = ask("GET", JOBS, filter="displayName=x")
    assert (refused.status, refused.error["status"]) == (400, "INVALID_ARGUMENT")


def test_a_read_mask_chooses_fields_in_either_case(ask: Caller, world: SmallWorld) -> None:
    world.add()
    (job,) = ask("GET", JOBS, readMask="display_name,jobSpec.scheduling.timeout").items("customJobs")
    assert job == {"displayName": "job-0", "jobSpec": {"scheduling": {"timeout": "3600s"}}}
    assert ask("GET", JOBS, readMask="colour").status == 400


@pytest.mark.parametrize("host", ["us-central1-aiplatform.googleapis.com", "127.0.0.1"])
def test_the_region_must_be_one_of_this_endpoint(ask: Caller, host: str) -> None:
    ask.host = host
    assert ask("GET", JOBS).status == 200
    other = "europe-west1" if "aiplatform" in host else "us-east4"
    refused = ask("GET", JOBS.replace("us-central1", other))
    assert refused.status == 400
    assert "doesn't match the endpoint" in str(refused.error["message"])
    assert "`us-central1`" in str(refused.error["message"])


def test_another_project_is_denied_by_permission(ask: Caller) -> None:
    refused = ask("GET", JOBS.replace("p-1", "p-2"))
    assert (refused.status, refused.error["status"]) == (403, "PERMISSION_DENIED")
    (info,) = [wire.as_object(detail) for detail in wire.as_list(refused.error["details"])]
    assert info["reason"] == "IAM_PERMISSION_DENIED"
    assert wire.as_object(info["metadata"])["permission"] == "aiplatform.customJobs.list"


def test_a_job_is_found_in_its_own_region_alone(ask: Caller, world: SmallWorld) -> None:
    number = world.add(region="europe-west1").number
    assert ask("GET", f"{JOBS}/{number}").status == 404
    assert ask("GET", f"{JOBS.replace('us-central1', 'europe-west1')}/{number}").status == 200


def test_a_created_job_is_normalised_and_waits(ask: Caller, world: SmallWorld) -> None:
    body = {"display_name": "new", "job_spec": SPEC, "labels": {"pipeline": "autovideo"}, "state": "JOB_STATE_FAILED"}
    made = ask("POST", JOBS, body)
    assert made.status == 200
    assert (made.body["displayName"], made.body["state"]) == ("new", "JOB_STATE_PENDING")
    (pool,) = wire.as_list(world.kept[0].spec["workerPoolSpecs"])
    assert wire.as_object(pool)["replicaCount"] == "1"


def broken(change: Callable[[Any], object]) -> dict[str, Any]:
    body: dict[str, Any] = {"displayName": "new", "jobSpec": copy.deepcopy(dict(SPEC)), "labels": {}}
    change(body)
    return body


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda b: b.update(jobspec={}), "jobspec"),
        (lambda b: b["jobSpec"].update(displayName="x"), "custom_job.job_spec"),
        (lambda b: b["jobSpec"]["workerPoolSpecs"][0].update(image="x"), "worker_pool_specs[0]"),
        (lambda b: b["jobSpec"]["scheduling"].update(strategy="CHEAP"), "Scheduling.Strategy"),
        (lambda b: b["jobSpec"]["scheduling"].update(timeout=3600), "scheduling.timeout"),
        (lambda b: b["jobSpec"]["scheduling"].update(disableRetries="yes"), "disable_retries"),
        (lambda b: b["jobSpec"]["workerPoolSpecs"][0].update(replicaCount="one"), "TYPE_INT64"),
        (lambda b: b["jobSpec"]["workerPoolSpecs"][0].update(replicaCount="9" * 19), "TYPE_INT64"),
        (lambda b: b["jobSpec"]["workerPoolSpecs"][0]["machineSpec"].update(acceleratorCount=2**31), "TYPE_INT32"),
        (lambda b: b["jobSpec"]["workerPoolSpecs"][0]["machineSpec"].update(acceleratorType="L4"), "AcceleratorType"),
        (lambda b: b["jobSpec"]["workerPoolSpecs"][0]["machineSpec"].pop("acceleratorCount"), "together"),
        (lambda b: b["jobSpec"]["workerPoolSpecs"][0]["machineSpec"].pop("machineType"), "Machine type"),
        (lambda b: b["jobSpec"]["workerPoolSpecs"][0].pop("containerSpec"), "container_spec"),
        (lambda b: b["jobSpec"].pop("workerPoolSpecs"), "worker pool"),
        (lambda b: b.update(jobSpec=[]), "message"),
        (lambda b: b.pop("displayName"), "display_name"),
        (lambda b: b.update(displayName="x" * 129), "display_name"),
        (lambda b: b.update(displayName="\ud800"), "UTF-8"),
        (lambda b: b.update(labels={"Big": "x"}), "label"),
        (lambda b: b.update(labels={"a": 1}), "TYPE_STRING"),
        (lambda b: b.update(labels={f"l{i}": "" for i in range(65)}), "64"),
    ],
)
def test_what_vertex_would_refuse_is_refused_by_name(
    ask: Caller, world: SmallWorld, change: Callable[[Any], object], where: str
) -> None:
    refused = ask("POST", JOBS, broken(change))
    assert (refused.status, refused.error["status"]) == (400, "INVALID_ARGUMENT")
    assert where in str(refused.error["message"])
    assert world.kept == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["jobSpec", "labels", "displayName", "workerPoolSpecs", "machineSpec"]),
)
def test_any_body_is_answered_with_success_or_the_envelope(content: object, place: str) -> None:
    body = broken(lambda _: None)
    if place == "workerPoolSpecs":
        body["jobSpec"][place] = content
    elif place == "machineSpec":
        body["jobSpec"]["workerPoolSpecs"][0][place] = content
    else:
        body[place] = content
    reply = Caller(GoogleApis(SmallWorld()))("POST", JOBS, body)
    assert reply.status in (200, 400)


def test_cancel_answers_nothing_and_the_job_is_cancelling(ask: Caller, world: SmallWorld) -> None:
    number = world.add(state="JOB_STATE_RUNNING").number
    assert ask("POST", f"{JOBS}/{number}:cancel").body == {}
    assert ask("POST", f"{JOBS}/{number}:cancel", {}).body == {}
    assert ask("GET", f"{JOBS}/{number}").body["state"] == "JOB_STATE_CANCELLING"
    assert ask("POST", f"{JOBS}/{number}:cancel", {"force": True}).status == 400
    assert ask("POST", f"{JOBS}/1:cancel").status == 404


def test_only_ended_jobs_are_deleted(ask: Caller, world: SmallWorld) -> None:
    job = world.add(state="JOB_STATE_RUNNING")
    refused = ask("DELETE", f"{JOBS}/{job.number}")
    assert (refused.status, refused.error["status"]) == (400, "FAILED_PRECONDITION")
    job.state = "JOB_STATE_SUCCEEDED"
    operation = ask("DELETE", f"{JOBS}/{job.number}").body
    assert operation["done"] is True
    assert world.kept == []
