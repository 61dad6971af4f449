"""Which of several environments needs a look most."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from avdesk.core.snapshot import Snapshot
from avdesk.core.worst import standing, worst
from tests.harness.snapshots import NOW, all_states

STATES = all_states()


def of(name: str, state: str) -> Snapshot:
    return replace(STATES[state], environment=name)


def whose(current: str, *snapshots: Snapshot) -> str:
    found = worst(snapshots, current, NOW)
    assert found is not None
    return found.snapshot.environment


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("failed", "offline"),
        ("offline", "orphan"),
        ("orphan", "stale"),
        ("stale", "running"),
        ("running", "succeeded"),
        ("waiting", "idle"),
    ],
)
def test_the_worse_one_is_told_of_whichever_is_looked_at(worse: str, better: str) -> None:
    pair = (of("a", better), of("b", worse))
    assert whose("a", *pair) == whose("b", *pair) == "b"


def test_of_equals_it_is_the_one_that_is_looked_at() -> None:
    trio = (of("a", "idle"), of("b", "succeeded"), of("c", "idle"))
    assert [whose(name, *trio) for name in "abc"] == ["a", "b", "c"]
    assert whose("elsewhere", *trio) == "a"


def test_one_that_was_paused_elsewhere_is_silent() -> None:
    paused = replace(of("b", "failed"), paused=True)
    assert whose("a", of("a", "idle"), paused) == "a"
    assert whose("b", of("a", "idle"), paused) == "b"


def test_one_that_has_not_answered_yet_is_no_news() -> None:
    waiting = Snapshot("b", datetime.now(UTC))
    assert not standing(waiting, NOW).bad
    assert whose("a", of("a", "idle"), waiting) == "a"


def test_of_none_there_is_none() -> None:
    assert worst((), "a", NOW) is None
