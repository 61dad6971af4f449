"""New videos, rendering machines and resets, against the embedded AutoVideo."""

from pathlib import Path

import pytest

from avdesk.core.actions import ActionKind, ActionState
from avdesk.core.errors import KnownError, NotFoundError, RateLimitedError, RequestRefusedError, UsageError
from avdesk.emulator.faults import Side
from tests.harness.acting import Bench, bench

WISH = {"topic": "Owls at night", "max_length": "45", "tts": "google"}


@pytest.mark.parametrize("revision", ["a", "b", "planned"])
def test_a_new_video_is_confirmed_by_the_servers_own_state(tmp_path: Path, revision: str) -> None:
    with bench(tmp_path, emulator={"revision": revision}) as deck:
        outcome = deck.actions.carry_out(deck.request(ActionKind.GENERATE, None, WISH), deck.told.append)
        assert outcome.record.state is ActionState.CONFIRMED, outcome
        [sent] = [asked.request for asked in deck.sent()]
        assert sent.path == "/generate"
        assert sent.json() == {"topic": "Owls at night", "max_length": 45, "tts_service": "google"}


@pytest.mark.parametrize("revision", ["a", "b"])
def test_a_busy_server_refuses(tmp_path: Path, revision: str) -> None:
    with bench(tmp_path, emulator={"revision": revision}) as deck:
        deck.begin_run()
        outcome = deck.actions.carry_out(deck.request(ActionKind.GENERATE, None, WISH))
        assert isinstance(outcome.error, RequestRefusedError)
        assert "already in progress" in outcome.record.detail


@pytest.mark.parametrize(
    "wish", [{"topic": " "}, {"topic": "x" * 600}, WISH | {"max_length": "0"}, WISH | {"tts": "robot"}]
)
def test_a_wish_that_cannot_be_is_not_sent(deck: Bench, wish: dict[str, str]) -> None:
    outcome = deck.actions.carry_out(deck.request(ActionKind.GENERATE, None, wish))
    assert isinstance(outcome.error, UsageError)
    assert not deck.posts()


def test_a_start_whose_answer_is_lost_is_seen_in_the_state_and_not_sent_again(deck: Bench) -> None:
    deck.emulator.faults.add("POST /generate=lost")
    outcome = deck.actions.carry_out(deck.request(ActionKind.GENERATE, None, WISH))
    assert outcome.record.state is ActionState.CONFIRMED
    assert deck.posts() == ["/generate"]


def test_a_start_that_failed_is_said_to_have(deck: Bench) -> None:
    deck.emulator.faults.add("POST /generate=500")
    outcome = deck.actions.carry_out(deck.request(ActionKind.GENERATE, None, WISH))
    assert outcome.record.state is ActionState.FAILED
    assert isinstance(outcome.error, KnownError)
    assert deck.posts() == ["/generate"]


def test_a_spent_allowance_sends_nothing(tmp_path: Path) -> None:
    with bench(tmp_path, emulator={"rate_limit": (1, 300.0)}) as deck:
        deck.actions.carry_out(deck.request(ActionKind.GENERATE, None, WISH))
        outcome = deck.actions.carry_out(deck.request(ActionKind.GENERATE, None, WISH))
        assert isinstance(outcome.error, RateLimitedError)
        assert outcome.record.state is ActionState.REFUSED
        assert len(deck.emulator.requests) == 1


def test_a_reset_is_confirmed_and_what_a_revision_lacks_is_refused(tmp_path: Path) -> None:
    with bench(tmp_path / "b") as deck:
        deck.begin_run()
        assert deck.actions.carry_out(deck.request(ActionKind.RESET)).record.state is ActionState.CONFIRMED
        refused = deck.actions.carry_out(deck.request(ActionKind.RENDER_VM))
        assert isinstance(refused.error, NotFoundError)
    with bench(tmp_path / "a", emulator={"revision": "a"}) as deck:
        for _time in range(2):
            assert isinstance(deck.actions.carry_out(deck.request(ActionKind.RESET)).error, NotFoundError)
        assert deck.posts(Side.AUTOVIDEO) == ["/reset"]  # an absence is found out once


def test_a_rendering_machine_is_confirmed_by_the_list_of_machines(tmp_path: Path) -> None:
    with bench(tmp_path, emulator={"revision": "a"}) as deck:
        outcome = deck.actions.carry_out(deck.request(ActionKind.RENDER_VM, None, {"video_length_s": "180"}))
        assert outcome.record.state in (ActionState.CONFIRMED, ActionState.FAILED), outcome


def test_without_a_server_nothing_can_be_started(tmp_path: Path) -> None:
    with bench(tmp_path, url="") as deck:
        outcome = deck.actions.carry_out(deck.request(ActionKind.GENERATE, None, WISH))
        assert outcome.record.state is ActionState.REFUSED
        assert "no server" in outcome.record.detail
