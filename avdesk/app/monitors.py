"""Making monitors in the threads that will step them: what asks is heavy to import, and the tray comes first."""

import threading
from collections.abc import Callable
from functools import partial

from avdesk.bridge.actions import ActionsLike
from avdesk.bridge.job_archive import ArchiveLike
from avdesk.bridge.poller import MonitorLike
from avdesk.config.paths import Paths
from avdesk.config.settings import Settings

_importing = threading.Lock()


def monitor_maker(settings: Settings, paths: Paths, google_token: str | None) -> Callable[[str], MonitorLike]:
    """Return what makes the monitor of an environment; call it in the thread that steps the monitor."""
    return partial(_make, settings, paths, google_token)


def actions_maker(settings: Settings, paths: Paths, google_token: str | None) -> Callable[[str], ActionsLike]:
    """Return what makes that which acts on an environment; call it off the GUI thread."""

    def make(environment: str) -> ActionsLike:
        with _importing:
            from avdesk.services.actions import WINDOW, Actions
            from avdesk.services.runtime import Runtime
        return Actions(Runtime(settings, paths, google_token=google_token), environment, via=WINDOW)

    return make


def archive_maker(settings: Settings, paths: Paths, google_token: str | None) -> Callable[[str], ArchiveLike]:
    """Return what makes the archive of an environment's jobs; call it off the GUI thread."""

    def make(environment: str) -> ArchiveLike:
        with _importing:
            from avdesk.services.job_archive import JobArchive
            from avdesk.services.runtime import Runtime
        return JobArchive(Runtime(settings, paths, google_token=google_token), environment)

    return make


def _make(settings: Settings, paths: Paths, google_token: str | None, environment: str) -> MonitorLike:
    with _importing:
        from avdesk.services.runtime import Runtime
    return Runtime(settings, paths, google_token=google_token).monitor(environment)
