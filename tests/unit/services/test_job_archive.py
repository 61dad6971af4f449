"""Older jobs come page by page from all regions; one that fails blanks no other, and loading can be stopped."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from avdesk.config.paths import find_paths
from avdesk.config.settings import Environment, Settings
from avdesk.core.errors import AbortedError, UsageError
from avdesk.emulator.faults import Side
from avdesk.emulator.server import Emulator
from avdesk.services.job_archive import ArchivePage, JobArchive
from avdesk.services.runtime import Runtime
from tests.harness.waiting import wait_until

JOBS = 700


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Return an AutoVideo with many past jobs."""
    with Emulator(past_jobs=JOBS, seed=7) as running:
        yield running


@pytest.fixture
def runtime(emulator: Emulator, tmp_path: Path) -> Iterator[Runtime]:
    """Return what asks it; faults that a test orders end with the test."""
    environment = Environment(
        "demo",
        url="",
        project=emulator.project,
        regions=emulator.regions,
        vertex="rest",
        google_endpoint=emulator.google_url,
    )
    settings = Settings("demo", {"demo": environment, "off": Environment("off", vertex="off")})
    yield Runtime(settings, find_paths(tmp_path, {}), google_token=emulator.token)
    emulator.faults.clear()


@pytest.fixture
def archive(runtime: Runtime) -> JobArchive:
    """Return an archive from which nothing was read yet."""
    return JobArchive(runtime, "demo")


def read(archive: JobArchive, limit: int) -> list[ArchivePage]:
    """Return all pages."""
    pages = list(archive.pages(limit))
    assert [page.ended for page in pages] == [False] * (len(pages) - 1) + [True]
    return pages


def test_all_jobs_of_all_regions_come_once(archive: JobArchive, emulator: Emulator) -> None:
    pages = read(archive, 10_000)
    keys = [job.key for page in pages for job in page.jobs]
    assert len(keys) == len(set(keys)) == pages[-1].loaded >= JOBS
    assert {region for region, _number in keys} <= set(emulator.regions)
    assert pages[-1].all_known
    assert pages[-1].troubles == {}
    loaded = [page.loaded for page in pages]
    assert loaded == sorted(loaded)


def test_loading_stops_at_the_limit_and_goes_on_from_there(archive: JobArchive) -> None:
    first = read(archive, 150)
    assert 150 <= first[-1].loaded <= 350
    assert first[-1].regions_left
    rest = read(archive, 10_000)
    before = {job.key for page in first for job in page.jobs}
    after = {job.key for page in rest for job in page.jobs}
    assert not before & after
    assert rest[-1].loaded == len(before | after) >= JOBS


def test_the_limit_can_be_raised_while_it_loads(archive: JobArchive) -> None:
    pages = archive.pages(100)
    next(pages)
    archive.raise_limit(10_000)
    assert list(pages)[-1].all_known


def test_a_region_that_refuses_blanks_no_other_and_is_tried_again(archive: JobArchive, emulator: Emulator) -> None:
    bad = emulator.regions[1]
    emulator.faults.add(f"google:/v1/*/{bad}/*=denied")
    last = read(archive, 10_000)[-1]
    assert last.regions_left == (bad,)
    assert last.troubles[bad].kind == "PermissionDeniedError"
    assert last.loaded > 0
    emulator.faults.clear()
    pages = read(archive, 10_000)
    assert {job.region for page in pages for job in page.jobs} == {bad}
    assert pages[-1].all_known


def test_a_page_whose_mark_is_refused_is_read_from_the_beginning_next_time(
    archive: JobArchive, emulator: Emulator
) -> None:
    first = next(archive.pages(100))
    emulator.faults.add("google:/v1/*=400")
    assert read(archive, 10_000)[-1].troubles
    emulator.faults.clear()
    pages = read(archive, 10_000)
    keys = [job.key for page in (first, *pages) for job in page.jobs]
    assert len(keys) == len(set(keys)) == pages[-1].loaded
    assert pages[-1].all_known


def test_loading_that_hangs_can_be_stopped_at_once(archive: JobArchive, emulator: Emulator) -> None:
    emulator.faults.add("google:/v1/*=hang")
    ended: list[str] = []

    def load() -> None:
        try:
            list(archive.pages(1000))
        except AbortedError as error:
            ended.append(str(error))

    path = f"/v1/projects/{emulator.project}/locations/{emulator.regions[0]}/customJobs"
    before = len(emulator.asked(path, Side.GOOGLE))
    thread = threading.Thread(target=load)
    thread.start()
    wait_until(lambda: len(emulator.asked(path, Side.GOOGLE)) > before, "it asks", 10)
    archive.abort()
    thread.join(30)
    assert ended
    emulator.faults.clear()
    assert read(archive, 10_000)[-1].all_known


def test_whoever_reads_no_further_waits_for_nothing(archive: JobArchive) -> None:
    pages = archive.pages(10_000)
    next(pages)
    pages.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("avdesk-archive")]


def test_an_environment_without_vertex_ai_says_so(runtime: Runtime) -> None:
    with pytest.raises(UsageError, match="does not ask Vertex AI"):
        list(JobArchive(runtime, "off").pages(10))
