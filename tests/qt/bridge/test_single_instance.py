"""What the running app says to other processes of its user."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from avdesk.bridge import single_instance
from avdesk.bridge.single_instance import InstanceServer
from avdesk.config.paths import Paths
from avdesk.services import running_app
from tests.harness.logwatch import LogWatch


@pytest.fixture
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    home = tmp_path_factory.mktemp("h")
    return Paths(home, home, home, home, home / "run")


@pytest.fixture
def server(qtbot: QtBot, paths: Paths) -> Iterator[InstanceServer]:
    del qtbot

    def answer(request: dict[str, object]) -> dict[str, object]:
        if request.get("do") == "fail":
            raise ZeroDivisionError
        return {"ok": True, "heard": request}

    found = InstanceServer(paths.socket, answer)
    assert found.listen()
    yield found
    found.close()


def elsewhere(qtbot: QtBot, do: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever `do` returns
    """Return what `do` returns, called in a thread while this one's event loop runs."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(do()))
    thread.start()
    qtbot.waitUntil(lambda: bool(found))
    thread.join()
    return found[0]


def say(path: Path, data: bytes) -> bytes:
    """Return all that comes back on `data`."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(8)
        connection.connect(str(path))
        heard = b""
        try:
            connection.sendall(data)
            while piece := connection.recv(65_536):
                heard += piece
        except (BrokenPipeError, ConnectionResetError):
            return heard
        return heard


@pytest.mark.usefixtures("server")
def test_a_line_is_answered_with_a_line(qtbot: QtBot, paths: Paths) -> None:
    answer = elsewhere(qtbot, lambda: running_app.ask(paths, {"do": "version"}))
    assert answer == {"ok": True, "heard": {"do": "version"}}


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("data", [b"no json\n", b"[1]\n", b"\xff\xfe\n", b"[" * 9000 + b"\n", b"\n"])
def test_nonsense_is_declined(qtbot: QtBot, paths: Paths, data: bytes) -> None:
    answer = json.loads(elsewhere(qtbot, lambda: say(paths.socket, data)))
    assert answer["ok"] is False


@pytest.mark.usefixtures("server")
def test_an_endless_line_is_cut_off(qtbot: QtBot, paths: Paths) -> None:
    endless = b"x" * (single_instance.MAX_REQUEST * 4)
    assert elsewhere(qtbot, lambda: say(paths.socket, endless)) == b""


@pytest.mark.usefixtures("server")
def test_who_says_nothing_is_sent_away(qtbot: QtBot, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_instance, "TIME_OUT_MS", 50)
    assert elsewhere(qtbot, lambda: say(paths.socket, b'{"do":')) == b""


@pytest.mark.usefixtures("server")
def test_a_fault_while_answering_is_ours_and_ends_nothing(
    qtbot: QtBot, paths: Paths, logged_errors: LogWatch
) -> None:
    logged_errors.expect("could not answer")
    assert elsewhere(qtbot, lambda: running_app.ask(paths, {"do": "fail"})) == {
        "ok": False,
        "error": "internal error",
    }
    assert elsewhere(qtbot, lambda: running_app.ask(paths, {"do": "x"}))["ok"] is True


def sent_away(one: socket.socket) -> bool:
    """Tell whether the other side has hung up."""
    try:
        return one.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


@pytest.mark.usefixtures("server")
def test_too_many_talkers_do_not_shut_the_others_out_for_long(
    qtbot: QtBot, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "TIME_OUT_MS", 500)
    idle = [socket.socket(socket.AF_UNIX) for _number in range(single_instance.MAX_TALKS + 5)]
    for one in idle:
        one.connect(str(paths.socket))
        one.settimeout(0)
    qtbot.waitUntil(lambda: all(sent_away(one) for one in idle))
    assert elsewhere(qtbot, lambda: running_app.ask(paths, {"do": "x"}))["ok"] is True
    for one in idle:
        one.close()


@pytest.mark.usefixtures("server")
def test_the_socket_is_the_users_alone(paths: Paths) -> None:
    assert paths.socket.stat().st_mode & 0o077 == 0
    assert paths.runtime.stat().st_mode & 0o077 == 0


def test_a_socket_that_a_killed_process_left_is_taken_over(qtbot: QtBot, paths: Paths) -> None:
    paths.runtime.mkdir(mode=0o700)
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(paths.socket))
    left.close()
    server = InstanceServer(paths.socket, lambda _request: {"ok": True})
    assert server.listen()
    assert elsewhere(qtbot, lambda: running_app.ask(paths, {"do": "x"})) == {"ok": True}
    server.close()
    assert not paths.socket.exists()


def test_a_folder_that_others_can_enter_is_not_used(qtbot: QtBot, paths: Paths) -> None:
    del qtbot
    paths.runtime.mkdir()
    paths.runtime.chmod(0o777)
    assert not InstanceServer(paths.socket, lambda _request: {"ok": True}).listen()
    assert not paths.socket.exists()
