"""Cloud Logging: what both ways of asking it offer, and the choice between them."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from avdesk.core.errors import CredentialsExpiredError, CredentialsMissingError, RequestRefusedError
from avdesk.core.logentry import LogEntry
from avdesk.i18n import _

LARGEST_PAGE = 1000
MAX_DEPTH = 200
"""Levels of nesting that are read: a payload may have a hundred of its own."""

RECHECK_S = 600.0
"""How long gcloud is asked before REST is tried again."""

_NO_CREDENTIALS = (CredentialsMissingError, CredentialsExpiredError)


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for in one request.

    Attributes:
        filter: in the query language, of `avdesk.core.logquery.filter_of`.
        newest_first: the order; else the oldest come first.
        limit: entries at most, up to `LARGEST_PAGE`.
        after: what the page before this one told; empty for the first. The filter and the order stay the same.
    """

    filter: str
    newest_first: bool = False
    limit: int = LARGEST_PAGE
    after: str = ""


@dataclass(frozen=True, slots=True)
class EntriesPage:
    """One answer.

    Attributes:
        entries: those that can be read, in the order asked for. None may be there although more pages follow.
        after: what to ask the next page with; empty when this was the last.
        date: Google's clock by the answer itself (UTC); None when not told.
    """

    entries: tuple[LogEntry, ...]
    after: str = ""
    date: datetime | None = None


class LogReader(Protocol):
    """How Cloud Logging is asked. Each call is one read of the project's quota."""

    @property
    def way(self) -> str:
        """Which way it is asked at present: ``rest`` or ``gcloud``."""

    def read(self, search: Search) -> EntriesPage:
        """Return one page.

        Raises:
            StalePageError: `Search.after` is worth nothing any more; ask anew.
            KnownError: there was no answer, or a refusal.
        """

    def abort(self) -> None:
        """Make what is under way fail soon with `AbortedError`, and refuse what comes later; from any thread."""


class StalePageError(RequestRefusedError):
    """The page to go on from is not known any more."""


def stale_page() -> StalePageError:
    """Return the error for a page token that is worth nothing any more."""
    return StalePageError(
        _("Cloud Logging does not know any more where to go on."), _("Read the log anew."), status=400
    )


class AutoReader:
    """REST, and gcloud for as long as REST has no credentials to work with."""

    def __init__(
        self,
        rest: LogReader,
        gcloud: LogReader,
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
        self._seen_version = version() if version is not None else None

    @property
    def way(self) -> str:
        """Which one is asked at present."""
        with self._lock:
            version = self._version() if self._version is not None else None
            if version != self._seen_version:
                self._seen_version, self._gcloud_until = version, None
            waits = self._gcloud_until is not None and self._clock() < self._gcloud_until
        return "gcloud" if waits else "rest"

    def read(self, search: Search) -> EntriesPage:
        """Return one page. Where gcloud has no credentials either, REST's failure is told: it names every place."""
        if self.way == "gcloud":
            return self._told("gcloud", self._gcloud, search)
        try:
            page = self._told("rest", self._rest, search)
        except _NO_CREDENTIALS as error:
            reason = error
        else:
            with self._lock:
                self._gcloud_until = None
            return page
        try:
            page = self._told("gcloud", self._gcloud, search)
        except _NO_CREDENTIALS:
            raise reason from None
        with self._lock:
            self._gcloud_until = self._clock() + self._recheck_s
        return page

    def abort(self) -> None:
        """Abort both."""
        self._rest.abort()
        self._gcloud.abort()

    def _told(self, way: str, reader: LogReader, search: Search) -> EntriesPage:
        """Return a page; the marks of one way's pages are prefixed, since the other cannot go on from them."""
        if not search.after:
            page = reader.read(search)
        else:
            of, _colon, after = search.after.partition(":")
            if of != way:
                raise stale_page()
            page = reader.read(Search(search.filter, search.newest_first, search.limit, after))
        return EntriesPage(page.entries, f"{way}:{page.after}" if page.after else "", page.date)
