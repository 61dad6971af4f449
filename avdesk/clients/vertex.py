"""Vertex AI's custom jobs: what both ways of asking offer, and all that they share."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Protocol, TypeVar

from avdesk.clients.names import check_number, check_region
from avdesk.core import wire
from avdesk.core.customjob import read_custom_job
from avdesk.core.errors import AvdeskError, BadAnswerError, NotFoundError, UnreachableError, UsageError
from avdesk.core.jobs import DISPLAY_NAME_PREFIX, JOB_ID, Job
from avdesk.i18n import _

T = TypeVar("T")

_NAME = re.compile(r"[A-Za-z0-9_\-]{1,128}")

_NO_FAILURES: Mapping[str, AvdeskError] = MappingProxyType({})
_NO_TIMES: Mapping[str, float] = MappingProxyType({})
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class AnswerLostError(UnreachableError):
    """A job was asked for and the answer was lost: it may exist or not. Look for it before asking again."""


@dataclass(frozen=True, slots=True)
class JobListing:
    """The jobs of some regions at one moment.

    Attributes:
        jobs: newest first, each job once.
        failures: why a region's jobs are missing, by region.
        truncated: whether there are more jobs than these, as far as is known.
        took: region → how long its answer took, seconds.
    """

    jobs: tuple[Job, ...]
    failures: Mapping[str, AvdeskError] = field(default_factory=lambda: _NO_FAILURES)
    truncated: bool = False
    took: Mapping[str, float] = field(default_factory=lambda: _NO_TIMES, compare=False)


@dataclass(frozen=True, slots=True)
class Query:
    """Which jobs of a region are wanted.

    Attributes:
        limit: at most so many, the newest; None for all.
        active_only: only those that are known to occupy or to wait for a machine.
        since: only those made at or after this time (UTC).
        display_name: only those of exactly this name.
        name_begins: only those whose name begins so.
    """

    limit: int | None = None
    active_only: bool = False
    since: datetime | None = None
    display_name: str | None = None
    name_begins: str | None = None

    def wants(self, job: Job) -> bool:
        """Whether a job answers to the query, its `limit` aside."""
        if self.active_only and not job.state.active:
            return False
        if self.since is not None and (job.created_at is None or job.created_at < self.since):
            return False
        if self.name_begins is not None and not job.display_name.startswith(self.name_begins):
            return False
        return self.display_name is None or job.display_name == self.display_name


@dataclass(frozen=True, slots=True)
class Page:
    """What a region answered: CustomJob objects, and whether there are more."""

    jobs: Sequence[Mapping[str, object]]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class JobsPage:
    """Some of a region's jobs.

    Attributes:
        jobs: those that can be read, in the order of the answer.
        after: what to ask with for those that come after them; empty when these are the last.
    """

    jobs: tuple[Job, ...]
    after: str = ""


class VertexClient(Protocol):
    """How Vertex AI is asked. Every method may raise a `KnownError`."""

    @property
    def way(self) -> str:
        """Which way it is asked at present: ``rest`` or ``gcloud``."""

    def list_jobs(
        self,
        regions: Sequence[str],
        *,
        limit: int | None = None,
        active_only: bool = False,
        since: datetime | None = None,
    ) -> JobListing:
        """Return the jobs of `regions`; a region that fails is named in the listing and blanks no other."""

    def jobs_page(self, region: str, after: str = "") -> JobsPage:
        """Return the first page of all of a region's jobs, or the one that comes after another one."""

    def get_job(self, region: str, number: str) -> Job:
        """Return one job as it is now."""

    def find_job(self, job_id: str, regions: Sequence[str]) -> Job | None:
        """Return the newest job of that id (``video-job-ab12cd34``, or a number); None when no region has it."""

    def jobs_named(self, beginning: str, regions: Sequence[str]) -> JobListing:
        """Return the jobs of `regions` whose display name begins so; a region that fails blanks no other."""

    def job_details(self, job_id: str) -> dict[str, object]:
        """Return state, machine, GPU, region, durations and error, by the keys of the server's ``vertex_ai_job``."""

    def raw_job(self, region: str, number: str) -> Mapping[str, object]:
        """Return the whole CustomJob."""

    def cancel_job(self, region: str, number: str) -> None:
        """Ask for the end of a job, which takes a while; harmless for one that ends already."""

    def create_job(self, region: str, body: Mapping[str, object]) -> Job:
        """Create a job from a CustomJob body, sent once. Raises `AnswerLostError` when it may exist all the same."""

    def abort(self) -> None:
        """Make everything under way fail soon with `AbortedError`, and refuse what comes later."""

    def close(self) -> None:
        """Abort and let go of what is held."""


