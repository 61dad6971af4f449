"""Vertex AI's custom jobs: list, get, create, cancel, delete."""

import bisect
import re
import zlib
from collections.abc import Mapping, Sequence

from avdesk.emulator.exchange import Request
from avdesk.emulator.google import moments, paging
from avdesk.emulator.google.envelope import ApiError, bad_request, permission_denied
from avdesk.emulator.google.jobspec import CUSTOM_JOB, ENDED_STATES, read_new_job, shown_spec
from avdesk.emulator.google.listfilter import JobFacts, compile_filter
from avdesk.emulator.google.partial import Selection
from avdesk.emulator.google.routing import Route, route
from avdesk.emulator.google.schema import camel, snake
from avdesk.emulator.records import CustomJobRecord, GoogleWorld

SERVICE = "aiplatform.googleapis.com"
DEFAULT_PAGE = LARGEST_PAGE = 100
SCAN_LIMIT = 5000
"""Jobs that one page of a filtered list looks at: a page may be empty and still have a token."""

_REGIONAL_HOST = re.compile(r"([a-z]+(?:-[a-z]+)+\d{1,2})-aiplatform\..*")
_ERROR_STATES = ("JOB_STATE_FAILED", "JOB_STATE_CANCELLED")
_OPERATION = "type.googleapis.com/google.cloud.aiplatform.v1.DeleteOperationMetadata"


class CustomJobs:
    """Answers ``/v1/projects/P/locations/R/customJobs``; the world's lock is held by the caller."""

    def __init__(self, world: GoogleWorld) -> None:
        self._world = world

    def routes(self) -> Sequence[Route]:
        """Return what is answered here."""
        jobs = "/v1/projects/{project}/locations/{region}/customJobs"
        return (
            route("GET", jobs, self._list),
            route("POST", jobs, self._create),
            route("GET", jobs + "/{number}", self._get),
            route("DELETE", jobs + "/{number}", self._delete),
            route("POST", jobs + "/{number}:cancel", self._cancel),
        )

    def _list(self, request: Request, names: Mapping[str, str]) -> object:
        region = self._region(request, names, "list")
        query = request.query
        size = paging.page_size(query.get("pageSize"), DEFAULT_PAGE, LARGEST_PAGE)
        matches = compile_filter(query.get("filter", ""))
        mask = read_mask(query.get("readMask", ""))
        scope = paging.scope_of(("customJobs", region, query.get("filter", ""), query.get("readMask", "")))
        jobs = self._world.jobs(region)
        token = query.get("pageToken")
        start = _index_behind(jobs, paging.read_token(token, scope, self._world.now())) if token else 0
        found: list[CustomJobRecord] = []
        last: CustomJobRecord | None = None
        more = False
        for index in range(start, len(jobs)):
            if index - start >= SCAN_LIMIT or len(found) == size:
                more = True
                break
            last = jobs[index]
            if matches(_facts(last)):
                found.append(last)
        answer: dict[str, object] = {}
        if found:
            answer["customJobs"] = [mask.apply(self._shown(job)) for job in found]
        if more and last is not None:
            answer["nextPageToken"] = paging.make_token(scope, _position(last), self._world.now())
        return answer

    def _get(self, request: Request, names: Mapping[str, str]) -> object:
        return self._shown(self._job(request, names, "get"))

    def _create(self, request: Request, names: Mapping[str, str]) -> object:
        region = self._region(request, names, "create")
        display_name, spec, labels = read_new_job(request.json())
        return self._shown(self._world.create_job(region, display_name, spec, labels))

    def _cancel(self, request: Request, names: Mapping[str, str]) -> object:
        job = self._job(request, names, "cancel")
        if request.body.strip() and request.json() != {}:
            raise bad_request("Invalid JSON payload received. An empty object was expected.")
        self._world.cancel_job(job)
        return {}

    def _delete(self, request: Request, names: Mapping[str, str]) -> object:
        job = self._job(request, names, "delete")
        if job.state not in ENDED_STATES:
            raise ApiError(
                400,
                f"CustomJob {self._name(job)} is in state {job.state}; only a job that has ended can be deleted.",
                status="FAILED_PRECONDITION",
            )
        self._world.delete_job(job)
        now = moments.rfc3339(moments.moment(self._world.now(), "delete"))
        operation = zlib.crc32(f"{job.number}/{now}".encode())
        return {
            "name": f"{self._parent(job.region)}/operations/{operation}",
            "metadata": {"@type": _OPERATION, "genericMetadata": {"createTime": now, "updateTime": now}},
            "done": True,
            "response": {"@type": "type.googleapis.com/google.protobuf.Empty"},
        }

    def _region(self, request: Request, names: Mapping[str, str], verb: str) -> str:
        """Return the region of the path, refusing other projects and places that are not this endpoint's."""
        region, project = names["region"], names["project"]
        host = _REGIONAL_HOST.fullmatch(request.host)
        valid = [host.group(1)] if host else list(self._world.regions)
        if region not in valid or region not in self._world.regions:
            shown = ", ".join(f"`{name}`" for name in valid)
            raise bad_request(
                f"The provided location ID doesn't match the endpoint. The valid location ID is {shown}."
                if len(valid) == 1
                else f"The provided location ID doesn't match the endpoint. The valid location IDs are {shown}."
            )
        if project not in (self._world.project, self._world.project_number):
            raise permission_denied(
                SERVICE, f"aiplatform.customJobs.{verb}", f"projects/{project}/locations/{region}"
            )
        return region

    def _job(self, request: Request, names: Mapping[str, str], verb: str) -> CustomJobRecord:
        region = self._region(request, names, verb)
        job = self._world.find_job(region, names["number"])
        if job is None:
            raise ApiError(404, f"CustomJob {self._parent(region)}/customJobs/{names['number']} does not exist.")
        return job

    def _parent(self, region: str) -> str:
        return f"projects/{self._world.project_number}/locations/{region}"

    def _name(self, job: CustomJobRecord) -> str:
        return f"{self._parent(job.region)}/customJobs/{job.number}"

    def _shown(self, job: CustomJobRecord) -> dict[str, object]:
        """Return a CustomJob as answered: names by project number, defaults left out."""
        times = {name: moments.rfc3339(nanos) for name, nanos in _times(job).items()}
        content: dict[str, object] = {
            "name": self._name(job),
            "displayName": job.display_name,
            "jobSpec": shown_spec(job.spec),
            "state": job.state,
            **times,
            "error": dict(job.error) if job.error and job.state in _ERROR_STATES else None,
            "labels": dict(job.labels),
        }
        return {name: value for name, value in content.items() if value}


