"""Asking columns finds the same jobs as asking each job, whatever came and went before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core import jobsheet
from avdesk.core.jobfacts import JobFacts
from avdesk.core.jobquery import JobQuery, parse_query
from avdesk.core.jobs import Job, JobError, JobState
from avdesk.core.jobsheet import JobSheet, SheetFacts
from avdesk.core.steps import finish
from tests.harness.jobs import NOW, make_job, many_jobs

WORDS = (
    "quota",
    "-quota",
    "4",
    "video-job-0000",
    "Ünlike",
    "=",
    "state:failed",
    "-state:ended",
    "region:us",
    "gpu:cpu",
    "machine:g2",
    "spot:unknown",
    "id:1,2",
    "-id:1",
    "id:projects/939407899550/locations/us-central1/customJobs/4611686018427387905",
    "name:render",
    "-name:nightly",
    "error:quota",
    "error:8",
    "label:team=video",
    "kind:other",
    "env:pr",
    "-env:dev",
    "age<1d",
    "age>=0s",
    "-age<30d",
    "ran>10m",
    "ran<1h",
    "-ran>20m",
    "queued>=5m",
    "queued=10m",
    "cost>0.05",
    "cost<=0",
)
_moments = st.none() | st.integers(-2, 60).map(lambda hours: NOW - timedelta(hours=hours))
_jobs = st.builds(
    lambda number, state, created, started, ended, error, labels, name: make_job(
        number,
        state=state,
        created_at=created,
        started_at=started,
        ended_at=ended,
        error=error,
        labels=MappingProxyType(labels),
        display_name=name,
        spot=None if number % 3 else True,
        accelerator_type=None if number % 4 else "NVIDIA_L4",
    ),
    st.integers(0, 12),
    st.sampled_from(JobState),
    _moments,
    _moments,
    _moments,
    st.none() | st.builds(JobError, st.sampled_from([None, 8]), st.sampled_from(["Quota exceeded", "lost"])),
    st.sampled_from([{}, {"team": "Video"}, {"a": "b"}]),
    st.sampled_from(["", "av-video-render-x", "Nightly", "ÜNLIKE", "a\0b\nc"]),
)
_queries = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join).map(parse_query)


def answering(sheet: JobSheet, rows: Sequence[SheetFacts], query: JobQuery) -> list[SheetFacts]:
    """Return the rows that the sheet says, with what it leaves to be asked of each."""
    marks = finish(sheet.answering(query, NOW, "prod"))
    return query.select([row for row in rows if marks[row.slot]], NOW, "prod")


@pytest.mark.parametrize("at_once", [1, 3, 5000])
@given(
    changes=st.lists(st.tuples(st.lists(_jobs, max_size=8), st.sets(st.integers(0, 12))), min_size=1, max_size=4),
    query=_queries,
)
def test_columns_answer_as_each_job_does(
    at_once: int, changes: list[tuple[list[Job], set[int]]], query: JobQuery
) -> None:
    assert query.problems == ()
    sheet = JobSheet()
    rows: list[SheetFacts] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobsheet, "_TEXT_ROWS", at_once)
        patch.setattr(jobsheet, "_PUT_ROWS", at_once)
        for jobs, places in changes:
            going = [row for place, row in enumerate(rows) if place in places]
            coming = [SheetFacts(job) for job in jobs]
            rows = [row for row in rows if row not in going] + coming
            sheet.change(coming, going)
            assert answering(sheet, rows, query) == query.select(rows, NOW, "prod")


@given(query=_queries)
def test_only_whole_resource_names_are_left_to_each_job(query: JobQuery) -> None:
    rows = [SheetFacts(job) for job in many_jobs(50)]
    sheet = JobSheet()
    sheet.change(rows, ())
    marks = finish(sheet.answering(query, NOW, "prod"))
    quick = [row for row in rows if marks[row.slot]]
    if not any("/" in term.value for term in query.terms):
        assert quick == query.select(rows, NOW, "prod")


def test_a_job_that_goes_before_it_was_taken_up_leaves_its_place_to_the_next() -> None:
    row, other = SheetFacts(make_job(1)), SheetFacts(make_job(2, state=JobState.FAILED))
    sheet = JobSheet()
    sheet.change([row], [])
    sheet.change([], [row])
    finish(sheet.catching_up())
    sheet.change([other], [])
    finish(sheet.catching_up())
    assert row.slot == other.slot == 0
    assert answering(sheet, [other], parse_query("state:failed")) == [other]


def test_jobs_with_the_same_words_and_values_are_of_one_kind() -> None:
    one, other = JobFacts(make_job(1)), JobFacts(make_job(2))
    assert one.kind is other.kind
    assert JobFacts(make_job(3, error=JobError(8, "Quota"))).kind is not one.kind
    assert JobFacts(replace(make_job(1), labels=MappingProxyType({"a": "b"}))).kind is not one.kind
