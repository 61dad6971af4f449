"""Making the real monitors, by the configuration that holds when they are made."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from avdesk.app.in_force import InForce
from avdesk.app.monitors import monitor_maker
from avdesk.config.paths import find_paths
from avdesk.config.settings import Environment, Settings
from avdesk.core.errors import ConfigError
from avdesk.core.run import Run, RunState
from avdesk.store.memory import Memory

NOW = datetime.now(UTC)
DEV = Environment("dev", url="http://127.0.0.1:9", vertex="off")
RUN = Run("run-00000001", RunState.SUCCEEDED, (), started_at=NOW)


def settings(*environments: Environment) -> Settings:
    return Settings(environments[0].name, MappingProxyType({each.name: each for each in environments}))


def test_what_was_renamed_keeps_its_past(tmp_path: Path) -> None:
    paths = find_paths(tmp_path / "home")
    memory = Memory(paths.database)
    memory.add_run("dev", RUN, NOW)
    memory.close()
    in_force = InForce(settings(DEV))
    make = monitor_maker(in_force, paths, None)
    before = make("dev")
    assert before.snapshot.past_runs == (RUN,)
    before.close()
    in_force.set(settings(replace(DEV, name="lab")))
    in_force.note_former("lab", "dev")
    after = make("lab")
    assert after.snapshot.past_runs == (RUN,)
    after.close()
    again = make("lab")  # a watch that is made anew later carries nothing over once more
    assert again.snapshot.past_runs == (RUN,)
    again.close()


def test_what_is_no_more_in_the_configuration_is_not_made(tmp_path: Path) -> None:
    make = monitor_maker(InForce(settings(DEV)), find_paths(tmp_path / "home"), None)
    with pytest.raises(ConfigError, match="prod"):
        make("prod")
