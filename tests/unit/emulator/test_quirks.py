"""What is wrong with real servers, and hence with the emulated one."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from avdesk.emulator.exchange import Request
from avdesk.emulator.faults import Side
from avdesk.emulator.server import Emulator
from tests.harness.fakeclock import FakeClock


class Server:
    """An emulator that is asked without a network, far from its rate limit."""

    def __init__(self, clock: FakeClock, **options: object) -> None:
        values: dict[str, Any] = {"failure_rate": 0.0, "utc_offset_s": 0.0, "rate_limit": (100_000, 300.0)}
        self.emulator = Emulator(now=clock, **(values | options))
        self.clock = clock

    def ask(self, method: str, path: str, body: bytes = b"", **query: str) -> tuple[int, Any]:
        """Return status and decoded body of an answer."""
        request = Request(method, path, query, {}, body, "127.0.0.1", "127.0.0.1")
        answer = self.emulator.deliver(Side.AUTOVIDEO, request).answer
        if answer.content_type != "application/json":
            return answer.status, answer.body.decode()
        return answer.status, json.loads(answer.body)

    def status(self, after: float = 0.0) -> dict[str, Any]:
        """Return /status after some time."""
        self.clock.pass_by(after)
        code, body = self.ask("GET", "/status")
        assert code == 200
        assert isinstance(body, dict)
        return body

    def start(self, **plan: object) -> None:
        """Start a run planned so."""
        self.emulator.plan_next(**({"refused_regions": 0, "hardware": "t4", "preempted": False} | plan))
        assert self.ask("POST", "/generate", b'{"topic": "AI News"}')[0] == 200


@pytest.fixture
def make(clock: FakeClock) -> Callable[..., Server]:
    """Return what makes a server on the test's clock."""
    return lambda **options: Server(clock, **options)


MakeServer = Callable[..., Server]


def test_that_revision_a_keeps_the_phase_times_of_the_run_before(make: MakeServer) -> None:
    server = make(revision="a")
    server.start(queue_s=10.0, render_s=100.0)
    first = server.status(after=400.0)
    assert first["last_generation_status"] == "completed"
    assert first["timing_metrics"]["current_phase"] is None
    server.start()
    second = server.status(after=10.0)
    assert second["timing_metrics"]["phase_times"] == first["timing_metrics"]["phase_times"]
    assert second["timing_metrics"]["total_duration"] == first["timing_metrics"]["total_duration"] > 100
    assert second["timing_metrics"]["current_phase"] == "story_generation"
    assert second["last_generation_time"] is None


def test_that_revision_b_clears_them(make: MakeServer) -> None:
    server = make(revision="b")
    server.start(queue_s=10.0, render_s=100.0)
    assert server.status(after=400.0)["timing_metrics"]["total_duration"] > 100
    server.start()
    metrics = server.status(after=10.0)["timing_metrics"]
    assert metrics["phase_times"] == {}
    assert metrics["total_duration"] is None


def test_that_the_last_time_is_the_servers_wall_clock_called_gmt(make: MakeServer, clock: FakeClock) -> None:
    clock.time = 1_795_469_882.0  # 2026-11-23 21:38:02 UTC
    server = make(revision="b", utc_offset_s=7200.0)
    server.start()
    assert server.status()["last_generation_time"] == "Mon, 23 Nov 2026 23:38:02 GMT"
    assert server.ask("GET", "/health")[1]["timestamp"] == "2026-11-23T23:38:02.000000"


def test_that_cancel_only_clears_flags(make: MakeServer) -> None:
    server = make(revision="b")
    server.start(queue_s=60.0, render_s=300.0)
    assert server.status(after=200.0)["is_generating"] is True
    code, body = server.ask("POST", "/cancel")
    assert (code, body) == (200, {"success": True, "message": "Video generation canceled"})
    after = server.status()
    assert after["is_generating"] is False
    assert after["is_initialized"] is False
    job = server.emulator.world.jobs_of_this_session()[0]
    server.status(after=120.0)
    assert job.state == "JOB_STATE_RUNNING"
    late = server.status(after=600.0)
    assert job.state == "JOB_STATE_SUCCEEDED"
    assert late["last_generation_status"] == "completed"


