"""What the Logs page understands and says, without a window: times, links, kept settings, moving numbers."""

from array import array
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.bridge.log_numbers import as_ranges, renumbered, renumbered_one
from avdesk.core.jobs import JobState
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.logsearch import Case, Wanted
from avdesk.services.logs.book import Shift
from avdesk.ui.logs.console import console_url
from avdesk.ui.logs.filter_chips import Narrowing
from avdesk.ui.logs.kept import Kept, sizes_of
from avdesk.ui.logs.moments import moment_of
from avdesk.ui.logs.searches import MOST_SEARCHES, Searches, predefined
from tests.harness.snapshots import ENVIRONMENTS, job

END = datetime(2025, 5, 5, 13, 5, 50, tzinfo=UTC)
SPAN = (END - timedelta(days=3), END)
DEV = ENVIRONMENTS[0]


class Store:
    """Keeps what it is given for as long as the test lasts."""

    def __init__(self, **kept: object) -> None:
        """Hold `kept`."""
        self.kept: dict[str, object] = dict(kept)

    def value(self, key: str, /) -> object:
        """Return what was kept."""
        return self.kept.get(key)

    def setValue(self, key: str, value: object, /) -> None:
        """Keep a value."""
        self.kept[key] = value


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("10m", END - timedelta(minutes=10)),
        ("2 h ago", END - timedelta(hours=2)),
        ("2025-05-04T12:00Z", datetime(2025, 5, 4, 12, 0, tzinfo=UTC)),
        ("2025-05-04 12:00:01,5+02:00", datetime(2025, 5, 4, 10, 0, 1, 500_000, tzinfo=UTC)),
        ("25:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times_are_understood_as_people_type_them(typed: str, found: datetime | None) -> None:
    assert moment_of(typed, SPAN, END) == found


def test_a_time_of_day_is_of_the_last_day_that_has_it() -> None:
    here = END.astimezone()
    earlier, later = here - timedelta(minutes=5), here + timedelta(minutes=5)
    assert moment_of(f"{earlier:%H:%M:%S}", SPAN, END) == earlier
    assert moment_of(f"{later:%H:%M:%S}", SPAN, END) == later - timedelta(days=1)
    young = (END - timedelta(minutes=30), END)
    assert moment_of(f"{later:%H:%M:%S}", young, END) == later


def test_the_console_gets_the_same_query() -> None:
    running = job(JobState.RUNNING)
    narrowing = Narrowing(groups=frozenset({"error"}), since=END)
    choices = (LogChoice(LogKind.APP), LogChoice(LogKind.JOB, running.id))
    url = unquote(console_url(DEV, choices, (running,), narrowing, Wanted('say "no"')))
    assert f'resource.labels.job_id="{running.number}"' in url
    assert 'resource.labels.service_name="av-app"' in url
    assert "severity=(ERROR OR CRITICAL OR ALERT OR EMERGENCY)" in url
    assert 'timestamp>="2025-05-05T13:05:50.000000Z"' in url
    assert 'SEARCH("`say \\"no\\"`")' in url


def test_what_the_console_does_not_know_has_no_link() -> None:
    everything = Narrowing()
    assert console_url(DEV, (LogChoice(LogKind.FILE, "/home/ann/x.log"),), (), everything, None) == ""
    assert console_url(DEV, (LogChoice(LogKind.JOB, "video-job-00000000"),), (), everything, None) == ""
    assert console_url(None, (LogChoice(LogKind.APP),), (), everything, None) == ""


def test_what_was_kept_is_found_again_and_nonsense_is_not() -> None:
    store = Store()
    Kept(wrap=True, size=3.0, widths="700,300").write(store, Kept())
    assert store.kept == {"logs/wrap": "True", "logs/size": "3.0", "logs/widths": "700,300"}
    assert Kept.read(store) == Kept(wrap=True, size=3.0, widths="700,300")
    broken = Store(**{"logs/wrap": "maybe", "logs/size": "1e9", "logs/context": "many", "logs/widths": "a,b"})
    assert Kept.read(broken) == Kept(widths="a,b")
    assert sizes_of("a,b") == []
    assert sizes_of("700,300") == [700, 300]


def test_searches_are_kept_and_bounded() -> None:
    store = Store()
    searches = Searches(store)
    searches.save("Mine", Wanted("x", regex=True, case=Case.SENSITIVE))
    searches.save("  ", Wanted("y"))
    assert [(each.name, each.wanted.text) for each in Searches(store).own()] == [("Mine", "x")]
    assert Searches(store).own()[0].wanted == Wanted("x", regex=True, case=Case.SENSITIVE)
    for place in range(MOST_SEARCHES + 5):
        searches.save(f"search {place}", Wanted("z"))
    assert len(searches.own()) == MOST_SEARCHES
    searches.remove("Mine")
    assert "Mine" not in {each.name for each in Searches(store).own()}
    assert Searches(Store(**{"logs/searches": '[{"name": 1}, 7, {"name": "a", "text": ""}]'})).own() == ()
    assert len(predefined()) == 10


@given(
    st.sets(st.integers(0, 300), max_size=40),
    st.lists(st.tuples(st.integers(0, 300), st.integers(-20, 20)), max_size=6),
)
def test_found_numbers_move_as_each_of_them_does(numbers: set[int], moves: list[tuple[int, int]]) -> None:
    shifts = tuple(Shift(at, by) for at, by in moves)
    found = renumbered(array("I", sorted(numbers)), shifts)
    assert found is not None
    one_by_one = (renumbered_one(number, shifts) for number in sorted(numbers))
    assert list(found) == [number for number in one_by_one if number is not None]


def test_numbers_of_which_nothing_is_known_any_more_are_found_anew() -> None:
    assert renumbered(array("I", [1, 2]), None) is None
    assert renumbered_one(1, None) is None


@given(st.sets(st.integers(0, 100)))
def test_ranges_hold_the_numbers_and_no_others(numbers: set[int]) -> None:
    found = as_ranges(sorted(numbers))
    assert [number for each in found for number in each] == sorted(numbers)
    assert all(one.stop < other.start for one, other in pairwise(found))
