"""`logs` as people and scripts use it."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avdesk.cli.log_choice import moment
from avdesk.cli.session import Session
from avdesk.core.errors import UsageError
from avdesk.core.logline import Severity
from avdesk.emulator.faults import Side
from avdesk.emulator.server import Emulator
from avdesk.services.runtime import Runtime
from tests.harness.waiting import wait_until
from tests.unit.cli.conftest import Call
from tests.unit.cli.promised import OPTIONAL_MOMENT, OPTIONAL_TEXT, TEXT, assert_promised, or_null, table
from tests.unit.cli.test_process import TIME_S, first_line, program

PATH = "/v2/entries:list"
LINES = (
    "2026-11-23 12:57:20,315 - main - INFO - first\n"
    "2026-11-23 12:57:21,315 - main - ERROR - it failed: token=abcdefghijklmnop\n"
    "Traceback (most recent call last):\n"
    '  File "/app/main.py", line 412, in run\n'
    "ValueError: no such video-job-ab12cd34\n"
    "2026-11-23 12:57:22,315 - main - WARNING - \x1b[31mlast\x1b[0m\n"
)
ENTRY = table(
    time=OPTIONAL_MOMENT,
    severity={"enum": [None, *(each.name for each in Severity if each is not Severity.DEFAULT)]},
    source=TEXT,
    job=OPTIONAL_TEXT,
    text=TEXT,
    payload=or_null({"type": "object"}),
    insert_id=OPTIONAL_TEXT,
)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """The embedded AutoVideo with a past, sixty times as fast as reality."""
    with Emulator(speed=60.0, seed=3, past_jobs=20, failure_rate=0.5, utc_offset_s=0.0) as running:
        yield running


Configure = Callable[..., None]


@pytest.fixture
def environment(emulator: Emulator, configure: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Write the configuration of the environment dev, with further lines."""

    def write(*lines: str, google: str | None = None) -> None:
        regions = ", ".join(f'"{region}"' for region in emulator.regions)
        configure(
            "\n".join(
                [
                    "[environments.dev]",
                    f'project = "{emulator.project}"',
                    f"regions = [{regions}]",
                    'vertex = "rest"',
                    f'google_endpoint = "{google or emulator.google_url}"',
                    *(lines or (f'url = "{emulator.autovideo_url}"',)),
                ]
            )
            + "\n"
        )

    def runtime(session: Session) -> Runtime:
        return Runtime(session.loaded.settings, session.paths, google_token=emulator.token)

    monkeypatch.setattr(Session, "runtime", runtime)
    write()
    return write


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file in AutoVideo's format."""
    path = tmp_path / "app.log"
    path.write_text(LINES)
    return path


def objects(text: str) -> list[dict[str, object]]:
    found = [json.loads(line) for line in text.splitlines()]
    for each in found:
        assert_promised(each, ENTRY)
    return found


def ended_job(call: Call, state: str = "failed") -> dict[str, object]:
    jobs = call("jobs", "list", "--state", state, "--json").json["jobs"]
    assert isinstance(jobs, list)
    found = jobs[0]
    assert isinstance(found, dict)
    return found


def test_a_file_s_newest_entries_are_printed_as_they_are_but_for_secrets(call: Call, file: Path) -> None:
    told = call("logs", "tail", "-n", "2", "--source", str(file))
    lines = LINES.replace("abcdefghijklmnop", "•••").replace("\x1b[31m", "").replace("\x1b[0m", "").splitlines()
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == lines[1:]
    assert call("logs", "tail", "-n", "0", "--source", str(file)).out == ""


def test_an_entry_is_one_object_with_all_its_lines(call: Call, file: Path) -> None:
    [failed, last] = objects(call("logs", "tail", "-n", "2", "--json", "--source", str(file)).out)
    assert failed["severity"] == "ERROR"
    assert str(failed["text"]).endswith("ValueError: no such video-job-ab12cd34")
    assert (last["severity"], last["source"], last["insert_id"]) == ("WARNING", f"file:{file}", None)


