"""Entries of Cloud Logging, of every shape that JSON can have."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.logentry import LogEntry, read_entries, read_entry
from avdesk.core.logline import Severity

BASE: Mapping[str, object] = {
    "insertId": "ins5",
    "logName": "projects/av-8675309/logs/workerpool0-0",
    "resource": {"type": "ml_job", "labels": {"job_id": "4611686018427387904", "task_name": "workerpool0-0"}},
    "timestamp": "2026-05-29T10:12:05.123456789Z",
    "receiveTimestamp": "2026-05-29T10:12:06.5Z",
    "severity": "ERROR",
    "textPayload": "frame 5 done",
}


def read(**changes: object) -> LogEntry:
    raw = {name: value for name, value in {**BASE, **changes}.items() if value is not None}
    found = read_entry(raw)
    assert found is not None
    return found


def test_an_entry_as_google_writes_it() -> None:
    entry = read()
    assert (entry.insert_id, entry.resource, entry.severity) == ("ins5", "ml_job", Severity.ERROR)
    assert entry.resource_labels["job_id"] == "4611686018427387904"
    assert entry.nanos is not None
    assert entry.received is not None
    assert entry.nanos % 1_000_000_000 == 123_456_789
    assert entry.received - entry.nanos == 1_376_543_211
    assert entry.time is not None
    assert entry.time.isoformat() == "2026-05-29T10:12:05.123456+00:00"
    assert (entry.text, entry.payload) == ("frame 5 done", None)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"jsonPayload": {"message": "hello", "levelname": "INFO"}}, "hello"),
        ({"jsonPayload": {"message": {"progress": 0.5}}}, '{"progress":0.5}'),
        ({"jsonPayload": {"message": 5}}, "5"),
        ({"jsonPayload": {"asset_count": 14}}, '{"asset_count":14}'),
        ({"jsonPayload": {"message": ""}, "textPayload": "beside"}, "beside"),
        ({"protoPayload": {"methodName": "jobs.create", "status": {"message": "no"}}}, "jobs.create: no"),
        ({"protoPayload": {"@type": "x"}}, '{"@type":"x"}'),
        ({"httpRequest": {"requestMethod": "GET", "requestUrl": "/status", "status": 200}}, "GET /status 200"),
        ({"textPayload": ["no", "text"]}, ""),
        ({}, ""),
    ],
)
def test_what_an_entry_says(content: Mapping[str, object], text: str) -> None:
    assert read(**({"textPayload": None} | dict(content))).text == text


@pytest.mark.parametrize(
    ("content", "severity"),
    [
        ({"severity": None}, Severity.DEFAULT),
        ({"severity": "PURPLE"}, Severity.DEFAULT),
        ({"severity": 500}, Severity.ERROR),
        ({"jsonPayload": {"levelname": "INFO", "message": "x"}}, Severity.INFO),
        ({"textPayload": "\r 10%\r 20%"}, Severity.INFO),
        ({"textPayload": "an error\r\n"}, Severity.ERROR),
    ],
)
def test_a_program_s_own_word_counts_before_the_stream_that_it_came_by(
    content: Mapping[str, object], severity: Severity
) -> None:
    assert read(**content).severity is severity


def test_order_keeps_nanoseconds_and_puts_the_untimed_at_the_end() -> None:
    early = read(timestamp="2026-05-29T10:12:02Z")
    late = read(timestamp="2026-05-29T10:12:02.5Z")
    finer = read(timestamp="2026-05-29T10:12:02.500000001Z", insertId="a")
    untimed = read(timestamp=None, receiveTimestamp=None)
    assert sorted([untimed, finer, late, early], key=lambda entry: entry.order) == [early, late, finer, untimed]
    assert untimed.time is None


def test_marks_tell_entries_apart_by_id_and_without_one_by_all_that_they_hold() -> None:
    assert read().mark() == read(receiveTimestamp="2026-05-29T11:00:00Z", textPayload="again").mark()
    assert read().mark() != read(insertId="other").mark()
    assert read().mark() != read(timestamp="2026-05-29T10:12:05.123456788Z").mark()
    bare = read(insertId=None)
    assert bare.mark() == read(insertId=None).mark()
    assert bare.mark() != bare.mark(1)
    for change in ({"textPayload": "x"}, {"severity": "INFO"}, {"receiveTimestamp": "2026-05-29T10:12:07Z"}):
        assert bare.mark() != read(insertId=None, **change).mark()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*BASE, "jsonPayload", "protoPayload", "labels", "httpRequest"]), json_values))
def test_wild_json_never_raises(wild: dict[str, object]) -> None:
    for raw in (wild, {**BASE, **wild}):
        for entry in read_entries([raw, None, 5, "x", []]):
            assert isinstance(entry.text, str)
            assert isinstance(entry.mark(), int)
            assert entry.order is not None
            json.dumps(dict(entry.resource_labels))
