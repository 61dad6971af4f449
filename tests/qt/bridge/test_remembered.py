"""Reading what is kept, off the GUI thread."""

import json
import stat
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avdesk.app.acting import remembered_maker
from avdesk.app.in_force import InForce
from avdesk.bridge.remembered import AuditTold, ExportTold, RememberedLike, RememberedReader
from avdesk.config.paths import Paths, find_paths
from avdesk.config.settings import Environment, Settings
from avdesk.core.actions import ActionKind, ActionRecord, ActionRequest, ActionState
from avdesk.core.endpoints import JOB_CANCEL, Endpoints
from avdesk.core.history import PastRuns
from avdesk.core.run import Run
from avdesk.services.audit import Audit
from avdesk.services.server_calls import FACT
from avdesk.store.ledger import server_key
from avdesk.store.memory import Memory
from tests.harness.logwatch import LogWatch

NOW = datetime.now(UTC)
DEV = Environment(name="dev", url="http://127.0.0.1:9")
PROD = replace(DEV, name="prod")
SETTINGS = Settings(default_environment="dev", environments={"dev": DEV, "prod": PROD})


def record(number: int, environment: str = "dev") -> ActionRecord:
    request = ActionRequest(f"action-{number}", ActionKind.CANCEL, environment, f"video-job-{number:08x}")
    return ActionRecord(request, "=me", "tray", NOW, NOW, ActionState.CONFIRMED, "It is cancelled.")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = find_paths(tmp_path / "home")
    memory = Memory(made.database)
    audit = Audit(memory)
    for number in range(3):
        audit.add(record(number))
    audit.add(record(7, "prod"))
    key = server_key(DEV.url)
    memory.keep("dev", FACT, Endpoints(key, {JOB_CANCEL: True}, {JOB_CANCEL: NOW}), NOW)
    memory.close()
    return made


@pytest.fixture
def reader(paths: Paths, qtbot: QtBot) -> RememberedReader:
    del qtbot
    return RememberedReader(SETTINGS.environments, remembered_maker(InForce(SETTINGS), paths))


class Told:
    """Collects what is told, and in which thread."""

    def __init__(self) -> None:
        self.values: list[object] = []

    def take(self, *values: object) -> None:
        """Keep it."""
        self.values.append(values[0] if len(values) == 1 else values)


def test_the_list_of_one_environment_or_of_all_is_read(reader: RememberedReader, qtbot: QtBot) -> None:
    told: list[AuditTold] = []
    reader.audit_told.connect(told.append)
    reader.read_audit("dev", 2)
    qtbot.waitUntil(lambda: len(told) == 1)
    reader.read_audit("", 10)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert [len(each.records) for each in told] == [2, 4]
    assert (told[0].environment, told[1].environment) == ("dev", None)
    assert {each.request.environment for each in told[0].records} == {"dev"}


@pytest.mark.parametrize("name", ["list.jsonl", "list.CSV"])
def test_the_whole_list_is_exported_privately_as_the_files_name_says(
    reader: RememberedReader, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    told: list[ExportTold] = []
    reader.export_told.connect(told.append)
    file = tmp_path / name
    file.write_text("what was there before")
    reader.export_audit("dev", str(file))
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told == [ExportTold(file, 3)]
    lines = file.read_text("utf-8").splitlines()
    if name.endswith("jsonl"):
        assert {json.loads(line)["job_id"] for line in lines} == {f"video-job-{n:08x}" for n in range(3)}
    else:
        assert len(lines) == 4
        assert "'=me" in lines[1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


def test_a_file_that_cannot_be_written_is_told_of(reader: RememberedReader, qtbot: QtBot, tmp_path: Path) -> None:
    told: list[ExportTold] = []
    reader.export_told.connect(told.append)
    reader.export_audit("dev", str(tmp_path / "nowhere" / "list.jsonl"))
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0].trouble is not None
    assert "list.jsonl" in told[0].trouble.message


def test_a_list_that_cannot_be_read_is_not_shown_as_empty(tmp_path: Path, qtbot: QtBot) -> None:
    paths = find_paths(tmp_path / "home")
    paths.state.parent.mkdir(parents=True, exist_ok=True)
    paths.state.write_text("in the way")
    reader = RememberedReader(SETTINGS.environments, remembered_maker(InForce(SETTINGS), paths))
    told: list[AuditTold] = []
    reader.audit_told.connect(told.append)
    reader.read_audit("dev", 10)
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0].trouble is not None


