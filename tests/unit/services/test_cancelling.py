"""Cancelling jobs, against the embedded AutoVideo."""

import threading
from pathlib import Path

import pytest

from avdesk.core.actions import ActionKind, ActionState
from avdesk.core.errors import (
    CredentialsExpiredError,
    NotFoundError,
    PermissionDeniedError,
    ReadOnlyError,
    RequestRefusedError,
    UnreachableError,
)
from avdesk.core.jobs import JobState
from avdesk.core.run import RunState
from avdesk.core.status import TextKind
from avdesk.emulator.faults import Side
from avdesk.services.cancelled_jobs import cancelled_jobs
from tests.harness.acting import NAME, Bench, bench
from tests.harness.waiting import wait_until


def test_a_job_is_cancelled_and_counts_as_cancelled_only_when_it_is(deck: Bench) -> None:
    job = deck.make_job()
    outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job), deck.told.append)

    assert outcome.error is None
    assert outcome.record.state is ActionState.CONFIRMED
    assert [record.state for record in deck.told] == [
        ActionState.SENDING,
        ActionState.REQUESTED,
        ActionState.CONFIRMED,
    ]
    assert deck.state(job) is JobState.CANCELLED


def test_vertex_ai_is_told_first_and_the_servers_flags_are_cleared_after_it(deck: Bench) -> None:
    job = deck.begin_run()
    deck.actions.carry_out(deck.request(ActionKind.CANCEL, job), deck.told.append)

    last = [path.rpartition("/")[2] for path in deck.posts()][-2:]
    assert last == [f"{job.number}:cancel", "cancel"]
    with deck.emulator.world.lock:
        assert not deck.emulator.world.pipeline.state.is_generating


def test_another_run_on_the_server_is_left_alone(deck: Bench) -> None:
    deck.begin_run()
    other = deck.make_job()
    deck.actions.carry_out(deck.request(ActionKind.CANCEL, other))

    assert "/cancel" not in deck.posts(Side.AUTOVIDEO)
    with deck.emulator.world.lock:
        assert deck.emulator.world.pipeline.state.is_generating


def test_without_waiting_it_stays_requested(deck: Bench) -> None:
    job = deck.make_job()
    outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job), wait=False)
    assert outcome.record.state is ActionState.REQUESTED
    assert outcome.job is not None
    assert outcome.job.state is JobState.CANCELLING


def test_a_second_cancel_does_no_harm(deck: Bench) -> None:
    job = deck.make_job()
    deck.actions.carry_out(deck.request(ActionKind.CANCEL, job), wait=False)
    again = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
    assert again.record.state is ActionState.CONFIRMED


def test_a_job_that_has_ended_is_refused(deck: Bench) -> None:
    job = deck.ended_job()
    sent = len(deck.posts())
    outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
    assert isinstance(outcome.error, RequestRefusedError)
    assert outcome.record.state is ActionState.REFUSED
    assert len(deck.posts()) == sent


@pytest.mark.parametrize("refuses", [True, False])
def test_a_job_that_ends_between_the_click_and_the_request_is_refused(deck: Bench, refuses: bool) -> None:
    job = deck.make_job()
    world = deck.emulator.world
    with world.lock:
        record = world.find_job("us-central1", job.number)
        assert record is not None
    vertex = deck.actions.vertex
    ask = vertex.cancel_job

    def too_late(region: str, number: str) -> None:
        ask(region, number)
        wait_until(lambda: deck.state(job).ended, "it has ended")
        record.state, record.error = "JOB_STATE_SUCCEEDED", None
        if refuses:
            raise RequestRefusedError("Google declined: FAILED_PRECONDITION", "", status=400)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vertex, "cancel_job", too_late)
        outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
    assert isinstance(outcome.error, RequestRefusedError)
    assert "done" in outcome.record.detail
    assert outcome.record.state is ActionState.REFUSED
    assert job.id not in cancelled_jobs(deck.memory(), NAME)


def test_twenty_cancels_at_once_leave_the_rate_limit_alone(deck: Bench) -> None:
    jobs = [deck.make_job(f"video-job-{number:08x}") for number in range(20)]
    threads = [
        threading.Thread(target=deck.actions.perform, args=(deck.request(ActionKind.CANCEL, job), deck.told.append))
        for job in jobs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {deck.state(job) for job in jobs} == {JobState.CANCELLED}
    assert sum(record.state is ActionState.CONFIRMED for record in deck.told) == 20
    assert not [asked for asked in deck.emulator.requests if asked.status == 429]
    assert len(deck.actions.records()) == 20


def test_a_read_only_environment_sends_nothing_at_all(tmp_path: Path) -> None:
    with bench(tmp_path, read_only=True) as deck:
        job = deck.make_job()
        deck.emulator.requests.clear()
        for kind in ActionKind:
            outcome = deck.actions.carry_out(deck.request(kind, job, {"topic": "Owls"}), deck.told.append)
            assert isinstance(outcome.error, ReadOnlyError)
            assert outcome.record.state is ActionState.REFUSED
            assert deck.actions.preview(deck.request(kind, job), job).refused
        assert not deck.emulator.requests
        assert len(deck.actions.records()) == len(ActionKind)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("google:POST *:cancel=403", PermissionDeniedError),
        ("google:POST *:cancel=denied", PermissionDeniedError),
        ("google:POST *:cancel=expired", CredentialsExpiredError),
        ("google:POST *:cancel=404", NotFoundError),
        ("google:*=reset", UnreachableError),
        ("google:POST *:cancel=500", UnreachableError),
        ("google:POST *:cancel=429:30", Exception),
    ],
)
def test_what_google_answers_is_told(deck: Bench, fault: str, error: type[Exception]) -> None:
    job = deck.make_job()
    deck.emulator.faults.add(fault)
    outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
    assert isinstance(outcome.error, error)
    assert outcome.record.detail
    assert outcome.record.state in (ActionState.REFUSED, ActionState.FAILED)
    assert not deck.state(job).ended


