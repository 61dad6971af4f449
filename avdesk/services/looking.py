"""One look for the command line: by hand, now, and truthful about what could not be had."""

from collections.abc import Sequence
from dataclasses import dataclass

from avdesk.core import report
from avdesk.core.errors import KnownError, UsageError
from avdesk.core.health import CHECKS, MAIN, Check, CheckResult, find_check
from avdesk.core.snapshot import Snapshot
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.services.runtime import Runtime


@dataclass(frozen=True, slots=True)
class LookResult:
    """What one look brought.

    Attributes:
        snapshot: the state; what was remembered where the server could not be asked.
        via: `report.SERVER` when it was asked just now, `report.CACHE` when it is remembered.
        error: why it could not be asked, None when it was.
    """

    snapshot: Snapshot
    via: str
    error: KnownError | None


@dataclass(frozen=True, slots=True)
class HealthLook:
    """What a look at the health checks brought.

    Attributes:
        results: check name → result, for each that was asked for.
        error: why not one of them could be asked, None when some could.
    """

    results: dict[str, CheckResult]
    error: KnownError | None


def look(runtime: Runtime, environment: str) -> LookResult:
    """Ask the environment's server and Vertex AI once."""
    monitor = runtime.monitor(environment, own_checks=False)
    try:
        before = monitor.snapshot.observed_at
        error = monitor.look()
        snapshot = monitor.snapshot
        if runtime.settings.environments[environment].url:
            fresh = error is None  # what Vertex AI alone told is no word of the server's
        else:
            fresh = snapshot.observed_at is not None and snapshot.observed_at != before
        return LookResult(snapshot, report.SERVER if fresh else report.CACHE, error)
    finally:
        monitor.close()


def check_health(runtime: Runtime, environment: str, name: str | None) -> HealthLook:
    """Ask the health checks once: the one of that name, or all (None).

    Raises:
        UsageError: there is no check of that name, or the environment has no server.
    """
    if not runtime.settings.environments[environment].url:
        raise UsageError(
            _("The environment {name} has no server to check.").format(name=environment),
            _("Give it a url in the configuration."),
        )
    chosen = CHECKS if name is None else (_named(name),)
    watches = runtime.watches(environment)
    try:
        watches.checks.restore()
        return HealthLook(*watches.checks.ask(chosen))
    finally:
        watches.close()


def check_names() -> Sequence[str]:
    """Return the names of all checks, `main` first."""
    return [MAIN, *(check.name for check in CHECKS if check.name != MAIN)]


def _named(name: str) -> Check:
    check = find_check(name)
    if check is None:
        import difflib  # slow to import, needed only where something is misspelt

        near = difflib.get_close_matches(name, check_names(), 1, 0.4)
        hint = _("Did you mean {name}?").format(name=near[0]) if near else ""
        raise UsageError(
            _("There is no health check “{name}”.").format(name=one_line(name, 60)),
            hint or _("The checks are: {names}.").format(names=", ".join(check_names())),
        )
    return check
