"""Making what acts and what loads older jobs, in the threads that use them: it is heavy to import."""

import threading
from collections.abc import Callable
from functools import partial

from avdesk.bridge.actions import ActionsLike
from avdesk.bridge.job_archive import ArchiveLike
from avdesk.config.paths import Paths
from avdesk.config.settings import Settings

_importing = threading.Lock()


def actions_maker(settings: Settings, paths: Paths, google_token: str | None) -> Callable[[str], ActionsLike]:
    """Return what makes that which acts on an environment; call it off the GUI thread."""
    return partial(_make_actions, settings, paths, google_token)


def archive_maker(settings: Settings, paths: Paths, google_token: str | None) -> Callable[[str], ArchiveLike]:
    """Return what makes the archive of an environment's jobs; call it off the GUI thread."""
    return partial(_make_archive, settings, paths, google_token)


def _make_actions(settings: Settings, paths: Paths, google_token: str | None, environment: str) -> ActionsLike:
    with _importing:
        from avdesk.services.actions import WINDOW, Actions
        from avdesk.services.runtime import Runtime
    return Actions(Runtime(settings, paths, google_token=google_token), environment, via=WINDOW)


def _make_archive(settings: Settings, paths: Paths, google_token: str | None, environment: str) -> ArchiveLike:
    with _importing:
        from avdesk.services.job_archive import JobArchive
        from avdesk.services.runtime import Runtime
    return JobArchive(Runtime(settings, paths, google_token=google_token), environment)
