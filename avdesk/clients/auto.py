"""``vertex = "auto"``: REST, and gcloud for as long as REST has no credentials to work with."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from avdesk.clients.vertex import JobListing, JobsPage, VertexClient
from avdesk.core.errors import CredentialsExpiredError, CredentialsMissingError
from avdesk.core.jobs import Job

T = TypeVar("T")

RECHECK_S = 600.0
"""How long gcloud is asked before REST is tried again."""

_NO_CREDENTIALS = (CredentialsMissingError, CredentialsExpiredError)


class VertexAuto:
    """Chooses between the two. A server that merely fails is no reason to change."""

    def __init__(
        self,
        rest: VertexClient,
        gcloud: VertexClient,
        *,
        recheck_s: float = RECHECK_S,
        clock: Callable[[], float] = time.monotonic,
        version: Callable[[], object] | None = None,
    ) -> None:
        """Take both; `clock` counts seconds, `version` returns another value once REST has other credentials."""
        self._rest = rest
        self._gcloud = gcloud
        self._recheck_s = recheck_s
        self._clock = clock
        self._lock = threading.Lock()
        self._gcloud_until: float | None = None
        self._version = version
        self._version_without: object = None

    @property
    def way(self) -> str:
        """Which one is asked at present: ``rest`` or ``gcloud``."""
        return "gcloud" if self._prefers_gcloud() else "rest"

    def list_jobs(
        self,
        regions: Sequence[str],
        *,
        limit: int | None = None,
        active_only: bool = False,
        since: datetime | None = None,
    ) -> JobListing:
        """Return the jobs of `regions`; a listing that failed everywhere for want of credentials counts as such."""

        return self._list(
            regions,
            lambda client: client.list_jobs(regions, limit=limit, active_only=active_only, since=since),
        )

    def jobs_named(self, beginning: str, regions: Sequence[str]) -> JobListing:
        """Return the jobs whose display name begins so."""
        return self._list(regions, lambda client: client.jobs_named(beginning, regions))

    def _list(self, regions: Sequence[str], wanted: Callable[[VertexClient], JobListing]) -> JobListing:
        def ask(client: VertexClient) -> JobListing:
            listing = wanted(client)
            failures = list(listing.failures.values())
            if len(failures) == len(set(regions)):
                for failure in failures:
                    if isinstance(failure, _NO_CREDENTIALS):
                        raise failure
            return listing

        try:
            return self._do(ask)
        except _NO_CREDENTIALS as error:
            return JobListing((), dict.fromkeys(regions, error))

    def jobs_page(self, region: str, after: str = "") -> JobsPage:
        """Return a page of a region's jobs; where gcloud takes over after some pages, it returns all."""
        return self._do(lambda client: client.jobs_page(region, after))

    def get_job(self, region: str, number: str) -> Job:
        """Return one job as it is now."""
        return self._do(lambda client: client.get_job(region, number))

    def find_job(self, job_id: str, regions: Sequence[str]) -> Job | None:
        """Return the newest job of that id."""
        return self._do(lambda client: client.find_job(job_id, regions))

    def job_details(self, job_id: str) -> dict[str, object]:
        """Return what the server's ``vertex_ai_job`` holds."""
        return self._do(lambda client: client.job_details(job_id))

    def raw_job(self, region: str, number: str) -> Mapping[str, object]:
        """Return the whole CustomJob."""
        return self._do(lambda client: client.raw_job(region, number))

    def cancel_job(self, region: str, number: str) -> None:
        """Ask for the end of a job."""
        self._do(lambda client: client.cancel_job(region, number))

    def create_job(self, region: str, body: Mapping[str, object]) -> Job:
        """Create a job; without credentials nothing was created, so asking the other way is safe."""
        return self._do(lambda client: client.create_job(region, body))

    def abort(self) -> None:
        """Abort both."""
        self._rest.abort()
        self._gcloud.abort()

    def close(self) -> None:
        """Close both."""
        self._rest.close()
        self._gcloud.close()

    def _prefers_gcloud(self) -> bool:
        version = self._version() if self._version is not None else None
        with self._lock:
            if version != self._version_without:
                return False
            return self._gcloud_until is not None and self._clock() < self._gcloud_until

    def _do(self, ask: Callable[[VertexClient], T]) -> T:
        """Ask REST, or gcloud when REST lacks credentials; stay with what worked for a while.

        When gcloud lacks them too, REST's own failure is told: it names every place that was looked at.
        """
        if self._prefers_gcloud():
            return ask(self._gcloud)
        version = self._version() if self._version is not None else None
        try:
            answer = ask(self._rest)
        except _NO_CREDENTIALS as error:
            reason = error
        else:
            with self._lock:
                self._gcloud_until = None
            return answer
        try:
            answer = ask(self._gcloud)
        except _NO_CREDENTIALS:
            raise reason from None
        with self._lock:
            self._gcloud_until = self._clock() + self._recheck_s
            self._version_without = version
        return answer
