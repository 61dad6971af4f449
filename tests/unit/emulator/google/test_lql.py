"""The Logging query language."""

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.emulator.google import moments
from avdesk.emulator.google.envelope import ApiError
from avdesk.emulator.google.lql import Entry, compile_query

TIME = "2026-05-29T10:12:05.123456789Z"
NANOS = moments.parse(TIME) or 0
ENTRY = Entry(
    {
        "insertId": "abc",
        "logName": "projects/p-1/logs/run.googleapis.com%2Fstdout",
        "resource": {"type": "ml_job", "labels": {"job_id": "4611686018427387904", "task_name": "workerpool0-0"}},
        "timestamp": TIME,
        "severity": "ERROR",
        "labels": {"compute.googleapis.com/resource_id": "99"},
        "jsonPayload": {
            "message": 'Frame 5 "done"\nnext',
            "n": 7,
            "ok": True,
            "tags": ["red", "Blue"],
            "nested": {"deep": 1.5},
        },
    },
    NANOS,
    NANOS + 1,
)


def matches(text: str) -> bool:
    return compile_query(text).matches(ENTRY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-- a comment alone",
        'resource.type="ml_job" AND resource.labels.job_id="4611686018427387904"',
        'resource.type="ml_job"\nresource.labels.task_name=workerpool0-0 -- a comment',
        "resource.type = ML_JOB",
        "severity>=WARNING",
        "severity=error",
        "severity<CRITICAL",
        "severity>=500",
        'severity=("ERROR" OR "INFO")',
        'severity:"ERR"',
        f'timestamp>="{TIME}"',
        'timestamp>"2026-05-29T10:12:05.123456788Z"',
        "timestamp>=2026-05-29T10:12:05Z",
        "timestamp>2026-05-29",
        'receiveTimestamp>"2026-05-29T10:12:05.123456789Z"',
        'jsonPayload.message:"frame 5"',
        'jsonPayload.message:"\\"done\\""',
        "jsonPayload.message='Frame 5 \"done\"\\nnext'",
        'jsonPayload.message=~"^Frame \\\\d"',
        'jsonPayload.message!~"frame"',
        "jsonPayload.n>6.5",
        "jsonPayload.n=7.0",
        "jsonPayload.ok=true",
        "jsonPayload.tags=blue",
        "jsonPayload.nested.deep<=1.5",
        "jsonPayload.message:*",
        "jsonPayload.nested:*",
        'labels."compute.googleapis.com/resource_id"=99',
        'log_id("run.googleapis.com/stdout")',
        "done",
        '"frame 5"',
        "-absent",
        "NOT absent",
        "NOT jsonPayload.absent=1",
        'textPayload!="x"',
        "(done OR absent) AND -(absent)",
        "done frame",
        'insertId="abc" (severity=INFO OR severity=ERROR)',
    ],
)
def test_matches(text: str) -> None:
    assert matches(text)


@pytest.mark.parametrize(
    "text",
    [
        "severity>ERROR",
        "severity!=ERROR",
        f'timestamp>"{TIME}"',
        'timestamp<="2026-05-29T10:12:05.123456788Z"',
        "jsonPayload.absent=1",
        "jsonPayload.absent!=1",
        "jsonPayload.absent:*",
        "jsonPayload.n>7",
        'jsonPayload.message=~"^frame"',
        "textPayload:*",
        "textPayload:done",
        'labels."other"=99',
        'log_id("stdout")',
        "absent",
        "-done",
        "done and absent",
        "done absent",
        "done AND NOT severity=ERROR",
        'jsonPayload.message=("a" OR "b")',
        'jsonPayload.message:("frame" AND "absent")',
    ],
)
def test_does_not_match(text: str) -> None:
    assert not matches(text)


@pytest.mark.parametrize(
    "text",
    [
        "severity>=LOUD",
        "severity>=(",
        "timestamp>yesterday",
        "timestamp:2026",
        "colour=red",
        "resource.name=x",
        "a ==",
        "done AND",
        "AND done",
        "OR",
        "done OR OR done",
        "NOT",
        "(done",
        "done)",
        '"done',
        "()",
        "x=()",
        "sample(insertId, 0.1)",
        'jsonPayload.message=~"("',
        'jsonPayload.message=~"(a+)+$"',
        'jsonPayload.message=~"(a|a)*$"',
        'jsonPayload.message=~"(?=x)"',
        'jsonPayload.message=~"(a)\\\\1"',
        'jsonPayload.message=~"[[:alpha:]]"',
        'jsonPayload.message=~"a*+b"',
        f'jsonPayload.message=~"{"a" * 1001}"',
        "x" * 20_001,
        "(" * 500,
    ],
)
def test_is_refused(text: str) -> None:
    with pytest.raises(ApiError) as caught:
        compile_query(text)
    assert (caught.value.http, caught.value.status) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("values", list(itertools.product([True, False], repeat=4)))
def test_or_binds_tighter_than_and(values: tuple[bool, ...]) -> None:
    a, b, c, d = ("done" if value else "absent" for value in values)
    expected = (values[0] or not values[1]) and (not values[2] or values[3])
    assert matches(f"{a} OR NOT {b} AND NOT {c} OR {d}") is expected
    assert matches(f"{a} OR -{b} -{c} OR {d}") is expected


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(ApiError, match=r"syntax error at line 2, column 10, token '='"):
        compile_query("done\nseverity==ERROR")


def test_bounds_are_those_that_every_match_lies_between() -> None:
    inside = 'timestamp>="2026-05-29T10:00:00Z" (done timestamp<"2026-05-29T11:00:00Z") timestamp>="2026-05-28"'
    query = compile_query(inside)
    assert query.earliest == moments.parse("2026-05-29T10:00:00Z")
    assert query.latest == moments.parse("2026-05-29T11:00:00Z")
    either = compile_query('timestamp>="2026-05-29T10:00:00Z" OR done')
    assert (either.earliest, either.latest) == (None, None)
    negated = compile_query('NOT timestamp>="2026-05-29T10:00:00Z"')
    assert (negated.earliest, negated.latest) == (None, None)


WORDS = st.sampled_from(
    [
        "done",
        "absent",
        "severity>=ERROR",
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "-",
        '"frame 5"',
        "jsonPayload.n=7",
        "\n",
        "--",
    ]
)


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(string.printable, max_size=60))
def test_any_text_is_compiled_or_refused(text: str) -> None:
    try:
        query = compile_query(text)
    except ApiError:
        return
    assert query.matches(ENTRY) in (True, False)


@given(st.text(min_size=1, max_size=40))
def test_a_quoted_text_is_found_as_it_is(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    entry = Entry({"textPayload": f"before {text} after"}, 0, 0)
    assert compile_query(f'textPayload:"{quoted}"').matches(entry)
    assert compile_query(f'"{quoted}"').matches(entry)


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3) -> tuple[str, bool]:
    """Draw a query in full parentheses, and what it should come to."""
    kind = draw(st.sampled_from(["leaf", "and", "or", "not"] if depth else ["leaf"]))
    if kind == "leaf":
        value = draw(st.booleans())
        return ("done" if value else "absent"), value
    left, left_value = draw(formulas(depth - 1))
    if kind == "not":
        return f"NOT ({left})", not left_value
    right, right_value = draw(formulas(depth - 1))
    if kind == "and":
        return f"({left}) {draw(st.sampled_from(['AND', '']))} ({right})", left_value and right_value
    return f"({left}) OR ({right})", left_value or right_value


@given(formulas())
def test_formulas_come_to_what_logic_says(formula: tuple[str, bool]) -> None:
    text, expected = formula
    assert matches(text) is expected
