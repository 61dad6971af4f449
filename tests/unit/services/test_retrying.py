"""Retrying and restarting jobs, against the embedded AutoVideo: never two jobs of one wish."""

import copy
from pathlib import Path

import pytest

from avdesk.clients.vertex import AnswerLostError
from avdesk.core.actions import ActionKind, ActionState
from avdesk.core.errors import KnownError, PermissionDeniedError, RateLimitedError, RequestRefusedError, UsageError
from avdesk.core.jobs import JobState
from avdesk.emulator.faults import Side
from avdesk.emulator.google.jobspec import shown_spec
from avdesk.emulator.records import CustomJobRecord
from tests.harness.acting import Bench, bench


def newest(deck: Bench) -> CustomJobRecord:
    """Return the job that was made last."""
    return deck.live()[-1]


def test_a_retry_is_the_same_job_under_another_name(deck: Bench) -> None:
    old = deck.ended_job()
    outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old), deck.told.append)

    assert outcome.record.state is ActionState.CONFIRMED
    assert [record.state for record in deck.told] == [
        ActionState.SENDING,
        ActionState.REQUESTED,
        ActionState.CONFIRMED,
    ]
    first, second = deck.live()
    assert second.spec == shown_spec(first.spec)
    assert outcome.record.new_job_id == second.labels["job_id"]
    assert second.display_name == f"av-video-render-{outcome.record.new_job_id}"
    assert second.labels == {**first.labels, "job_id": outcome.record.new_job_id, "retry_of": old.id}
    assert outcome.job is not None
    assert outcome.job.retry_of == old.id
    assert deck.actions.preview(deck.request(ActionKind.RETRY, old), old).warnings[0].startswith("The run on the")


@pytest.mark.parametrize(
    ("gpu", "machine", "labels"),
    [
        (
            "l4",
            {"machineType": "g2-standard-8", "acceleratorType": "NVIDIA_L4", "acceleratorCount": 1},
            {"gpu_type": "nvidia_l4", "gpu_count": "1"},
        ),
        ("cpu", {"machineType": "n1-standard-8"}, {"compute_type": "cpu"}),
    ],
)
def test_region_machine_and_spot_are_changed_together_with_their_labels(
    deck: Bench, gpu: str, machine: dict[str, object], labels: dict[str, str]
) -> None:
    old = deck.ended_job()
    wishes = {"region": "us-west1", "gpu": gpu, "spot": "true", "time_limit_s": "1800", "labels": '{"team": "a"}'}
    outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old, wishes))
    assert outcome.record.state is ActionState.CONFIRMED, outcome
    first, second = deck.live()
    expected = copy.deepcopy(dict(shown_spec(first.spec)))
    expected["workerPoolSpecs"][0]["machineSpec"] = machine  # type: ignore[index]
    expected["scheduling"] |= {"strategy": "SPOT", "timeout": "1800s"}  # type: ignore[operator]
    assert second.spec == expected
    assert second.region == "us-west1"
    own = {"pipeline", "phase", "service", "environment"}
    assert {name: second.labels[name] for name in own} == {name: first.labels[name] for name in own}
    assert {name: value for name, value in second.labels.items() if name not in own} == labels | {
        "team": "a",
        "region": "us_west1",
        "instance_type": "spot",
        "job_id": outcome.record.new_job_id,
        "retry_of": old.id,
    }


@pytest.mark.parametrize(
    "wishes",
    [
        {"region": "mars-north1"},
        {"region": "../x"},
        {"gpu": "a100"},
        {"spot": "maybe"},
        {"time_limit_s": "-1"},
        {"labels": "[]"},
        {"labels": '{"UPPER": "a"}'},
    ],
)
def test_a_wish_that_cannot_be_is_refused_before_anything_is_sent(deck: Bench, wishes: dict[str, str]) -> None:
    old = deck.ended_job()
    sent = len(deck.posts())
    for kind in (ActionKind.RETRY, ActionKind.RESTART):
        outcome = deck.actions.carry_out(deck.request(kind, old, wishes))
        assert isinstance(outcome.error, UsageError)
        assert outcome.record.state is ActionState.REFUSED
    assert len(deck.posts()) == sent


@pytest.mark.parametrize("state", ["JOB_STATE_SUCCEEDED", "JOB_STATE_RUNNING"])
def test_what_did_not_end_badly_is_not_retried(deck: Bench, state: str) -> None:
    old = deck.ended_job(state) if state != "JOB_STATE_RUNNING" else deck.make_job()
    outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old))
    assert isinstance(outcome.error, RequestRefusedError)
    assert len(deck.live()) == 1


@pytest.mark.parametrize("fault", ["lost", "truncate"])
def test_a_creation_whose_answer_is_lost_is_found_and_never_sent_again(deck: Bench, fault: str) -> None:
    old = deck.ended_job()
    deck.emulator.faults.add(f"google:POST */customJobs={fault}")
    outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old))
    assert outcome.record.state is ActionState.CONFIRMED
    assert len(deck.live()) == 2
    assert len([path for path in deck.posts(Side.GOOGLE) if path.endswith("/customJobs")]) == 1