def test_that_a_new_run_can_start_beside_a_cancelled_one(make: MakeServer) -> None:
    server = make(revision="b")
    server.start(queue_s=math.inf)
    server.status(after=200.0)
    server.ask("POST", "/cancel")
    server.start(queue_s=math.inf)
    server.status(after=200.0)
    assert len(server.emulator.world.jobs_of_this_session()) == 2


def test_that_a_waiting_job_has_no_queue_duration(make: MakeServer) -> None:
    server = make(revision="a")
    server.start(queue_s=600.0, render_s=300.0)
    waiting = server.status(after=200.0)["vertex_ai_job"]
    assert waiting["state"] == "JOB_STATE_PENDING"
    assert waiting["duration"].keys() == {"total_duration"}
    assert (waiting["start_time"], waiting["end_time"], waiting["error"]) == ("", "", None)
    running = server.status(after=700.0)
    job = running["vertex_ai_job"]
    assert job["duration"]["queue_duration"] == pytest.approx(601.5, abs=0.1)
    assert job["duration"].keys() == {"queue_duration", "run_duration", "total_duration"}
    minutes = job["duration"]["total_duration"] / 60
    assert running["enhanced_status"] == (
        f"Vertex AI JOB_STATE_RUNNING: {job['job_id']} on n1-standard-4 + 1x NVIDIA_TESLA_T4 in us-central1 "
        f"({minutes:.1f}m total)"
    )
    assert job["display_name"] == f"av-video-render-{job['job_id']}"
    assert "error" not in running


def test_that_a_cpu_job_has_an_empty_accelerator(make: MakeServer) -> None:
    server = make(revision="a")
    server.start(hardware="cpu", queue_s=1000.0)
    body = server.status(after=200.0)
    assert body["vertex_ai_job"]["accelerator_type"] == ""
    assert body["vertex_ai_job"]["accelerator_count"] == 0
    assert " on n1-standard-8 in us-central1 (" in body["enhanced_status"]


def test_that_the_server_sees_only_the_job_in_us_central1(make: MakeServer) -> None:
    server = make(revision="a")
    server.start(refused_regions=1, queue_s=1000.0)
    body = server.status(after=250.0)
    jobs = server.emulator.world.jobs_of_this_session()
    assert [job.region for job in jobs] == ["us-central1", "us-west1"]
    assert jobs[1].state == "JOB_STATE_PENDING"
    assert body["vertex_ai_job"]["region"] == "us-central1"
    assert body["vertex_ai_job"]["state"] == "JOB_STATE_FAILED"
    assert "quota" in body["error"]


def test_that_a_job_without_a_region_label_is_in_an_unknown_region(make: MakeServer) -> None:
    server = make(revision="a")
    server.start(queue_s=1000.0)
    server.status(after=250.0)
    job = server.emulator.world.jobs_of_this_session()[0]
    job.labels = {name: value for name, value in job.labels.items() if name != "region"}
    assert server.status()["vertex_ai_job"]["region"] == "unknown"


def test_that_no_job_is_told_where_the_server_cannot_look(make: MakeServer) -> None:
    server = make(revision="a")
    server.emulator.world.circumstances.sees_jobs = False
    server.start(queue_s=1000.0)
    body = server.status(after=250.0)
    assert "job running" in body["last_generation_status"]
    assert not {"vertex_ai_job", "enhanced_status", "error"} & body.keys()


def test_that_a_batch_server_says_so_while_it_runs(make: MakeServer) -> None:
    server = make(revision="a")
    server.emulator.world.circumstances.batch_mode = True
    server.start(queue_s=10.0, render_s=60.0)
    assert server.status()["last_generation_status"] == "generating (batch mode)"
    assert server.status(after=600.0)["last_generation_status"] == "completed"


def test_that_some_servers_extract_prompts(make: MakeServer) -> None:
    server = make(revision="b")
    server.start(prompts_s=12.0, story_s=37.0)
    assert server.status(after=40.0)["timing_metrics"]["current_phase"] == "prompt_extraction"
    times = server.status(after=15.0)["timing_metrics"]["phase_times"]
    assert times == {"story_generation": 37.0, "prompt_extraction": 12.0}


