"""Which news is announced, and how often."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from avdesk.bridge.announced import KEPT, Announced
from avdesk.bridge.announcer import Announcer
from avdesk.config.settings import Notifications
from avdesk.core.alerts import Alert, Urgency
from avdesk.core.events import Event, EventKind

NOW = datetime(2025, 6, 8, 14, 0, tzinfo=UTC)


def event(kind: EventKind, subject: str = "", *, ago_s: float = 5.0, detail: str = "") -> Event:
    return Event(kind, "prod", NOW - timedelta(seconds=ago_s), subject, subject or None, 60.0, detail)


def announcer(shown: list[Alert], file: Path | None = None, wanted: Notifications | None = None) -> Announcer:
    return Announcer(lambda _environment: wanted or Notifications(), Announced(file), shown.append, lambda: NOW)


def test_a_failed_run_is_announced_with_its_reason_and_loudly() -> None:
    shown: list[Alert] = []
    announcer(shown).hear([event(EventKind.RUN_FAILED, "run-1", detail="Out of quota")])
    assert [alert.title for alert in shown] == ["Video failed · prod"]
    assert shown[0].urgency is Urgency.CRITICAL
    assert "quota" in shown[0].body.lower()


def test_what_is_no_news_is_not_announced() -> None:
    shown: list[Alert] = []
    announcer(shown).hear([event(EventKind.PHASE_ENDED, "story_generation"), event(EventKind.RUN_STARTED, "run-1")])
    assert shown == []


def test_old_news_found_at_the_start_is_not_announced() -> None:
    shown: list[Alert] = []
    announcer(shown).hear([event(EventKind.RUN_FAILED, "run-1", ago_s=3600)])
    assert shown == []


def test_good_news_is_told_only_of_what_was_announced() -> None:
    shown: list[Alert] = []
    heard = announcer(shown)
    heard.hear([event(EventKind.SERVER_REGAINED)])
    heard.hear([event(EventKind.JOB_STARTED, "video-job-ab12cd34")])
    assert shown == []
    heard.hear([event(EventKind.SERVER_LOST, ago_s=30), event(EventKind.SERVER_REGAINED)])
    assert [alert.title for alert in shown] == ["Server not reachable · prod", "Server is back · prod"]
    assert len({alert.incident for alert in shown}) == 1


def test_good_news_is_told_once_and_then_the_incident_is_over() -> None:
    shown: list[Alert] = []
    heard = announcer(shown)
    heard.hear([event(EventKind.SERVER_LOST, ago_s=30), event(EventKind.SERVER_REGAINED, ago_s=20)])
    heard.hear([event(EventKind.SERVER_REGAINED, ago_s=1)])
    assert len(shown) == 2


@pytest.mark.parametrize(
    ("switch", "kind"),
    [
        ("run_finished", EventKind.RUN_SUCCEEDED),
        ("run_failed", EventKind.RUN_FAILED),
        ("run_failed", EventKind.RUN_LOST),
        ("job_stuck", EventKind.JOB_STUCK),
        ("server_lost", EventKind.SERVER_LOST),
        ("enabled", EventKind.RUN_FAILED),
    ],
)
def test_each_kind_can_be_switched_off(switch: str, kind: EventKind) -> None:
    shown: list[Alert] = []
    announcer(shown, wanted=Notifications(**{switch: False})).hear([event(kind, "run-1")])
    assert shown == []
    announcer(shown).hear([event(kind, "run-1")])
    assert len(shown) == 1


def test_each_environment_has_switches_of_its_own() -> None:
    shown: list[Alert] = []
    wanted = {"prod": Notifications(), "dev": Notifications(run_failed=False)}
    heard = Announcer(wanted.__getitem__, Announced(None), shown.append, lambda: NOW)
    failed = event(EventKind.RUN_FAILED, "run-1")
    heard.hear([replace(failed, environment="dev"), failed])
    assert [alert.environment for alert in shown] == ["prod"]
    wanted["dev"] = Notifications()
    heard.hear([replace(failed, environment="dev")])
    assert [alert.title for alert in shown] == ["Video failed · prod", "Video failed · dev"]


def test_nothing_good_follows_what_was_switched_off() -> None:
    shown: list[Alert] = []
    heard = announcer(shown, wanted=Notifications(server_lost=False))
    heard.hear([event(EventKind.SERVER_LOST, ago_s=30), event(EventKind.SERVER_REGAINED)])
    assert shown == []


def test_the_same_news_is_told_once_even_across_a_restart(tmp_path: Path) -> None:
    shown: list[Alert] = []
    file = tmp_path / "state" / "announced.json"
    failed = event(EventKind.RUN_FAILED, "run-1")
    announcer(shown, file).hear([failed, failed])
    announcer(shown, file).hear([failed])
    assert len(shown) == 1


def test_an_open_incident_survives_a_restart_so_that_its_end_is_told(tmp_path: Path) -> None:
    shown: list[Alert] = []
    file = tmp_path / "announced.json"
    announcer(shown, file).hear([event(EventKind.SERVER_LOST, ago_s=60)])
    announcer(shown, file).hear([event(EventKind.SERVER_REGAINED)])
    assert [alert.title for alert in shown] == ["Server not reachable · prod", "Server is back · prod"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"told": 3, "open": [1, null]}', "[" * 100_000, "\udcff"])
def test_a_damaged_file_is_no_reason_to_be_silent(tmp_path: Path, text: str) -> None:
    file = tmp_path / "announced.json"
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    shown: list[Alert] = []
    announcer(shown, file).hear([event(EventKind.RUN_FAILED, "run-1")])
    assert len(shown) == 1


def test_a_folder_that_cannot_be_written_is_no_reason_to_be_silent(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    shown: list[Alert] = []
    announcer(shown, tmp_path / "state" / "announced.json").hear([event(EventKind.RUN_FAILED, "run-1")])
    assert len(shown) == 1


def test_the_memory_stays_small(tmp_path: Path) -> None:
    announced = Announced(tmp_path / "announced.json")
    for number in range(KEPT + 50):
        announced.note(f"news {number}", f"incident {number}", over=False)
    assert not announced.was_told("news 0")
    assert announced.was_told(f"news {KEPT + 49}")
    assert len(announced.open_incidents) == KEPT
