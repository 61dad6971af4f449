"""Compute Engine's regions, for their quotas."""

import re
import zlib
from collections.abc import Callable, Mapping, Sequence

from avdesk.emulator.exchange import Request
from avdesk.emulator.google import paging
from avdesk.emulator.google.envelope import ApiError, bad_request
from avdesk.emulator.google.re2 import compile_pattern
from avdesk.emulator.google.routing import Route, route
from avdesk.emulator.records import GoogleWorld

LARGEST_PAGE = 500
_FILTER = re.compile(r"\(?\s*name\s*(=|!=|eq|ne)\s*(\"[^\"]{1,100}\"|[\w.*\-]{1,100})\s*\)?")
_ORDERS = ("", "name", "creationTimestamp desc")


class Compute:
    """Answers ``/compute/v1/projects/P/regions``, also without the prefix; the world's lock is held by the caller."""

    def __init__(self, world: GoogleWorld) -> None:
        self._world = world

    def routes(self) -> Sequence[Route]:
        """Return what is answered here."""
        regions = "(?:/compute/v1)?/projects/{project}/regions"
        return (route("GET", regions, self._list), route("GET", regions + "/{region}", self._get))

    def _list(self, request: Request, names: Mapping[str, str]) -> object:
        self._check_project(names)
        query = request.query
        size = paging.page_size(query.get("maxResults"), LARGEST_PAGE, LARGEST_PAGE)
        keep = _name_filter(query.get("filter", ""))
        if query.get("orderBy", "") not in _ORDERS:
            raise bad_request(f"Invalid value for field 'orderBy': {query['orderBy'][:80]!r}.")
        scope = paging.scope_of(("regions", query.get("filter", ""), query.get("orderBy", "")))
        regions = sorted(filter(keep, self._world.regions))
        if token := query.get("pageToken"):
            _, last = paging.read_token(token, scope, self._world.now())
            regions = [region for region in regions if region > last]
        answer: dict[str, object] = {
            "kind": "compute#regionList",
            "id": f"projects/{self._world.project}/regions",
            "selfLink": self._link("regions"),
        }
        if regions:
            answer["items"] = [self._region(region) for region in regions[:size]]
        if len(regions) > size:
            answer["nextPageToken"] = paging.make_token(scope, (0, regions[size - 1]), self._world.now())
        return answer

    def _get(self, _request: Request, names: Mapping[str, str]) -> object:
        self._check_project(names)
        region = names["region"]
        if region not in self._world.regions:
            raise ApiError(404, f"The resource 'projects/{names['project']}/regions/{region}' was not found")
        return self._region(region)

    def _check_project(self, names: Mapping[str, str]) -> None:
        project = names["project"]
        if project not in (self._world.project, self._world.project_number):
            raise ApiError(
                403,
                f"Required 'compute.regions.list' permission for 'projects/{project}'",
                status="PERMISSION_DENIED",
            )

    def _region(self, region: str) -> dict[str, object]:
        usage = self._world.gpu_usage(region)
        content: dict[str, object] = {
            "kind": "compute#region",
            "id": str(1000 + zlib.crc32(region.encode()) % 1000),
            "creationTimestamp": "1969-12-31T16:00:00.000-08:00",
            "name": region,
            "description": region,
            "status": "UP",
            "zones": [self._link(f"zones/{region}-{letter}") for letter in "abc"],
            "selfLink": self._link(f"regions/{region}"),
            "supportsPzs": False,
        }
        if usage:
            content["quotas"] = [
                {"metric": metric, "limit": float(limit), "usage": float(used)}
                for metric, (limit, used) in sorted(usage.items())
            ]
        return content

    def _link(self, path: str) -> str:
        return f"https://www.googleapis.com/compute/v1/projects/{self._world.project}/{path}"


def _name_filter(text: str) -> Callable[[str], bool]:
    """Return the test of a list filter, which may compare the name alone here."""
    if not text:
        return lambda _name: True
    match = _FILTER.fullmatch(text.strip())
    if match is None:
        raise bad_request(f"Invalid value for field 'filter': '{text[:80]}'. Invalid list filter expression.")
    operator, value = match.group(1), match.group(2).strip('"')
    if operator in ("=", "!="):
        return lambda name: (name == value) is (operator == "=")
    pattern = compile_pattern(value)
    return lambda name: (pattern.fullmatch(name) is not None) is (operator == "eq")
