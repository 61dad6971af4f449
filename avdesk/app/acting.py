"""Making what acts, loads older jobs and reads the audit list, in the threads that use it: it is heavy to import."""

from collections.abc import Callable
from functools import partial

from avdesk.app.monitors import IMPORTING
from avdesk.bridge.actions import ActionsLike
from avdesk.bridge.job_archive import ArchiveLike
from avdesk.bridge.remembered import RememberedLike
from avdesk.config.paths import Paths
from avdesk.config.settings import Settings


def actions_maker(settings: Settings, paths: Paths, google_token: str | None) -> Callable[[str], ActionsLike]:
    """Return what makes that which acts on an environment; call it off the GUI thread."""
    return partial(_make_actions, settings, paths, google_token)


def archive_maker(settings: Settings, paths: Paths, google_token: str | None) -> Callable[[str], ArchiveLike]:
    """Return what makes the archive of an environment's jobs; call it off the GUI thread."""
    return partial(_make_archive, settings, paths, google_token)


def remembered_maker(settings: Settings, paths: Paths) -> Callable[[], RememberedLike]:
    """Return what makes that which reads what is kept; call it off the GUI thread."""
    return partial(_make_remembered, settings, paths)


def _make_actions(settings: Settings, paths: Paths, google_token: str | None, environment: str) -> ActionsLike:
    with IMPORTING:
        from avdesk.services.actions import WINDOW, Actions
        from avdesk.services.runtime import Runtime
    return Actions(Runtime(settings, paths, google_token=google_token), environment, via=WINDOW)


def _make_archive(settings: Settings, paths: Paths, google_token: str | None, environment: str) -> ArchiveLike:
    with IMPORTING:
        from avdesk.services.job_archive import JobArchive
        from avdesk.services.runtime import Runtime
    return JobArchive(Runtime(settings, paths, google_token=google_token), environment)


def _make_remembered(settings: Settings, paths: Paths) -> RememberedLike:
    with IMPORTING:
        from avdesk.services.remembered import Remembered
    return Remembered(settings, paths)