@pytest.mark.parametrize("fault", ["google:POST *:cancel=500 x1", "google:POST *:cancel=409 x2"])
def test_a_moments_failure_is_overcome(deck: Bench, fault: str) -> None:
    job = deck.make_job()
    deck.emulator.faults.add(fault)
    outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
    assert outcome.record.state is ActionState.CONFIRMED


def test_a_cancel_whose_answer_was_lost_is_seen_to_have_taken_effect(deck: Bench) -> None:
    job = deck.make_job()
    deck.emulator.faults.add("google:POST *:cancel=lost")
    outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
    assert outcome.record.state is ActionState.CONFIRMED
    assert len([path for path in deck.posts(Side.GOOGLE) if path.endswith(":cancel")]) == 1


def test_a_region_that_is_forbidden_does_not_keep_the_others_from_being_acted_on(deck: Bench) -> None:
    job = deck.make_job(region="us-west1")
    deck.emulator.faults.add("google:/v1/*/us-central1/*=denied")
    outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
    assert outcome.record.state is ActionState.CONFIRMED


def test_a_cancel_that_takes_too_long_says_so(tmp_path: Path) -> None:
    with bench(tmp_path, emulator={"speed": 1.0}) as slow:
        slow.patience.cancel_s = 0.3
        job = slow.make_job()
        outcome = slow.actions.carry_out(slow.request(ActionKind.CANCEL, job), slow.told.append)
        assert outcome.record.state is ActionState.TIMED_OUT
        assert "still" in outcome.record.detail
        assert outcome.error is None
        assert slow.state(job) is JobState.CANCELLING


def test_the_planned_endpoint_is_used_where_there_is_one(tmp_path: Path) -> None:
    with bench(tmp_path, emulator={"revision": "planned"}) as deck:
        job = deck.make_job()
        outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
        assert outcome.record.state is ActionState.CONFIRMED
        assert deck.posts() == [f"/jobs/{job.id}/cancel"]


def test_a_server_is_asked_once_what_it_has(deck: Bench) -> None:
    for number in range(3):
        job = deck.make_job(f"video-job-{number:08x}")
        deck.actions.carry_out(deck.request(ActionKind.CANCEL, job), wait=False)
    asked = [path for path in deck.posts(Side.AUTOVIDEO) if path.startswith("/jobs/")]
    assert len(asked) == 1


def test_a_server_that_is_away_keeps_nobody_from_cancelling(tmp_path: Path) -> None:
    with bench(tmp_path, url="http://127.0.0.1:9") as deck:
        job = deck.make_job()
        outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
        assert outcome.record.state is ActionState.CONFIRMED


def test_a_spent_rate_limit_keeps_nobody_from_cancelling(tmp_path: Path) -> None:
    with bench(tmp_path, emulator={"rate_limit": (1, 300.0)}) as deck:
        job = deck.begin_run()
        outcome = deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
        assert outcome.record.state is ActionState.CONFIRMED
        assert not [asked for asked in deck.emulator.requests if asked.status == 429]


@pytest.mark.parametrize("revision", ["a", "b", "planned"])
def test_what_the_server_says_after_a_cancel_is_no_new_success_and_no_failure(tmp_path: Path, revision: str) -> None:
    with bench(tmp_path, emulator={"revision": revision, "rate_limit": (100, 300.0)}) as deck:
        job = deck.begin_run()
        monitor = deck.runtime.monitor(NAME)
        try:
            assert monitor.look() is None
            assert monitor.snapshot.run is not None
            assert monitor.snapshot.run.state is RunState.RUNNING
            deck.actions.carry_out(deck.request(ActionKind.CANCEL, job))
            world = deck.emulator.world

            def worker_ended() -> bool:
                with world.lock:
                    world.advance()
                    return world.pipeline.state.status.startswith("error")

            wait_until(worker_ended, "the server's worker has noticed")
            assert monitor.look() is None
            run = monitor.snapshot.run
            assert run is not None
            assert run.state is RunState.CANCELLED
            assert run.late_outcome in (None, TextKind.ERROR)
            assert monitor.look() is None
            assert monitor.snapshot.run == run
        finally:
            monitor.close()
