"""What holds for every test: a home of its own, no network but loopback, no unexpected errors in the log."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from tests.harness.isolation import environment_of, home_variables, loopback_only, scrub_environment
from tests.harness.logwatch import LogWatch, watched_log


def pytest_configure(config: pytest.Config) -> None:
    """Clean the environment for the whole run, before Qt or a fixture of a wider scope reads it."""
    # A machine under load is slow now and then: that is no finding. In CI the same examples run every time.
    hypothesis_settings.register_profile("avdesk", deadline=None, derandomize=bool(os.environ.get("CI")))
    hypothesis_settings.load_profile("avdesk")
    scrub_environment()
    home = tempfile.TemporaryDirectory(prefix="avdesk-tests-")
    config.add_cleanup(home.cleanup)
    os.environ.update(home_variables(Path(home.name)))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist has no types
    """Tell each parallel worker how the tests are dealt out: it cannot ask."""
    node.workerinput["dist"] = node.config.getoption("dist")


@pytest.fixture(autouse=True)
def isolated_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give each test an empty home of its own; a test that leaves a variable changed fails."""
    home = tmp_path_factory.mktemp("home")
    with environment_of(home):
        yield home


@pytest.fixture(autouse=True)
def no_network(isolated_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every address but those of this machine."""
    del isolated_environment  # named so that monkeypatch has put its variables back before they are compared
    with loopback_only(monkeypatch):
        yield


@pytest.fixture(autouse=True)
def logged_errors() -> Iterator[LogWatch]:
    """Fail on errors in the log; a test that wants one says so: ``logged_errors.expect("could not read")``."""
    with watched_log() as watch:
        yield watch