@pytest.mark.parametrize("fault", ["lost", "503"])
def test_faults_on_every_post_leave_at_most_one_job(deck: Bench, fault: str) -> None:
    old = deck.ended_job()
    deck.emulator.faults.add(f"google:POST *={fault}")
    outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old))
    made = len(deck.live()) - 1
    assert made == (1 if fault == "lost" else 0)
    assert (outcome.record.state is ActionState.CONFIRMED) == (made == 1)
    assert len([path for path in deck.posts(Side.GOOGLE) if path.endswith("/customJobs")]) == 1


def test_a_creation_that_takes_effect_but_answers_503_is_found(deck: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    old = deck.ended_job()
    vertex = deck.actions.vertex
    create = vertex.create_job

    def lost(region: str, body: dict[str, object]) -> None:
        create(region, body)
        raise AnswerLostError("503", "")

    monkeypatch.setattr(vertex, "create_job", lost)
    outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old))
    assert outcome.record.state is ActionState.CONFIRMED
    assert len(deck.live()) == 2


def test_a_creation_that_is_neither_answered_nor_to_be_looked_for_is_uncertain(deck: Bench) -> None:
    old = deck.ended_job()
    deck.emulator.faults.add("google:POST */customJobs=lost")
    deck.emulator.faults.add("google:GET */customJobs=denied")
    outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old))
    assert outcome.record.state is ActionState.UNCERTAIN
    assert isinstance(outcome.error, AnswerLostError)
    assert "may have been created" in outcome.record.advice


@pytest.mark.parametrize(
    ("fault", "error"),
    [("denied", PermissionDeniedError), ("429", RateLimitedError), ("400", RequestRefusedError)],
)
def test_a_refused_creation_creates_nothing(deck: Bench, fault: str, error: type[KnownError]) -> None:
    old = deck.ended_job()
    deck.emulator.faults.add(f"google:POST */customJobs={fault}")
    outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old))
    assert isinstance(outcome.error, error)
    assert outcome.record.state is ActionState.REFUSED
    assert len(deck.live()) == 1


def test_the_servers_own_retry_is_used_where_it_has_one_and_nothing_changes(tmp_path: Path) -> None:
    with bench(tmp_path, emulator={"revision": "planned"}) as deck:
        old = deck.ended_job()
        outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old))
        assert outcome.record.state is ActionState.CONFIRMED
        assert outcome.record.new_job_id == newest(deck).labels["job_id"]
        assert deck.posts() == [f"/jobs/{old.id}/retry"]
        deck.actions.carry_out(deck.request(ActionKind.RETRY, old, {"region": "us-west1"}))
        assert deck.posts()[-1].endswith("/us-west1/customJobs")


def test_the_servers_retry_whose_answer_is_lost_is_found(tmp_path: Path) -> None:
    with bench(tmp_path, emulator={"revision": "planned"}) as deck:
        old = deck.ended_job()
        deck.emulator.faults.add("POST /jobs/*=lost")
        outcome = deck.actions.carry_out(deck.request(ActionKind.RETRY, old))
        assert outcome.record.state is ActionState.CONFIRMED
        assert len(deck.live()) == 2
        assert len(deck.posts()) == 1


def test_a_restart_cancels_waits_and_retries(deck: Bench) -> None:
    old = deck.make_job()
    outcome = deck.actions.carry_out(deck.request(ActionKind.RESTART, old, {"region": "us-west1"}), deck.told.append)
    assert outcome.record.state is ActionState.CONFIRMED
    assert deck.state(old) is JobState.CANCELLED
    first, second = deck.live()
    assert second.created >= (first.ended or 0.0)
    assert (second.region, second.labels["retry_of"]) == ("us-west1", old.id)


def test_a_restart_of_what_has_ended_is_refused(deck: Bench) -> None:
    outcome = deck.actions.carry_out(deck.request(ActionKind.RESTART, deck.ended_job()))
    assert isinstance(outcome.error, RequestRefusedError)
    assert len(deck.live()) == 1


def test_a_restart_whose_cancel_takes_too_long_creates_nothing(tmp_path: Path) -> None:
    with bench(tmp_path, emulator={"speed": 1.0}) as deck:
        deck.patience.cancel_s = 0.2
        outcome = deck.actions.carry_out(deck.request(ActionKind.RESTART, deck.make_job()))
        assert outcome.record.state is ActionState.TIMED_OUT
        assert len(deck.live()) == 1


def test_edit_and_resubmit_takes_a_job_in_any_state(deck: Bench) -> None:
    done = deck.ended_job("JOB_STATE_SUCCEEDED")
    outcome = deck.actions.carry_out(deck.request(ActionKind.RESUBMIT, done, {"gpu": "cpu"}))
    assert outcome.record.state is ActionState.CONFIRMED
    assert len(deck.live()) == 2


def test_a_job_is_found_by_its_id_alone(deck: Bench) -> None:
    old = deck.ended_job()
    request = deck.request(ActionKind.RETRY)
    outcome = deck.actions.carry_out(type(request)("action-1", ActionKind.RETRY, "dev", job_id=old.id))
    assert outcome.record.state is ActionState.CONFIRMED
