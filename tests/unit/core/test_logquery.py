"""The filters that Cloud Logging is asked with, read by the emulated query language."""

import re
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.errors import UsageError
from avdesk.core.logquery import (
    LONGEST_FILTER,
    AppLog,
    BatchLog,
    Bounds,
    JobLog,
    JobLogs,
    Part,
    console_url,
    filter_of,
)
from avdesk.emulator.google.lql import Entry, compile_query

NANO = 1_000_000_000
NOW = 1_795_469_672 * NANO


def entry(kind: str, at: int = NOW, received: int = NOW, log: str = "stdout", **labels: str) -> Entry:
    own = {"run.googleapis.com/execution_name": labels.pop("execution")} if "execution" in labels else {}
    content = {
        "logName": f"projects/p-1/logs/run.googleapis.com%2F{log}",
        "resource": {"type": kind, "labels": labels},
        "labels": own,
        "insertId": "1",
    }
    return Entry(content, at, received)


APP = entry("cloud_run_revision", service_name="av-app")
REQUEST = entry("cloud_run_revision", log="requests", service_name="av-app")
OTHER_APP = entry("cloud_run_revision", service_name="shop")
JOB, OTHER_JOB = entry("ml_job", job_id="77"), entry("ml_job", job_id="78")
BATCH = entry("cloud_run_job", job_name="av-app", execution="av-app-x7k2p")
OTHER_BATCH = entry("cloud_run_job", job_name="av-app", execution="av-app-zzzzz")
ALL = {
    "app": APP,
    "request": REQUEST,
    "other app": OTHER_APP,
    "job": JOB,
    "other job": OTHER_JOB,
    "batch": BATCH,
    "other batch": OTHER_BATCH,
}


def taken(*parts: Part, bounds: Bounds | None = None) -> set[str]:
    query = compile_query(filter_of(parts, bounds or Bounds()))
    return {name for name, each in ALL.items() if query.matches(each)}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([AppLog()], {"app"}),
        ([AppLog("shop")], {"other app"}),
        ([JobLog("77")], {"job"}),
        ([JobLogs()], {"job", "other job"}),
        ([BatchLog()], {"batch", "other batch"}),
        ([BatchLog("av-app-x7k2p")], {"batch"}),
        ([AppLog(), JobLog("78")], {"app", "other job"}),
        ([AppLog(), JobLogs(), BatchLog()], {"app", "job", "other job", "batch", "other batch"}),
    ],
)
def test_each_log_is_what_it_is_and_several_are_all_of_them(parts: list[Part], expected: set[str]) -> None:
    assert taken(*parts) == expected


@pytest.mark.parametrize(
    ("bounds", "inside"),
    [
        (Bounds(), True),
        (Bounds(since=NOW), True),
        (Bounds(since=NOW + 1), False),
        (Bounds(until=NOW), True),
        (Bounds(until=NOW - 1), False),
        (Bounds(fresh=NOW + 1, received=NOW), True),
        (Bounds(fresh=NOW, received=NOW + 1), True),
        (Bounds(fresh=NOW + 1, received=NOW + 1), False),
        (Bounds(since=NOW + 1, fresh=NOW, received=NOW), False),
    ],
)
def test_bounds_hold_to_the_nanosecond_and_for_every_part(bounds: Bounds, inside: bool) -> None:
    assert taken(AppLog(), JobLogs(), bounds=bounds) == ({"app", "job", "other job"} if inside else set())


def test_a_filter_always_names_a_time_since_gcloud_adds_one_of_its_own_otherwise() -> None:
    assert 'timestamp>="1970-01-01T00:00:00Z"' in filter_of([AppLog()])


@given(name=st.text(max_size=80))
def test_no_name_can_say_more_than_a_name(name: str) -> None:
    for part in (AppLog(name), BatchLog("", name), BatchLog(name or "-"), JobLog(name)):
        try:
            text = filter_of([part])
        except UsageError:
            continue
        assert re.fullmatch(r"[a-z0-9\-]{1,63}", name) or (isinstance(part, BatchLog) and not name)
        assert text.count(f'"{name}"') >= 1
        assert re.sub(r'"[^"\\\\]*"', "", text).isprintable()


@pytest.mark.parametrize("name", ['" OR "', "a\\", "a\nb", "Ä", "-a", "a" * 64, "a b"])
def test_what_is_no_name_is_refused_with_a_reason(name: str) -> None:
    for part in (AppLog(name), BatchLog(name), JobLog(name)):
        with pytest.raises(UsageError) as caught:
            filter_of([part])
        assert caught.value.advice


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(UsageError):
        filter_of([])
    with pytest.raises(UsageError):
        filter_of([JobLog(str(number)) for number in range(LONGEST_FILTER // 40)])


def test_the_console_is_shown_the_same_query() -> None:
    url = console_url([JobLog("77")], "av-8675309", since=datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert url.startswith("https://console.cloud.google.com/logs/query;query=")
    assert url.endswith("?project=av-8675309")
    query = unquote(url.partition(";query=")[2].partition("?")[0])
    expected = (
        'resource.type="ml_job" AND resource.labels.job_id="77" AND timestamp>="2026-11-23T10:00:00.000000000Z"'
    )
    assert query == expected
    assert "timestamp" not in unquote(console_url([AppLog()], "p"))
