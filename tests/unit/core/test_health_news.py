"""Which changes of health checks are news, and which of them are announced: a flapping check once."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from avdesk.core.alerts import Alert, AlertAction, alert_of, is_over
from avdesk.core.checkcourse import CheckCourse, follow
from avdesk.core.diff import diff
from avdesk.core.events import Event, EventKind
from avdesk.core.health import CheckResult, Health
from avdesk.core.ownchecks import CREDENTIALS, region_check
from avdesk.core.snapshot import Reach, Snapshot, VertexView
from tests.harness.statuses import at

GOOD, BAD, SILENT = Health.HEALTHY, Health.UNHEALTHY, Health.UNKNOWN


def snapshots(name: str, *statuses: Health, every_s: float = 600.0, own: bool = False) -> list[Snapshot]:
    """Return a snapshot after each answer of a check."""
    found, course = [], CheckCourse()
    for place, status in enumerate(statuses):
        moment = at(place * every_s)
        error = "Connection error." if status is BAD else None
        result = CheckResult(name, status, checked_at=moment, error=error)
        course = follow(course, result, moment)
        known = {"own_checks" if own else "checks": {name: result}}
        found.append(Snapshot("prod", moment, courses={name: course}, **known))  # type: ignore[arg-type]
    return found


def news(steps: list[Snapshot]) -> list[EventKind]:
    return [event.kind for old, new in pairwise(steps) for event in diff(old, new)]


def announced(steps: list[Snapshot]) -> list[Alert]:
    """Return what would be announced, as the program announces it: by what is still open."""
    shown: set[str] = set()
    found = []
    for old, new in pairwise(steps):
        for event in diff(old, new):
            alert = alert_of(event, event.at, shown)
            if alert is None:
                continue
            found.append(alert)
            (shown.discard if is_over(event) else shown.add)(alert.incident)
    return found


def test_a_failure_and_its_end_are_two_pieces_of_news() -> None:
    steps = snapshots("openai", GOOD, BAD, BAD, GOOD)
    assert news(steps) == [EventKind.HEALTH_LOST, EventKind.HEALTH_REGAINED]
    bad, good = announced(steps)
    assert bad.title == "OpenAI is unhealthy · prod"
    assert bad.body == "Connection error."
    assert (bad.check, AlertAction.CHECK_NOW in bad.actions) == ("openai", True)
    assert good.incident == bad.incident


def test_silence_in_between_hides_no_change() -> None:
    assert news(snapshots("openai", GOOD, SILENT, BAD)) == [EventKind.HEALTH_LOST]
    assert news(snapshots("openai", BAD, SILENT, GOOD)) == [EventKind.HEALTH_REGAINED]
    assert news(snapshots("openai", GOOD, SILENT, GOOD)) == []


def test_a_check_that_was_bad_from_the_start_is_no_news() -> None:
    assert news(snapshots("vertex_ai", BAD, BAD, BAD)) == []


def test_a_flapping_check_is_announced_once_and_again_when_it_has_settled() -> None:
    coming_and_going = [GOOD, BAD, GOOD, BAD, GOOD, BAD, GOOD, BAD, GOOD, BAD]
    steps = snapshots("quota", *coming_and_going, *[GOOD] * 6)
    kinds = news(steps)
    assert kinds.count(EventKind.HEALTH_FLAPS) == 1
    after = kinds[kinds.index(EventKind.HEALTH_FLAPS) :]
    assert after == [EventKind.HEALTH_FLAPS, EventKind.HEALTH_REGAINED]
    assert [alert.title.split(" ·")[0] for alert in announced(steps)][-2:] == [
        "GPU quota comes and goes",
        "GPU quota is healthy again",
    ]


def test_a_flapping_check_that_settles_badly_is_told_so() -> None:
    steps = snapshots("quota", GOOD, BAD, GOOD, BAD, GOOD, *[BAD] * 6)
    assert news(steps)[-1] is EventKind.HEALTH_LOST


def test_good_news_of_a_check_are_announced_only_after_bad_ones() -> None:
    event = Event(EventKind.HEALTH_REGAINED, "prod", at(0), "openai")
    assert alert_of(event, at(1), ()) is None
    assert alert_of(event, at(1), ["check:prod:openai"]) is not None


def test_own_checks_are_news_too() -> None:
    assert news(snapshots(CREDENTIALS, GOOD, BAD, own=True)) == [EventKind.HEALTH_LOST]


def test_one_region_that_is_away_is_news_but_not_when_all_are() -> None:
    steps = snapshots(region_check("us-west1"), GOOD, BAD, own=True)

    def seen(reach: Reach) -> list[EventKind]:
        view = VertexView(reach, datetime.now(at(0).tzinfo))
        return [event.kind for event in diff(*(replace(step, vertex=view) for step in steps))]

    assert seen(Reach.YES) == [EventKind.HEALTH_LOST]
    assert EventKind.HEALTH_LOST not in seen(Reach.NO)


def test_words_of_a_check_hide_secrets_and_stay_short() -> None:
    event = Event(EventKind.HEALTH_LOST, "prod", at(0), "openai", detail="sk-abcdefghijklmnopqrstu\n" + "x" * 900)
    alert = alert_of(event, at(1), ())
    assert alert is not None
    assert "abcdefghij" not in alert.body
    assert len(alert.body) <= 200
