"""What the Health page says of each check: pure, so that every state can be tested without a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from avdesk.core import checkadvice, wording
from avdesk.core.checkcourse import NO_COURSE, CheckCourse, CheckPoint
from avdesk.core.health import CHECKS, CheckResult, Health
from avdesk.core.ownchecks import is_own
from avdesk.core.redact import redact
from avdesk.core.snapshot import Reach, Snapshot
from avdesk.core.summary import Sign
from avdesk.core.text import one_line
from avdesk.i18n import _, ngettext
from avdesk.ui import times
from avdesk.ui.colours import health_sign

SHORT = 150
"""Characters of a check's own words that stand on its card; the rest is a click away."""

_PLAIN_WORDS = frozenset({"ok", "error", "failed", "warning", "gone", *(status.value for status in Health)})
"""Words of the server's that say no more than AVDesk's own."""

_COUNTED = frozenset(check.name for check in CHECKS if check.counted)


@dataclass(frozen=True, slots=True)
class CardWords:
    """One check in words.

    Attributes:
        title: its name.
        sign, word: how it stands.
        said: its own words in short; empty without any.
        full: all of them, where they are longer than that; else empty.
        advice: what to do about it; may be empty.
    """

    title: str
    sign: Sign
    word: str
    said: str
    full: str
    advice: str


@dataclass(frozen=True, slots=True)
class CardTimes:
    """What of a card depends on the time of day.

    Attributes:
        since: since when it stands so, with the exact moment as a hint; may be empty.
        facts: whose check it is, how long the answer took and how old it is, with the exact moment as a hint.
        last_good: when it was last well; empty while it is, and where that is not known.
    """

    since: str
    since_hint: str
    facts: str
    facts_hint: str
    last_good: str


def shown_checks(snapshot: Snapshot) -> list[CheckResult]:
    """Return the checks that have a card, worst first: the server's, also those not asked yet, and AVDesk's own."""
    found = dict(snapshot.checks)
    if snapshot.server.reach is not Reach.OFF:
        for check in CHECKS:
            if check.name not in found and check.name not in snapshot.absent_checks:
                found[check.name] = CheckResult(check.name)
    shown = [result for result in (*found.values(), *snapshot.own_checks.values()) if not _has_no_card(result)]
    return sorted(shown, key=lambda result: _rank(result, snapshot.courses.get(result.name, NO_COURSE)))


