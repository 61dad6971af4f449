"""Real desktop sessions for the tests in this folder."""

import os
from collections.abc import Iterator

import pytest

from tests.harness.programs import missing_packages
from tests.harness.session import DesktopSession


@pytest.fixture(scope="session")
def whole_files(pytestconfig: pytest.Config) -> None:
    """Fail where parallel workers would part a file's tests: they share a session, and build on each other."""
    told: dict[str, object] = getattr(pytestconfig, "workerinput", {"dist": "loadfile"})  # alone: by files, too
    if told["dist"] not in {"loadfile", "loadscope"}:
        pytest.fail("desktop tests run in parallel by whole files alone: pytest -n 2 --dist loadfile")


@pytest.fixture(scope="session")
def desktop_packages() -> None:
    """Skip where this machine can't run a desktop session; in CI that is a failure."""
    missing = missing_packages()
    if missing:
        reason = f"a desktop session needs the Debian packages {' '.join(missing)} (packaging/setup.sh test)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="module")
def desktop(desktop_packages: None, whole_files: None) -> Iterator[DesktopSession]:
    """Return a desktop with a panel, dunst and accessibility, which a file's tests share."""
    del desktop_packages, whole_files
    with DesktopSession() as session:
        yield session
