"""The filter of customJobs.list."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.emulator.google import moments
from avdesk.emulator.google.envelope import ApiError
from avdesk.emulator.google.listfilter import JobFacts, compile_filter

NOON = moments.parse("2026-05-29T12:00:00Z") or 0
JOB = JobFacts("av-render-1", "JOB_STATE_RUNNING", NOON, {"pipeline": "autovideo", "a.b": "c"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        '  display_name = "av-render-1" ',
        'display_name:"av-*"',
        'display_name:"*render*"',
        'display_name!="AV-RENDER-1"',
        "state=JOB_STATE_RUNNING",
        'state!="JOB_STATE_FAILED"',
        'create_time>="2026-05-29T12:00:00Z"',
        'create_time<"2026-05-29T12:00:00.000000001Z"',
        'create_time="2026-05-29T14:00:00+02:00"',
        'create_time>"2026-05-28"',
        "labels.pipeline=autovideo",
        "labels.pipeline:*",
        "labels:pipeline",
        'labels."a.b"=c',
        'NOT state="JOB_STATE_FAILED"',
        '-state="JOB_STATE_FAILED"',
        '(state="JOB_STATE_RUNNING" OR state="JOB_STATE_PENDING") AND labels.pipeline="autovideo"',
        'state=("JOB_STATE_RUNNING" OR "JOB_STATE_PENDING")',
    ],
)
def test_matches(text: str) -> None:
    assert compile_filter(text)(JOB)


@pytest.mark.parametrize(
    "text",
    [
        'display_name:"render"',
        'display_name:"av-?ender-1"',
        'display_name="av-*"',
        "state=JOB_STATE_PENDING",
        'create_time>"2026-05-29T12:00:00Z"',
        "labels.pipeline!=autovideo",
        "labels.missing!=x",
        "labels.missing:*",
        "labels.pipeline=AutoVideo",
        'state="JOB_STATE_RUNNING" AND NOT labels.pipeline:*',
    ],
)
def test_does_not_match(text: str) -> None:
    assert not compile_filter(text)(JOB)


@pytest.mark.parametrize(
    "text",
    [
        "displayName=x",
        "start_time>2026-01-01",
        "autovideo",
        "state",
        "state=RUNNING",
        "state:JOB_STATE_RUNNING",
        "state>JOB_STATE_RUNNING",
        "create_time>yesterday",
        "create_time:*",
        "display_name>x",
        "labels.a>b",
        "labels=a",
        "display_name=",
        "display_name=x AND",
        "OR display_name=x",
        "(display_name=x",
        "display_name=x)",
        'display_name="x',
        "matches(display_name)",
        "(" * 100 + "state=JOB_STATE_RUNNING" + ")" * 100,
        "NOT " * 100 + "state=JOB_STATE_RUNNING",
        "x" * 4001,
    ],
)
def test_is_refused(text: str) -> None:
    with pytest.raises(ApiError) as caught:
        compile_filter(text)
    assert (caught.value.http, caught.value.status) == (400, "INVALID_ARGUMENT")


@given(st.text(string.printable, max_size=60))
def test_any_text_is_compiled_or_refused(text: str) -> None:
    try:
        predicate = compile_filter(text)
    except ApiError:
        return
    assert predicate(JOB) in (True, False)


@given(st.text(min_size=1, max_size=30))
def test_a_quoted_name_matches_itself(name: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    assert compile_filter(f'display_name="{quoted}"')(JobFacts(name, "JOB_STATE_RUNNING", 0, {}))
