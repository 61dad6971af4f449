"""How long still, and when to ask: bounded, honest, and the best there is."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core import phases
from avdesk.core.cadence import AFTER_END_S, Situation, best_look_s, next_look_s
from avdesk.core.eta import estimate
from avdesk.core.experience import Experience
from avdesk.core.jobs import Job, JobState
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.run import Run, RunState
from tests.harness.statuses import at

things = st.sampled_from([*phases.ORDER, "queue:NVIDIA_L4", "render:NVIDIA_L4", "finish"])
experiences = st.builds(
    Experience, st.dictionaries(things, st.lists(st.floats(0.1, 5000), max_size=8).map(tuple), max_size=5)
)


@given(
    experiences,
    st.lists(st.tuples(st.sampled_from(phases.ORDER), st.sampled_from(PhaseState)), unique_by=lambda p: p[0]),
    st.none() | st.sampled_from(JobState),
    st.floats(0, 20_000),
)
def test_estimates_are_ordered_and_never_negative(
    experience: Experience, found: Sequence[tuple[str, PhaseState]], state: JobState | None, elapsed: float
) -> None:
    known = tuple(Phase(name, how, elapsed if how is PhaseState.RUNNING else None) for name, how in found)
    run = Run("run-1", RunState.RUNNING, known, at(0), phase_started_at=at(10))
    job = None
    if state is not None:
        job = Job(
            "video-job-1", "", "", "1", state, "", "us-central1", accelerator_type="NVIDIA_L4", created_at=at(5)
        )
    for subject in (run, None):
        eta = estimate(subject, job, at(10) + timedelta(seconds=elapsed), experience)
        assert eta is None or 0 <= eta.p50_s <= eta.p90_s


def test_nothing_known_to_come_is_no_estimate_of_zero() -> None:
    done = Run("run-1", RunState.RUNNING, (Phase(phases.STORY, PhaseState.DONE, 3.0),), at(0))
    assert estimate(done, None, at(10), Experience()) is None


def cost(ends: Sequence[float], looks: Sequence[float], price: float) -> float:
    """Return what a plan costs: for each possible end the delay, and the price of every look until then."""
    total = 0.0
    for end in ends:
        first = next(place for place, look in enumerate(looks) if look >= end)
        total += looks[first] - end + price * (first + 1)
    return total


def best_cost(ends: Sequence[float], price: float, first: float | None = None) -> float:
    """Return the least cost of all plans (with a first look at `first`), by trying every one."""
    last = ends[-1]
    found = float("inf")
    others = sorted(set(ends) - {last})
    for size in range(len(others) + 1):
        for chosen in combinations(others, size):
            plan = [*chosen, last]
            if first is None or plan[0] == first:
                found = min(found, cost(ends, plan, price))
    return found


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=7, unique=True), st.integers(1, 400))
def test_first_look_is_that_of_a_best_plan(tenths: list[int], price_tenths: int) -> None:
    ends = sorted(tenth / 10 for tenth in tenths)
    price = price_tenths / 10
    first = round(best_look_s(ends, price) - AFTER_END_S, 1)
    assert first in ends
    assert best_cost(ends, price, first) == pytest.approx(best_cost(ends, price), abs=1e-6)


@given(
    st.builds(
        Situation,
        since_status_s=st.none() | st.floats(0, 5000),
        running=st.booleans(),
        phase=st.none() | st.sampled_from([*phases.ORDER, "mixing"]),
        phase_elapsed_s=st.floats(0, 5000),
        vertex_tells=st.booleans(),
        job_ended_s=st.none() | st.floats(0, 5000),
        job_is_new=st.booleans(),
        free=st.integers(0, 10),
    ),
    experiences,
)
def test_next_look_is_never_in_the_past_nor_beyond_reason(situation: Situation, experience: Experience) -> None:
    wait = next_look_s(situation, experience)
    assert 0 <= wait < 30_000
    if situation.since_status_s is None:
        assert wait == 0
