"""Real desktop sessions for the tests in this folder."""

import os
from collections.abc import Iterator

import pytest

from tests.harness.programs import missing_packages
from tests.harness.session import DesktopSession


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's desktop tests together on one of the parallel workers: they share a session."""
    for item in items:
        if item.get_closest_marker("desktop"):
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


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
def desktop(desktop_packages: None) -> Iterator[DesktopSession]:
    """Return a desktop with a panel, dunst and accessibility, which a file's tests share."""
    del desktop_packages
    with DesktopSession() as session:
        yield session
