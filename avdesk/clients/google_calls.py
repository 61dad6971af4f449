"""Requests to Google's REST interfaces: their token renewed when refused, repeated where that is safe."""

import random
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

from avdesk.clients import mishaps
from avdesk.clients.googleerrors import error_of, refusal_of
from avdesk.clients.reply import Reply, Timeouts
from avdesk.clients.transport import MAX_BYTES, Transport
from avdesk.clients.urls import check_base_url, check_url, is_loopback
from avdesk.core.errors import (
    BadAnswerError,
    ConfigError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFailedError,
)
from avdesk.i18n import _

READING = Timeouts(connect_s=5.0, read_s=15.0, total_s=25.0)
ATTEMPTS = 3
PAUSE_S = 0.6
LONGEST_PAUSE_S = 8.0
"""A Retry-After up to this is waited out; a longer one is told."""


class Tokens(Protocol):
    """The part of `GoogleCredentials` that is needed here."""

    @property
    def end_user(self) -> bool:
        """Whether a person's account stands behind the token."""

    @property
    def quota_project(self) -> str | None:
        """The project that the credentials name for quota."""

    def token(self) -> str:
        """Return a token."""

    def refresh(self, refused: str | None = None) -> str:
        """Return another token than the one that was refused."""


def check_endpoint(endpoint: str) -> str:
    """Return a `google_endpoint` without a slash at its end, empty for Google's own.

    Raises:
        ConfigError: no address, or one over which a token would travel unprotected.
    """
    if not endpoint:
        return ""
    base = check_base_url(endpoint)
    parts = check_url(base)
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise ConfigError(
            _("google_endpoint would carry tokens unprotected over http."),
            _("Use https, or an emulator on this machine: http://127.0.0.1:PORT."),
        )
    return base


class GoogleCalls:
    """Sends one client's requests. May be used from several threads."""

    def __init__(
        self, transport: Transport, credentials: Tokens, project: str, *, timeouts: Timeouts = READING
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            transport: carries the requests; `abort` ends those of this client alone.
            credentials: give the tokens.
            project: whose quota a person's requests count against, where the credentials name none.
            timeouts: of each request.
        """
        self._transport = transport.share()
        self._credentials = credentials
        self._project = project
        self._timeouts = timeouts
        self._names_project = True
        self._stop = threading.Event()

    def get(self, url: str, params: Mapping[str, str] | None = None) -> Reply:
        """Return a 2xx answer; a server that fails or is busy for a moment is asked again.

        Raises:
            KnownError: there was none.
        """
        for attempt in range(1, ATTEMPTS + 1):
            reply = self.send("GET", url, params=params)
            if reply.ok:
                return reply
            error = error_of(refusal_of(reply))
            pause = PAUSE_S * 2 ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, no secret
            if isinstance(error, RateLimitedError) and error.until is not None:
                pause = (error.until - datetime.now(UTC)).total_seconds()
            elif not isinstance(error, ServerFailedError):
                raise error
            if attempt == ATTEMPTS or pause > LONGEST_PAUSE_S:
                raise error
            if self._stop.wait(max(0.0, pause)):
                raise mishaps.aborted()
        raise BadAnswerError(_("Google gave no answer."), _("Try again in a moment."))

    def send(
        self,
        method: str,
        url: str,
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> Reply:
        """Return the answer, whatever its status.

        A refused token is renewed once, an unwelcome quota project left out from then on.

        Raises:
            KnownError: there was none.
        """
        if self._stop.is_set():
            raise mishaps.aborted()
        token = self._credentials.token()
        reply = self._send(method, url, token, json, params, max_bytes)
        if reply.status == 401:
            token = self._credentials.refresh(token)
            reply = self._send(method, url, token, json, params, max_bytes)
        if reply.status == 403 and self._names_project and self._credentials.end_user:
            error = error_of(refusal_of(reply))
            if isinstance(error, PermissionDeniedError) and (
                error.reason == "USER_PROJECT_DENIED" or error.permission == "serviceusage.services.use"
            ):
                self._names_project = False
                reply = self._send(method, url, token, json, params, max_bytes)
        return reply

    def abort(self) -> None:
        """End what is under way, and refuse what comes later; from any thread."""
        self._stop.set()
        self._transport.abort()

    def _send(
        self, method: str, url: str, token: str, json: object, params: Mapping[str, str] | None, max_bytes: int
    ) -> Reply:
        headers = {"Authorization": f"Bearer {token}"}
        if self._names_project and self._credentials.end_user:
            headers["X-Goog-User-Project"] = self._credentials.quota_project or self._project
        return self._transport.request(
            method, url, headers=headers, json=json, params=params, timeout=self._timeouts, max_bytes=max_bytes
        )
