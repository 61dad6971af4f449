"""Making monitors in the threads that will step them: what asks is heavy to import, and the tray comes first."""

import threading
from collections.abc import Callable
from functools import partial

from avdesk.bridge.poller import MonitorLike
from avdesk.config.paths import Paths
from avdesk.config.settings import Settings

IMPORTING = threading.Lock()
"""For the heavy imports of all makers: one thread at a time."""


def monitor_maker(settings: Settings, paths: Paths, google_token: str | None) -> Callable[[str], MonitorLike]:
    """Return what makes the monitor of an environment; call it in the thread that steps the monitor."""
    return partial(_make, settings, paths, google_token)


def _make(settings: Settings, paths: Paths, google_token: str | None, environment: str) -> MonitorLike:
    with IMPORTING:
        from avdesk.services.runtime import Runtime
    return Runtime(settings, paths, google_token=google_token).monitor(environment)
