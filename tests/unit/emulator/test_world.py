"""Runs, render jobs and logs of the emulated world."""

import math
from collections.abc import Callable

import pytest

from avdesk.emulator.failures import NO_MOVIEPY, PHASE_FAILURES
from avdesk.emulator.faults import Faults
from avdesk.emulator.hardware import T4
from avdesk.emulator.jobspec import render_labels, render_spec
from avdesk.emulator.plans import JobPlan
from avdesk.emulator.records import CustomJobRecord
from avdesk.emulator.world import World
from tests.harness.fakeclock import FakeClock

MakeWorld = Callable[..., World]


def let(world: World, clock: FakeClock, seconds: float) -> World:
    """Let time pass."""
    clock.pass_by(seconds)
    with world.lock:
        world.advance()
    return world


def render_job(world: World, region: str = "us-central1", **scheduling: object) -> CustomJobRecord:
    """Create a render job through the Google API's side of the world."""
    spec = render_spec(world.project, "video-job-ab12cd34", T4, spot=False)
    spec["scheduling"] = {"timeout": "3600s", **scheduling}
    labels = render_labels("video-job-ab12cd34", region, T4, spot=False)
    with world.lock:
        world.advance()
        return world.create_job(region, "av-video-render-video-job-ab12cd34", spec, labels)


