"""The checks that AVDesk makes itself, beside the server's: their names, and those that follow from what is known.

None of them asks the AutoVideo server for anything that counts.
"""

from collections.abc import Sequence
from datetime import datetime

from avdesk.core import wording
from avdesk.core.health import CheckResult, Health
from avdesk.core.snapshot import Reach, ServerView, Trouble, VertexView
from avdesk.i18n import _

VERTEX = "own.vertex"
"""Vertex AI as a whole, where it is not asked; ``own.vertex.REGION`` for each region where it is."""

LOGGING = "own.logging"
CREDENTIALS = "own.credentials"
TOKEN = "own.token"  # noqa: S105 - a check's name
"""The token that the server wants, where it wants one."""

GCLOUD = "own.gcloud"
QUOTA = "own.quota"
CLOCK = "own.clock"

CLOCK_OFF_S, CLOCK_WRONG_S = 30.0, 300.0
"""From here on a clock is worth a word; Google refuses tokens from a clock that is further off."""


def is_own(name: str) -> bool:
    """Whether a check is one of AVDesk's own."""
    return name.startswith("own.")


def region_check(region: str) -> str:
    """Return the name of the check of Vertex AI in a region."""
    return f"{VERTEX}.{region}"


def region_of(name: str) -> str:
    """Return the region that a check of Vertex AI is about; empty for any other check."""
    return name.removeprefix(f"{VERTEX}.") if name.startswith(f"{VERTEX}.") else ""


def vertex_results(view: VertexView, regions: Sequence[str]) -> list[CheckResult]:
    """Return how Vertex AI stands in each region, by what the looks at the jobs have brought."""
    if view.reach is Reach.OFF:
        words = _("Vertex AI is not asked for this environment.")
        advice = _("Name its Google Cloud project in the configuration, and set “vertex” to auto.")
        return [CheckResult(VERTEX, Health.DISABLED, detail=words, advice=advice)]
    return [_region_result(view, region) for region in regions]


def _region_result(view: VertexView, region: str) -> CheckResult:
    name = region_check(region)
    trouble = view.troubles.get(region) or view.troubles.get("")
    if trouble is not None:
        return failed(name, trouble, view.tried_at)
    if view.asked_at is None:
        return CheckResult(name)
    words = _("Answers by gcloud.") if view.by == "gcloud" else None
    return CheckResult(name, Health.HEALTHY, latency_s=view.took.get(region), checked_at=view.asked_at, detail=words)


def failed(name: str, trouble: Trouble, at: datetime | None) -> CheckResult:
    """Return the result of a check that came to nothing."""
    return CheckResult(name, Health.UNHEALTHY, checked_at=at, error=trouble.message, advice=trouble.advice)


def clock_result(view: ServerView) -> CheckResult | None:
    """Return how the server's clock and ours agree, by the Date header of its answers; None without a server."""
    if view.reach is Reach.OFF:
        return None
    offset = view.clock_offset_s
    if offset is None or view.answered_at is None:
        return CheckResult(CLOCK)
    if abs(offset) <= CLOCK_OFF_S:
        words = _("It agrees with this machine's.") if not offset else _off_words(offset)
        return CheckResult(CLOCK, Health.HEALTHY, checked_at=view.answered_at, detail=words)
    wrong = abs(offset) >= CLOCK_WRONG_S
    return CheckResult(
        CLOCK,
        Health.UNHEALTHY if wrong else Health.DEGRADED,
        checked_at=view.answered_at,
        detail=_off_words(offset),
        advice=_("Set the clock of this machine, or of the server, by the network's time."),
    )


def _off_words(offset_s: float) -> str:
    words = _("It is {time} ahead of this machine's.") if offset_s > 0 else _("It is {time} behind this machine's.")
    return words.format(time=wording.duration(abs(offset_s)))
