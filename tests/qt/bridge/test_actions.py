"""Actions off the GUI thread: in turn for one job, side by side for several, and ended within a bound."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from avdesk.bridge.actions import ActionRunner
from avdesk.core.actions import ActionKind, ActionRecord, ActionRequest, ActionState
from avdesk.core.errors import ConfigError, NotFoundError
from avdesk.core.jobs import Job, JobState
from avdesk.core.snapshot import Trouble
from tests.harness.logwatch import LogWatch

NOW = datetime(2026, 1, 1, tzinfo=UTC)
JOB = Job("video-job-ab12cd34", "", "", "1", JobState.RUNNING, "JOB_STATE_RUNNING", "us-west1")


class FakeActions:
    """Acts when it is let."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun: list[str] = []
        self.via: list[str] = []
        self.aborted = self.closed = False
        self.error: Exception | None = None

    def carry_out(self, request: ActionRequest, report: Callable[[ActionRecord], None], *, via: str) -> object:
        self.begun.append(request.id)
        self.via.append(via)
        if self.error is not None:
            raise self.error
        record = ActionRecord(request, "me", via, NOW, NOW, ActionState.REQUESTED)
        report(record)
        assert self.gate.wait(30.0)
        report(replace(record, state=ActionState.CONFIRMED))
        return None

    def spec(self, region: str, number: str) -> Mapping[str, object]:
        if number != "1":
            raise NotFoundError("gone", "", status=404)
        return {"name": f"{region}/{number}"}

    def abort(self) -> None:
        self.aborted = True
        self.gate.set()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def actions() -> FakeActions:
    return FakeActions()


@pytest.fixture
def told() -> list[ActionRecord]:
    return []


@pytest.fixture
def runner(qtbot: QtBot, actions: FakeActions, told: list[ActionRecord]) -> Iterator[ActionRunner]:
    del qtbot
    made = ActionRunner(lambda _environment: actions, at_once=3)
    made.changed.connect(told.append)
    yield made
    made.ask_to_stop()
    assert made.wait(30.0)


def request(name: str, number: str = "") -> ActionRequest:
    return ActionRequest(name, ActionKind.CANCEL, "dev", number, "us-west1" if number else "", number)


def states(told: list[ActionRecord], name: str) -> list[ActionState]:
    return [record.state for record in told if record.request.id == name]


def test_an_action_is_told_of_at_once_and_to_its_end(
    qtbot: QtBot, runner: ActionRunner, actions: FakeActions, told: list[ActionRecord]
) -> None:
    actions.gate.set()
    runner.ask(request("a", "1"), "tray")
    assert states(told, "a") == [ActionState.SENDING]
    qtbot.waitUntil(lambda: runner.under_way == 0 and len(told) == 3)
    assert states(told, "a")[1:] == [ActionState.REQUESTED, ActionState.CONFIRMED]
    assert actions.via == ["tray"]


def test_one_action_at_a_time_for_a_job_several_jobs_side_by_side(
    qtbot: QtBot, runner: ActionRunner, actions: FakeActions, told: list[ActionRecord]
) -> None:
    for name, number in (("a", "1"), ("b", "1"), ("c", "2"), ("d", "3"), ("e", "4")):
        runner.ask(request(name, number))
    qtbot.waitUntil(lambda: len(actions.begun) == 3)
    assert sorted(actions.begun) == ["a", "c", "d"]  # b waits for a, e for a free thread
    assert states(told, "b") == [ActionState.WAITING]
    assert runner.under_way == 5
    actions.gate.set()
    qtbot.waitUntil(lambda: runner.under_way == 0 and states(told, "b")[-1] is ActionState.CONFIRMED)
    assert actions.begun.index("b") > actions.begun.index("a")
    qtbot.waitUntil(lambda: ActionState.CONFIRMED in states(told, "e"))


def test_a_wrong_configuration_refuses(qtbot: QtBot) -> None:
    def make(_environment: str) -> FakeActions:
        raise ConfigError("wrong project", "mend it")

    told: list[ActionRecord] = []
    runner = ActionRunner(make)
    runner.changed.connect(told.append)
    runner.ask(request("a", "1"))
    qtbot.waitUntil(lambda: len(told) == 2)
    assert (told[1].state, told[1].detail, told[1].advice) == (ActionState.REFUSED, "wrong project", "mend it")
    runner.ask_to_stop()
    assert runner.wait(30.0)


