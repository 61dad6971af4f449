"""What differs between two lists is found, and replaying it on the old one gives the new one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.jobchange import diff_jobs
from avdesk.core.jobs import Job, JobState
from avdesk.core.steps import STEP_ROWS
from tests.harness.jobs import make_job, many_jobs

_jobs = st.lists(
    st.builds(lambda number, state: make_job(number, state=state), st.integers(0, 9), st.sampled_from(JobState)),
    max_size=12,
)


@given(_jobs, _jobs)
def test_a_change_replayed_on_the_old_jobs_gives_the_new_ones(old: list[Job], new: list[Job]) -> None:
    jobs = {job.key: job for job in old}
    change = diff_jobs(old, new)
    for key in change.gone:
        del jobs[key]
    assert not any(job.key in jobs for job in change.come)
    assert all(jobs[job.key] != job for job in change.changed)
    jobs.update((job.key, job) for job in (*change.come, *change.changed))
    assert jobs == {job.key: job for job in new}


def test_jobs_are_told_apart_by_region_and_number() -> None:
    here, there = make_job(1), make_job(1, region="us-west1")
    assert diff_jobs([here], [here, there]).come == (there,)


def test_the_same_jobs_again_are_no_change() -> None:
    jobs = many_jobs(50)
    assert not diff_jobs(jobs, [replace(job) for job in jobs])


def test_a_list_longer_than_a_step_is_compared_to_its_end() -> None:
    jobs = many_jobs(STEP_ROWS * 2 + 7)
    extra, other = make_job(999_999), replace(jobs[20], state=JobState.PAUSED)
    change = diff_jobs(jobs, [*jobs[10:20], other, *jobs[21:], extra])
    assert change.come == (extra,)
    assert change.changed == (other,)
    assert change.gone == tuple(job.key for job in jobs[:10])
