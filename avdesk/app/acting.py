"""Making what acts, loads older jobs and reads what is kept, in the threads that use it: it is heavy to import."""

from collections.abc import Callable
from functools import partial

from avdesk.app.in_force import InForce
from avdesk.app.monitors import IMPORTING
from avdesk.bridge.actions import ActionsLike
from avdesk.bridge.credentials import CredentialsLike
from avdesk.bridge.doctor import PracticeLike
from avdesk.bridge.job_archive import ArchiveLike
from avdesk.bridge.remembered import RememberedLike
from avdesk.config.load import Loaded
from avdesk.config.paths import Paths


def actions_maker(in_force: InForce, paths: Paths, google_token: str | None) -> Callable[[str], ActionsLike]:
    """Return what makes that which acts on an environment; call it off the GUI thread."""
    return partial(_make_actions, in_force, paths, google_token)


def archive_maker(in_force: InForce, paths: Paths, google_token: str | None) -> Callable[[str], ArchiveLike]:
    """Return what makes the archive of an environment's jobs; call it off the GUI thread."""
    return partial(_make_archive, in_force, paths, google_token)


def remembered_maker(in_force: InForce, paths: Paths) -> Callable[[], RememberedLike]:
    """Return what makes that which reads what is kept; call it off the GUI thread."""
    return partial(_make_remembered, in_force, paths)


def credentials_maker(paths: Paths) -> Callable[[], CredentialsLike]:
    """Return what makes that which works on credentials; call it off the GUI thread."""
    return partial(_make_credentials, paths)


def practice_maker(load: Callable[[], Loaded], paths: Paths, google_token: str | None) -> Callable[[], PracticeLike]:
    """Return what makes the doctor's practice, which examines what `load` returns; call it off the GUI thread."""
    return partial(_make_practice, load, paths, google_token)


def _make_actions(in_force: InForce, paths: Paths, google_token: str | None, environment: str) -> ActionsLike:
    with IMPORTING:
        from avdesk.services.actions import WINDOW, Actions
        from avdesk.services.runtime import Runtime
    runtime = Runtime(in_force.with_environment(environment), paths, google_token=google_token)
    return Actions(runtime, environment, via=WINDOW)


def _make_archive(in_force: InForce, paths: Paths, google_token: str | None, environment: str) -> ArchiveLike:
    with IMPORTING:
        from avdesk.services.job_archive import JobArchive
        from avdesk.services.runtime import Runtime
    return JobArchive(Runtime(in_force.with_environment(environment), paths, google_token=google_token), environment)


def _make_remembered(in_force: InForce, paths: Paths) -> RememberedLike:
    with IMPORTING:
        from avdesk.services.remembered import Remembered
    return Remembered(in_force.settings, paths)


def _make_credentials(paths: Paths) -> CredentialsLike:
    with IMPORTING:
        from avdesk.services.credentials import Credentials
    return Credentials(paths.config)


def _make_practice(load: Callable[[], Loaded], paths: Paths, google_token: str | None) -> PracticeLike:
    with IMPORTING:
        from avdesk.services.doctor.practice import Practice
    return Practice(load, paths, google_token)
