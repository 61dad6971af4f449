"""The AutoVideo server's HTTP interface, one method a call; answers come back raw, refusals as typed errors."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from avdesk.clients.reply import Reply, Timeouts
from avdesk.clients.transport import Transport
from avdesk.clients.urls import check_base_url, check_url, host_label
from avdesk.clients.words import allowance, retry_after, server_words
from avdesk.core.errors import (
    CredentialsExpiredError,
    KnownError,
    NotAllowedError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestRefusedError,
    ServerFailedError,
    UsageError,
)
from avdesk.i18n import _

QUICK = Timeouts(connect_s=5.0, read_s=20.0, total_s=30.0)
PATIENT = Timeouts(connect_s=10.0, read_s=90.0, total_s=120.0)
"""For calls that make the server call others: health checks, starting a machine, a cold start on Cloud Run."""

_PATH = re.compile(r"/[A-Za-z0-9_\-./]{0,200}")
_JOB = re.compile(r"[A-Za-z0-9_\-]{1,100}")
_ABSENT = frozenset({404, 405, 410, 501})


class EndpointAbsentError(NotFoundError):
    """The server's revision has no such endpoint: the 404 is the web framework's own page, not the server's word."""


class AutoVideoClient:
    """Speaks to one server. Holds no state of its own and may be used from several threads."""

    def __init__(
        self,
        base_url: str,
        transport: Transport,
        *,
        bearer: Callable[[], str | None] | None = None,
        renew: Callable[[str], str | None] | None = None,
        quick: Timeouts = QUICK,
        patient: Timeouts = PATIENT,
    ) -> None:
        """Point the client at a server.

        Args:
            base_url: ``http://host:port`` or ``https://host``, a path is allowed.
            transport: what carries the requests.
            bearer: returns the token to send, None for none; asked before every request, may raise `KnownError`.
            renew: returns another token than the one that the server refused (401), None where there is no other.
            quick: time-outs of ordinary calls.
            patient: time-outs of calls that take the server long.

        Raises:
            ConfigError: the address cannot be used.
        """
        self.base_url = check_base_url(base_url)
        self._host = host_label(check_url(self.base_url))
        self._transport = transport
        self._bearer = bearer
        self._renew = renew
        self._quick = quick
        self._patient = patient

    def ask(
        self,
        method: str,
        path: str,
        json: object = None,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        patient: bool = False,
    ) -> Reply:
        """Return the answer of one call, whose status is a 2xx or 3xx.

        Raises:
            KnownError: one of its kinds, for every other status and when no answer came.
        """
        reply = self._send(method, path, json, params=params, headers=headers, patient=patient)
        if reply.status >= 400:
            raise self._refusal(reply)
        return reply

    def status(self) -> Reply:
        """Return the answer of ``GET /status``."""
        return self.ask("GET", "/status")

    def health(self, path: str = "/health") -> Reply:
        """Return the answer of a health check with whatever status it has: its body decides.

        Raises:
            RateLimitedError: for a 429.
            NotAllowedError: for a 401 or 403.
        """
        reply = self._send("GET", path, patient=path != "/health")
        if reply.status in (401, 403, 429):
            raise self._refusal(reply)
        return reply

    def generate(self, topic: str, max_length: int | None = None, tts_service: str | None = None) -> Reply:
        """Start a run; revisions that do not know `max_length` or `tts_service` ignore them.

        Raises:
            RequestRefusedError: another run is on, or the server does not like the topic.
        """
        body: dict[str, object] = {"topic": topic}
        if max_length is not None:
            body["max_length"] = max_length
        if tts_service is not None:
            body["tts_service"] = tts_service
        return self.ask("POST", "/generate", body, patient=True)

    def cancel(self) -> Reply:
        """Clear the server's flags; its worker and its Vertex AI job go on. 404 on older revisions."""
        return self.ask("POST", "/cancel")

    def reset(self) -> Reply:
        """Set the server's status text to ``reset``. 404 on older revisions."""
        return self.ask("POST", "/reset")

    def render_fallback(self, seconds: int) -> Reply:
        """Start a Compute Engine machine that renders a video of so many seconds. 404 on newer revisions."""
        return self.ask("POST", "/render-fallback", {"video_length_s": seconds}, patient=True)

    def vm_status(self) -> Reply:
        """Return the answer of ``GET /vm-status``: the rendering machines, or an error, both with 200."""
        return self.ask("GET", "/vm-status", patient=True)

    def debug(self) -> Reply:
        """Return the answer of ``GET /debug``."""
        return self.ask("GET", "/debug")

    def job_cancel(self, job_id: str) -> Reply:
        """Cancel a job through the server, where it can."""
        return self.ask("POST", f"/jobs/{_job(job_id)}/cancel", patient=True)

    def job_retry(self, job_id: str, body: Mapping[str, object] | None = None) -> Reply:
        """Retry a job through the server, where it can."""
        return self.ask("POST", f"/jobs/{_job(job_id)}/retry", dict(body) if body else None, patient=True)

    def logs(self, params: Mapping[str, str] | None = None) -> Reply:
        """Return the server's log lines, where it tells them."""
        return self.ask("GET", "/logs", params=params)

    def get_config(self) -> Reply:
        """Return the server's configuration, where it tells it."""
        return self.ask("GET", "/config")

    def put_config(self, changes: Mapping[str, object], version: str | None = None) -> Reply:
        """Change the server's configuration, where it allows it.

        `version`: the ETag of the configuration that is changed, where the server tells one: it then refuses the
        change of another one (RequestRefusedError with the status 412 or 409).
        """
        return self.ask("PUT", "/config", dict(changes), headers={"If-Match": version} if version else None)

    def _send(
        self,
        method: str,
        path: str,
        json: object = None,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        patient: bool = False,
    ) -> Reply:
        if not _PATH.fullmatch(path) or ".." in path:
            raise UsageError(_("This is no path of the server."), _("Write it like /health/quota."))
        timeout = self._patient if patient else self._quick

        def request(token: str | None) -> Reply:
            sent = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
            url = self.base_url + path
            return self._transport.request(
                method, url, headers=sent or None, json=json, params=params, timeout=timeout
            )

        token = self._bearer() if self._bearer is not None else None
        reply = request(token)
        if reply.status == 401 and token:
            newer = self._newer(token)
            if newer:
                return request(newer)
        return reply

    def _newer(self, refused: str) -> str | None:
        """Return the token that the user has stored meanwhile; a keyring that is locked now changes no refusal."""
        if self._renew is None:
            return None
        try:
            return self._renew(refused)
        except NotAllowedError:
            return None

    def _refusal(self, reply: Reply) -> KnownError:
        """Return the error that a status from 400 up means."""
        words = server_words(reply)
        if reply.status == 429:
            return _rate_limited(reply, words)
        if reply.status == 401:
            return CredentialsExpiredError(
                _("{host} does not accept the credentials, or wants some.").format(host=self._host),
                _("Sign in again, or store a token with “avdesk auth set”; see “auth” of the environment."),
            )
        if reply.status == 403:
            return PermissionDeniedError(
                _("{host} does not let this account in.").format(host=self._host),
                _("Ask for the right to call the service (on Cloud Run: roles/run.invoker), or set “auth”."),
            )
        if reply.status in _ABSENT:
            kind = EndpointAbsentError if reply.is_html or not words or reply.status != 404 else NotFoundError
            return kind(
                _("This server does not have what was asked for (HTTP {status}).").format(status=reply.status),
                words or _("Its revision may be older or newer; check the address if nothing works."),
                status=reply.status,
            )
        if reply.status >= 500:
            return ServerFailedError(
                _("The server failed (HTTP {status}): {words}").format(status=reply.status, words=words)
                if words
                else _("The server failed (HTTP {status}).").format(status=reply.status),
                _("Try again in a moment; look into the server’s log if it keeps happening."),
                status=reply.status,
            )
        return RequestRefusedError(
            _("The server declined: {words}").format(words=words)
            if words
            else _("The server declined the request (HTTP {status}).").format(status=reply.status),
            _("Look at the status of the pipeline; wait for a run that is on, or cancel it."),
            status=reply.status,
        )


def _rate_limited(reply: Reply, words: str) -> RateLimitedError:
    limit, window_s = allowance(words)
    until = retry_after(reply, datetime.now(UTC))
    return RateLimitedError(
        _("The server’s rate limit is spent: {words}").format(words=words)
        if words
        else _("The server’s rate limit is spent."),
        _("Wait a few minutes; other programs on this machine share the same allowance."),
        until=until,
        limit=limit,
        window_s=window_s,
        by_server=True,
    )


def _job(job_id: str) -> str:
    if not _JOB.fullmatch(job_id):
        raise UsageError(_("This is no job id."), _("Write it like video-job-ab12cd34."))
    return job_id
