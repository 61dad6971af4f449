"""Vertex AI over REST: the cheap way, a thousandth of gcloud's cost."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType

from avdesk.clients import mishaps
from avdesk.clients.google_calls import READING, GoogleCalls, Tokens, check_endpoint
from avdesk.clients.googleerrors import error_of, refusal_of
from avdesk.clients.names import check_number, check_project, check_region
from avdesk.clients.reply import Timeouts
from avdesk.clients.transport import Transport
from avdesk.clients.vertex import AnswerLostError, JobClient, JobsPage, Page, Query, check_body, read_jobs
from avdesk.core import wire
from avdesk.core.customjob import read_custom_job
from avdesk.core.errors import (
    NameLookupError,
    ProxyError,
    RequestRefusedError,
    TlsError,
    UnreachableError,
)
from avdesk.core.jobs import Job
from avdesk.i18n import _

MAX_PAGES = 50
PAGE_SIZE = 100

_JOB_FIELDS = (
    "name,displayName,state,createTime,startTime,endTime,updateTime,labels,error,"
    "jobSpec(scheduling,workerPoolSpecs/machineSpec)"
)
_LISTING: Mapping[str, str] = MappingProxyType(
    {"pageSize": str(PAGE_SIZE), "fields": f"nextPageToken,customJobs({_JOB_FIELDS})"}
)
_ACTIVE = " OR ".join(
    f'state="JOB_STATE_{name}"' for name in ("QUEUED", "PENDING", "RUNNING", "CANCELLING", "PAUSED", "UPDATING")
)
_NOT_SENT = (mishaps.NothingAnswersError, NameLookupError, TlsError, ProxyError)
"""Failures before the request left this machine."""


class VertexRest(JobClient):
    """Asks Vertex AI's REST interface, all regions side by side."""

    def __init__(
        self,
        project: str,
        regions: Sequence[str],
        transport: Transport,
        credentials: Tokens,
        *,
        endpoint: str = "",
        timeouts: Timeouts = READING,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            project: id or number.
            regions: where `job_details` looks.
            transport: carries the requests; `abort` and `close` end those of this client alone.
            credentials: give the tokens.
            endpoint: one base URL for all regions, for an emulator; empty: Google's own.
            timeouts: of each request.
            now: the clock (UTC).

        Raises:
            ConfigError: one of them cannot be used.
        """
        super().__init__(regions, now)
        self._project = check_project(project)
        self._endpoint = check_endpoint(endpoint)
        self._calls = GoogleCalls(transport, credentials, self._project, timeouts=timeouts)

    def fetch_page(self, region: str, query: Query) -> Page:
        """Return a region's jobs, filtered by the server; by the client, where the server refuses the filter."""
        condition = _filter(query)
        try:
            return self._pages(region, query, condition)
        except RequestRefusedError as error:
            if not condition or error.status != 400:
                raise
            return self._pages(region, query, "")

    def jobs_page(self, region: str, after: str = "") -> JobsPage:
        """Return a page of a region's jobs, as `VertexClient` has it."""
        jobs, token = self._page(check_region(region), {**_LISTING, "pageToken": after} if after else _LISTING)
        return JobsPage(tuple(read_jobs(jobs, region)), token or "")

    def fetch_job(self, region: str, number: str) -> Mapping[str, object]:
        """Return one whole CustomJob."""
        return self._calls.get(self._url(region, number)).object()

    def cancel_job(self, region: str, number: str) -> None:
        """Ask for the end of a job; one that has ended already is no error here, a look at it will tell."""
        url = self._url(check_region(region), check_number(number)) + ":cancel"
        reply = self._calls.send("POST", url, json={})
        if reply.status >= 400:
            raise error_of(refusal_of(reply))

    def create_job(self, region: str, body: Mapping[str, object]) -> Job:
        """Create a job, sent once.

        Raises:
            AnswerLostError: no usable answer came, so the job may exist.
        """
        check_body(body)
        url = self._url(check_region(region))
        try:
            reply = self._calls.send("POST", url, json=dict(body))
            if reply.status >= 500:
                raise error_of(refusal_of(reply))
            job = read_custom_job(reply.json(), region) if reply.status < 400 else None
        except _NOT_SENT:
            raise
        except UnreachableError as error:
            raise _lost(error) from None
        if reply.status >= 400:
            raise error_of(refusal_of(reply))
        if job is None:
            raise _lost(None)
        return job

    def abort(self) -> None:
        """End what is under way, and refuse what comes later."""
        super().abort()
        self._calls.abort()

    @property
    def way(self) -> str:
        """How it asks."""
        return "rest"

    def close(self) -> None:
        """The same: the connections belong to whoever made the transport."""
        self.abort()

    def _url(self, region: str, number: str | None = None) -> str:
        base = self._endpoint or f"https://{region}-aiplatform.googleapis.com"
        collection = f"{base}/v1/projects/{self._project}/locations/{region}/customJobs"
        return collection if number is None else f"{collection}/{number}"

    def _pages(self, region: str, query: Query, condition: str) -> Page:
        """Return all pages, or as many as the limit needs while they come newest first."""
        params = {**_LISTING, "filter": condition} if condition else dict(_LISTING)
        jobs: list[Mapping[str, object]] = []
        seen: set[str] = set()
        for _page in range(MAX_PAGES):
            page, token = self._page(region, params)
            jobs += page
            if token is None:
                return Page(jobs)
            if token in seen or _enough(jobs, query, region):
                return Page(jobs, truncated=True)
            seen.add(token)
            params = {**params, "pageToken": token}
        return Page(jobs, truncated=True)

    def _page(self, region: str, params: Mapping[str, str]) -> tuple[list[Mapping[str, object]], str | None]:
        """Return one page's CustomJobs and the token of the next one, None after the last."""
        body = self._calls.get(self._url(region), params).object()
        jobs = [wire.as_object(job) for job in wire.as_list(body.get("customJobs"))]
        return jobs, wire.as_text(body.get("nextPageToken"))


def _filter(query: Query) -> str:
    """Return Vertex AI's filter for a query, empty for everything."""
    conditions: list[str] = []
    if query.display_name is not None:
        conditions.append(f'display_name="{query.display_name}"')
    if query.name_begins is not None:
        conditions.append(f'display_name:"{query.name_begins}*"')
    if query.since is not None:
        conditions.append(f'create_time>="{wire.rfc3339(query.since)}"')
    if query.active_only:
        conditions.append(f"({_ACTIVE})" if conditions else _ACTIVE)
    return " AND ".join(conditions)


def _enough(jobs: Sequence[Mapping[str, object]], query: Query, region: str) -> bool:
    """Whether the limit is reached. The order is not promised: it has to be seen to be newest first."""
    if query.limit is None or len(jobs) < query.limit:
        return False
    times = [wire.as_time(job.get("createTime")) for job in jobs]
    known = [time for time in times if time is not None]
    if len(known) < len(times) or any(later > earlier for earlier, later in pairwise(known)):
        return False
    read = (read_custom_job(job, region) for job in jobs)
    return sum(1 for job in read if job is not None and query.wants(job)) >= query.limit


def _lost(error: UnreachableError | None) -> AnswerLostError:
    return AnswerLostError(
        _("The new job was asked for, but the answer was lost: {reason}").format(
            reason=error.message if error is not None else _("it describes no job.")
        ),
        _("Look at the jobs before asking again: it may have been created."),
    )
