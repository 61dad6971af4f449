"""How the doctor's checks are run: side by side, and bounded in time."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from avdesk.core.errors import KnownError
from avdesk.core.findings import Finding, Verdict
from avdesk.core.redact import redact
from avdesk.core.text import one_line
from avdesk.i18n import _

DEADLINE_S = 12.0
"""For all checks together: they run side by side."""

__all__ = ["Check", "Finding", "Verdict", "run_checks"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        name, environment: as in its finding.
        look: does the looking; may raise anything.
    """

    name: str
    look: Callable[[], Finding]
    environment: str | None = None


def run_checks(
    checks: Sequence[Check], deadline_s: float = DEADLINE_S, tell: Callable[[Finding], object] | None = None
) -> list[Finding]:
    """Return a finding for each check, in their order; one that is not done in time is unknown.

    `tell` is called with each finding as it comes, in the caller's thread. The threads are left behind when the time
    is up: nothing that hangs can hold the program.
    """
    come: SimpleQueue[tuple[int, Finding]] = SimpleQueue()

    def look(place: int, check: Check) -> None:
        come.put((place, _outcome(check)))

    for place, check in enumerate(checks):
        threading.Thread(target=look, args=(place, check), name=f"doctor-{check.name}", daemon=True).start()
    found: dict[int, Finding] = {}
    end = time.monotonic() + deadline_s
    while len(found) < len(checks):
        try:
            place, finding = come.get(timeout=max(0.0, end - time.monotonic()))
        except Empty:
            break
        found[place] = finding
        if tell is not None:
            tell(finding)
    for place, check in enumerate(checks):
        if place not in found:
            found[place] = _late(check, deadline_s)
            if tell is not None:
                tell(found[place])
    return [found[place] for place in range(len(checks))]


def _late(check: Check, deadline_s: float) -> Finding:
    late = _("This was not known after {seconds:g} s.").format(seconds=deadline_s)
    hint = _("Something there does not answer; try again.")
    return Finding(check.name, Verdict.UNKNOWN, late, hint, check.environment)


def _outcome(check: Check) -> Finding:
    try:
        return check.look()
    except KnownError as error:
        return Finding(check.name, Verdict.BAD, error.message, error.advice, check.environment)
    except Exception as error:  # noqa: BLE001 - one check that fails must not take the others with it
        _log.exception("the doctor's check %s failed", check.name)
        words = one_line(redact(f"{type(error).__name__}: {error}"), 200)
        return Finding(
            check.name,
            Verdict.UNKNOWN,
            _("This could not be looked at ({words}).").format(words=words),
            _("AVDesk's log holds the details."),
            check.environment,
        )
