"""Entries as the lines of a book."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from avdesk.core.logentry import LogEntry, read_entry
from avdesk.core.logline import LogLine, Severity
from avdesk.core.logtext import SHOWN
from avdesk.services.clock import Clock
from avdesk.services.logs.entry_lines import MOST_LINES, lines_of_entries
from avdesk.services.logs.job_names import JobNames

NAMES = JobNames(Clock(), {"77": "video-job-ab12cd34", "78": "78"})


def entry(text: str, kind: str = "cloud_run_revision", severity: str = "", **labels: str) -> LogEntry:
    own = {"run.googleapis.com/execution_name": labels.pop("execution")} if "execution" in labels else {}
    raw: Mapping[str, object] = {
        "insertId": "1",
        "timestamp": "2026-11-23T10:00:00.5Z",
        "severity": severity,
        "resource": {"type": kind, "labels": labels},
        "labels": own,
        "textPayload": text,
    }
    found = read_entry(raw)
    assert found is not None
    return found


def lines(each: LogEntry) -> list[LogLine]:
    return lines_of_entries([each], NAMES)


def test_a_traceback_is_one_entry_of_several_lines() -> None:
    head, *others = lines(entry("Traceback:\r\n  x\nValueError: no\n\n", severity="ERROR"))
    assert [line.text for line in (head, *others)] == ["Traceback:", "  x", "ValueError: no"]
    assert (head.continuation, [line.continuation for line in others]) == (False, [True, True])
    assert {line.insert_id for line in (head, *others)} == {"1"}
    assert {line.time for line in others} == {head.time}


@pytest.mark.parametrize(
    ("text", "came", "severity"),
    [
        ("2026-11-23 10:00:00,500 - main - ERROR - bad", "", Severity.ERROR),
        ("2026-11-23 10:00:00,500 - main - INFO - by stderr", "ERROR", Severity.INFO),
        ("plain", "WARNING", Severity.WARNING),
        ("plain", "", Severity.DEFAULT),
    ],
)
def test_the_program_s_own_word_for_the_severity_counts(text: str, came: str, severity: Severity) -> None:
    assert lines(entry(text, severity=came))[0].severity is severity


@pytest.mark.parametrize(
    ("made", "source", "job"),
    [
        (entry("x"), "app", None),
        (entry("made video-job-ab12cd34"), "app", "video-job-ab12cd34"),
        (entry("x", "ml_job", job_id="77"), "job:video-job-ab12cd34", "video-job-ab12cd34"),
        (entry("x", "ml_job", job_id="78"), "job:78", None),
        (entry("x", "cloud_run_job", job_name="av-app", execution="av-app-x7k2p"), "batch:av-app-x7k2p", None),
        (entry("x", "cloud_run_job", job_name="av-app"), "batch:av-app", None),
    ],
)
def test_each_line_says_where_it_is_from(made: LogEntry, source: str, job: str | None) -> None:
    [line] = lines(made)
    assert (line.source, line.job) == (source, job)


def test_secrets_are_masked_over_line_breaks_too() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEv\nAbCdEf\n-----END PRIVATE KEY-----"
    text = "\n".join(line.text for line in lines(entry(f"key: {key}\nhttps://x/y?X-Goog-Signature=abcdef0123")))
    assert "MIIEv" not in text
    assert "abcdef0123" not in text


def test_progress_is_its_last_state_and_the_head_is_what_a_view_may_leave_out() -> None:
    assert [line.text for line in lines(entry("\r 1%\r 2%\rdone", severity="ERROR"))] == ["done"]
    [line] = lines(entry("2026-11-23 10:00:00,500 - main - INFO - text"))
    assert line.text[line.head :] == "text"


def test_nothing_of_a_long_line_is_lost_and_an_endless_entry_says_what_is() -> None:
    long = " ".join(f"word{index}" for index in range(20_000))
    found = lines(entry(long))
    assert "".join(line.text for line in found) == long
    assert all(len(line.text) <= SHOWN for line in found)
    many = lines(entry("\n".join(str(index) for index in range(MOST_LINES + 500))))
    assert len(many) == MOST_LINES
    assert many[-1].text == "… 501 more lines"


def test_lines_of_a_clock_that_is_ahead_are_moved() -> None:
    [line] = lines_of_entries([entry("x")], NAMES, earlier=timedelta(seconds=300))
    assert line.time is not None
    assert line.time.isoformat() == "2026-11-23T09:55:00.500000+00:00"
