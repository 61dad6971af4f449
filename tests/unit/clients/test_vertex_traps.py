"""The fifteen traps of Google's interfaces that a client must survive, one after the other.

What they mean for a whole action (a creation whose answer is lost, a cancel that takes minutes) is tested with the
actions; here is what the clients and the reading of their answers make of each.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from avdesk.clients import google_calls
from avdesk.clients.gcloud import Gcloud
from avdesk.clients.reply import Timeouts
from avdesk.clients.transport import Transport
from avdesk.clients.vertex import AnswerLostError
from avdesk.clients.vertex_gcloud import VertexGcloud
from avdesk.clients.vertex_rest import VertexRest
from avdesk.core import wire
from avdesk.core.customjob import read_custom_job
from avdesk.core.diff import diff
from avdesk.core.errors import BadAnswerError, PermissionDeniedError, TimedOutError
from avdesk.core.events import EventKind
from avdesk.core.jobs import Job, JobState
from avdesk.core.report import job_report
from avdesk.core.snapshot import Reach, Snapshot, VertexView
from tests.unit.clients.conftest import Serve
from tests.unit.clients.fault_server import Exchange
from tests.unit.clients.test_vertex_rest import REGION, Tokens, envelope, job

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Make = Callable[..., VertexRest]


@pytest.fixture
def rest(serve: Serve, transport: Transport, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a function that makes a client for a server that behaves so, with hardly any pause between attempts."""
    monkeypatch.setattr(google_calls, "PAUSE_S", 0.01)

    def make(behave: Callable[[Exchange], None], regions: Sequence[str] = (REGION,)) -> VertexRest:
        url = serve(behave).url
        return VertexRest("av-8675309", regions, transport, Tokens(), endpoint=url, timeouts=Timeouts(2, 1, 2))

    return make


@pytest.fixture
def gcloud(tmp_path: Path, transport: Transport) -> Callable[[str], VertexGcloud]:
    """Return a function that makes a client whose gcloud is a program that does so."""

    def make(does: str, deadline_s: float = 20.0) -> VertexGcloud:
        program = tmp_path / "gcloud"
        program.write_text(f"#!{sys.executable}\nimport os, sys, time\n{does}\n")
        program.chmod(0o700)
        creator = VertexRest("av-8675309", [REGION], transport, Tokens(), endpoint="http://127.0.0.1:9")
        return VertexGcloud("av-8675309", [REGION], Gcloud(program=str(program)), creator, deadline_s=deadline_s)

    return make


def read(**fields: object) -> Job:
    found = read_custom_job({"name": f"projects/1/locations/{REGION}/customJobs/7"} | fields)
    assert found is not None
    return found


def test_1_a_job_that_never_ran_has_no_duration() -> None:
    created, ended = "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"
    cancelled = read(state="JOB_STATE_CANCELLED", createTime=created, endTime=ended)
    expired = read(state="JOB_STATE_EXPIRED", createTime=created)
    assert (cancelled.run_s(NOW), cancelled.queue_s(NOW), cancelled.total_s(NOW)) == (None, None, 3600.0)
    assert (expired.run_s(NOW), expired.total_s(NOW)) == (None, None)
    assert read(state="JOB_STATE_PENDING", createTime=created).run_s(NOW) is None


def test_2_a_job_without_all_that_may_be_left_out_is_read() -> None:
    bare = read()
    assert bare.state is JobState.UNKNOWN
    assert (bare.labels, bare.error, bare.accelerator_type, bare.accelerator_count) == ({}, None, None, 0)
    report = job_report(bare, NOW)
    assert report["machine_type"] is None
    assert report["error"] is None


def test_3_a_cancelled_job_with_an_error_is_no_failure() -> None:
    cancelled = read(state="JOB_STATE_CANCELLED", error={"code": 1, "message": "Cancelled by the user."})
    running = read(state="JOB_STATE_RUNNING")
    failed = read(state="JOB_STATE_FAILED", error={"code": 8})
    assert _events(running, cancelled) == [EventKind.JOB_CANCELLED]
    assert _events(running, failed) == [EventKind.JOB_FAILED]
    assert failed.error is not None
    assert (failed.error.code, failed.error.message) == (8, "")


def test_4_new_values_are_shown_as_they_came_and_end_nothing() -> None:
    found = read(
        state="JOB_STATE_HIBERNATING",
        jobSpec={
            "workerPoolSpecs": [{"machineSpec": {"acceleratorType": "NVIDIA_Z9", "acceleratorCount": 2}}],
            "scheduling": {"strategy": "SURGE"},
        },
        mood="fine",
    )
    assert (found.state, found.vertex_state) == (JobState.UNKNOWN, "JOB_STATE_HIBERNATING")
    assert not found.state.ended
    assert (found.accelerator_type, found.accelerator_count) == ("NVIDIA_Z9", 2)


def test_5_an_empty_list_is_an_empty_object(rest: Make) -> None:
    listing = rest(lambda e: e.answer(200, {})).list_jobs([REGION])
    assert (listing.jobs, dict(listing.failures)) == ((), {})


def test_6_times_of_every_precision_are_in_order() -> None:
    texts = ["2026-11-23T10:00:02Z", "2026-11-23T10:00:02.000000001Z", "2026-11-23T10:00:02.5Z"]
    assert sorted(texts) != texts
    assert sorted(texts, key=lambda text: wire.as_nanos(text) or 0) == texts
    assert wire.as_time("2026-11-23T02:00:02-08:00") == wire.as_time(texts[0])


def test_7_pages_that_go_in_circles_end_and_show_each_job_once(rest: Make) -> None:
    asked: list[str] = []

    def behave(exchange: Exchange) -> None:
        asked.append(exchange.request.target)
        exchange.answer(200, {"customJobs": [job(7)], "nextPageToken": "again"})

    listing = rest(behave).list_jobs([REGION])
    assert [each.number for each in listing.jobs] == ["7"]
    assert listing.truncated
    assert len(asked) == 2


