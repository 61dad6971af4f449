"""An environment that is called otherwise keeps its past."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from avdesk.core.actions import ActionKind, ActionRecord, ActionRequest, ActionState
from avdesk.core.events import Event, EventKind
from avdesk.core.run import Run, RunState
from avdesk.store.memory import Memory
from avdesk.store.renaming import rename_environment

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RUN = Run("run-00000001", RunState.SUCCEEDED, (), started_at=NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "state" / "avdesk.sqlite3"
    memory = Memory(file)
    memory.keep("old", "zone_offset_s", 3600.0, NOW)
    memory.add_events([Event(EventKind.RUN_STARTED, "old", NOW, RUN.id, RUN.id)])
    memory.add_events([Event(EventKind.RUN_STARTED, "other", NOW, "x", "x")])
    memory.add_run("old", RUN, NOW)
    memory.learn("old", "story_generation", 37.0, NOW)
    request = ActionRequest("action-1", ActionKind.CANCEL, "old", "video-job-ab12cd34", "us-west1", "1")
    memory.add_action(ActionRecord(request, "me", "window", NOW, NOW, ActionState.CONFIRMED))
    memory.close()
    return file


def test_everything_but_the_audit_list_goes_along(path: Path) -> None:
    assert rename_environment(path, "old", "new")
    memory = Memory(path)
    assert memory.recall("new", "zone_offset_s", float) == (3600.0, NOW)
    assert [event.environment for event in memory.events("new", 9)] == ["new"]
    assert memory.runs("new", 9) == (RUN,)
    assert memory.durations("new", "story_generation", 9) == (37.0,)
    assert memory.runs("old", 9) == ()
    assert memory.events("old", 9) == ()
    assert [event.environment for event in memory.events("other", 9)] == ["other"]
    assert [record.request.environment for record in memory.actions(9)] == ["old"]
    memory.close()


def test_two_pasts_are_never_mixed(path: Path) -> None:
    memory = Memory(path)
    memory.learn("new", "story_generation", 99.0, NOW)
    memory.close()
    assert not rename_environment(path, "old", "new")
    memory = Memory(path)
    assert memory.runs("old", 9) == (RUN,)
    assert memory.durations("new", "story_generation", 9) == (99.0,)
    memory.close()


def test_a_folder_that_cannot_be_used_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    assert not rename_environment(tmp_path / "state" / "avdesk.sqlite3", "old", "new")
