"""What was known of one server is never shown as another one's of the same name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avdesk.config.paths import find_paths
from avdesk.config.settings import Environment, Settings
from avdesk.core.jobs import Job, JobState
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import ServerView
from avdesk.core.status import read_status
from avdesk.services.monitor import KeptJobs
from avdesk.services.runtime import Runtime
from avdesk.services.whereabouts import forget_elsewhere
from avdesk.store.memory import Memory

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HERE = Environment("dev", url="http://127.0.0.1:1", project="av-8675309")
JOB = Job("video-job-ab12cd34", "", "", "1", JobState.RUNNING, "JOB_STATE_RUNNING", "us-west1")
STATUS = read_status({"is_generating": True, "is_initialized": True, "last_generation_status": "Creating video"})
RUN = Run("run-00000001", RunState.RUNNING, (), started_at=NOW)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def memory(home: Path) -> Iterator[Memory]:
    made = Memory(find_paths(home).database)
    made.keep("dev", "server", ServerView(status=STATUS, status_at=NOW), NOW)
    made.keep("dev", "run", RUN, NOW)
    made.keep("dev", "jobs", KeptJobs((JOB,)), NOW)
    made.add_run("dev", replace(RUN, state=RunState.SUCCEEDED), NOW)
    forget_elsewhere(made, HERE, NOW)
    yield made
    made.close()


def facts(memory: Memory) -> list[str]:
    kinds = {"server": ServerView, "run": Run, "jobs": KeptJobs}
    return [name for name, kind in kinds.items() if memory.recall("dev", name, kind) is not None]


def test_what_leads_to_the_same_place_is_kept(memory: Memory) -> None:
    forget_elsewhere(memory, replace(HERE, colour="red", regions=("us-west1",)), NOW)
    assert facts(memory) == ["server", "run", "jobs"]


def test_another_server_takes_the_run_and_another_project_the_jobs(memory: Memory) -> None:
    forget_elsewhere(memory, replace(HERE, url="http://127.0.0.1:9"), NOW)
    assert facts(memory) == ["jobs"]
    forget_elsewhere(memory, replace(HERE, url="http://127.0.0.1:9", project="av-other-1"), NOW)
    assert facts(memory) == []
    assert len(memory.runs("dev", 9)) == 1, "what has happened under this name stays its history"


@pytest.mark.usefixtures("memory")
def test_a_monitor_of_another_server_starts_from_nothing(home: Path) -> None:
    for url, known in (("http://127.0.0.1:1", True), ("http://127.0.0.1:9", False)):
        environment = replace(HERE, url=url, vertex="off")
        monitor = Runtime(Settings("dev", {"dev": environment}), find_paths(home)).monitor("dev")
        assert (monitor.snapshot.run is not None, monitor.snapshot.observed_at is not None) == (known, known)
        monitor.close()
