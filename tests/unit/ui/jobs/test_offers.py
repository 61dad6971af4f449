"""Which actions are offered for which jobs, and what is said where one is not."""

from dataclasses import replace

import pytest

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind
from avdesk.core.jobs import JobState
from avdesk.core.snapshot import Reach, ServerView, Snapshot
from avdesk.ui.jobs.offers import JOB_KINDS, SERVER_KINDS, offers
from tests.harness.snapshots import NOW, all_states, job

DEV = Environment("dev", project="av-8675309")
IDLE = all_states()["idle"]


@pytest.mark.parametrize("state", JobState)
def test_the_jobs_own_state_decides(state: JobState) -> None:
    found = offers(DEV, [job(state)], IDLE)
    for kind in (ActionKind.CANCEL, ActionKind.RETRY, ActionKind.RESTART):
        assert found[kind].open is (kind.value in job(state).actions)


@pytest.mark.parametrize("state", JobState)
def test_whatever_cannot_be_asked_for_says_why(state: JobState) -> None:
    for jobs in ([], [job(state)], [job(state), job(state, number="2")]):
        for offer in offers(DEV, jobs, IDLE).values():
            assert offer.open or offer.why_not.endswith(".")
            assert offer.hint


def test_read_only_refuses_everything_and_names_the_environment() -> None:
    found = offers(replace(DEV, read_only=True), [job()], IDLE)
    assert {offer.why_not for offer in found.values()} == {
        "dev is read only: no action can be taken on it from AVDesk."
    }


def test_several_jobs_are_acted_on_as_far_as_they_allow() -> None:
    jobs = [job(), job(JobState.SUCCEEDED, number="2"), job(JobState.PENDING, number="3")]
    offer = offers(DEV, jobs, IDLE)[ActionKind.CANCEL]
    assert [each.number for each in offer.jobs] == [jobs[0].number, "3"]
    assert "2 of 3" in offer.hint


def test_jobs_are_edited_one_by_one() -> None:
    found = offers(DEV, [job(JobState.FAILED), job(JobState.FAILED, number="2")], IDLE)
    assert found[ActionKind.RESUBMIT].why_not.startswith("Select a single job")
    assert found[ActionKind.RETRY].open


def test_a_job_with_an_action_under_way_takes_no_other() -> None:
    busy = job()
    found = offers(DEV, [busy], IDLE, [busy.key])
    assert all("under way" in found[kind].why_not for kind in (ActionKind.CANCEL, ActionKind.RESTART))


@pytest.mark.parametrize("environment", [replace(DEV, project=""), replace(DEV, vertex="off"), None])
def test_without_vertex_ai_nothing_is_done_to_jobs(environment: Environment | None) -> None:
    found = offers(environment, [job()], IDLE)
    assert not any(found[kind].open for kind in JOB_KINDS)


@pytest.mark.parametrize(
    ("environment", "snapshot", "why"),
    [
        (replace(DEV, url=""), IDLE, "no server"),
        (DEV, None, "Nothing is known"),
        (DEV, Snapshot("dev", NOW, server=ServerView(reach=Reach.NO)), "cannot be reached"),
    ],
)
def test_the_server_has_to_be_there(environment: Environment, snapshot: Snapshot | None, why: str) -> None:
    found = offers(environment, [], snapshot)
    assert all(why in found[kind].why_not for kind in SERVER_KINDS)


def test_a_busy_server_takes_no_other_video_but_a_reset() -> None:
    snapshot = all_states()["running"]
    status = snapshot.server.status
    assert status is not None
    busy = replace(snapshot, server=replace(snapshot.server, status=replace(status, is_generating=True)))
    found = offers(DEV, [], busy)
    assert "makes a video already" in found[ActionKind.GENERATE].why_not
    assert found[ActionKind.RESET].open
