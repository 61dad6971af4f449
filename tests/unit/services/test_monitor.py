"""The monitor of one environment: when it asks, what it concludes, what it announces."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from avdesk.core.alerts import alert_of
from avdesk.core.errors import (
    AbortedError,
    BadAnswerError,
    CredentialsMissingError,
    KnownError,
    PermissionDeniedError,
    RateLimitedError,
    RefusedError,
    ServerFailedError,
    TimedOutError,
)
from avdesk.core.events import EventKind
from avdesk.core.health import CHECKS, Health
from avdesk.core.run import RunState
from avdesk.core.snapshot import Reach
from avdesk.core.summary import State, summarise
from avdesk.services.errands import Errands
from tests.harness.fake_world import DOWN, IDLE, World, reply
from tests.harness.statuses import body

LIMITED = RateLimitedError("The server's rate limit is spent.", limit=10, window_s=300.0, by_server=True)
FAILED = body("error: Video creation failed: Veo AI not available", on=False, times={"story_generation": 37.0})
JOB_TEXT = "Vertex AI job running: video-job-ab12cd34"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def reach(world: World) -> Reach:
    return world.monitor.snapshot.server.reach


def state(world: World) -> State:
    return summarise(world.monitor.snapshot, datetime.fromtimestamp(world.clock.time, UTC)).state


def test_start_announces_nothing_of_what_was_already_so(world: World) -> None:
    world.server.says = FAILED
    world.vertex.jobs = [world.custom_job("RUNNING")]
    world.run_for(120)
    assert world.events == []
    assert state(world) is State.FAILED


def test_server_counts_as_lost_after_two_failures_and_is_regained_at_once(world: World) -> None:
    world.run_for(120)
    world.server.lives = world.server.says = DOWN
    while not world.watches.server.failing:
        world.clock.pass_by(world.step().wait_s)
    assert reach(world) is Reach.YES
    world.run_for(20)
    assert reach(world) is Reach.NO
    assert world.kinds == [EventKind.SERVER_LOST]
    assert state(world) is State.OFFLINE

    went = world.clock.time
    world.run_for(600)
    assert world.server.count("/status", went) == 0  # /health finds out for free
    assert 8 <= world.server.count("/health", went) <= 40

    world.server.lives, world.server.says = {"status": "healthy"}, dict(IDLE)
    world.run_for(75)
    assert world.kinds == [EventKind.SERVER_LOST, EventKind.SERVER_REGAINED]
    assert state(world) is State.IDLE


def test_one_failure_alone_is_no_news(world: World) -> None:
    world.run_for(60)
    failures = iter([DOWN])
    world.server.lives = lambda: next(failures, {"status": "healthy"})
    world.run_for(120)
    assert world.events == []


def test_pauses_while_the_server_is_away_grow_up_to_a_minute(world: World) -> None:
    world.server.lives = world.server.says = DOWN
    world.run_for(900)
    moments = [at for path, at in world.server.asked if path == "/health"]
    pauses = [later - sooner for sooner, later in pairwise(moments)]
    assert all(pause <= 60 * 1.2 + 1 for pause in pauses)
    assert pauses[0] <= 3 * 1.2 + 1
    assert all(pause >= 60 * 0.8 - 1 for pause in pauses[6:])
    assert world.server.count("/status") == 0


def test_waking_up_tries_again_at_once(world: World) -> None:
    world.server.lives = world.server.says = DOWN
    world.run_for(900)
    world.step()
    world.server.lives, world.server.says = {"status": "healthy"}, dict(IDLE)
    world.monitor.woke()
    world.step()
    world.step()
    assert reach(world) is Reach.YES
    assert state(world) is State.IDLE


def test_hurry_asks_at_once_and_may_use_the_reserve(world: World) -> None:
    while world.ledger.free("http://127.0.0.1:8080", world.watches.server.allowance) > 0:
        world.monitor.hurry()
        world.step()
    asked = world.server.count()
    world.step()
    assert world.server.count() == asked
    for _ in range(2):
        world.monitor.hurry()
        world.step()
    assert world.server.count() == asked + 2 == 10
    world.monitor.hurry()
    world.step()
    assert world.server.count() == 10
    assert state(world) is State.IDLE


def test_paused_asks_nothing_at_all(world: World) -> None:
    world.run_for(60)
    world.monitor.pause(True)  # noqa: FBT003 - the monitor's interface
    before = len(world.server.asked), len(world.vertex.asked)
    world.run_for(600)
    assert (len(world.server.asked), len(world.vertex.asked)) == before
    assert world.monitor.snapshot.paused
    assert world.monitor.snapshot.next_look_at is None
    assert state(world) is State.STALE
    world.monitor.pause(False)  # noqa: FBT003 - the monitor's interface
    world.step()
    assert state(world) is State.IDLE


def test_refusals_without_retry_after_are_met_with_growing_pauses(world: World) -> None:
    world.server.says = LIMITED
    world.run_for(900)
    assert world.server.count() <= 6
    assert reach(world) is Reach.YES
    budget = world.monitor.snapshot.budget
    assert budget is not None
    assert budget.next_free_at is not None
    world.server.says = dict(IDLE)
    world.run_for(310)
    assert state(world) is State.IDLE


def test_retry_after_is_kept_to_the_second(world: World) -> None:
    until = datetime.fromtimestamp(world.clock.time + 100, UTC)
    world.server.says = RateLimitedError("429", until=until, by_server=True)
    began = world.clock.time
    world.run_for(90)
    assert world.server.count() == 1
    world.server.says = dict(IDLE)
    world.run_for(40)
    second = [at for path, at in world.server.asked if path == "/status"][1]
    assert 100 <= second - began <= 135


def test_limit_of_a_429s_text_is_kept_from_then_on(world: World) -> None:
    world.server.says = RateLimitedError("429", limit=5, window_s=600.0, by_server=True)
    world.step()
    world.server.says = dict(IDLE)
    world.run_for(1300)
    began = world.clock.time
    world.run_for(3000)
    moments = [at for path, at in world.server.asked if path == "/status" and at >= began]
    assert all(sum(1 for at in moments if start <= at < start + 600) <= 5 for start in moments)
    budget = world.monitor.snapshot.budget
    assert budget is not None
    assert (budget.limit, budget.window_s) == (5, 600.0)


@pytest.mark.parametrize(
    "nonsense",
    [
        reply("<html>sign in</html>", html=True),
        reply([1, 2, 3]),
        reply({"something": "else"}),
        BadAnswerError("The answer is not valid JSON, or it is cut off."),
        ServerFailedError("The server failed (HTTP 500).", status=500),
        PermissionDeniedError("127.0.0.1 does not let this account in."),
    ],
    ids=lambda what: type(what).__name__,
)
def test_status_that_makes_no_sense_while_the_server_lives_burns_no_allowance(nonsense: object, world: World) -> None:
    world.run_for(400)
    world.server.says = nonsense
    began = world.clock.time
    world.run_for(1800)
    assert world.server.count(since=began) <= 18  # at an even pace it would be sixty
    assert reach(world) is Reach.YES
    assert world.monitor.snapshot.server.trouble is not None
    assert state(world) is State.STALE
    assert world.events == []


def test_missing_credentials_say_nothing_of_the_server(world: World) -> None:
    world.server.lives = world.server.says = CredentialsMissingError("No token is stored.", "Store one.")
    world.run_for(600)
    assert reach(world) is Reach.UNKNOWN
    budget = world.monitor.snapshot.budget
    assert budget is not None
    assert budget.used == 0
    summary = summarise(world.monitor.snapshot, datetime.fromtimestamp(world.clock.time, UTC))
    assert (summary.state, summary.headline) == (State.UNKNOWN, "No token is stored")


def test_request_that_was_cut_may_have_been_counted(world: World) -> None:
    world.run_for(400)
    world.server.says = RefusedError("127.0.0.1 cut the connection without an answer.")
    used = world.monitor.snapshot.budget
    world.monitor.hurry()
    world.step()
    after = world.monitor.snapshot.budget
    assert used is not None
    assert after is not None
    assert after.used == used.used + 1
    world.server.says = world.server.lives = DOWN
    world.monitor.hurry()
    world.step()
    again = world.monitor.snapshot.budget
    assert again is not None
    assert again.used == after.used


def test_restart_shows_what_was_known_with_its_age_and_announces_no_old_news(world: World) -> None:
    world.run_for(60)
    story = {"story_generation": 37.0}
    world.server.says = body("generating", on=True, phase="image_generation", elapsed=3, times=story)
    world.run_for(60)
    world.server.says = FAILED
    world.run_for(120)
    assert EventKind.RUN_FAILED in world.kinds
    run = world.monitor.snapshot.run

    restored = world.restart(7200)
    assert restored.run == run
    assert restored.server.reach is Reach.UNKNOWN
    age = restored.age_s(datetime.fromtimestamp(world.clock.time, UTC))
    assert age is not None
    assert age > 7200
    assert state(world) is State.STALE
    assert [past.id for past in restored.past_runs] == [run.id if run else ""]
    world.run_for(120)
    assert world.events == []
    assert state(world) is State.FAILED


def test_restart_in_the_middle_of_a_run_goes_on_with_it(world: World) -> None:
    world.run_for(10)
    world.server.says = body("generating", on=True, phase="story_generation", elapsed=3)
    world.run_for(60)
    run = world.monitor.snapshot.run
    world.restart(5)
    world.server.says = body(
        "generating", on=True, phase="image_generation", elapsed=10, times={"story_generation": 60.0}
    )
    world.run_for(30)
    assert run is not None
    assert world.monitor.snapshot.run is not None
    assert world.monitor.snapshot.run.id == run.id
    assert EventKind.RUN_STARTED not in world.kinds


def test_failed_run_is_alerted_once(world: World) -> None:
    world.run_for(60)
    world.server.says = body("generating", on=True, phase="story_generation", elapsed=3)
    world.run_for(60)
    world.server.says = FAILED
    world.run_for(600)
    now = datetime.fromtimestamp(world.clock.time, UTC)
    alerts = [alert for event in world.events if (alert := alert_of(event, event.at, ())) is not None]
    assert [alert.title for alert in alerts] == ["Video failed · dev"]
    assert all(alert_of(event, now + timedelta(minutes=11), ()) is None for event in world.events)


def test_failing_region_keeps_its_jobs_and_the_others(world: World) -> None:
    west = world.custom_job(
        "RUNNING", "us-west1", "2", startTime=datetime.fromtimestamp(world.clock.time, UTC).isoformat()
    )
    east = world.custom_job("SUCCEEDED", "us-east1", "3", displayName="av-video-render-video-job-00000003")
    world.vertex.jobs = [west, east]
    world.run_for(40)
    world.vertex.failures = {"us-west1": PermissionDeniedError("Vertex AI refuses.")}
    world.run_for(60)
    assert {job.number for job in world.monitor.snapshot.jobs} == {"2", "3"}
    assert set(world.monitor.snapshot.vertex.troubles) == {"us-west1"}
    assert world.monitor.snapshot.vertex.reach is Reach.YES

    restored = world.restart()
    assert {job.number for job in restored.jobs} == {"2", "3"}
    world.run_for(40)
    assert {job.number for job in world.monitor.snapshot.jobs} == {"2", "3"}


def test_vertex_ai_is_lost_after_two_failures_and_asked_seldom_without_permission(world: World) -> None:
    world.run_for(40)
    world.vertex.failures = {"": PermissionDeniedError("Vertex AI refuses.")}
    began = world.clock.time
    world.run_for(1500)
    assert str(world.monitor.snapshot.vertex.reach) == "no"
    assert sum(1 for at in world.vertex.asked if at >= began) <= 6
    assert world.kinds == [EventKind.VERTEX_LOST]
    assert state(world) is State.IDLE
    world.vertex.failures = {}
    world.monitor.woke()
    world.step()
    assert world.monitor.snapshot.vertex.reach is Reach.YES


def test_cancel_that_only_clears_flags_is_not_idle_while_the_job_runs(world: World) -> None:
    world.run_for(60)
    started = datetime.fromtimestamp(world.clock.time, UTC).isoformat()
    times = {"story_generation": 37.0, "image_generation": 59.0, "voiceover_generation": 36.0}
    world.server.says = body(JOB_TEXT, on=True, phase="video_creation", elapsed=2, times=times)
    job = world.custom_job("RUNNING", startTime=started)
    world.vertex.jobs = [job]
    world.run_for(120)
    assert state(world) is State.RUNNING

    world.server.says = body(JOB_TEXT, on=False, initialized=False)
    world.run_for(400)
    assert state(world) is State.RUNNING
    assert EventKind.RUN_CANCELLED in world.kinds

    world.vertex.jobs = [job | {"state": "JOB_STATE_CANCELLED", "error": {"code": 1, "message": "CANCELED"}}]
    world.run_for(60)
    assert state(world) is State.CANCELLED
    world.server.says = body("completed", on=False, initialized=False, times={"video_creation": 300.0})
    world.run_for(120)
    assert state(world) is State.CANCELLED
    assert EventKind.RUN_SUCCEEDED not in world.kinds
    assert EventKind.JOB_FAILED not in world.kinds
    assert world.kinds.count(EventKind.RUN_CANCELLED) == 1


def test_job_of_which_only_the_server_tells_has_its_events_too(tmp_path: Path) -> None:
    world = World(tmp_path, vertex=False)
    world.run_for(60)
    now = datetime.fromtimestamp(world.clock.time, UTC)

    def answer(state: str, **more: object) -> dict[str, object]:
        job = {
            "job_id": "video-job-ab12cd34",
            "state": state,
            "create_time": now.isoformat(),
            "accelerator_type": "NVIDIA_L4",
        }
        return body(
            JOB_TEXT,
            on=True,
            phase="video_creation",
            elapsed=world.clock.time - now.timestamp(),
            vertex_ai_job=job | more,
        )

    for told in ("JOB_STATE_PENDING", "JOB_STATE_RUNNING"):
        started = {"start_time": (now + timedelta(seconds=90)).isoformat()} if told.endswith("RUNNING") else {}
        world.server.says = lambda told=told, started=started: answer(told, **started)
        world.run_for(120)
    assert EventKind.JOB_STARTED in world.kinds
    job = world.monitor.snapshot.job
    assert job is not None
    assert job.region is None
    assert job.queue_s(now) == pytest.approx(90)


def test_stuck_job_is_told_once_even_if_only_the_server_knows_it(tmp_path: Path) -> None:
    world = World(tmp_path, vertex=False)
    world.run_for(60)
    made = datetime.fromtimestamp(world.clock.time, UTC).isoformat()
    job = {"job_id": "video-job-ab12cd34", "state": "JOB_STATE_PENDING", "create_time": made}
    began = world.clock.time

    def answer() -> dict[str, object]:
        return body(JOB_TEXT, on=True, phase="video_creation", elapsed=world.clock.time - began, vertex_ai_job=job)

    world.server.says = answer
    world.run_for(3 * 3600)
    assert world.kinds.count(EventKind.JOB_STUCK) == 1


def test_abort_ends_the_step(world: World) -> None:
    world.run_for(10)
    world.monitor.abort()
    with pytest.raises(AbortedError):
        world.step()


def test_aborted_request_is_no_lost_server(world: World) -> None:
    world.run_for(30)
    world.server.lives = world.server.says = AbortedError("AVDesk is ending.")
    world.monitor.abort()
    world.monitor.hurry()
    with pytest.raises(AbortedError):
        world.step()
    assert EventKind.SERVER_LOST not in world.kinds


def test_environment_without_a_server_is_told_by_vertex_ai_alone(tmp_path: Path) -> None:
    world = World(tmp_path, url="")
    world.run_for(60)
    assert state(world) is State.IDLE
    world.vertex.jobs = [world.custom_job("PENDING")]
    world.run_for(60)
    assert state(world) is State.RUNNING
    assert world.monitor.snapshot.budget is None
    assert world.server.asked == []
    world.vertex.failures = {"": TimedOutError("aiplatform.googleapis.com did not answer in time.")}
    world.run_for(300)
    assert state(world) is State.OFFLINE


def test_batch_server_that_exits_is_no_fault(world: World) -> None:
    world.server.says = body("generating (batch mode)", on=True, phase="story_generation", elapsed=3)
    world.run_for(60)
    world.server.lives = world.server.says = DOWN
    world.run_for(300)
    assert EventKind.SERVER_LOST not in world.kinds
    assert state(world) is State.UNKNOWN  # it may have succeeded or crashed


def test_looks_by_hand_tell_why_nothing_was_told(world: World) -> None:
    assert world.monitor.look() is None
    world.server.lives = world.server.says = DOWN
    error = world.monitor.look()
    assert isinstance(error, KnownError)
    assert reach(world) is Reach.NO
    assert state(world) is State.OFFLINE


def test_checks_are_asked_only_while_nothing_is_on_and_there_is_room(tmp_path: Path) -> None:
    world = World(tmp_path, health_sweep_s=1800.0)
    world.server.checks = {
        "/health/quota": {"status": "error", "error": "list index out of range", "timestamp": 1795469673.6},
        "/health/service-account": reply({"status": "gone", "message": "retired"}, 410),
        "/health/vertex-ai": reply({"status": "error", "details": {"api_call_error": "503"}}, 500),
    }
    world.run_for(3000)
    checks = world.monitor.snapshot.checks
    assert checks["quota"].status is Health.UNHEALTHY
    assert checks["service_account"].status is Health.RETIRED
    assert checks["vertex_ai"].detail == "503"
    assert "openai" not in checks  # this server does not have it
    assert world.server.count("/health/openai") == 1
    moments = [at for path, at in world.server.asked if path not in ("/health", "/health/openai")]
    assert all(sum(1 for at in moments if start <= at < start + 300) <= 10 for start in moments)
    world.server.says = body(JOB_TEXT, on=True, phase="video_creation", elapsed=2)
    world.run_for(120)
    began = world.clock.time
    world.run_for(3600)
    assert all(path in ("/health", "/status") for path, at in world.server.asked if at >= began)


def test_zone_and_clock_of_the_server_are_learnt_for_free(world: World) -> None:
    def lives() -> object:
        local = datetime.fromtimestamp(world.clock.time + 7.0, UTC) + timedelta(hours=5, minutes=45)
        return reply(
            {"status": "healthy", "timestamp": local.replace(tzinfo=None).isoformat()}, at=world.clock.time + 7.0
        )

    world.server.lives = lives
    world.step()
    assert world.watches.server.zone_offset_s == pytest.approx(20_700 + 7, abs=1.5)
    assert world.monitor.snapshot.server.clock_offset_s == pytest.approx(7, abs=1.5)


def test_runs_are_remembered_once_each(world: World) -> None:
    world.run_for(30)
    for place in range(3):
        world.server.says = body("generating", on=True, phase="story_generation", elapsed=1)
        world.run_for(100)
        world.server.says = body("completed", on=False, times={"story_generation": 30.0 + place}, total=50.0 + place)
        world.run_for(200)
    past = world.monitor.snapshot.past_runs
    assert len(past) == len({run.id for run in past}) == 3
    assert all(run.state is RunState.SUCCEEDED for run in past)
    assert replace(past[0], seen_at=None).ended_at is not None


def test_a_slow_check_holds_no_step_up(tmp_path: Path) -> None:
    world = World(tmp_path, health_sweep_s=1800.0)
    asked, go = threading.Event(), threading.Event()

    def slow() -> object:
        asked.set()
        assert go.wait(60)
        return reply({"status": "healthy"})

    world.server.checks = {check.path: slow for check in CHECKS if check.counted}
    world.errands = Errands("health", 4)
    world.start()
    try:
        while not asked.is_set():
            world.step()
            asked.wait(0.05)
            world.clock.pass_by(30.0)
        looked = world.server.count("/status")
        for _turn in range(20):
            world.step()
            world.clock.pass_by(60.0)
        assert world.server.count("/status") > looked, "the status was asked while the check was waited for"
        assert len(world.errands.busy) == 1, "one at a time"
    finally:
        go.set()
    [name] = world.errands.busy
    world.server.checks = {}
    while name in world.errands.busy:
        time.sleep(0.01)
        world.step()
    assert world.monitor.snapshot.checks[name].status is Health.HEALTHY
