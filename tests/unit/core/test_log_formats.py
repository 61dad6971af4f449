"""The beginnings of log lines of many tools."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.logformat import Zone, head_of, payload_of
from avdesk.core.logline import Severity, severity_of
from avdesk.core.logsearch import Wanted
from avdesk.core.logtext import last_state, readable, visible, without_colours

ZONE = Zone(UTC, 2026, datetime(2026, 11, 25, tzinfo=UTC).timestamp())
AT = datetime(2026, 11, 24, 0, 1, 2, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("line", "ms", "severity", "zoned"),
    [
        ("2026-11-24 00:01:02,315 - main - INFO - text", 315, Severity.INFO, False),
        ("2026-11-24 00:01:02,315 - ERROR - text", 315, Severity.ERROR, False),
        ("2026-11-24T00:01:02.315Z [warn] text", 315, Severity.WARNING, True),
        ("2026-11-24 02:01:02 +0200 foo.bar: ERROR: text", 0, Severity.ERROR, True),
        ("[2026-11-24 00:01:02 +0000] [7] [INFO] Booting worker", 0, Severity.INFO, True),
        ("2026-11-24 00:01:02 | CRITICAL | app.main:run:10 - text", 0, Severity.CRITICAL, False),
        ("2026/11/24 00:01:02 [error] 1#1: text", 0, Severity.ERROR, False),
        ("2026-11-24 00:01:02 nothing is said of an error here", 0, Severity.DEFAULT, False),
        ("Nov 24 00:01:02 host prog[12]: text", 0, Severity.DEFAULT, False),
        ("<11>Nov 24 00:01:02 host prog: text", 0, Severity.ERROR, False),
        ("E1124 00:01:02.315000   123 x.cc:12] text", 315, Severity.ERROR, False),
        ('{"severity": "ERROR", "time": "2026-11-24T00:01:02.315Z", "message": "x"}', 315, Severity.ERROR, True),
        ('{"level": 30, "ts": 1795478462.315}', 315, Severity.WARNING, True),
        ('{"lvl": "debug", "time": 1795478462315}', 315, Severity.DEBUG, True),
        ('10.0.0.1 - - [24/Nov/2026:00:01:02 +0000] "GET / HTTP/1.1" 503 12', 0, Severity.ERROR, True),
        ("\x1b[32m2026-11-24 00:01:02,315\x1b[0m - \x1b[31mINFO\x1b[0m - x", 315, Severity.INFO, False),
        ("\ufeff2026-11-24 00:01:02,315 - INFO - x", 315, Severity.INFO, False),
    ],
)
def test_a_head_says_when_and_how_severe(line: str, ms: int, severity: Severity, zoned: bool) -> None:
    head = head_of(line, ZONE)
    assert head is not None
    assert head.time == pytest.approx(AT + ms / 1000, abs=1e-4)
    assert (head.severity, head.zoned) == (severity, zoned)
    assert 0 <= head.length <= len(line)


@pytest.mark.parametrize(
    ("line", "severity"),
    [("ERROR:root:text", Severity.ERROR), ("WARNING: text", Severity.WARNING), ("error: text", Severity.ERROR)],
)
def test_a_head_may_be_without_a_time(line: str, severity: Severity) -> None:
    head = head_of(line, ZONE)
    assert head is not None
    assert (head.time, head.severity) == (None, severity)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "just text",
        "  File x",
        "Traceback (most recent call last):",
        "2026-13-24 00:01:02,315 - INFO - x",
        "Error",
        "{broken",
        "{}x",
    ],
)
def test_what_is_no_head_is_none(line: str) -> None:
    assert head_of(line, ZONE) is None


def test_a_time_without_a_zone_is_of_the_zone_that_is_assumed_and_one_without_a_year_never_of_the_future() -> None:
    ahead = Zone(timezone(timedelta(hours=5)), 2026, ZONE.latest)
    head = head_of("2026-11-24 05:01:02 - INFO - x", ahead)
    assert head is not None
    assert head.time == AT
    older = head_of("Dec 31 00:00:00 host prog: text", ZONE)
    assert older is not None
    assert older.time == datetime(2025, 12, 31, tzinfo=UTC).timestamp()


@given(line=st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_no_line_raises(line: str) -> None:
    head_of(line, ZONE)
    payload_of(line)
    shown = readable(line)
    assert "\n" not in shown
    assert "\r" not in shown


def test_severities_by_any_name() -> None:
    assert [severity_of(name) for name in ("warn", "FATAL", " Err ", "x", None, 350, True)] == [
        Severity.WARNING, Severity.CRITICAL, Severity.ERROR, Severity.DEFAULT, Severity.DEFAULT, Severity.NOTICE,
        Severity.DEFAULT,
    ]  # fmt: skip
    assert len({each.label for each in Severity}) == len(Severity)


def test_what_cannot_be_seen_is_made_visible_and_colours_are_kept() -> None:
    assert visible("a\x00b\x7f\u202ec\x85") == "a␀b␡<U+202E>c<U+0085>"
    assert visible("\x1b[1;31mred\x1b[0m\x1b[2J\x1b]0;title\x07!") == "\x1b[1;31mred\x1b[0m!"
    assert visible("lone \x1b here") == "lone ␛ here"
    assert without_colours("\x1b[1;31mred\x1b[0m") == "red"
    assert visible("tab\tstays, as do 👩‍🚀 and é") == "tab\tstays, as do 👩‍🚀 and é"
    assert [last_state(text) for text in ("a\rb", "a\rb\r", "a\r\r", "\r", "ab")] == ["b", "b", "a", "", "ab"]


def test_capitals_matter_only_when_typed() -> None:
    assert Wanted("quota").insensitive
    assert not Wanted("Quota").insensitive
    assert Wanted(r"\Squota\B", regex=True).insensitive
    assert not Wanted(r"\S+Error", regex=True).insensitive
