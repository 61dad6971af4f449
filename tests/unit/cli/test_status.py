"""`status`: what it prints, and how it ends."""

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from avdesk.emulator.server import Emulator
from benchmarks.signin import SignIn
from tests.harness.logwatch import LogWatch
from tests.unit.cli.conftest import Call
from tests.unit.cli.promised import STATUS, assert_promised


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_an_idle_server_is_fine(call: Call, watched: Emulator) -> None:
    outcome = call("status", "--json")
    assert outcome.code == 0
    assert outcome.err == ""
    assert_promised(outcome.json, STATUS)
    report = outcome.json
    assert (report["environment"], report["via"]) == ("dev", "server")
    assert report["rate_limit"] == {"limit": 10, "window_s": 300.0, "used": 1, "next_free_at": None}
    assert len(watched.asked("/status")) == 1


@pytest.mark.usefixtures("watched")
def test_called_as_avmonitor_it_needs_no_command(call: Call) -> None:
    outcome = call()
    assert outcome.code == 0
    assert outcome.out.startswith("○ Idle · dev")
    assert "1 of 10 requests" in outcome.out
    assert "\x1b" not in outcome.out


def test_a_run_shows_its_phases(call: Call, watched: Emulator) -> None:
    watched.world.start_run()
    outcome = call("status", "--json")
    assert_promised(outcome.json, STATUS)
    assert outcome.code == 0
    phases = outcome.json["phases"]
    assert isinstance(phases, list)
    assert phases[0] == {"name": "story_generation", "state": "running", "duration_s": phases[0]["duration_s"]}
    assert "◐ Story" in call("status").out


def test_a_failed_run_is_bad(call: Call, configure: Callable[[str], None]) -> None:
    with Emulator(speed=2000.0, seed=3, utc_offset_s=0.0) as emulator:
        emulator.plan_next(failure=None, refused_regions=0, queue_s=5000.0)
        configure(f'[environments.dev]\nurl = "{emulator.autovideo_url}"\nvertex = "off"\n')
        emulator.world.start_run()
        deadline = emulator.world.now() + 20
        while emulator.world.pipeline.state.is_generating and emulator.world.now() < deadline:
            with emulator.world.lock:
                emulator.world.advance()
        outcome = call("status", "--json")
    assert_promised(outcome.json, STATUS)
    summary = outcome.json["summary"]
    assert isinstance(summary, dict)
    assert (outcome.code, summary["state"]) == (1, "failed")
    assert "3600 seconds" in summary["error"]


def test_a_server_that_is_away_is_told_apart(call: Call, configure: Callable[[str], None]) -> None:
    configure(f'[environments.dev]\nurl = "http://127.0.0.1:{unused_port()}"\n')
    outcome = call("status")
    assert outcome.code == 3
    assert len(outcome.complaint) == 2
    as_json = call("status", "--json")
    assert as_json.code == 3
    assert_promised(as_json.json, STATUS)
    server = as_json.json["server"]
    assert isinstance(server, dict)
    assert server["reachable"] is False


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("/status=401", 4),
        ("/status=403", 4),
        ("/status=429", 6),
        ("/status=500", 3),
        ("/status=html", 3),
        ("/status=truncate", 3),
        ("/status=nested", 3),
        ("/status=reset", 3),
    ],
)
def test_every_fault_has_its_exit_code_and_two_lines(call: Call, watched: Emulator, fault: str, code: int) -> None:
    watched.faults.add(fault)
    outcome = call("status", "--json")
    assert outcome.code == code
    assert len(outcome.complaint) == 2
    assert_promised(outcome.json, STATUS)


def test_a_spent_allowance_shows_what_is_remembered_and_until_when(call: Call, watched: Emulator) -> None:
    codes = [call("status", "--json").code for _ in range(10)]
    assert codes == [0] * 10
    outcome = call("status", "--json")
    assert outcome.code == 6
    assert outcome.json["via"] == "cache"
    assert ":" in outcome.complaint[0]
    assert not [asked for asked in watched.requests if asked.status == 429]
    human = call("status")
    assert human.code == 6
    assert "from memory" in human.out


def test_the_environment_is_picked_before_and_behind_the_command(
    call: Call, watched: Emulator, configure: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(
        'default_environment = "gone"\n'
        f'[environments.gone]\nurl = "http://127.0.0.1:{unused_port()}"\nvertex = "off"\n'
        f'[environments.dev]\nurl = "{watched.autovideo_url}"\nvertex = "off"\n'
    )
    assert call("status").code == 3
    assert call("--env", "dev", "status").code == 0
    assert call("status", "--env", "dev").code == 0
    assert call("status", "--env=dev").code == 0
    monkeypatch.setenv("AVDESK_ENV", "dev")
    assert call("status").code == 0
    assert call("status", "--env", "gone").code == 3


def test_a_problem_elsewhere_in_the_file_is_told_and_stops_nothing(
    call: Call, watched: Emulator, configure: Callable[[str], None]
) -> None:
    configure(f'[environments.dev]\nurl = "{watched.autovideo_url}"\nvertex = "off"\nregoins = []\n')
    outcome = call("status", "--json")
    assert outcome.code == 0
    assert "config.toml:4" in outcome.err
    assert "regions" in outcome.err
    assert json.loads(outcome.out)["environment"] == "dev"


def test_an_environment_that_cannot_be_used_is_wrong_configuration(
    call: Call, configure: Callable[[str], None]
) -> None:
    configure('[environments.dev]\nurl = "nonsense"\n')
    outcome = call("status", "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert "config.toml:2" in outcome.err


@pytest.mark.usefixtures("watched")
def test_a_fault_of_our_own_is_one_line_and_a_place(
    call: Call, monkeypatch: pytest.MonkeyPatch, logged_errors: LogWatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("secret=hunter2")

    monkeypatch.setattr("avdesk.services.looking.look", fail)
    logged_errors.expect("the command failed")
    outcome = call("status")
    assert outcome.code == 1
    assert len(outcome.complaint) == 2
    log = outcome.complaint[1].split()
    path = next(word for word in log if word.endswith("avdesk.log"))
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - the path comes out of a sentence
        text = file.read()
    assert "ZeroDivisionError" in text
    assert "hunter2" not in text


@pytest.mark.parametrize(("fault", "code"), [("google:*=denied", 4), ("google:*=500", 3)])
def test_without_a_server_vertex_ai_decides(
    call: Call,
    configure: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    fault: str,
    code: int,
) -> None:
    with Emulator(faults=[fault]) as emulator, SignIn(emulator.token) as sign_in:
        key = sign_in.write_key(tmp_path / "key.json", emulator.project)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
        configure(
            f'[environments.dev]\nurl = ""\nproject = "{emulator.project}"\nvertex = "rest"\n'
            f'google_endpoint = "{emulator.google_url}"\nregions = ["us-central1"]\n'
        )
        outcome = call("status", "--json")
    assert_promised(outcome.json, STATUS)
    assert outcome.code == code
    assert len(outcome.complaint) == 2