class JobClient:
    """What the REST and the gcloud client have in common; each adds how one region is asked."""

    workers = 8
    """How many regions are asked side by side."""

    def __init__(self, regions: Sequence[str], now: Callable[[], datetime] | None = None) -> None:
        """Take the regions that `job_details` looks into."""
        self._regions = tuple(check_region(region) for region in regions)
        self._now = now or (lambda: datetime.now(UTC))
        self._stop = threading.Event()

    def fetch_page(self, region: str, query: Query) -> Page:
        """Return a region's jobs; more than the query wants is fine."""
        raise NotImplementedError

    def fetch_job(self, region: str, number: str) -> Mapping[str, object]:
        """Return one whole CustomJob."""
        raise NotImplementedError

    def list_jobs(
        self,
        regions: Sequence[str],
        *,
        limit: int | None = None,
        active_only: bool = False,
        since: datetime | None = None,
    ) -> JobListing:
        """Return the jobs of `regions`, as `VertexClient` has it."""
        return self._listing(regions, Query(limit=limit, active_only=active_only, since=since))

    def jobs_named(self, beginning: str, regions: Sequence[str]) -> JobListing:
        """Return the jobs whose display name begins so, as `VertexClient` has it.

        Raises:
            UsageError: no display name of AutoVideo's begins so.
        """
        if not _NAME.fullmatch(beginning):
            raise UsageError(_("This is no job’s name."), _("Name it like video-job-ab12cd34."))
        return self._listing(regions, Query(name_begins=beginning))

    def _listing(self, regions: Sequence[str], query: Query) -> JobListing:
        limit = query.limit
        took: dict[str, float] = {}

        def timed(region: str) -> Page:
            started = time.monotonic()
            page = self.fetch_page(region, query)
            took[region] = time.monotonic() - started
            return page

        pages, failures = self._ask_each(regions, timed)
        jobs: list[Job] = []
        for region, page in pages.items():
            jobs += read_jobs(page.jobs, region)
        chosen = newest_first(job for job in jobs if query.wants(job))
        cut = limit is not None and len(chosen) > limit
        return JobListing(
            jobs=tuple(chosen if limit is None else chosen[: max(0, limit)]),
            failures=MappingProxyType(failures),
            truncated=cut or any(page.truncated for page in pages.values()),
            took=MappingProxyType(took),
        )

    def get_job(self, region: str, number: str) -> Job:
        """Return one job as it is now."""
        job = read_custom_job(self.raw_job(region, number), region)
        if job is None:
            raise BadAnswerError(
                _("Google’s answer describes no job."), _("Check the endpoint and the region of the environment.")
            )
        return job

    def raw_job(self, region: str, number: str) -> Mapping[str, object]:
        """Return the whole CustomJob."""
        return self.fetch_job(check_region(region), check_number(number))

    def find_job(self, job_id: str, regions: Sequence[str]) -> Job | None:
        """Return the newest job of that id, as `VertexClient` has it.

        Raises:
            KnownError: it is in none of the regions that answered, and one did not.
        """
        found = self._find(job_id, regions)
        return found[0] if found is not None else None

    def job_details(self, job_id: str) -> dict[str, object]:
        """Return what the server's ``vertex_ai_job`` holds, looked up in all regions of the client.

        Raises:
            NotFoundError: there is no such job.
        """
        found = self._find(job_id, self._regions)
        if found is None:
            raise NotFoundError(
                _("Vertex AI has no job {job}.").format(job=job_id),
                _("Check the project and the regions of the environment."),
                status=404,
            )
        return details_of(*found, self._now())

    def _find(self, job_id: str, regions: Sequence[str]) -> tuple[Job, Mapping[str, object]] | None:
        if JOB_ID.fullmatch(job_id):
            query = Query(display_name=DISPLAY_NAME_PREFIX + job_id)
            pages, failures = self._ask_each(regions, lambda region: self.fetch_page(region, query).jobs)
        else:
            number = check_number(job_id)
            pages, failures = self._ask_each(regions, lambda region: self._at_most_one(region, number))
        found: dict[tuple[str, str], Mapping[str, object]] = {}
        jobs: list[Job] = []
        for region, raws in pages.items():
            for raw in raws:
                job = read_custom_job(raw, region)
                if job is not None and job_id in (job.id, job.number):
                    jobs.append(job)
                    found[job.key] = raw
        if jobs:
            newest = newest_first(jobs)[0]
            return newest, found[newest.key]
        for failure in failures.values():
            raise failure
        return None

    def _at_most_one(self, region: str, number: str) -> Sequence[Mapping[str, object]]:
        try:
            return [self.fetch_job(region, number)]
        except NotFoundError:
            return []

    def _ask_each(
        self, regions: Sequence[str], ask: Callable[[str], T]
    ) -> tuple[dict[str, T], dict[str, AvdeskError]]:
        """Return each region's answer or failure; a wrong region name fails alone too."""
        answers: dict[str, T] = {}
        failures: dict[str, AvdeskError] = {}
        wanted = list(dict.fromkeys(regions))
        if not wanted:
            return answers, failures

        def one(region: str) -> T:
            return ask(check_region(region))

        with ThreadPoolExecutor(min(self.workers, len(wanted)), "avdesk-vertex") as pool:
            asked = {region: pool.submit(one, region) for region in wanted}
            try:
                for region, future in asked.items():
                    try:
                        answers[region] = future.result()
                    except AvdeskError as error:
                        failures[region] = error
            except BaseException:
                for future in asked.values():
                    future.cancel()
                self.abort()  # Ctrl-C must not wait for regions that hang
                raise
        return answers, failures

    def abort(self) -> None:
        """End what waits; each client adds what it waits for."""
        self._stop.set()


