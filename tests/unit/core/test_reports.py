"""The JSON that scripts rely on, held against the promise key by key, for every state that there is."""

import json
import re
from datetime import timedelta

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

from avdesk.core.customjob import read_custom_job
from avdesk.core.health import CHECKS, CheckResult, read_check
from avdesk.core.jobs import JobState
from avdesk.core.report import health_report, job_report, status_report
from tests.harness.snapshots import NOW, all_states

TIME = {"type": ["string", "null"], "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$"}
SECONDS = {"type": ["number", "null"], "minimum": 0}
TEXT = {"type": ["string", "null"], "minLength": 1}
YES = {"type": ["boolean", "null"]}


def exact(**properties: object) -> dict[str, object]:
    """Return the schema of an object of which no key may vanish; it may grow."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def optional(schema: dict[str, object]) -> dict[str, object]:
    return {"oneOf": [{"type": "null"}, schema]}


JOB = exact(
    id={"type": "string", "minLength": 1},
    display_name=TEXT,
    resource_name=TEXT,
    state={"enum": [state.value for state in JobState]},
    vertex_state={"type": "string", "minLength": 1},
    region=TEXT,
    machine_type=TEXT,
    accelerator_type=TEXT,
    accelerator_count={"type": "integer", "minimum": 0},
    spot=YES,
    created_at=TIME,
    started_at=TIME,
    ended_at=TIME,
    updated_at=TIME,
    queue_s=SECONDS,
    run_s=SECONDS,
    total_s=SECONDS,
    error=optional(exact(code={"type": ["integer", "null"]}, message=TEXT)),
    labels={"type": "object", "additionalProperties": {"type": "string"}},
    cost_usd=SECONDS,
    retry_of=TEXT,
    actions={"type": "array", "items": {"enum": ["cancel", "restart", "retry"]}},
)
STATUS = exact(
    environment={"type": "string", "minLength": 1},
    observed_at=TIME,
    age_s=SECONDS,
    via={"enum": ["server", "app", "cache"]},
    summary=exact(
        state={"enum": ["idle", "running", "succeeded", "failed", "cancelled", "offline", "stale", "unknown"]},
        headline={"type": "string", "minLength": 1},
        phase=TEXT,
        phase_elapsed_s=SECONDS,
        eta_s=optional(exact(p50={"type": "number", "minimum": 0}, p90={"type": "number", "minimum": 0})),
        started_at=TIME,
        job_id=TEXT,
        error=TEXT,
    ),
    phases={
        "type": "array",
        "items": exact(
            name={"type": "string", "minLength": 1},
            state={"enum": ["done", "running", "pending", "failed", "skipped"]},
            duration_s=SECONDS,
        ),
    },
    job=optional(JOB),
    server=exact(reachable=YES, is_generating=YES, is_initialized=YES, status_text=TEXT),
    rate_limit=exact(
        limit={"type": ["integer", "null"]},
        window_s=SECONDS,
        used={"type": ["integer", "null"], "minimum": 0},
        next_free_at=TIME,
    ),
)
CHECK = exact(
    status={"enum": ["healthy", "degraded", "unhealthy", "disabled", "retired", "unknown"]},
    reported=TEXT,
    http_status={"type": ["integer", "null"]},
    latency_s=SECONDS,
    checked_at=TIME,
    age_s=SECONDS,
    detail=TEXT,
    error=TEXT,
)


@pytest.mark.parametrize("name", all_states())
@pytest.mark.parametrize("via", ["server", "app", "cache"])
def test_every_state_is_reported_as_promised(name: str, via: str) -> None:
    report = status_report(all_states()[name], NOW, via)
    jsonschema.validate(json.loads(json.dumps(report, allow_nan=False)), STATUS)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"state": "JOB_STATE_FAILED", "endTime": "2025-06-08T14:00:00Z", "error": {"code": 8}},
        {"state": "JOB_STATE_EXPIRED", "startTime": "2025-06-08T13:00:00Z"},
        {
            "state": "JOB_STATE_CANCELLED",
            "endTime": "2025-06-08T14:00:00Z",
            "error": {"code": 1, "message": "CANCELED"},
        },
        {"state": "JOB_STATE_PENDING", "createTime": "2025-06-08T14:00:00.998877665Z"},
        {"state": "JOB_STATE_DREAMING", "labels": {"pipeline": "autovideo", "n": 7}},
        {
            "jobSpec": {
                "workerPoolSpecs": [{"machineSpec": {"acceleratorType": "NVIDIA_L4", "acceleratorCount": "2"}}]
            }
        },
    ],
)
def test_jobs_of_every_kind_are_reported_as_promised(more: dict[str, object]) -> None:
    job = read_custom_job({"name": "projects/1/locations/us-west1/customJobs/4611686018427387904", **more})
    assert job is not None
    report = job_report(job, NOW)
    jsonschema.validate(json.loads(json.dumps(report)), JOB)
    assert report["region"] == "us-west1"


def test_failure_before_running_has_no_durations_and_expiry_no_invented_end() -> None:
    base = {"name": "projects/1/locations/us-west1/customJobs/1", "createTime": "2025-06-08T13:00:00Z"}
    failed = read_custom_job(base | {"state": "JOB_STATE_FAILED", "endTime": "2025-06-08T13:10:00Z"})
    expired = read_custom_job(base | {"state": "JOB_STATE_EXPIRED", "startTime": "2025-06-08T13:05:00Z"})
    assert failed is not None
    assert expired is not None
    assert job_report(failed, NOW)["run_s"] is None
    assert job_report(failed, NOW)["queue_s"] is None
    assert job_report(expired, NOW)["run_s"] is None
    assert job_report(expired, NOW)["total_s"] is None
    assert job_report(expired, NOW)["cost_usd"] is None
    assert job_report(expired, NOW)["queue_s"] == 300


def test_times_are_utc_with_z_and_waiting_counts_up() -> None:
    raw = {"name": "projects/1/locations/us-west1/customJobs/1", "state": "JOB_STATE_QUEUED"}
    job = read_custom_job(raw | {"createTime": "2025-06-08T16:00:13.5+02:00"})
    assert job is not None
    assert job_report(job, NOW)["created_at"] == "2025-06-08T14:00:13.500Z"
    assert job_report(job, NOW)["queue_s"] == 119.5
    assert job_report(job, NOW + timedelta(seconds=10))["queue_s"] == 129.5


@pytest.mark.parametrize(
    ("code", "answer", "expected"),
    [
        (200, {"status": "healthy"}, ("healthy", "healthy")),
        (200, {"status": "error", "error": "list index out of range"}, ("unhealthy", "error")),
        (200, {"status": "limited_quota"}, ("degraded", "limited_quota")),
        (200, {"status": "no_gpu_quota"}, ("unhealthy", "no_gpu_quota")),
        (200, {"status": "disabled"}, ("disabled", "disabled")),
        (503, {"status": "unavailable"}, ("unhealthy", "unavailable")),
        (410, {"status": "gone", "message": "retired"}, ("retired", "gone")),
        (410, None, ("retired", None)),
        (404, None, ("unknown", None)),
        (500, None, ("unhealthy", None)),
        (200, None, ("unknown", None)),
        (200, {"status": "checking"}, ("unknown", "checking")),
        (200, {"status": "sparkling"}, ("unknown", "sparkling")),
        (200, {"status": "OK"}, ("healthy", "OK")),
    ],
)
def test_body_of_a_check_decides_not_its_code(code: int, answer: object, expected: tuple[str, str | None]) -> None:
    result = read_check("quota", code, answer, latency_s=0.03, at=NOW)
    report = health_report({"quota": result}, NOW)["quota"]
    jsonschema.validate(report, CHECK)
    assert isinstance(report, dict)
    assert (report["status"], report["reported"]) == expected


def test_check_that_was_never_asked_is_unknown_with_no_age() -> None:
    for check in CHECKS:
        report = health_report({check.name: CheckResult(check.name)}, NOW)[check.name]
        jsonschema.validate(report, CHECK)
        assert isinstance(report, dict)
        assert (report["status"], report["age_s"], report["checked_at"]) == ("unknown", None, None)


def test_status_text_is_the_servers_own() -> None:
    snapshot = all_states()["idle"]
    report = status_report(snapshot, NOW, "server")
    server = report["server"]
    assert isinstance(server, dict)
    assert server["status_text"] == "Ready"
    assert re.fullmatch(r"20\d\d-.*Z", str(report["observed_at"]))
