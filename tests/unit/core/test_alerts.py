"""Which events are announced: once an incident, nothing old, good news only of what was announced as bad."""

from datetime import timedelta

import pytest

from avdesk.core.alerts import OLD_NEWS, Urgency, alert_of, is_over
from avdesk.core.events import Event, EventKind
from tests.harness.statuses import at

NOW = at(100)


def event(kind: EventKind, **more: object) -> Event:
    known: dict[str, object] = {"kind": kind, "environment": "prod", "at": NOW, "subject": "x", "run_id": "run-1"}
    return Event(**(known | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", EventKind)
def test_no_event_is_announced_once_it_is_old(kind: EventKind) -> None:
    shown = [f"{what}:prod" for what in ("server", "vertex")] + ["queue:prod:x", "run:prod:run-1"]
    assert alert_of(event(kind), NOW + OLD_NEWS + timedelta(seconds=1), shown) is None


@pytest.mark.parametrize(
    "kind", [EventKind.JOB_CANCELLED, EventKind.RUN_CANCELLED, EventKind.PHASE_ENDED, EventKind.RATE_LIMITED]
)
def test_what_is_no_fault_is_not_announced(kind: EventKind) -> None:
    assert alert_of(event(kind), NOW, ()) is None


@pytest.mark.parametrize(
    ("bad", "good"),
    [(EventKind.SERVER_LOST, EventKind.SERVER_REGAINED), (EventKind.JOB_STUCK, EventKind.JOB_STARTED)],
)
def test_good_news_replace_the_bad_and_are_told_only_after_them(bad: EventKind, good: EventKind) -> None:
    first = alert_of(event(bad), NOW, ())
    assert first is not None
    assert alert_of(event(good), NOW, ()) is None
    second = alert_of(event(good), NOW, [first.incident])
    assert second is not None
    assert second.incident == first.incident
    assert is_over(event(good))
    assert not is_over(event(bad))


def test_failed_run_is_loud_and_says_what_to_do() -> None:
    told = alert_of(event(EventKind.RUN_FAILED, detail="Job did not complete within 3600 seconds"), NOW, ())
    assert told is not None
    assert told.urgency is Urgency.CRITICAL
    assert told.title == "Video failed · prod"
    assert "3,600 s" in told.body
    assert "L4" in told.body


def test_alert_of_a_failure_hides_secrets() -> None:
    told = alert_of(event(EventKind.RUN_FAILED, detail="boom api_key=abcdef123456\nmore"), NOW, ())
    assert told is not None
    assert "abcdef" not in told.body
    assert "\n" not in told.body
