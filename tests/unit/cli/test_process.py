"""The program as a process: signals, pipes, and what it imports."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from avdesk.emulator.server import Emulator
from tests.unit.cli.promised import STATUS, assert_promised

TIME_S = 60
"""For a step of a process on a busy machine."""


@contextmanager
def program(*arguments: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the program; it is ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "avdesk", "--home", str(home), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.communicate(timeout=TIME_S)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_the_emulator_says_where_it_is_and_runs_until_interrupted(tmp_path: Path, number: int, code: int) -> None:
    with program("emulator", "--seed", "5", "--jobs", "3", "--fault", "/status=500", home=tmp_path) as process:
        ready = json.loads(first_line(process))
        assert set(ready) >= {"autovideo", "google", "token", "project", "regions"}
        process.send_signal(number)
        out, err = process.communicate(timeout=TIME_S)
        assert (process.returncode, out, err) == (code, "", "")


def test_an_occupied_port_is_told(tmp_path: Path) -> None:
    with (
        Emulator() as emulator,
        program("emulator", "--port", emulator.autovideo_url.rpartition(":")[2], home=tmp_path) as process,
    ):
        out, err = process.communicate(timeout=TIME_S)
    assert (process.returncode, out) == (2, "")
    assert len(err.splitlines()) == 2


def test_watch_tells_one_object_a_line_until_interrupted(home: Path, watched: Emulator) -> None:
    with program("watch", "--json", "--interval", "1", home=home) as process:
        first, second = json.loads(first_line(process)), json.loads(first_line(process))
        for report in (first, second):
            assert_promised(report, STATUS)
        assert first["via"] == "server"
        assert second["via"] == "cache"  # not asked again within a second
        assert second["age_s"] > first["age_s"]
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=TIME_S)
        assert (process.returncode, err) == (130, "")
    assert len(watched.asked("/status")) == 1


def test_watch_ends_soon_while_the_server_hangs(home: Path, watched: Emulator) -> None:
    with program("watch", "--json", "--interval", "1", home=home) as process:
        first_line(process)
        watched.faults.add("/status=hang,/health=hang")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=TIME_S)
        assert process.returncode == 130


@pytest.mark.usefixtures("watched")
def test_watch_tells_changes_alone_where_there_is_no_terminal(home: Path) -> None:
    with program("status", "-c", "--interval", "1", home=home) as process:
        assert "○ dev · Idle" in first_line(process)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=TIME_S)
        assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.usefixtures("watched")
def test_a_reader_that_has_enough_ends_it_quietly(home: Path) -> None:
    with program("watch", "--json", "--interval", "1", home=home) as process:
        first_line(process)
        assert process.stdout is not None
        process.stdout.close()
        process.wait(TIME_S)
        assert process.stderr is not None
        assert (process.returncode, process.stderr.read()) == (0, "")
        process.stdout = None


def test_the_demo_follows_one_run_to_its_end_in_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVDESK_ENV", "a-user-s-own")
    with program("demo", "--terminal", "--speed", "400", home=tmp_path / "untouched") as process:
        out, err = process.communicate(timeout=TIME_S)
    assert (process.returncode, err) == (0, "")
    assert "✔ demo · Done" in out.splitlines()[-1]
    assert not (tmp_path / "untouched").exists()


_HEAVY = ("PySide6", "shiboken6", "rich", "keyring", "google.auth", "truststore", "platformdirs", "avdesk.emulator")


@pytest.mark.parametrize(
    "arguments", [["status"], ["status", "--json"], ["health"], ["config", "path"], ["--version"]]
)
@pytest.mark.usefixtures("watched")
def test_a_quick_command_imports_only_what_it_needs(home: Path, arguments: list[str]) -> None:
    script = (
        "import sys\nfrom avdesk.cli.main import run\n"
        f"run(['avmonitor', '--home', {str(home)!r}, *{arguments!r}])\n"
        f"print([name for name in {_HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", timeout=TIME_S, check=True
    )
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("words", "offered"),
    [("avmonitor sta", "status"), ("avmonitor --env d", "dev"), ("avmonitor health vertex_", "vertex_ai")],
)
def test_the_shell_is_offered_what_fits(
    home: Path, configure: Callable[[str], None], words: str, offered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure("[environments.dev]\n")
    monkeypatch.setenv("AVDESK_HOME", str(home))
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    monkeypatch.setenv("_AVMONITOR_COMPLETE", "bash_complete")
    done = subprocess.run(
        [sys.executable, "-c", "from avdesk.cli.main import run; run(['avmonitor'])"],
        capture_output=True,
        text=True,
        timeout=TIME_S,
        check=False,
    )
    assert done.stderr == ""
    assert f"plain,{offered}" in done.stdout.splitlines()