def test_severity_and_job_choose_entries(call: Call, file: Path) -> None:
    [failed] = objects(call("logs", "tail", "--severity", "error", "--json", "--source", str(file)).out)
    assert "it failed" in str(failed["text"])
    assert "wrong" not in call("logs", "tail", "--job", "video-job-00000000", "--source", str(file)).out
    assert call("logs", "tail", "--job", "video", "--source", str(file)).code == 2


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("VALUEERROR",), []),
        (("valueerror",), ["ValueError: no such video-job-ab12cd34"]),
        ((r"^2026.*(first|last)", "--regex"), [0, 5]),
        (("(a+)+$", "--regex"), []),
        (("nothing at all",), []),
        (("INFO", "--since", "2026-11-23T13:00"), []),
    ],
)
def test_searching_a_file(call: Call, file: Path, arguments: tuple[str, ...], found: list[str | int]) -> None:
    lines = LINES.replace("\x1b[31m", "").replace("\x1b[0m", "").splitlines()
    told = call("logs", "search", *arguments, "--source", str(file))
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [lines[each] if isinstance(each, int) else each for each in found]


def test_a_search_as_json_tells_the_whole_entry_once(call: Call, file: Path) -> None:
    [entry] = objects(call("logs", "search", "e", "--json", "--severity", "error", "--source", str(file)).out)
    assert "it failed" in str(entry["text"])
    assert "ValueError" in str(entry["text"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("search", "(", "--regex"), "expression"),
        (("search", r"(?=x)", "--regex"), "cannot be bounded"),
        (("search", ""), "nothing to look for"),
        (("search", "x", "--since", "yesterday-ish"), "no time"),
        (("tail", "-n", "-1"), "whole number"),
        (("tail", "--severity", "purple"), "--severity"),
    ],
)
def test_wrong_use_is_said_in_two_lines(call: Call, file: Path, arguments: tuple[str, ...], words: str) -> None:
    told = call("logs", *arguments, "--source", str(file))
    assert (told.code, told.out) == (2, "")
    assert len(told.complaint) == 2
    assert words in told.complaint[0]


def test_a_file_that_is_not_there_and_a_log_that_is_not_there_yet(call: Call, tmp_path: Path) -> None:
    told = call("logs", "tail", "--source", str(tmp_path / "none.log"))
    assert (told.code, told.out, len(told.complaint)) == (2, "", 2)
    for own in (call("logs", "tail", "--source", "avdesk"), call("logs", "search", "x", "--source", "avdesk")):
        assert (own.code, own.out) == (0, "")
        assert "not logged anything" in own.err


def test_avdesk_s_own_log_is_a_source(call: Call, home: Path) -> None:
    (home / "logs").mkdir(parents=True)
    (home / "logs" / "avdesk.log").write_text("2026-11-23 12:57:20,315 77 WARNING avdesk.x: disk is full\n")
    [entry] = objects(call("logs", "tail", "--json", "--source", "avdesk").out)
    assert (entry["source"], entry["severity"]) == ("avdesk", "WARNING")


@pytest.mark.usefixtures("environment")
def test_the_logs_of_app_and_jobs_come_in_order_of_time(call: Call, emulator: Emulator) -> None:
    wait_until(lambda: "server is up" in call("logs", "tail", "--source", "app").out, "the app's line is received")
    told = objects(call("logs", "tail", "-n", "1000", "--json").out)
    assert {str(entry["source"]).partition(":")[0] for entry in told} == {"app", "job"}
    times = [str(entry["time"]) for entry in told]
    assert times == sorted(times)
    assert len({(entry["insert_id"], entry["time"]) for entry in told}) == len(told)
    assert all(str(entry["job"]).startswith("video-job-") for entry in told if entry["source"] != "app")
    with emulator.world.lock:
        said = [str(record.json) for record in emulator.world.logs()]
    secrets = {found for text in said for found in re.findall(r"Signature=(\w+)", text)}
    assert secrets
    shown = call("logs", "tail", "-n", "1000").out
    assert "Signature=•••" in shown
    assert not any(secret in shown for secret in secrets)
    reads = emulator.asked(PATH, Side.GOOGLE)
    assert len(reads) <= 30


@pytest.mark.usefixtures("environment")
def test_a_job_s_log_says_why_it_failed(call: Call) -> None:
    job = ended_job(call)
    told = call("logs", "tail", "--job", str(job["id"]), "--severity", "error")
    assert (told.code, told.err) == (0, "")
    error = job["error"]
    assert isinstance(error, dict)
    assert str(error["message"])[:40] in told.out
    entries = objects(call("logs", "tail", "--job", str(job["id"]), "--json").out)
    assert {entry["source"] for entry in entries} == {f"job:{job['id']}"}
    found = call("logs", "search", str(error["message"])[:30], "--job", str(job["id"]))
    assert found.out.strip()


@pytest.mark.usefixtures("environment")
def test_following_an_ended_job_ends(call: Call) -> None:
    job = ended_job(call)
    told = call("logs", "tail", "-f", "--job", str(job["id"]))
    assert (told.code, told.err) == (0, "")
    assert told.out