def test_previews_follow_what_the_server_was_found_to_have(reader: RememberedReader, qtbot: QtBot) -> None:
    reader.endpoints_told.connect(reader.take_endpoints)
    request = ActionRequest("action-1", ActionKind.CANCEL, "dev", "video-job-ab12cd34", "us-west1", "1")
    assert len(reader.preview(request, None).sends) > 1
    reader.learn_of(replace(record(1), state=ActionState.SENDING))  # nothing was found out by then
    reader.learn("nowhere")
    assert reader.wait(0.0)
    reader.learn_of(record(1))
    qtbot.waitUntil(lambda: len(reader.preview(request, None).sends) == 1)
    assert reader.preview(request, None).sends == (f"POST {DEV.url}/jobs/video-job-ab12cd34/cancel",)


class Slow:
    """Reads endpoints when it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.begun = threading.Semaphore(0)
        self.count = 0

    def endpoints(self, environment: str) -> Endpoints:
        """Wait, then know nothing."""
        self.count += 1
        self.begun.release()
        assert self.let.wait(30.0)
        return Endpoints(environment)

    def audit(self, limit: int, environment: str | None = None) -> tuple[ActionRecord, ...]:
        """Fail as a fault of our own would."""
        raise ZeroDivisionError(limit, environment)

    def export(self, file: Path, environment: str | None = None) -> int:
        """Fail as a fault of our own would."""
        raise ZeroDivisionError(file, environment)

    def history(self, environment: str, limit: int) -> PastRuns:
        """Fail as a fault of our own would."""
        raise ZeroDivisionError(environment, limit)

    def export_history(self, file: Path, environment: str, runs: Sequence[Run]) -> int:
        """Fail as a fault of our own would."""
        raise ZeroDivisionError(file, environment, runs)


def slow_reader(slow: Slow) -> RememberedReader:
    make: Callable[[], RememberedLike] = lambda: slow  # noqa: E731 - its type is what is tested too
    return RememberedReader(SETTINGS.environments, make)


def test_twenty_actions_are_learnt_from_with_two_looks_and_the_caller_never_waits(qtbot: QtBot) -> None:
    slow = Slow()
    reader = slow_reader(slow)
    told = Told()
    reader.endpoints_told.connect(told.take)
    reader.learn("dev")
    assert slow.begun.acquire(timeout=30)
    for number in range(20):
        reader.learn_of(record(number))
    slow.let.set()
    qtbot.waitUntil(lambda: len(told.values) == 2)
    assert reader.wait(30.0)
    assert slow.count == 2


def test_a_fault_of_our_own_is_told_and_a_stop_is_bounded(qtbot: QtBot, logged_errors: LogWatch) -> None:
    logged_errors.expect("what is remembered could not be read")
    slow = Slow()
    reader = slow_reader(slow)
    told = Told()
    reader.audit_told.connect(told.take)
    reader.export_told.connect(told.take)
    reader.read_audit("dev", 5)
    reader.export_audit("dev", "list.csv")
    qtbot.waitUntil(lambda: len(told.values) == 2)
    assert all(isinstance(each, AuditTold | ExportTold) and each.trouble is not None for each in told.values)
    reader.learn("dev")
    assert slow.begun.acquire(timeout=30)
    reader.ask_to_stop()
    assert not reader.wait(0.05)
    reader.read_audit("dev", 5)
    slow.let.set()
    assert reader.wait(30.0)
    assert len(told.values) == 2


def test_what_was_read_of_another_server_is_not_taken_for_this_one(reader: RememberedReader) -> None:
    request = ActionRequest("a", ActionKind.CANCEL, "dev", "video-job-ab12cd34", "us-west1", "1")
    has = Endpoints(server_key(DEV.url), {JOB_CANCEL: True}, {JOB_CANCEL: NOW})
    reader.take_endpoints("dev", has)
    assert reader.preview(request, None).sends == (f"POST {DEV.url}/jobs/video-job-ab12cd34/cancel",)
    elsewhere = replace(DEV, url="http://127.0.0.1:10")
    reader.set_environments({"dev": elsewhere}, ("dev",))
    unknown = reader.preview(request, None).sends
    assert unknown[0].endswith("(where the server has it)")
    reader.take_endpoints("dev", has)  # from a thread that was reading meanwhile
    assert reader.preview(request, None).sends == unknown
    reader.take_endpoints("nowhere", has)
