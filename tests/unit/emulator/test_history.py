"""Past jobs: cheap, alike for the same seed, found without going through all."""

import time
from collections.abc import Callable

import pytest

from avdesk.emulator.history import PastJobs
from avdesk.emulator.jobspec import machine_of
from avdesk.emulator.world import World
from tests.harness.fakeclock import FakeClock

MakeWorld = Callable[..., World]
ENDED = {"SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED"}


def test_that_a_hundred_thousand_cost_nothing_until_they_are_looked_at(make_world: MakeWorld) -> None:
    before = time.process_time()
    world = make_world(past_jobs=100_000)
    spent = time.process_time() - before
    assert sum(len(world.jobs(region)) for region in world.regions) == 100_000
    assert world.past_jobs_made == 0
    newest = world.jobs("us-central1")[:100]
    assert len(newest) == 100
    assert world.past_jobs_made == 100
    # CPU time of this process, a tenth of a second in practice: other load on the machine does not count.
    assert spent < 2.0


def test_that_each_is_found_by_number_and_by_id_without_making_others(make_world: MakeWorld) -> None:
    world = make_world(past_jobs=50_000)
    job = world.jobs("us-east1")[4321]
    made = world.past_jobs_made
    assert world.find_job("us-east1", job.number) is job
    assert world.find_job("us-west1", job.number) is None
    assert world.job_named(job.labels["job_id"]) is job
    assert world.find_job("us-east1", "12") is None
    assert world.find_job("us-east1", "x") is None
    assert world.job_named("video-job-zz") is None
    assert world.past_jobs_made == made == 1


def test_that_they_are_a_realistic_mix(make_world: MakeWorld, clock: FakeClock) -> None:
    world = make_world(past_jobs=2000)
    jobs = [job for region in world.regions for job in world.jobs(region)]
    assert len({job.number for job in jobs}) == 2000
    assert len({job.labels["job_id"] for job in jobs}) == 2000
    assert {job.state.removeprefix("JOB_STATE_") for job in jobs} == ENDED
    assert {machine_of(job.spec)[1] for job in jobs} == {"NVIDIA_L4", "NVIDIA_TESLA_T4", ""}
    assert {job.labels["instance_type"] for job in jobs} == {"spot", "on_demand"}
    assert {(job.error or {}).get("code") for job in jobs} == {None, 1, 3, 4, 7, 8}
    assert any("region" not in job.labels for job in jobs)
    assert any(job.ended is not None and job.started is None for job in jobs)
    assert any(job.ended is None for job in jobs)
    assert all(int(job.number) > 2**53 for job in jobs)
    for job in jobs:
        moments = [job.created, job.started, job.ended, clock.time]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)


@pytest.mark.parametrize("region", ["us-central1", "asia-southeast1"])
def test_that_a_region_lists_newest_first(make_world: MakeWorld, region: str) -> None:
    created = [job.created for job in make_world(past_jobs=500).jobs(region)]
    assert created
    assert created == sorted(created, reverse=True)


def test_that_the_seed_decides(clock: FakeClock) -> None:
    def described(seed: int) -> list[object]:
        past = PastJobs(50, ("us-central1", "us-west1"), "p", clock.time, 1.0, seed)
        return [past.record(place) for place in range(50)]

    assert described(1) == described(1)
    assert described(1) != described(2)


def test_that_slices_and_ends_behave_like_a_list(make_world: MakeWorld) -> None:
    jobs = make_world(past_jobs=40).jobs("us-central1")
    everything = list(jobs)
    assert jobs[-1] is everything[-1]
    assert jobs[2:5] == everything[2:5]
    with pytest.raises(IndexError):
        jobs[len(everything)]


def test_that_recent_past_jobs_still_have_logs(make_world: MakeWorld) -> None:
    world = make_world(past_jobs=30)
    with world.lock:
        world.advance()
        numbers = {entry.resource_labels.get("job_id") for entry in world.logs()}
    assert len(numbers - {None}) == 20
