"""Cloud Logging over REST: ``POST /v2/entries:list``."""

from dataclasses import replace

from avdesk.clients.cloud_logging import LARGEST_PAGE, MAX_DEPTH, EntriesPage, Search, stale_page
from avdesk.clients.google_calls import READING, GoogleCalls, Tokens, check_endpoint
from avdesk.clients.googleerrors import error_of, refusal_of
from avdesk.clients.names import check_project
from avdesk.clients.reply import Timeouts
from avdesk.clients.transport import Transport
from avdesk.core import wire
from avdesk.core.errors import TooLargeError
from avdesk.core.logentry import read_entries

MAX_BYTES = 24 * 1024 * 1024
"""Of one answer. An entry has up to 256 KB: where a page of them is larger, a smaller one is asked for."""

_SMALLER_BY = 10
_GOOD_UNTIL_LARGER = 20
"""Pages in a row that had room, after which larger ones are tried again."""

_FIELDS = (
    "nextPageToken,entries(insertId,logName,resource(type,labels),timestamp,receiveTimestamp,severity,labels,"
    "textPayload,jsonPayload,protoPayload,httpRequest(requestMethod,requestUrl,status,latency))"
)


class LoggingRest:
    """Asks Cloud Logging's REST interface. May be used from several threads."""

    def __init__(
        self,
        project: str,
        transport: Transport,
        credentials: Tokens,
        *,
        endpoint: str = "",
        timeouts: Timeouts = READING,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            project: id or number.
            transport: carries the requests; `abort` ends those of this client alone.
            credentials: give the tokens.
            endpoint: a base URL for an emulator; empty: Google's own.
            timeouts: of each request.
            max_bytes: the largest answer that is taken.

        Raises:
            ConfigError: one of them cannot be used.
        """
        self._project = check_project(project)
        self._url = (check_endpoint(endpoint) or "https://logging.googleapis.com") + "/v2/entries:list"
        self._calls = GoogleCalls(transport, credentials, self._project, timeouts=timeouts)
        self._max_bytes = max_bytes
        self._largest = LARGEST_PAGE
        self._good = 0

    @property
    def way(self) -> str:
        """How it asks."""
        return "rest"

    def read(self, search: Search) -> EntriesPage:
        """Return one page, as `LogReader` has it. What fails for a moment is not repeated here: the caller waits."""
        while True:
            asked = replace(search, limit=max(1, min(search.limit, self._largest)))
            try:
                page = self._read(asked)
            except TooLargeError:
                if asked.limit == 1:
                    raise
                self._largest, self._good = max(1, asked.limit // _SMALLER_BY), 0
                continue
            self._good += 1
            if self._good >= _GOOD_UNTIL_LARGER:
                self._largest, self._good = min(LARGEST_PAGE, self._largest * _SMALLER_BY), 0
            return page

    def abort(self) -> None:
        """End what is under way, and refuse what comes later."""
        self._calls.abort()

    def _read(self, search: Search) -> EntriesPage:
        body: dict[str, object] = {
            "resourceNames": [f"projects/{self._project}"],
            "filter": search.filter,
            "orderBy": "timestamp desc" if search.newest_first else "timestamp asc",
            "pageSize": search.limit,
        }
        if search.after:
            body["pageToken"] = search.after
        reply = self._calls.send("POST", self._url, json=body, params={"fields": _FIELDS}, max_bytes=self._max_bytes)
        if not reply.ok:
            if reply.status == 400 and search.after:
                raise stale_page()
            raise error_of(refusal_of(reply))
        answer = wire.as_object(reply.json(deepest=MAX_DEPTH))
        after = wire.as_text(answer.get("nextPageToken")) or ""
        entries = read_entries(wire.as_list(answer.get("entries")))
        if after == search.after:
            after = ""  # a token that never changes would be followed for ever
        return EntriesPage(entries, after, reply.date)
