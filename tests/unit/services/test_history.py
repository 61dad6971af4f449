"""Reading past runs, and writing them to a file."""

import csv
import io
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from avdesk.config.paths import Paths, find_paths
from avdesk.config.settings import Environment, Settings
from avdesk.core import phases
from avdesk.core.errors import StoreError
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.run import RunState
from avdesk.services.history import as_csv, as_json
from avdesk.services.remembered import Remembered
from avdesk.store.memory import Memory
from tests.harness.past_runs import make_run, past_runs

NOW = datetime.now(UTC)
RUNS = past_runs(12).runs


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths(tmp_path / "home")


@pytest.fixture
def remembered(paths: Paths) -> Remembered:
    memory = Memory(paths.database)
    for run in RUNS:
        memory.add_run("prod", run, NOW)
    memory.add_run("dev", make_run(99), NOW)
    for seconds in (30.0, 40.0):
        memory.learn("prod", phases.STORY, seconds, NOW)
    memory.close()
    return Remembered(Settings("prod", MappingProxyType({"prod": Environment("prod")})), paths)


def test_the_runs_of_one_environment_are_read_newest_first_with_what_was_learnt(remembered: Remembered) -> None:
    past = remembered.history("prod", 100)
    assert [run.id for run in past.runs] == [run.id for run in RUNS]
    assert past.runs == RUNS
    assert dict(past.learnt)[phases.STORY] in ((30.0, 40.0), (40.0, 30.0))
    assert [run.id for run in remembered.history("dev", 100).runs] == [make_run(99).id]
    assert len(remembered.history("prod", 3).runs) == 3


def test_what_cannot_be_read_is_not_shown_as_no_runs(tmp_path: Path) -> None:
    paths = find_paths(tmp_path / "home")
    paths.state.parent.mkdir(parents=True)
    paths.state.write_text("in the way")
    with pytest.raises(StoreError):
        Remembered(Settings("prod"), paths).history("prod", 10)


def test_the_table_has_a_column_a_phase_and_no_formulas(remembered: Remembered, tmp_path: Path) -> None:
    hostile = replace(RUNS[2], error="=HYPERLINK(x)\nBearer abcdefghijklmnopqrstuvwxyz0123456789")
    file = tmp_path / "runs.csv"
    assert remembered.export_history(file, "prod", (RUNS[0], hostile)) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [row["id"] for row in rows] == [RUNS[0].id, RUNS[2].id]
    assert float(rows[0]["story_generation_s"]) == RUNS[0].phases[0].duration_s
    assert rows[0]["error"] == ""
    assert rows[1]["error"].startswith("'=")
    assert "abcdefghijklmnopqrstuvwxyz0123456789" not in rows[1]["error"]


def test_json_holds_every_key_and_null_for_what_is_not_known() -> None:
    bare = replace(
        RUNS[0], state=RunState.UNKNOWN, started_at=None, total_s=None, phases=(Phase("x", PhaseState.DONE),)
    )
    told = json.loads(as_json("prod", (bare,)))
    assert (told["environment"], len(told["runs"])) == ("prod", 1)
    [run] = told["runs"]
    assert (run["state"], run["started_at"], run["total_s"], run["reason"]) == ("unknown", None, None, None)
    assert run["phases"] == [{"name": "x", "state": "done", "duration_s": None}]
    assert as_csv(()).splitlines() == ["id,state,started_at,ended_at,total_s,job_id,vm_id,reason,error"]


def test_a_folder_that_cannot_be_written_is_told(remembered: Remembered, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"runs\.json"):
        remembered.export_history(tmp_path / "nowhere" / "runs.json", "prod", RUNS)
