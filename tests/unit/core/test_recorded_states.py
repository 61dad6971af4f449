"""Both recordings' answers to ``/status``, in their order: what AVDesk makes of each."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from avdesk.core.run import RunState
from avdesk.core.status import read_status
from avdesk.core.summary import State, summarise
from tests.harness.recordings import seconds_after_start
from tests.harness.statuses import Follower, at

RECORDINGS = Path(__file__).parents[2] / "contract" / "recordings"

STATES = {
    "autovideo-2025-05-29.json": [
        ("", State.IDLE, "Idle"),
        ("0 s after the start", State.RUNNING, "Writing the story"),
        ("2 s after the start", State.RUNNING, "Making the images"),
        ("5 s after the start", State.RUNNING, "Recording the voiceover"),
        ("8 s after the start", State.RUNNING, "Creating the video"),
        ("187 s after the start", State.FAILED, "Failed: the job reached its 3,600 s limit"),
        ("after the cancel", State.RUNNING, "Writing the story"),
        ("after the reset", State.RUNNING, "Writing the story"),
        ("request 10 of one client within the window", State.RUNNING, "Writing the story"),
    ],
    "autovideo-2025-06-08.json": [
        ("", State.IDLE, "Idle"),
        ("0 s after the start", State.RUNNING, "Writing the story"),
        ("2 s after the start", State.FAILED, "Failed: Veo is not available on the server"),
        ("after the cancel", State.CANCELLED, "Cancelled"),
        ("after the reset", State.IDLE, "Idle"),
        ("request 10 of one client within the window", State.IDLE, "Idle"),
    ],
}


def recorded(name: str) -> list[tuple[str, object]]:
    exchanges = json.loads((RECORDINGS / name).read_text())["exchanges"]
    return [
        (exchange["note"], exchange["response"]["body"])
        for exchange in exchanges
        if exchange["request"]["path"] == "/status" and exchange["response"]["status"] == 200
    ]


@pytest.mark.parametrize("name", STATES)
def test_recorded_answers_become_the_right_states(name: str) -> None:
    server = Follower(0.0)
    base = at(2282.0 if "06-08" in name else 0.0)  # the second server's clock said 21:38:02 at the start
    told: list[tuple[str, State, str]] = []
    offset = 0.0
    for note, answer in recorded(name):
        assert isinstance(answer, dict)
        offset = seconds_after_start(note) or offset + 1.0
        server.look((base - at(0)).total_seconds() + offset, answer)
        summary = summarise(server.snapshots[-1], server.snapshots[-1].at)
        told.append((note, summary.state, summary.headline))
    assert told == STATES[name]


def test_second_recorded_run_on_a_has_none_of_the_first_ones_phases() -> None:
    server = Follower()
    for place, (_note, answer) in enumerate(recorded("autovideo-2025-05-29.json")):
        assert isinstance(answer, dict)
        server.look(place * 30.0, answer)
    assert server.run is not None
    assert server.run.state is RunState.RUNNING
    assert [(phase.name, phase.state.value) for phase in server.run.phases] == [
        ("story_generation", "running"),
        ("image_generation", "pending"),
        ("voiceover_generation", "pending"),
        ("video_creation", "pending"),
    ]
    assert server.run.total_s is None


@pytest.mark.parametrize("name", STATES)
def test_recorded_answers_alone_are_understood_at_first_sight_too(name: str) -> None:
    for _note, answer in recorded(name):
        assert isinstance(answer, dict)
        server = Follower(0.0)
        run = server.look(2290.0, answer)
        status = read_status(answer)
        assert (run is not None and not run.ended) == status.is_generating
        if run is not None and run.started_at is not None:
            assert run.started_at <= at(2290.0) + timedelta(seconds=1)
