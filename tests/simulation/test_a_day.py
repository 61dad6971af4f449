"""A whole day within the rate limit, and knowing of a phase's end at least twice as soon as by asking evenly."""

from pathlib import Path

import pytest

from tests.simulation.day import Day, watched_by_avdesk, watched_evenly

EVEN_INTERVAL_S = 37.5
"""What spends the same allowance (eight of ten requests in 300 s) evenly."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("revision", "hours"), [("b", 24.0), ("a", 8.0)])
def test_phase_ends_are_known_in_half_the_time_without_a_429(revision: str, hours: float, tmp_path: Path) -> None:
    ours = watched_by_avdesk(Day(revision=revision, seed=3, pause_s=2400.0), tmp_path, hours)
    even = watched_evenly(Day(revision=revision, seed=3, pause_s=2400.0), hours, EVEN_INTERVAL_S)

    assert ours.refused == 0
    assert ours.missed == 0
    assert len(ours.delays) >= hours
    assert ours.asked <= even.asked
    assert ours.mean_delay_s <= 0.5 * even.mean_delay_s


def test_without_vertex_ai_it_still_stays_within_the_limit(tmp_path: Path) -> None:
    ours = watched_by_avdesk(Day(revision="b", seed=5, pause_s=600.0), tmp_path, 6.0, vertex=False)

    assert ours.refused == 0
    assert ours.missed == 0