def test_that_revision_a_goes_on_counting_after_a_failure(make: MakeServer) -> None:
    server = make(revision="a")
    server.start(queue_s=math.inf)
    body = server.status(after=3600.0 + 300.0)
    assert body["is_generating"] is False
    assert body["timing_metrics"]["current_phase"] == "video_creation"
    later = server.status(after=60.0)["timing_metrics"]
    grown = later["current_phase_duration"] - body["timing_metrics"]["current_phase_duration"]
    assert grown == pytest.approx(60.0, abs=0.01)
    assert later["total_duration"] == body["timing_metrics"]["total_duration"]


@pytest.mark.parametrize(
    ("revision", "code", "error"),
    [
        ("a", 409, "Video generation already in progress"),
        ("b", 400, "Video generation is already in progress"),
        ("planned", 400, "Video generation is already in progress"),
    ],
)
def test_that_a_busy_server_refuses(make: MakeServer, revision: str, code: int, error: str) -> None:
    server = make(revision=revision)
    server.start()
    assert server.ask("POST", "/generate", b'{"topic": "x"}') == (code, {"error": error})


def test_that_quota_answers_200_with_figures_or_an_error(make: MakeServer) -> None:
    server = make()
    code, body = server.ask("GET", "/health/quota")
    assert code == 200
    assert body["status"] == "healthy"
    assert body["regions"]["us-west1"]["L4"] == {"available": 4.0, "limit": 4.0, "usage": 0.0}
    server.emulator.faults.add("gpu:*=quota")
    assert server.ask("GET", "/health/quota")[1]["status"] == "no_gpu_quota"
    server.emulator.world.circumstances.failing.add("quota")
    code, body = server.ask("GET", "/health/quota")
    assert (code, body["status"]) == (200, "error")
    assert isinstance(body["timestamp"], float)


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ("openai", (200, "ok"), (500, "error")),
        ("vertex-ai", (200, "healthy"), (500, "error")),
        ("machine-types", (200, "healthy"), (500, "unhealthy")),
        ("deployment", (200, "healthy"), (500, "error")),
    ],
)
def test_that_each_check_can_be_made_to_fail(
    make: MakeServer, check: str, good: tuple[int, str], bad: tuple[int, str]
) -> None:
    server = make(revision="b")
    for failing, expected in ((set[str](), good), ({check}, bad)):
        server.emulator.world.circumstances.failing = failing
        code, body = server.ask("GET", f"/health/{check}")
        assert (code, body["status"]) == expected


def test_that_veo_and_an_in_between_tts_have_their_statuses(make: MakeServer) -> None:
    server = make(revision="between")
    around = server.emulator.world.circumstances
    assert server.ask("GET", "/health/tts")[1]["status"] == "healthy"
    around.failing.add("tts")
    assert server.ask("GET", "/health/tts")[0] == 500
    around.veo_enabled = True
    assert server.ask("GET", "/health/veo")[1]["status"] == "healthy"
    around.failing.add("veo")
    code, body = server.ask("GET", "/health/veo")
    assert (code, body["status"]) == (503, "unavailable")


def test_that_wrong_methods_and_paths_get_the_frameworks_pages(make: MakeServer) -> None:
    server = make(revision="b")
    assert server.ask("GET", "/generate")[0] == 405
    assert server.ask("DELETE", "/status")[0] == 405
    assert server.ask("POST", "/jobs/video-job-ab12cd34/cancel")[0] == 404
    assert server.ask("GET", "/nowhere")[1].startswith("<!doctype html>")
    assert server.ask("GET", "/health/nowhere")[0] == 404


def test_that_in_between_revisions_read_more_wishes(make: MakeServer) -> None:
    server = make(revision="between")
    assert server.ask("POST", "/generate", b'{"topic": "x", "tts_service": "acme"}')[0] == 400
    assert server.ask("POST", "/generate", b'{"topic": "x", "max_length": "long"}')[0] == 400
    assert server.ask("POST", "/generate", b'{"topic": "x", "max_length": 90, "tts_service": "google"}')[0] == 200
    assert server.status(after=110.0)["last_generation_status"] == "generating voiceover using google"