def test_8_a_job_that_is_cancelling_can_still_succeed_and_run_again() -> None:
    cancelling = read(state="JOB_STATE_CANCELLING")
    assert not cancelling.state.ended
    assert cancelling.actions == ()
    assert _events(cancelling, read(state="JOB_STATE_SUCCEEDED")) == [EventKind.JOB_SUCCEEDED]
    restarted = read(state="JOB_STATE_PENDING")
    assert _events(read(state="JOB_STATE_RUNNING"), restarted) == [EventKind.JOB_QUEUED]
    assert _events(restarted, read(state="JOB_STATE_RUNNING")) == [EventKind.JOB_STARTED]


def test_9_what_gcloud_says_beside_its_answer_is_no_failure(gcloud: Callable[[str], VertexGcloud]) -> None:
    says = "Using endpoint [https://us-central1-aiplatform.googleapis.com/]\\nWARNING: some regions are unreachable"
    client = gcloud(f"print({says!r}, file=sys.stderr); print({json.dumps([job(7)])!r})")
    [found] = client.list_jobs([REGION]).jobs
    assert found.number == "7"


def test_10_a_list_that_failed_is_not_an_empty_one(gcloud: Callable[[str], VertexGcloud]) -> None:
    client = gcloud("print('[]'); print('ERROR: (gcloud.x) PERMISSION_DENIED: No.', file=sys.stderr); sys.exit(1)")
    listing = client.list_jobs([REGION])
    assert isinstance(listing.failures[REGION], PermissionDeniedError)


def test_11_gcloud_can_ask_nobody_and_has_its_own_deadline(gcloud: Callable[..., VertexGcloud]) -> None:
    client = gcloud(
        "assert sys.stdin.read() == '' and not sys.stderr.isatty()\n"
        "assert os.environ['CLOUDSDK_CORE_DISABLE_PROMPTS'] == '1' and os.getpgid(0) == os.getpid()\n"
        "assert any(a.startswith('--region=') for a in sys.argv) and '--project=av-8675309' in sys.argv\n"
        "print('[]')"
    )
    assert dict(client.list_jobs([REGION]).failures) == {}
    began = time.monotonic()
    hanging = gcloud("time.sleep(600)", deadline_s=0.5).list_jobs([REGION])
    assert isinstance(hanging.failures[REGION], TimedOutError)
    assert time.monotonic() - began < 60


def test_12_a_creation_is_sent_once_whatever_is_answered(rest: Make) -> None:
    sent: list[str] = []

    def behave(exchange: Exchange) -> None:
        sent.append(exchange.request.method)
        exchange.answer(503, envelope(503, "UNAVAILABLE"))

    spec = {"workerPoolSpecs": [{"machineSpec": {"machineType": "n1-standard-8"}}]}
    with pytest.raises(AnswerLostError):
        rest(behave).create_job(REGION, {"displayName": "av-video-render-video-job-ab12cd34", "jobSpec": spec})
    assert sent == ["POST"]


def test_13_a_region_that_is_forbidden_blanks_no_other(rest: Make) -> None:
    both = threading.Barrier(2, timeout=30)

    def behave(exchange: Exchange) -> None:
        both.wait()
        if "us-west1" in exchange.request.target:
            metadata = {"permission": "aiplatform.customJobs.list"}
            denied = envelope(403, "PERMISSION_DENIED", reason="IAM_PERMISSION_DENIED", metadata=metadata)
            exchange.answer(403, denied)
        else:
            exchange.answer(200, {"customJobs": [job(7)]})

    listing = rest(behave, (REGION, "us-west1")).list_jobs([REGION, "us-west1"])
    assert [each.number for each in listing.jobs] == ["7"]
    [(region, error)] = listing.failures.items()
    assert region == "us-west1"
    assert "aiplatform.customJobs.list" in error.message + error.advice


def test_14_a_clock_that_is_ahead_makes_no_age_negative() -> None:
    ahead = (NOW + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    running = read(state="JOB_STATE_RUNNING", createTime=ahead, startTime=ahead)
    assert (running.queue_s(NOW), running.run_s(NOW), running.total_s(NOW)) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("body", ["<html>Sign in</html>", '{"customJobs": [{"name": "pro', "[]", '"x"', ""])
def test_15_an_answer_that_is_none_is_no_empty_list(rest: Make, body: str) -> None:
    listing = rest(lambda e: e.answer(200, body)).list_jobs([REGION])
    assert isinstance(listing.failures[REGION], BadAnswerError)


def test_15_numbers_may_be_texts_and_texts_may_hold_anything() -> None:
    found = read(
        jobSpec={"workerPoolSpecs": [{"machineSpec": {"acceleratorType": "NVIDIA_L4", "acceleratorCount": "1"}}]},
        error={"code": "8", "message": "\x1b[31mno\u202e GPU\x00 left"},
        displayName=17,
    )
    assert found.accelerator_count == 1
    assert found.error is not None
    assert found.error.code == 8
    assert "GPU" in found.error.message
    assert not set(found.error.message) & {"\x1b", "\x00", "\u202e"}
    huge = read_custom_job({"name": f"projects/1/locations/{REGION}/customJobs/9223372036854775807"})
    assert huge is not None
    assert huge.number == "9223372036854775807"


def _events(before: Job, after: Job) -> list[EventKind]:
    view = VertexView(reach=Reach.YES, asked_at=NOW)
    old, new = (Snapshot("dev", NOW, vertex=view, jobs=(one,)) for one in (before, after))
    return [event.kind for event in diff(old, new)]