def test_a_fault_of_our_own_is_told_and_ends_nothing_else(
    qtbot: QtBot, runner: ActionRunner, actions: FakeActions, logged_errors: LogWatch
) -> None:
    logged_errors.expect("the action cancel failed")
    crashes: list[tuple[str, str]] = []
    runner.crashed.connect(lambda environment, crash: crashes.append((environment, crash)))
    actions.error = ValueError("oops")
    runner.ask(request("a", "1"))
    qtbot.waitUntil(lambda: bool(crashes))
    assert crashes == [("dev", "ValueError: oops")]
    actions.error = None
    actions.gate.set()
    runner.ask(request("b", "1"))
    qtbot.waitUntil(lambda: "b" in actions.begun and runner.under_way == 0)


def test_stopping_gives_up_what_is_in_flight_and_begins_nothing_more(
    qtbot: QtBot, runner: ActionRunner, actions: FakeActions
) -> None:
    for number in "12345":
        runner.ask(request(number, number))
    qtbot.waitUntil(lambda: len(actions.begun) == 3)
    runner.ask_to_stop()
    assert runner.wait(30.0)
    assert actions.aborted
    assert actions.closed
    assert len(actions.begun) == 3
    runner.ask(request("late", "9"))
    assert "late" not in actions.begun


def test_a_specification_or_why_it_cannot_be_had(qtbot: QtBot, runner: ActionRunner) -> None:
    found: list[tuple[Job, object, Trouble | None]] = []
    runner.specified.connect(lambda job, raw, trouble: found.append((job, raw, trouble)))
    runner.fetch_specification("dev", JOB)
    qtbot.waitUntil(lambda: len(found) == 1)
    assert found[0] == (JOB, {"name": "us-west1/1"}, None)
    runner.fetch_specification("dev", replace(JOB, number="2"))
    qtbot.waitUntil(lambda: len(found) == 2)
    assert found[1][1] is None
    assert found[1][2] is not None
    assert found[1][2].message == "gone"


def test_what_waits_is_refused_when_the_terms_change_and_what_is_under_way_ends_as_agreed(
    qtbot: QtBot, runner: ActionRunner, actions: FakeActions, told: list[ActionRecord]
) -> None:
    other = replace(request("other", "7"), environment="prod")
    for each in (request("a", "1"), request("b", "1"), other, replace(other, id="late")):
        runner.ask(each)
    qtbot.waitUntil(lambda: sorted(actions.begun) == ["a", "other"])
    runner.forget(["dev"])
    assert states(told, "b")[-1] is ActionState.REFUSED
    assert "configuration of dev was changed" in next(
        each.detail for each in told if each.detail.startswith("The con")
    )
    actions.gate.set()
    qtbot.waitUntil(lambda: runner.under_way == 0)
    qtbot.waitUntil(lambda: states(told, "a")[-1] is states(told, "late")[-1] is ActionState.CONFIRMED)
    assert sorted(actions.begun) == ["a", "late", "other"]


def test_after_a_change_somebody_else_acts_and_both_are_closed_at_the_end(qtbot: QtBot) -> None:
    made: list[FakeActions] = []

    def make(_environment: str) -> FakeActions:
        made.append(FakeActions())
        made[-1].gate.set()
        return made[-1]

    told: list[ActionRecord] = []
    runner = ActionRunner(make)
    runner.changed.connect(told.append)
    for name in ("a", "b"):
        runner.ask(request(name, "1"))
        qtbot.waitUntil(lambda: bool(told) and told[-1].state is ActionState.CONFIRMED and runner.under_way == 0)
        told.clear()
        runner.forget(["dev"])
    assert [each.begun for each in made] == [["a"], ["b"]]
    runner.ask_to_stop()
    assert runner.wait(30.0)
    assert all(each.closed for each in made)


def test_what_is_agreed_to_while_its_actor_is_made_is_not_done_under_other_terms(qtbot: QtBot) -> None:
    begun, go = threading.Event(), threading.Event()
    actor = FakeActions()

    def make(_environment: str) -> FakeActions:
        begun.set()
        assert go.wait(30.0)
        return actor

    told: list[ActionRecord] = []
    runner = ActionRunner(make)
    runner.changed.connect(told.append)
    runner.ask(request("a", "1"))
    assert begun.wait(30.0)
    runner.forget(["dev"])
    go.set()
    qtbot.waitUntil(lambda: told[-1].state is ActionState.REFUSED)
    assert actor.begun == []
    runner.ask_to_stop()
    assert runner.wait(30.0)
