"""What stands in place of the table while there is nothing to show, and what to do then. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from avdesk.config.settings import Environment
from avdesk.core.snapshot import Reach, Snapshot
from avdesk.core.summary import Sign
from avdesk.i18n import _, ngettext
from avdesk.ui import phrases, times

_REFUSALS = ("Permission", "Credentials")


class NextStep(StrEnum):
    """The one button of a notice."""

    NONE = ""
    CLEAR = "clear"
    CHECK = "check"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said in place of the table.

    Attributes:
        sign: the state's sign.
        headline: what it is.
        advice: what it means and what to do.
        full: the whole text, one click away; may be empty.
        step: the button below it.
    """

    sign: Sign
    headline: str
    advice: str
    full: str = ""
    step: NextStep = NextStep.NONE


def notice(
    environment: Environment | None, snapshot: Snapshot | None, *, total: int, shown: int, query: str
) -> Notice | None:
    """Return what to say in place of the table; None while it has rows."""
    if shown:
        return None
    if total:
        return Notice(
            Sign.IDLE,
            _("No job answers to the query"),
            ngettext("{n} job is known.", "{n} jobs are known.", total).format(n=f"{total:,}"),
            step=NextStep.CLEAR if query.strip() else NextStep.NONE,
        )
    reach = Reach.UNKNOWN if snapshot is None else snapshot.vertex.reach
    if snapshot is None or reach is Reach.UNKNOWN:
        return Notice(
            Sign.STALE, _("Waiting for Vertex AI"), _("The first answer is on its way."), step=NextStep.CHECK
        )
    if reach is Reach.OFF:
        return Notice(Sign.IDLE, _("Vertex AI is not asked"), _off_words(environment))
    if reach is Reach.NO:
        return _no_answer(snapshot)
    regions = ", ".join(environment.regions) if environment is not None else ""
    trouble, full = phrases.vertex_trouble(snapshot.vertex)
    if trouble:
        return Notice(Sign.ATTENTION, _("No jobs in the regions that answer"), trouble, full, NextStep.CHECK)
    return Notice(
        Sign.IDLE,
        _("No jobs yet"),
        _("There are none in {regions}. A video's render job appears here as soon as it is made.").format(
            regions=regions
        ),
        step=NextStep.VIDEO,
    )


def caution(snapshot: Snapshot | None, now: datetime) -> tuple[str, str]:
    """Return what is wrong beside the jobs that are shown, short and in full: a region away, old data; else empty."""
    if snapshot is None:
        return "", ""
    short, full = phrases.vertex_trouble(snapshot.vertex)
    asked = snapshot.vertex.asked_at
    if short and snapshot.vertex.reach is Reach.NO:
        when = _("These are the jobs last known.")
        if asked is not None:
            when = _("These are the jobs as known {when}.").format(when=times.ago(asked, now))
        return f"{short} {when}", full
    return short, full


def _no_answer(snapshot: Snapshot) -> Notice:
    troubles = list(snapshot.vertex.troubles.values())
    short, full = phrases.vertex_trouble(snapshot.vertex)
    refused = any(trouble.kind.startswith(_REFUSALS) for trouble in troubles)
    headline = _("Vertex AI refuses") if refused else _("Vertex AI cannot be reached")
    return Notice(Sign.OFFLINE, headline, short or _("It did not answer."), full, NextStep.CHECK)


def _off_words(environment: Environment | None) -> str:
    if environment is not None and not environment.project:
        return _("The configuration names no project for {name}. Set project, and its jobs appear here.").format(
            name=environment.name
        )
    return _("The configuration says vertex = “off” for this environment. Set it to “auto” to see its jobs.")