def read_mask(text: str) -> Selection:
    """Return the selection of a field mask (``name,jobSpec.scheduling`` in either case); all without one.

    Raises ApiError (400) for a name that a CustomJob does not have.
    """
    root = Selection(whole=not text or text == "*")
    if root.whole:
        return root
    for path in text.split(","):
        segments = [camel(part) for part in path.strip().split(".")]
        if segments[0] not in CUSTOM_JOB.fields and segments[0] != "name":
            raise bad_request(f"Invalid field mask: there is no field {snake(segments[0])[:80]!r}.", "read_mask")
        node = root
        for segment in segments:
            node = node.children.setdefault(segment, Selection())
        node.whole = True
    return root


def _times(job: CustomJobRecord) -> dict[str, int]:
    """Return the times that there are, in Unix nanoseconds, each at or after the one before."""
    found = {"createTime": moments.moment(job.created, f"{job.number}/create")}
    if job.started is not None:
        found["startTime"] = max(moments.moment(job.started, f"{job.number}/start"), found["createTime"])
    if job.ended is not None:
        found["endTime"] = max(moments.moment(job.ended, f"{job.number}/end"), *found.values())
    found["updateTime"] = max(moments.moment(job.updated, f"{job.number}/update"), *found.values())
    return found


def _position(job: CustomJobRecord) -> tuple[int, str]:
    """Return what a page token remembers of a job: when it was made, in microseconds, and its number."""
    return round(job.created * 1e6), job.number


def _index_behind(jobs: Sequence[CustomJobRecord], position: tuple[int, str]) -> int:
    """Return the index of the first job behind `position`, which may have been deleted; newest first."""
    made, number = position
    index = first = bisect.bisect_left(jobs, -made, key=lambda job: -_position(job)[0])
    while index < len(jobs) and _position(jobs[index])[0] == made:
        index += 1
        if jobs[index - 1].number == number:
            return index
    return first


def _facts(job: CustomJobRecord) -> JobFacts:
    return JobFacts(job.display_name, job.state, _times(job)["createTime"], job.labels)
