"""Talking to the running app: only to the user's own, bounded, and None for everything that is no answer."""

import json
import socket
from pathlib import Path

import pytest

from avdesk.config.paths import Paths, find_paths
from avdesk.services.running_app import MAX_ANSWER, ask, status_of
from tests.harness.fakeapp import answering_app

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs Unix sockets")

REPORT: dict[str, object] = {
    "environment": "dev",
    "summary": {"state": "idle"},
    "server": {},
    "rate_limit": {},
    "phases": [],
    "job": None,
}


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths(tmp_path / "home")


def line(answer: object) -> bytes:
    return json.dumps(answer).encode() + b"\n"


def test_one_line_goes_there_and_one_comes_back(paths: Paths) -> None:
    with answering_app(paths, lambda _line: line({"ok": True, "version": "1"})) as asked:
        assert ask(paths, {"do": "version"}) == {"ok": True, "version": "1"}
    assert asked == [b'{"do": "version"}\n']


def test_nobody_there_is_no_answer(paths: Paths) -> None:
    assert ask(paths, {"do": "version"}) is None


def test_what_a_killed_app_left_behind_is_no_answer(paths: Paths) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(paths.socket))
    assert ask(paths, {"do": "version"}) is None
    paths.socket.unlink()


def test_an_app_that_hangs_is_not_waited_for(paths: Paths) -> None:
    with answering_app(paths, lambda _line: None):
        assert ask(paths, {"do": "version"}, timeout_s=0.2) is None


@pytest.mark.parametrize("reply", [b"", b"\n", b"nonsense\n", b"[1]\n", b"\xff\n", b"[" * 100_000 + b"\n"])
def test_nonsense_is_no_answer(paths: Paths, reply: bytes) -> None:
    with answering_app(paths, lambda _line: reply):
        assert ask(paths, {"do": "version"}) is None


def test_an_endless_answer_is_cut(paths: Paths) -> None:
    with answering_app(paths, lambda _line: b"x" * (MAX_ANSWER + 100_000)):
        assert ask(paths, {"do": "version"}) is None


def test_a_folder_that_others_can_enter_is_not_trusted(paths: Paths) -> None:
    with answering_app(paths, lambda _line: line({"ok": True})) as asked:
        paths.runtime.chmod(0o755)
        assert ask(paths, {"do": "version"}) is None
        paths.runtime.chmod(0o700)
    assert asked == []


def test_a_status_is_taken_when_it_is_of_the_environment_that_was_asked_for(paths: Paths) -> None:
    with answering_app(paths, lambda _line: line({"ok": True, "status": REPORT})):
        assert status_of(paths, "dev") == REPORT
        assert status_of(paths, None) == REPORT
        assert status_of(paths, "prod") is None


@pytest.mark.parametrize(
    "answer",
    [
        {"ok": False, "error": "unknown environment"},
        {"ok": True},
        {"ok": True, "status": 5},
        {"ok": True, "status": {"environment": "dev"}},
        {"ok": "yes", "status": REPORT},
    ],
)
def test_an_answer_without_a_whole_status_is_none(paths: Paths, answer: object) -> None:
    with answering_app(paths, lambda _line: line(answer)):
        assert status_of(paths, "dev") is None
