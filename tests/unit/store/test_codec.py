"""Whatever AVDesk remembers comes back as it was; whatever else is found is called unreadable."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.events import Event
from avdesk.core.health import CheckResult
from avdesk.core.jobs import Job
from avdesk.core.run import Run
from avdesk.core.snapshot import ServerView, Snapshot
from avdesk.services.check_watch import KeptChecks
from avdesk.services.monitor import KeptJobs
from avdesk.store.codec import UnreadableError, dumps, loads

KEPT = [Run, Job, Event, ServerView, KeptJobs, KeptChecks, CheckResult, Snapshot]

moments = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is beside
numbers = st.floats(0, 1e9)
st.register_type_strategy(datetime, moments)
st.register_type_strategy(float, numbers)
st.register_type_strategy(str, st.text(st.characters(), max_size=8))


def mapping(value: object) -> object:
    """Return a value of a type's fields with mappings as the core has them."""
    return MappingProxyType(dict(value)) if isinstance(value, dict) else value


@pytest.mark.parametrize("kind", KEPT)
@given(data=st.data())
def test_every_kept_type_comes_back_equal(kind: type[object], data: st.DataObject) -> None:
    value = data.draw(st.from_type(kind))
    back = loads(dumps(value), kind)
    assert type(back) is kind
    assert is_dataclass(value)
    for field in fields(value):
        assert getattr(back, field.name) == getattr(value, field.name)


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "state", "phases", "name", "kind"]), inner)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", [Run, Job, Event, ServerView, KeptJobs, KeptChecks, float, str])
@given(text=st.one_of(st.text(max_size=30), anything.map(json.dumps)))
def test_anything_else_is_unreadable_or_whole(kind: type[object], text: str) -> None:
    try:
        value = loads(text, kind)
    except UnreadableError:
        return
    assert isinstance(value, kind)


def test_deeply_nested_text_is_unreadable() -> None:
    with pytest.raises(UnreadableError):
        loads("[" * 100_000, Run)


def test_field_that_an_older_version_did_not_know_takes_its_default() -> None:
    run = loads('{"id": "run-1", "state": "failed", "phases": [], "of_the_future": 3}', Run)
    assert run.id == "run-1"
    assert run.seen_at is None