def test_that_fast_render_machines_come_and_go(make: MakeServer) -> None:
    server = make(revision="a")
    assert server.ask("GET", "/vm-status")[1] == {"vm_count": 0, "vms": []}
    assert server.ask("POST", "/render-fallback", b'{"video_length_s": 180}')[0] == 200
    assert server.status()["last_generation_status"] == "launching fast render VM"
    text = server.status(after=60.0)["last_generation_status"]
    assert text.startswith("fast render VM active: av-render-")
    machines = server.ask("GET", "/vm-status")[1]
    assert machines["vm_count"] == 1
    assert machines["vms"][0]["status"] == "RUNNING"
    server.clock.pass_by(600.0)
    assert server.ask("GET", "/vm-status")[1]["vm_count"] == 0
    server.emulator.world.circumstances.failing.add("vm-status")
    assert server.ask("POST", "/render-fallback", b"{}")[0] == 500


def test_that_planned_cancels_at_vertex(make: MakeServer) -> None:
    server = make(revision="planned")
    server.start(queue_s=1000.0)
    server.status(after=250.0)
    job = server.emulator.world.jobs_of_this_session()[0]
    path = f"/jobs/{job.labels['job_id']}/cancel"
    assert server.ask("POST", path)[1]["status"] == "cancelling"
    server.status(after=60.0)
    assert job.state == "JOB_STATE_CANCELLED"
    assert server.ask("POST", path)[0] == 409
    assert server.ask("POST", "/jobs/video-job-ffffffff/cancel")[0] == 404


def test_that_planned_retries_an_ended_job(make: MakeServer) -> None:
    server = make(revision="planned", past_jobs=20)
    old = server.emulator.world.jobs("us-central1")[0]
    job_id = old.labels["job_id"]
    code, body = server.ask("POST", f"/jobs/{job_id}/retry", b'{"region": "us-west1", "gpu": "cpu", "spot": false}')
    assert code == 200
    new = server.emulator.world.job_named(body["job_id"])
    assert new is not None
    assert (new.region, new.labels["retry_of"], new.labels["compute_type"]) == ("us-west1", job_id, "cpu")
    assert server.ask("POST", f"/jobs/{body['job_id']}/retry")[0] == 409
    assert server.ask("POST", f"/jobs/{job_id}/retry", b'{"gpu": "h100"}')[0] == 400
    assert server.ask("POST", f"/jobs/{job_id}/retry", b'{"region": "mars"}')[0] == 400


def test_that_planned_tells_its_logs(make: MakeServer) -> None:
    server = make(revision="planned")
    server.start(queue_s=10.0, render_s=100.0)
    server.status(after=600.0)
    code, body = server.ask("GET", "/logs", limit="5", source="app")
    assert code == 200
    assert len(body["entries"]) == 5
    assert {entry["source"] for entry in body["entries"]} == {"app"}
    job_id = server.emulator.world.jobs_of_this_session()[0].labels["job_id"]
    entries = server.ask("GET", "/logs", job_id=job_id, severity="ERROR", limit="1000")[1]["entries"]
    assert entries
    assert {entry["severity"] for entry in entries} == {"ERROR"}
    assert server.ask("GET", "/logs", limit="many")[0] == 400
    assert server.ask("GET", "/logs", severity="LOUD")[0] == 400


def test_that_planned_keeps_a_configuration(make: MakeServer) -> None:
    server = make(revision="planned")
    config = server.ask("GET", "/config")[1]["config"]
    assert config["openai_api_key"] == "***"
    code, body = server.ask("PUT", "/config", b'{"gpu": "cpu", "tts_service": "google"}')
    assert (code, body["updated"]) == (200, ["gpu", "tts_service"])
    for wrong in (b'{"gpu": "h100"}', b'{"colour": 1}', b'{"max_length_s": true}', b"[]", b'{"openai_api_key": "x"}'):
        assert server.ask("PUT", "/config", wrong)[0] == 400
    server.ask("POST", "/generate", b'{"topic": "x"}')
    assert server.status(after=110.0)["last_generation_status"] == "generating voiceover using google"
    server.status(after=200.0)
    assert server.emulator.world.jobs_of_this_session()[0].labels["compute_type"] == "cpu"
