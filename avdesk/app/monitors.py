"""Making monitors in the threads that will step them: what asks is heavy to import, and the tray comes first."""

import threading
from collections.abc import Callable
from functools import partial

from avdesk.app.in_force import InForce
from avdesk.bridge.poller import MonitorLike
from avdesk.config.paths import Paths

IMPORTING = threading.Lock()
"""For the heavy imports of all makers: one thread at a time."""


def monitor_maker(in_force: InForce, paths: Paths, google_token: str | None) -> Callable[[str], MonitorLike]:
    """Return what makes the monitor of an environment; call it in the thread that steps the monitor."""
    return partial(_make, in_force, paths, google_token)


def _make(in_force: InForce, paths: Paths, google_token: str | None, environment: str) -> MonitorLike:
    with IMPORTING:
        from avdesk.services.runtime import Runtime
        from avdesk.store.renaming import rename_environment
    runtime = Runtime(in_force.with_environment(environment), paths, google_token=google_token)
    former = in_force.take_former(environment)
    if former is not None:
        rename_environment(paths.database, former, environment)
    return runtime.monitor(environment)
