"""Partial responses and times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core import wire
from avdesk.emulator.google import moments
from avdesk.emulator.google.envelope import ApiError
from avdesk.emulator.google.partial import parse_fields

CONTENT = {"a": [{"b": 1, "c": {"d": 2, "e": 3}}, {"b": 4}], "f": {"g": 5}, "h": 6}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("h", {"h": 6}),
        ("a/b,h", {"a": [{"b": 1}, {"b": 4}], "h": 6}),
        ("a(b,c/d)", {"a": [{"b": 1, "c": {"d": 2}}, {"b": 4}]}),
        ("a/c(e)", {"a": [{"c": {"e": 3}}, {}]}),
        ("f,f/x", {"f": {"g": 5}}),
        ("*/g", {"a": [{}, {}], "f": {"g": 5}, "h": 6}),
        ("*", CONTENT),
        ("z", {}),
    ],
)
def test_keeps_what_is_selected(text: str, expected: object) -> None:
    assert parse_fields(text).apply(CONTENT) == expected


@pytest.mark.parametrize("text", ["a(", "a)", "a,", ",a", "a//b", "a(b", "()", "a b!", "(" * 50, "x" * 4001])
def test_refuses_what_cannot_be_read(text: str) -> None:
    with pytest.raises(ApiError):
        parse_fields(text).apply(CONTENT)


@given(st.text("ab(),/*", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        selection = parse_fields(text)
    except ApiError:
        return
    selection.apply(CONTENT)


@given(st.integers(0, 4_000_000_000 * moments.NANO))
def test_times_survive_being_written(nanos: int) -> None:
    text = moments.rfc3339(nanos)
    assert moments.parse(text) == nanos
    assert wire.as_time(text) is not None


@given(st.floats(0, 4e9), st.text(max_size=5))
def test_moments_are_stable_and_never_ahead(seconds: float, salt: str) -> None:
    moment = moments.moment(seconds, salt)
    assert moment == moments.moment(seconds, salt)
    assert -1 <= seconds - moment / moments.NANO + 2e-6 <= 1 + 4e-6
