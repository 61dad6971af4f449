"""The jobs of an environment page by page, as far back as Vertex AI keeps them."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from types import MappingProxyType

from avdesk.clients.vertex import JobsPage, VertexClient
from avdesk.core.errors import AbortedError, AvdeskError, RequestRefusedError, UsageError
from avdesk.core.jobchange import Key
from avdesk.core.jobs import Job
from avdesk.core.snapshot import NO_TROUBLES, Trouble
from avdesk.i18n import _
from avdesk.services.runtime import Links, Runtime

log = logging.getLogger(__name__)

AT_ONCE = 6
"""Regions that are asked side by side."""

PAGE_ROOM = 100
"""Jobs that a page is expected to hold."""

MOST_PAGES = 5000
"""Of one region: an answer that never ends has to end."""


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """What came in, and how far it has come.

    Attributes:
        jobs: jobs that did not come before, or that came otherwise.
        region: whose they are; empty on the last page, which tells of the end alone.
        loaded: how many different jobs have come in all.
        regions_left: the regions that have more, or that failed.
        troubles: region → why it could not be asked.
        ended: nothing more comes: all is known, the limit is reached, or what is left could not be asked.
    """

    jobs: tuple[Job, ...]
    region: str
    loaded: int
    regions_left: tuple[str, ...]
    troubles: Mapping[str, Trouble] = field(default_factory=lambda: NO_TROUBLES)
    ended: bool = False

    @property
    def all_known(self) -> bool:
        """Whether there are no more jobs."""
        return not self.regions_left


@dataclass(slots=True)
class _Region:
    """How far a region has been read.

    Attributes:
        after: what the next page is asked with; `seen` what pages were asked with.
        read: there is nothing more.
        trouble: why it was given up this time.
    """

    name: str
    after: str = ""
    seen: set[str] = field(default_factory=set)
    read: bool = False
    trouble: Trouble | None = None


class JobArchive:
    """Reads all regions side by side, page by page, and remembers where it was."""

    def __init__(self, runtime: Runtime, environment: str) -> None:
        """Read an environment's jobs; nothing is asked yet."""
        self._runtime = runtime
        self._environment = environment
        self._regions = [_Region(name) for name in runtime.settings.environments[environment].regions]
        self._updates: dict[Key, object] = {}
        self._limit = 0
        self._lock = threading.Lock()
        self._links: Links | None = None
        self._aborted = False

    def raise_limit(self, limit: int) -> None:
        """Let what is under way go on until so many jobs are known; from any thread."""
        self._limit = max(self._limit, limit)

    def pages(self, limit: int) -> Iterator[ArchivePage]:
        """Read on until `limit` jobs are known (at most a page more), or all; regions that failed are tried again.

        Raises:
            KnownError: Vertex AI cannot be asked at all, or `abort` was called.
        """
        self._limit = limit
        for region in self._regions:
            region.trouble = None
        client = self._open()
        try:
            with ThreadPoolExecutor(AT_ONCE, "avdesk-archive") as pool:
                asked: dict[Future[JobsPage], _Region] = {}
                try:
                    while self._ask_more(client, pool, asked):
                        done, _waiting = wait(asked, return_when=FIRST_COMPLETED)
                        for future in done:
                            yield self._take(asked.pop(future), future)
                finally:
                    for future in asked:
                        future.cancel()
                    if asked:  # nobody reads on: do not wait for answers
                        client.abort()
        finally:
            self._close()
        yield self._page((), "", ended=True)

    def abort(self) -> None:
        """Give up what is under way, from any thread; `pages` goes on from there when it is asked again."""
        with self._lock:
            self._aborted = True
            if self._links is not None:
                self._links.abort()

    def _open(self) -> VertexClient:
        with self._lock:
            self._aborted = False
            self._links = links = self._runtime.links(self._environment)
        if links.vertex is None:
            self._close()
            raise UsageError(
                _("The environment {name} does not ask Vertex AI.").format(name=self._environment),
                _("Give it a project, and set vertex to auto, rest or gcloud."),
            )
        return links.vertex

    def _close(self) -> None:
        with self._lock:
            links, self._links = self._links, None
        if links is not None:
            links.abort()
            links.close()

    def _ask_more(
        self, client: VertexClient, pool: ThreadPoolExecutor, asked: dict[Future[JobsPage], _Region]
    ) -> bool:
        """Ask each idle region for its next page, as far as the limit goes; tell whether any is being asked."""
        if self._aborted:
            raise AbortedError(_("Loading older jobs was stopped."), _("Load more to go on."))
        busy = [region.name for region in asked.values()]
        for region in self._regions:
            if len(self._updates) + len(asked) * PAGE_ROOM >= self._limit:
                break
            if not region.read and region.trouble is None and region.name not in busy:
                asked[pool.submit(client.jobs_page, region.name, region.after)] = region
        return bool(asked)

    def _take(self, region: _Region, future: "Future[JobsPage]") -> ArchivePage:
        """Return what a region answered."""
        try:
            answer = future.result()
        except AbortedError:
            raise
        except AvdeskError as error:
            log.info("older jobs of %s: %s", region.name, error)
            region.trouble = Trouble.of(error)
            if isinstance(error, RequestRefusedError):
                region.after = ""  # the mark of the page may have expired: next time from the beginning
                region.seen.clear()
            return self._page((), region.name)
        region.seen.add(region.after)
        region.after = answer.after
        region.read = not answer.after or answer.after in region.seen or len(region.seen) >= MOST_PAGES
        fresh: list[Job] = []
        for job in answer.jobs:
            if self._updates.get(job.key, self) != (job.state, job.updated_at):
                self._updates[job.key] = (job.state, job.updated_at)
                fresh.append(job)
        return self._page(fresh, region.name)

    def _page(self, jobs: Sequence[Job], region: str, *, ended: bool = False) -> ArchivePage:
        troubles = {each.name: each.trouble for each in self._regions if each.trouble is not None}
        return ArchivePage(
            jobs=tuple(jobs),
            region=region,
            loaded=len(self._updates),
            regions_left=tuple(each.name for each in self._regions if not each.read),
            troubles=MappingProxyType(troubles),
            ended=ended,
        )
