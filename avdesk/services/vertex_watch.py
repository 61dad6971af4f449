"""Watching an environment's CustomJobs at Vertex AI, which costs the AutoVideo server nothing."""

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from avdesk.config.settings import Environment
from avdesk.core.errors import AbortedError, AvdeskError, KnownError, NotAllowedError
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Reach, Trouble, VertexView
from avdesk.services.backoff import Backoff
from avdesk.services.clock import Clock

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=7)
"""Jobs older than this are not asked for while watching; the job table asks further back."""

MOST_JOBS = 200
GCLOUD_FACTOR = 6.0
"""A gcloud process costs about a thousand times what a request does, so it is asked less often."""

NOT_ALLOWED_PAUSE_S = 300.0
"""Missing credentials and permissions do not mend themselves within seconds."""


class Listing(Protocol):
    """What a list of jobs from several regions tells."""

    @property
    def jobs(self) -> Sequence[Job]:
        """The jobs, newest first."""

    @property
    def failures(self) -> Mapping[str, AvdeskError]:
        """Region → why it could not be asked."""

    @property
    def took(self) -> Mapping[str, float]:
        """Region → how long its answer took, seconds."""


class JobLister(Protocol):
    """What is needed of a Vertex AI client."""

    def list_jobs(
        self,
        regions: Sequence[str],
        *,
        limit: int | None = None,
        active_only: bool = False,
        since: datetime | None = None,
    ) -> Listing:
        """Return the jobs of the regions."""

    @property
    def way(self) -> str:
        """How Vertex AI is asked: ``rest`` or ``gcloud``."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A region's jobs as last told."""

    jobs: tuple[Job, ...]
    at: datetime


class VertexWatch:
    """What is known of the jobs, and the asking. Belongs to one thread.

    Attributes:
        view: whether and how Vertex AI answers.
        jobs: what it last said, newest first; a region that fails keeps its last answer.
    """

    def __init__(
        self,
        environment: Environment,
        make_client: Callable[[], JobLister] | None,
        clock: Clock,
        dice: random.Random | None = None,
    ) -> None:
        self._regions = environment.regions
        self._polling = environment.polling
        self._make_client = make_client
        self._client: JobLister | None = None
        self._clock = clock
        self._backoff = Backoff(dice or random.Random(), longest_s=300.0)  # noqa: S311 - jitter, nothing secret
        self._asked_mono: float | None = None
        self._pause_s = 0.0
        self._by_region: dict[str, _Known] = {}
        self.view = VertexView(reach=Reach.UNKNOWN if make_client is not None else Reach.OFF)
        self.jobs: tuple[Job, ...] = ()

    @property
    def watched(self) -> bool:
        """Whether Vertex AI is asked at all."""
        return self._make_client is not None

    def restore(self, jobs: Sequence[Job]) -> None:
        """Start from the jobs that were known before; each region's stay until it has answered."""
        for region in self._regions:
            known = tuple(job for job in jobs if job.region == region)
            if known:
                self._by_region[region] = _Known(known, self._clock.now())
        self.jobs = tuple(job for job in jobs if job.region in self._regions)

    def due_s(self, *, active: bool) -> float:
        """Return the seconds until the next question; `active`: a run or a job is on."""
        if not self.watched:
            return float("inf")
        if self._asked_mono is None:
            return 0.0
        interval = self._polling.vertex_active_s if active else self._polling.vertex_idle_s
        if self.view.by == "gcloud":
            interval *= GCLOUD_FACTOR
        return max(0.0, self._asked_mono + max(interval, self._pause_s) - self._clock.mono())

    def tells(self, within_s: float, region: str | None = None) -> bool:
        """Whether it has answered within so many seconds, in `region` too where one is given."""
        at = self.view.asked_at
        if self.view.reach is not Reach.YES or at is None or region in self.view.troubles:
            return False
        return (self._clock.now() - at).total_seconds() <= within_s

    def woke(self) -> None:
        """Forget the back-off: the machine or the network is back."""
        self._backoff.worked()
        self._pause_s = 0.0
        self._asked_mono = None

    def ask(self) -> None:
        """Ask all regions for their recent jobs; what went wrong is in the view."""
        if self._make_client is None:
            return
        self._asked_mono = self._clock.mono()
        try:
            if self._client is None:
                self._client = self._make_client()
            listing = self._client.list_jobs(self._regions, limit=MOST_JOBS, since=self._clock.now() - LOOK_BACK)
        except AbortedError:
            raise
        except KnownError as error:
            self._failed({"": error})
            return
        answered = [region for region in self._regions if region not in listing.failures]
        if not answered:
            self._failed(listing.failures)
            return
        self._told(listing, answered)

    def _told(self, listing: Listing, answered: Sequence[str]) -> None:
        now = self._clock.now()
        for region in answered:
            jobs = tuple(job for job in listing.jobs if job.region == region)
            self._by_region[region] = _Known(jobs, now)
        merged = {job.key: job for known in self._by_region.values() for job in known.jobs}
        self.jobs = tuple(sorted(merged.values(), key=_newest_first))
        self._backoff.worked()
        self._pause_s = 0.0
        troubles = {region: Trouble.of(error) for region, error in listing.failures.items()}
        self.view = VertexView(
            reach=Reach.YES,
            asked_at=now,
            troubles=MappingProxyType(troubles),
            by=self._client.way if self._client is not None else "",
            tried_at=now,
            took=listing.took,
        )

    def _failed(self, failures: Mapping[str, AvdeskError]) -> None:
        self._backoff.failed()
        self._pause_s = self._backoff.pause_s()
        if any(isinstance(error, NotAllowedError) for error in failures.values()):
            self._pause_s = max(self._pause_s, NOT_ALLOWED_PAUSE_S)
        lost = self._backoff.failures >= 2 or self.view.reach is not Reach.YES
        self.view = replace(
            self.view,
            reach=Reach.NO if lost else self.view.reach,
            troubles=MappingProxyType({region: Trouble.of(error) for region, error in failures.items()}),
            tried_at=self._clock.now(),
        )
        for region, error in failures.items():
            log.info("Vertex AI %s: %s", region or "in all regions", error)


def _newest_first(job: Job) -> tuple[float, str]:
    return (-(job.created_at.timestamp() if job.created_at is not None else 0.0), job.number)
