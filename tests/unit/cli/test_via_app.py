"""While the app runs, looking from the terminal spends no request."""

import json
from pathlib import Path

import pytest

from avdesk.config.differences import mark_of
from avdesk.config.load import load_settings
from avdesk.config.paths import find_paths
from avdesk.core.report import APP, status_report
from avdesk.core.snapshot import Reach, ServerView, Snapshot
from avdesk.emulator.server import Emulator
from tests.harness.fakeapp import answering_app
from tests.unit.cli.conftest import Call
from tests.unit.cli.promised import STATUS, assert_promised


def report(reach: Reach) -> dict[str, object]:
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    return status_report(Snapshot("dev", now, server=ServerView(reach=reach)), now, APP)


def test_the_running_app_is_asked_instead_of_the_server(call: Call, home: Path, watched: Emulator) -> None:
    answer = json.dumps({"ok": True, "status": report(Reach.YES)}).encode() + b"\n"
    with answering_app(find_paths(home), lambda _line: answer) as asked:
        as_json, human = call("status", "--json"), call("status")
    assert (as_json.code, human.code) == (0, 0)
    assert_promised(as_json.json, STATUS)
    assert as_json.json["via"] == "app"
    assert "told by the running app" in human.out
    mark = mark_of(load_settings(find_paths(home)).settings.environments["dev"])
    assert [json.loads(line) for line in asked] == [{"do": "status", "environment": "dev", "mark": mark}] * 2
    assert not watched.asked("/status")


@pytest.mark.usefixtures("watched")
def test_a_server_that_the_app_cannot_reach_has_the_same_exit_code(call: Call, home: Path) -> None:
    answer = json.dumps({"ok": True, "status": report(Reach.NO)}).encode() + b"\n"
    with answering_app(find_paths(home), lambda _line: answer):
        outcome = call("status", "--json")
    assert outcome.code == 3
    assert len(outcome.complaint) == 2


@pytest.mark.usefixtures("watched")
def test_an_environment_that_the_app_does_not_know_is_asked_for_at_the_server(call: Call, home: Path) -> None:
    with answering_app(find_paths(home), lambda _line: b'{"ok": false, "error": "unknown environment"}\n'):
        outcome = call("status", "--json")
    assert (outcome.code, outcome.json["via"]) == (0, "server")
