"""Cloud Logging: ``POST /v2/entries:list``."""

import math
import re
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote, unquote

from avdesk.core import wire
from avdesk.emulator.exchange import Request
from avdesk.emulator.google import moments, paging
from avdesk.emulator.google.envelope import bad_request, permission_denied, quota_exceeded
from avdesk.emulator.google.lql import Entry, Query, compile_query
from avdesk.emulator.google.routing import Route, route
from avdesk.emulator.google.schema import Message, Repeated, Scalar, read_message
from avdesk.emulator.records import GoogleWorld, LogRecord

SERVICE = "logging.googleapis.com"
DEFAULT_PAGE = 50
LARGEST_PAGE = 1000
_MAX_RESOURCES = 100
_WINDOW_S = 60.0
_BESIDE_S = 1e-5

_ORDERS: Mapping[str, bool] = MappingProxyType(
    {"": False, "timestamp": False, "timestamp asc": False, "timestamp desc": True}
)
"""orderBy → whether the newest come first."""

_RESOURCE = re.compile(
    r"projects/([a-z0-9:.\-]{1,64})(?:/locations/[a-z0-9\-]{1,40}/buckets/[\w\-]{1,100}/views/[\w\-]{1,100})?"
)
_REQUEST = Message(
    MappingProxyType(
        {
            "resourceNames": Repeated(Scalar.STRING),
            "projectIds": Repeated(Scalar.STRING),
            "filter": Scalar.STRING,
            "orderBy": Scalar.STRING,
            "pageSize": Scalar.INT32,
            "pageToken": Scalar.STRING,
        }
    )
)


class Logging:
    """Answers searches in the world's log entries; the world's lock is held by the caller.

    `reads_per_minute` is the project's read quota, None for none. `scan_limit` is how many entries of the time
    asked for one request looks at: when they are used up, it answers what it found, if anything, and a token.
    """

    def __init__(self, world: GoogleWorld, *, reads_per_minute: int | None = 60, scan_limit: int = 2000) -> None:
        self._world = world
        self._quota = ReadQuota(reads_per_minute)
        self._scan_limit = scan_limit

    def routes(self) -> Sequence[Route]:
        """Return what is answered here."""
        return (route("POST", r"/v2/entries:list", self._list),)

    def _list(self, request: Request, _names: Mapping[str, str]) -> object:
        if not self._quota.take(self._world.now()):
            raise quota_exceeded(
                SERVICE,
                "Read requests",
                "ReadRequestsPerMinutePerProject",
                self._quota.limit or 0,
                self._world.project_number,
            )
        body = read_message(_REQUEST, request.json())
        resources = [str(name) for name in wire.as_list(body.get("resourceNames"))]
        resources += [f"projects/{name}" for name in wire.as_list(body.get("projectIds"))]
        self._check_resources(resources)
        order = str(body.get("orderBy", ""))
        if order not in _ORDERS:
            raise bad_request(f"Invalid order_by: {order[:80]!r}", "order_by")
        size = paging.page_size(body.get("pageSize"), DEFAULT_PAGE, LARGEST_PAGE)
        text = str(body.get("filter", ""))
        query = compile_query(text)
        scope = paging.scope_of(("entries", resources, text, order))
        newest_first = _ORDERS[order]
        records = self._in_time(query)
        if token := str(body.get("pageToken", "")):
            last = paging.read_token(token, scope, self._world.now())
            records = [
                record
                for record in records
                if (_position(record) < last if newest_first else _position(record) > last)
            ]
        return self._page(sorted(records, key=_position, reverse=newest_first), query, size, scope)

    def _page(self, records: Sequence[LogRecord], query: Query, size: int, scope: str) -> object:
        found: list[Mapping[str, object]] = []
        scanned = 0
        while scanned < min(len(records), self._scan_limit) and len(found) < size:
            entry = entry_of(records[scanned], self._world.project)
            scanned += 1
            if query.matches(entry):
                found.append(entry.content)
        answer: dict[str, object] = {}
        if found:
            answer["entries"] = found
        if scanned < len(records):
            position = _position(records[scanned - 1])
            answer["nextPageToken"] = paging.make_token(scope, position, self._world.now())
        return answer

    def _in_time(self, query: Query) -> list[LogRecord]:
        """Return the records that the query's own bounds leave, and those right beside them."""
        earliest = -math.inf if query.earliest is None else query.earliest / moments.NANO - _BESIDE_S
        latest = math.inf if query.latest is None else query.latest / moments.NANO + _BESIDE_S
        return [record for record in self._world.logs() if earliest <= record.timestamp <= latest]

    def _check_resources(self, resources: Sequence[str]) -> None:
        if not 0 < len(resources) <= _MAX_RESOURCES:
            raise bad_request(f"Between 1 and {_MAX_RESOURCES} resource_names are required.", "resource_names")
        for name in resources:
            match = _RESOURCE.fullmatch(name)
            if match is None:
                raise bad_request(f"Invalid resource name: {name[:100]!r}", "resource_names")
            if match.group(1) not in (self._world.project, self._world.project_number):
                raise permission_denied(SERVICE, "logging.logEntries.list", name)


class ReadQuota:
    """Counts requests over the last minute."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self._taken: deque[float] = deque()
        self._lock = threading.Lock()

    def take(self, now: float) -> bool:
        """Count a request at `now` (Unix seconds) and return whether it is within the limit."""
        with self._lock:
            # A clock that was set back must not leave requests of the future in the count.
            self._taken = deque(at for at in self._taken if now - _WINDOW_S < at <= now)
            if self.limit is not None and len(self._taken) >= self.limit:
                return False
            self._taken.append(now)
            return True


def entry_of(record: LogRecord, project: str) -> Entry:
    """Return a record as the LogEntry that is answered."""
    # Nothing coarser than microseconds, and the same moment always alike: the order must survive being written down.
    timestamp, received = (
        moments.moment(seconds, f"{_micros(seconds)}", finest_of=2) for seconds in (record.timestamp, record.received)
    )
    log_name = quote(unquote(record.log_name), safe="-._~")
    content: dict[str, object] = {
        "insertId": record.insert_id,
        "logName": f"projects/{project}/logs/{log_name}",
        "resource": {
            "type": record.resource_type,
            "labels": {"project_id": project, **record.resource_labels},
        },
        "timestamp": moments.rfc3339(timestamp),
        "receiveTimestamp": moments.rfc3339(received),
    }
    if record.severity and record.severity != "DEFAULT":
        content["severity"] = record.severity
    if record.labels:
        content["labels"] = dict(record.labels)
    if record.json is not None:
        content["jsonPayload"] = dict(record.json)
    elif record.text:
        content["textPayload"] = record.text
    return Entry(content, timestamp, received)


def _micros(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _position(record: LogRecord) -> tuple[int, str]:
    """Return where a record stands in the order: by time, then by its insertId."""
    return _micros(record.timestamp), record.insert_id