def read_jobs(raws: Iterable[Mapping[str, object]], region: str) -> list[Job]:
    """Return the jobs that can be read."""
    return [job for job in (read_custom_job(raw, region) for raw in raws) if job is not None]


def newest_first(jobs: Iterable[Job]) -> list[Job]:
    """Return each job once, the newest first; of two sightings, as pages shift, the later update counts."""
    by_key: dict[tuple[str, str], Job] = {}
    for job in jobs:
        seen = by_key.get(job.key)
        if seen is None or (seen.updated_at or _BEGINNING) < (job.updated_at or _BEGINNING):
            by_key[job.key] = job
    return sorted(by_key.values(), key=lambda job: (job.created_at or _BEGINNING, job.number), reverse=True)


def details_of(job: Job, raw: Mapping[str, object], now: datetime) -> dict[str, object]:
    """Return a job as the server's ``vertex_ai_job`` shows it: times as they came, durations only once known."""
    duration: dict[str, float] = {}
    if job.started_at is not None:
        parts = {"queue_duration": job.queue_s(now), "run_duration": job.run_s(now)}
        duration = {name: seconds for name, seconds in parts.items() if seconds is not None}
    total = job.total_s(now)
    if total is not None:
        duration["total_duration"] = total
    return {
        "job_id": job.id,
        "display_name": job.display_name,
        "state": job.vertex_state,
        "region": job.region or "unknown",
        "machine_type": job.machine_type or "",
        "accelerator_type": job.accelerator_type or "",
        "accelerator_count": job.accelerator_count,
        "create_time": wire.as_text(raw.get("createTime")) or "",
        "start_time": wire.as_text(raw.get("startTime")) or "",
        "end_time": wire.as_text(raw.get("endTime")) or "",
        "duration": duration,
        "resource_name": job.resource_name,
        "error": job.error.message if job.error is not None else None,
    }


def check_body(body: Mapping[str, object]) -> None:
    """Refuse a CustomJob body that Vertex AI would not take.

    Raises:
        UsageError: it has no display name or no job spec, or holds what only the server sets.
    """
    server_set = {"name", "state", "createTime", "startTime", "endTime", "updateTime", "error", "webAccessUris"}
    if (
        not wire.as_text(body.get("displayName"))
        or not wire.as_object(body.get("jobSpec"))
        or server_set & body.keys()
    ):
        raise UsageError(
            _("The description of the new job is incomplete or holds what only Vertex AI sets."),
            _("Retry a job that is complete: look at it with “avdesk jobs show”."),
        )