@pytest.mark.usefixtures("environment")
def test_how_a_log_that_cannot_be_read_ends(call: Call, emulator: Emulator, environment: Configure) -> None:
    assert call("logs", "tail", "--job", "video-job-00000000").code == 5
    for fault, code in (("denied", 4), ("expired", 4), ("html", 3), ("truncate", 3), ("reset", 3), ("quota", 6)):
        emulator.faults.add(f"google:{PATH}={fault}")
        told = call("logs", "tail", "--source", "jobs")
        assert (told.code, told.out) == (code, ""), fault
        assert len(told.complaint) == 2, fault
        emulator.faults.clear()
    asked = len(emulator.asked(PATH, Side.GOOGLE))
    assert call("logs", "search", "x").code == 6  # remembered for every process: nothing more is sent
    assert len(emulator.asked(PATH, Side.GOOGLE)) == asked
    environment(google="http://127.0.0.1:9")
    assert call("logs", "tail").code == 3


@pytest.mark.usefixtures("environment")
def test_a_server_that_fails_for_a_moment_is_asked_again(call: Call, emulator: Emulator) -> None:
    emulator.faults.add(f"google:{PATH}=503 x1")
    told = call("logs", "tail", "--source", "jobs")
    assert told.code == 0
    assert told.out


def test_where_cloud_logging_is_not_allowed_the_server_tells_its_log(
    configure: Callable[[str], None], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator(speed=60.0, seed=3, revision="planned", past_jobs=5, utc_offset_s=0.0) as emulator:

        def runtime(session: Session) -> Runtime:
            return Runtime(session.loaded.settings, session.paths, google_token=emulator.token)

        monkeypatch.setattr(Session, "runtime", runtime)
        configure(
            f'[environments.dev]\nurl = "{emulator.autovideo_url}"\nproject = "{emulator.project}"\n'
            f'vertex = "rest"\ngoogle_endpoint = "{emulator.google_url}"\n'
        )
        emulator.faults.add(f"google:{PATH}=denied")
        told = call("logs", "tail", "--source", "jobs", "--json")
        assert told.code == 0
        assert objects(told.out)
        assert len(emulator.asked("/logs")) == 1


def test_an_environment_without_any_log_says_what_to_do(configure: Callable[[str], None], call: Call) -> None:
    configure('[environments.dev]\nurl = ""\nvertex = "off"\n')
    told = call("logs", "tail")
    assert (told.code, len(told.complaint)) == (2, 2)


def test_times_are_read() -> None:
    assert moment("2026-11-23T10:00:00+01:00").isoformat() == "2026-11-23T09:00:00+00:00"
    assert (moment("90s") - moment("1h")).total_seconds() == pytest.approx(3510, abs=1)
    for wrong in ("", "2 hours", "h", "99999999999d", "2026-13-01"):
        with pytest.raises(UsageError):
            moment(wrong)


def test_a_reader_that_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    path = tmp_path / "many.log"
    path.write_text("".join(f"2026-11-23 12:57:20,315 - main - INFO - {index}\n" for index in range(60_000)))
    for command in (["tail", "-n", "60000"], ["tail", "-f", "-n", "60000"], ["search", "main"], ["tail", "-f"]):
        with program("logs", *command, "--source", str(path), home=tmp_path / "home") as process:
            assert first_line(process)
            assert process.stdout is not None
            process.stdout.close()
            process.wait(TIME_S)
            assert process.stderr is not None
            assert (process.returncode, process.stderr.read()) == (0, ""), command
            process.stdout = None


def test_a_shell_s_pipe_ends_it_quietly(tmp_path: Path, file: Path) -> None:
    done = subprocess.run(
        [
            "bash",
            "-c",
            f'"$0" -m avdesk --home "$1" logs tail -f --source {file} | head -1',
            sys.executable,
            tmp_path,
        ],
        capture_output=True,
        text=True,
        timeout=TIME_S,
        check=False,
    )
    assert (done.stdout.splitlines(), done.stderr) == ([LINES.splitlines()[0]], "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_following_a_file_over_a_rotation_until_it_is_ended(
    tmp_path: Path, file: Path, number: int, code: int
) -> None:
    with program("logs", "tail", "-n", "1", "-f", "--source", str(file), home=tmp_path / "home") as process:
        assert "last" in first_line(process)
        with file.open("a") as log:
            log.write("2026-11-23 12:58:00,000 - main - INFO - appended\n")
        assert "appended" in first_line(process)
        file.rename(file.with_suffix(".log.1"))
        file.write_text("2026-11-23 12:59:00,000 - main - INFO - in a new file\n")
        assert "in a new file" in first_line(process)
        process.send_signal(number)
        out, err = process.communicate(timeout=TIME_S)
        assert (process.returncode, out) == (code, "")
        assert "Traceback" not in err


def test_a_traceback_that_comes_in_pieces_is_one_object(tmp_path: Path, file: Path) -> None:
    arguments = ("logs", "tail", "-n", "1", "-f", "--json", "--source", str(file))
    with program(*arguments, home=tmp_path / "home") as process, file.open("a") as log:
        assert "last" in first_line(process)
        log.write("2026-11-23 12:58:00,000 - main - ERROR - broke\nTraceback (most recent call last):\n")
        log.flush()
        log.write("ValueError: pieces\n")
        log.flush()
        [entry] = objects(first_line(process))
        assert str(entry["text"]).endswith("broke\nTraceback (most recent call last):\nValueError: pieces")
        log.write("2026-11-23 12:58:01,000 - main - INFO - on\n")
        log.flush()
        assert "on" in first_line(process)


def test_a_file_that_does_not_exist_yet_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "later.log"
    with program("logs", "tail", "-f", "--source", str(path), home=tmp_path / "home") as process:
        assert process.stderr is not None
        assert "later.log" in process.stderr.readline()
        path.write_text("hello\n")
        assert first_line(process) == "hello\n"


def on_a_terminal(tmp_path: Path, file: Path, **variables: str) -> str:
    """Return what a terminal is sent."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **variables}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "avdesk", "--home", str(tmp_path)),
            *("logs", "search", "FAILED|Last|last", "--regex", "--source", str(file)),
        ],
        stdout=slave,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=environment,
    )
    os.close(slave)
    told = b""
    try:
        while select.select([master], [], [], TIME_S)[0]:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            told += piece
    finally:
        process.wait(TIME_S)
        os.close(master)
    return told.decode()


def test_colours_are_for_terminals_that_want_them(tmp_path: Path, file: Path) -> None:
    assert re.search(r"\x1b\[[\d;]*mlast\x1b\[0m", on_a_terminal(tmp_path, file))
    assert "\x1b" not in on_a_terminal(tmp_path, file, NO_COLOR="1")


@pytest.mark.usefixtures("environment")
def test_a_live_run_is_followed_in_a_process(call: Call, emulator: Emulator, home: Path, tmp_path: Path) -> None:
    del call
    script = (
        "import sys\nfrom avdesk.cli.main import run\nfrom avdesk.cli.session import Session\n"
        "from avdesk.services.runtime import Runtime\n"
        f"Session.runtime = lambda self: Runtime(self.loaded.settings, self.paths, google_token={emulator.token!r})\n"
        f"sys.exit(run(['avdesk', '--home', {str(home)!r}, 'logs', 'tail', '-n', '0', '-f', '--json']))"
    )
    out = tmp_path / "out.jsonl"
    with out.open("w") as sink:
        process = subprocess.Popen([sys.executable, "-c", script], stdout=sink, stderr=subprocess.PIPE, text=True)
        try:
            wait_until(lambda: emulator.asked(PATH, Side.GOOGLE), "it looks for the first time", TIME_S)
            emulator.world.start_run("cats")
            wait_until(lambda: "cats" in out.read_text("utf-8"), "the app tells of the run", TIME_S)
            emulator.faults.add(f"google:{PATH}=503")
            assert process.stderr is not None
            assert "503" in process.stderr.readline()
            emulator.faults.clear()
            process.stderr.readline()
            assert "goes on" in process.stderr.readline()
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=TIME_S)
    assert process.returncode == 130
    keys = [(entry["insert_id"], entry["time"]) for entry in objects(out.read_text("utf-8"))]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("words", "offered"),
    [("avdesk logs t", "tail"), ("avdesk logs tail --source a", "app"), ("avdesk logs tail --severity e", "error")],
)
def test_the_shell_is_offered_what_fits(
    words: str, offered: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVDESK_HOME", str(home))
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    monkeypatch.setenv("_AVDESK_COMPLETE", "bash_complete")
    done = subprocess.run(
        [sys.executable, "-c", "from avdesk.cli.main import run; run(['avdesk'])"],
        capture_output=True,
        text=True,
        timeout=TIME_S,
        check=False,
    )
    assert done.stderr == ""
    assert f"plain,{offered}" in done.stdout.splitlines()