def not_there(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """Return the names of the checks that the server does not have, and of those that it has retired."""
    retired = [name for name, result in snapshot.checks.items() if result.status is Health.RETIRED]
    return list(snapshot.absent_checks), retired


def counted(name: str) -> bool:
    """Whether asking a check takes from the server's allowance."""
    return name in _COUNTED


def _has_no_card(result: CheckResult) -> bool:
    return result.absent or result.status is Health.RETIRED


def _rank(result: CheckResult, course: CheckCourse) -> int:
    """Return where a check belongs: what needs a look first, what is off last."""
    if result.status is Health.UNHEALTHY:
        return 0
    if course.flapping or result.status is Health.DEGRADED:
        return 1
    if result.status is Health.UNKNOWN:
        return 2 if result.error is not None or result.checked_at is not None else 4
    return 3 if result.status is Health.HEALTHY else 5


def needs_look(result: CheckResult, course: CheckCourse) -> bool:
    """Whether somebody should look at a check."""
    return _rank(result, course) < 2


def needing_look(snapshot: Snapshot) -> int:
    """Return how many checks somebody should look at."""
    courses = snapshot.courses
    return sum(needs_look(result, courses.get(result.name, NO_COURSE)) for result in shown_checks(snapshot))


def card_words(result: CheckResult, course: CheckCourse) -> CardWords:
    """Return what to say of one check."""
    sign, word = _state(result, course)
    said = one_line(redact(_own_words(result)), SHORT)
    full = redact(_own_words(result)).strip()
    return CardWords(
        title=wording.check_name(result.name),
        sign=sign,
        word=word,
        said=said,
        full=full if one_line(full) != said else "",
        advice=_advice(result, course),
    )


def card_times(result: CheckResult, course: CheckCourse, now: datetime) -> CardTimes:
    """Return what to say of a check's times."""
    since = course.since if course.points and course.points[-1].status is result.status else None
    good = course.last_good if result.status is not Health.HEALTHY else None
    return CardTimes(
        since="" if since is None else _since(since, now),
        since_hint=times.exact_utc(since),
        facts=_facts(result, now),
        facts_hint=times.exact_utc(result.checked_at),
        last_good="" if good is None else _("Last well {when}").format(when=times.ago(good, now)),
    )


def _since(moment: datetime, now: datetime) -> str:
    """Return ``since 14:02``, and beyond a day ``for 3 days``: there is little room on a card."""
    days = (now - moment).days
    if days < 1:
        return _("since {time}").format(time=wording.clock_time(moment))
    return ngettext("for {n} day", "for {n} days", days).format(n=days)


def _state(result: CheckResult, course: CheckCourse) -> tuple[Sign, str]:
    if course.flapping and result.status is not Health.UNKNOWN:
        return Sign.ATTENTION, _("Comes and goes")
    if result.status is not Health.UNKNOWN:
        return health_sign(result.status), wording.health_state(result.status)
    if result.error is None and result.checked_at is None:
        return Sign.STALE, _("Not asked yet")
    return Sign.STALE, wording.health_state(Health.UNKNOWN)


def _facts(result: CheckResult, now: datetime) -> str:
    facts = ["AVDesk" if is_own(result.name) else _("Server")]
    if result.latency_s is not None:
        facts.append(_("{ms} ms").format(ms=round(result.latency_s * 1000)))
    if result.checked_at is not None:
        facts.append(times.ago(result.checked_at, now))
    return " · ".join(facts)


def _own_words(result: CheckResult) -> str:
    """Return the answer's own words: the word it has for its state, where that is not AVDesk's, and what it says."""
    parts = []
    if result.reported and result.reported.lower() not in _PLAIN_WORDS:
        parts.append(_("“{word}”").format(word=result.reported))
    for text in (result.error, result.detail):
        if text and text not in parts:
            parts.append(text)
    return "\n".join(parts)


def _advice(result: CheckResult, course: CheckCourse) -> str:
    words = checkadvice.advise(result)
    if not course.flapping:
        return words
    times_changed = _("It changes again and again: you are told once, and again when it has settled.")
    return f"{times_changed} {words}".strip()


def headline(snapshot: Snapshot, checks: Sequence[CheckResult]) -> tuple[Sign, str]:
    """Return the sign and the sentence for all checks together."""
    courses = snapshot.courses
    bad = [result for result in checks if needs_look(result, courses.get(result.name, NO_COURSE))]
    known = [result for result in checks if result.status is not Health.UNKNOWN]
    if bad:
        worst = Sign.FAILED if any(result.status is Health.UNHEALTHY for result in bad) else Sign.ATTENTION
        words = ngettext("{n} of {total} checks needs a look", "{n} of {total} checks need a look", len(bad))
        return worst, words.format(n=len(bad), total=len(checks))
    if not known:
        return Sign.STALE, _("No check has answered yet")
    open_ones = len(checks) - len(known)
    if open_ones:
        words = ngettext("All well, {n} check not known", "All well, {n} checks not known", open_ones)
        return Sign.SUCCEEDED, words.format(n=open_ones)
    return Sign.SUCCEEDED, _("All checks are well")


def allowance_words(snapshot: Snapshot, now: datetime) -> str:
    """Return how the server's allowance stands; empty without a server."""
    budget = snapshot.budget
    if snapshot.server.reach is Reach.OFF:
        return _("This environment has no server to check.")
    if budget is None:
        return ""
    words = _("{used} of the {limit} requests that the server takes in {time} are used.").format(
        limit=budget.limit, time=wording.duration(budget.window_s), used=budget.used
    )
    wait = wait_s(snapshot, now)
    if wait <= 0:
        return words
    return f"{words} {_('The next one is free in {time}.').format(time=wording.duration(wait))}"


def wait_s(snapshot: Snapshot, now: datetime) -> float:
    """Return the seconds until the server takes another counted request; 0: now."""
    budget = snapshot.budget
    if budget is None or budget.next_free_at is None:
        return 0.0
    return max(0.0, (budget.next_free_at - now).total_seconds())


def course_words(course: CheckCourse) -> str:
    """Return a course in words, as it is read out beside its picture."""
    points = course.points
    if not points:
        return _("No answers yet")
    good = sum(point.status is Health.HEALTHY for point in points)
    words = ngettext(
        "{good} of the last {n} answer was good", "{good} of the last {n} answers were good", len(points)
    )
    return words.format(good=good, n=len(points)) + (f"; {_('it comes and goes')}" if course.flapping else "")


def point_words(point: CheckPoint, now: datetime) -> str:
    """Return one answer in words."""
    parts = [times.local_moment(point.at, now), wording.health_state(point.status)]
    if point.latency_s is not None:
        parts.append(_("{ms} ms").format(ms=round(point.latency_s * 1000)))
    return " · ".join(parts)


def names_line(names: Sequence[str]) -> str:
    """Return checks' names in one line."""
    return ", ".join(wording.check_name(name) for name in names)