def test_that_phases_take_their_usual_times(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world()
    world.start_run()
    let(world, clock, 160.0)
    times = world.pipeline.state.phase_times
    assert times["story_generation"] == pytest.approx(37.0, rel=0.1)
    assert times["image_generation"] == pytest.approx(59.0, rel=0.1)
    assert times["voiceover_generation"] == pytest.approx(36.0, rel=0.1)
    assert world.pipeline.state.current_phase == "video_creation"


def test_that_the_speed_divides_every_duration(make_world: MakeWorld, clock: FakeClock) -> None:
    slow, fast = make_world(seed=5), make_world(seed=5, speed=10.0)
    for world in (slow, fast):
        world.plan_next(queue_s=100.0)
        world.start_run()
    let(fast, clock, 400.0)
    let(slow, clock, 4000.0)
    assert slow.pipeline.state.status == fast.pipeline.state.status == "completed"
    for phase, seconds in slow.pipeline.state.phase_times.items():
        assert fast.pipeline.state.phase_times[phase] == pytest.approx(seconds / 10.0, abs=1e-4)


def test_that_the_text_lives_as_on_the_server(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world(youtube_upload=True)
    world.plan_next(hardware="t4", queue_s=60.0, refused_regions=0)
    world.start_run()
    texts: list[str] = []
    for _ in range(4000):
        let(world, clock, 0.5)
        text = world.pipeline.state.status
        if not texts or texts[-1] != text:
            texts.append(text)
    job_text = texts.pop(5)
    assert job_text.startswith("Vertex AI job running: video-job-")
    assert texts == [
        "initializing",
        "generating story",
        "generating images",
        "generating voiceover",
        "creating video via Vertex AI",
        "uploading to YouTube",
        "completed",
    ]


def test_that_a_run_is_the_same_for_the_same_seed(make_world: MakeWorld, clock: FakeClock) -> None:
    start = clock.time
    seen = []
    for _ in range(2):
        clock.time = start
        world = make_world(seed=11, failure_rate=0.5, past_jobs=50)
        world.start_run()
        let(world, clock, 9000.0)
        state = world.pipeline.state
        numbers = [job.number for region in world.regions for job in world.jobs(region)]
        seen.append((state.status, dict(state.phase_times), numbers, [entry.insert_id for entry in world.logs()]))
    assert seen[0] == seen[1]


def test_that_looking_often_changes_nothing(make_world: MakeWorld, clock: FakeClock) -> None:
    start = clock.time
    results = []
    for steps in (1, 700):
        clock.time = start
        world = make_world(seed=3)
        world.start_run()
        for _ in range(steps):
            let(world, clock, 7000.0 / steps)
        results.append((world.pipeline.state.status, world.pipeline.state.phase_times, world.pipeline.runs_begun))
    assert results[0] == results[1]


def test_that_a_region_without_quota_passes_the_job_on_under_the_same_name(
    make_world: MakeWorld, clock: FakeClock
) -> None:
    world = make_world()
    world.plan_next(refused_regions=2, hardware="l4", queue_s=30.0, render_s=60.0, preempted=False)
    world.start_run()
    let(world, clock, 1000.0)
    jobs = world.jobs_of_this_session()
    assert [job.region for job in jobs] == ["us-central1", "us-west1", "us-east1"]
    assert len({job.display_name for job in jobs}) == 1
    assert [job.state for job in jobs] == ["JOB_STATE_FAILED", "JOB_STATE_FAILED", "JOB_STATE_SUCCEEDED"]
    assert jobs[0].error is not None
    assert jobs[0].error["code"] == 8
    assert "custom_model_training_nvidia_l4_gpus" in str(jobs[0].error["message"])
    assert jobs[0].started is None
    assert jobs[0].ended is not None
    assert world.pipeline.state.status == "completed"


def test_that_gpus_ordered_away_fail_every_region(make_world: MakeWorld, clock: FakeClock, faults: Faults) -> None:
    world = make_world()
    faults.add("gpu:*=quota")
    world.plan_next(hardware="t4")
    world.start_run()
    let(world, clock, 1000.0)
    assert len(world.jobs_of_this_session()) == len(world.regions)
    assert "RESOURCE_EXHAUSTED" in world.pipeline.state.status
    limit, usage = world.gpu_usage("us-west1")["NVIDIA_T4_GPUS"]
    assert usage == limit > 0


def test_that_knowing_of_missing_gpus_does_not_use_the_fault_up(make_world: MakeWorld, faults: Faults) -> None:
    world = make_world()
    faults.add("gpu:us-west1=quota x1")
    for _ in range(3):
        limit, usage = world.gpu_usage("us-west1")["NVIDIA_T4_GPUS"]
        assert usage == limit
    render_job(world, "us-west1")
    assert world.gpu_usage("us-west1")["NVIDIA_T4_GPUS"][1] == 0


def test_that_the_limit_ends_the_run_but_not_the_job(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world()
    world.plan_next(queue_s=math.inf, refused_regions=0)
    world.start_run()
    let(world, clock, 3600.0 + 170.0)
    job = world.jobs_of_this_session()[0]
    job_id = job.labels["job_id"]
    assert world.pipeline.state.status == (
        "error: Video creation failed - Vertex AI error: Vertex AI job failed: {'status': 'timeout', "
        f"'job_id': '{job_id}', 'message': 'Job did not complete within 3600 seconds'}}. Fast render fallback also "
        "failed: Failed to stage assets for VM render. This is a cloud-native app with no local processing fallback."
    )
    assert job.state == "JOB_STATE_PENDING"


def test_that_a_failed_container_fails_job_and_run(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world()
    world.plan_next(job=JobPlan(queue_s=60.0, render_s=400.0, failure=NO_MOVIEPY), refused_regions=0)
    world.start_run()
    let(world, clock, 600.0)
    job = world.jobs_of_this_session()[0]
    assert job.state == "JOB_STATE_FAILED"
    assert "non-zero status" in str((job.error or {})["message"])
    assert world.pipeline.state.status.startswith("error: Video creation failed - Vertex AI error")
    texts = [entry.text or "" for entry in world.logs() if entry.resource_labels.get("job_id") == job.number]
    assert any("No module named 'moviepy.editor'" in text for text in texts)


@pytest.mark.parametrize("failure", PHASE_FAILURES, ids=lambda failure: failure.text[:40])
def test_that_a_phase_can_fail(make_world: MakeWorld, clock: FakeClock, failure: object) -> None:
    world = make_world()
    world.plan_next(failure=failure)
    world.start_run()
    let(world, clock, 300.0)
    assert world.pipeline.state.status == f"error: {failure.text}"  # type: ignore[attr-defined]
    assert not world.pipeline.state.is_generating
    assert not world.jobs_of_this_session()


def test_that_runs_fail_about_as_often_as_asked(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world(failure_rate=1.0)
    for _ in range(20):
        world.start_run()
        let(world, clock, 6 * 3600.0)
        assert world.pipeline.state.status.startswith("error: ")


def test_that_a_cancelled_job_passes_through_cancelling(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world()
    world.plan_next(refused_regions=0, queue_s=10.0, render_s=1000.0, preempted=False)
    world.start_run()
    let(world, clock, 400.0)
    job = world.jobs_of_this_session()[0]
    assert job.state == "JOB_STATE_RUNNING"
    cancelled_at = clock.time
    world.cancel_job(job)
    assert job.state == "JOB_STATE_CANCELLING"
    let(world, clock, 1.0)
    world.cancel_job(job)
    assert job.state == "JOB_STATE_CANCELLING"
    let(world, clock, 30.0)
    assert job.state == "JOB_STATE_CANCELLED"
    assert job.error == {"code": 1, "message": "CANCELED"}
    assert "'status': 'cancelled'" in world.pipeline.state.status
    let(world, clock, 2000.0)
    entries = [entry for entry in world.logs() if entry.resource_labels.get("task_name") == "workerpool0-0"]
    assert entries
    assert max(entry.timestamp for entry in entries) <= cancelled_at


def test_that_a_job_made_at_the_api_lives_the_same_life(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world()
    job = render_job(world, "europe-west1")
    states = [job.state]
    for _ in range(3000):
        let(world, clock, 10.0)
        if states[-1] != job.state:
            states.append(job.state)
    assert states == ["JOB_STATE_QUEUED", "JOB_STATE_PENDING", "JOB_STATE_RUNNING", "JOB_STATE_SUCCEEDED"]
    assert job.started is not None
    assert job.ended is not None
    assert job.created < job.started < job.ended <= clock.time
    assert world.find_job("europe-west1", job.number) is job
    assert world.find_job("us-west1", job.number) is None


def test_that_a_job_past_its_own_timeout_fails(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world()
    job = render_job(world, timeout="60s")
    let(world, clock, 5 * 3600.0)
    assert job.state == "JOB_STATE_FAILED"
    assert (job.error or {})["code"] == 4


def test_that_a_flexible_job_expires_without_an_end_time(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world()
    job = render_job(world, strategy="FLEX_START", maxWaitDuration="5s")
    let(world, clock, 60.0)
    assert job.state == "JOB_STATE_EXPIRED"
    assert job.ended is None


def test_that_a_deleted_job_is_gone(make_world: MakeWorld) -> None:
    world = make_world(past_jobs=10)
    job = render_job(world)
    past = world.jobs("us-central1")[1]
    world.delete_job(job)
    world.delete_job(past)
    assert job not in list(world.jobs("us-central1"))
    assert past not in list(world.jobs("us-central1"))
    assert world.find_job("us-central1", past.number) is None


def test_that_runs_start_by_themselves_when_asked_to(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world(auto_runs=True, first_run_after=2.0, speed=100.0)
    let(world, clock, 1.9)
    assert world.pipeline.runs_begun == 0
    let(world, clock, 0.2)
    assert world.pipeline.runs_begun == 1
    let(world, clock, 600.0)
    assert world.pipeline.runs_begun > 3


def test_that_log_entries_come_in_order_of_receipt_and_some_late(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world(seed=1)
    for _ in range(4):
        world.plan_next(queue_s=30.0, refused_regions=0)
        world.start_run()
        let(world, clock, 3600.0)
    entries = list(world.logs())
    received = [entry.received for entry in entries]
    assert received == sorted(received)
    assert received[-1] <= clock.time
    assert any(entry.received - entry.timestamp > 3.0 for entry in entries)
    assert [entry.timestamp for entry in entries] != sorted(entry.timestamp for entry in entries)


def test_that_logs_hold_what_real_ones_hold(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world()
    world.plan_next(queue_s=30.0, refused_regions=0, preempted=False)
    world.start_run()
    let(world, clock, 4000.0)
    entries = list(world.logs())
    texts = [entry.text for entry in entries if entry.text is not None]
    payloads = [entry.json for entry in entries if entry.json is not None]
    assert any("\r" in text for text in texts)
    assert any(text == "" for text in texts)
    assert any(" - main - INFO - 🚀" in text for text in texts)
    assert any("X-Goog-Signature=" in str(payload.get("message")) for payload in payloads)
    assert any(len(str(payload.get("message"))) > 9000 for payload in payloads)
    assert any("message" not in payload for payload in payloads)
    assert any(isinstance(payload.get("message"), dict) for payload in payloads)
    assert {entry.resource_type for entry in entries} == {"cloud_run_revision", "ml_job"}
    assert {entry.resource_labels.get("task_name") for entry in entries} == {None, "service", "workerpool0-0"}


def test_that_an_unknown_wish_for_the_next_run_is_refused(make_world: MakeWorld) -> None:
    world = make_world()
    with pytest.raises(ValueError, match="sotry_s"):
        world.plan_next(sotry_s=1.0)
    with pytest.raises(ValueError, match="h100"):
        world.plan_next(hardware="h100")


@pytest.mark.parametrize(
    "options", [{"revision": "c"}, {"speed": 0.0}, {"past_jobs": -1}, {"failure_rate": 2.0}, {"regions": ()}]
)
def test_that_impossible_worlds_are_refused(make_world: MakeWorld, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make_world(**options)
