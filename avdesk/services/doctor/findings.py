"""What the doctor finds, and how its checks are run: side by side, each bounded in time."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from avdesk.core.errors import KnownError
from avdesk.core.redact import redact
from avdesk.core.text import one_line
from avdesk.i18n import _

DEADLINE_S = 12.0
"""For all checks together: they run side by side."""

_log = logging.getLogger(__name__)


class Verdict(StrEnum):
    """How a finding stands."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what, as a word that scripts can rely on.
        status: how it stands.
        detail: what was found, one sentence.
        advice: what to do about it; empty where nothing needs doing.
        environment: the environment that it is about; None for the machine as a whole.
    """

    name: str
    status: Verdict
    detail: str
    advice: str = ""
    environment: str | None = None


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


def run_checks(checks: Sequence[Check], deadline_s: float = DEADLINE_S) -> list[Finding]:
    """Return a finding for each check, in their order; one that is not done in time is unknown.

    The threads are left behind when the time is up: nothing that hangs can hold the program.
    """
    found: dict[int, Finding] = {}

    def look(place: int, check: Check) -> None:
        found[place] = _outcome(check)

    threads = [
        threading.Thread(target=look, args=(place, check), name=f"doctor-{check.name}", daemon=True)
        for place, check in enumerate(checks)
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + deadline_s
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    late = _("This was not known after {seconds:g} s.").format(seconds=deadline_s)
    hint = _("Something there does not answer; try again.")
    return [
        found.get(place) or Finding(check.name, Verdict.UNKNOWN, late, hint, check.environment)
        for place, check in enumerate(checks)
    ]


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
