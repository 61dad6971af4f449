"""Making monitors in the threads that will step them: what asks is heavy to import, and the tray comes first."""

import threading
from functools import partial

from avdesk.bridge.poller import MonitorLike, MonitorMaker
from avdesk.config.paths import Paths
from avdesk.config.settings import Settings

_importing = threading.Lock()


def monitor_maker(settings: Settings, paths: Paths, environment: str) -> MonitorMaker:
    """Return what makes the monitor of one environment; call it in the thread that steps the monitor."""
    return partial(_make, settings, paths, environment)


def _make(settings: Settings, paths: Paths, environment: str) -> MonitorLike:
    with _importing:
        from avdesk.services.runtime import Runtime
    return Runtime(settings, paths).monitor(environment)
