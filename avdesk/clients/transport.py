"""The one way over which AVDesk speaks HTTP: bounded in time and size, careful with credentials, abortable."""

import os
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import SplitResult, urljoin

from avdesk import __version__
from avdesk.clients import mishaps
from avdesk.clients.adapter import QuietSession
from avdesk.clients.bodies import read_body
from avdesk.clients.flight import ABORTED, Flight
from avdesk.clients.http_library import requests
from avdesk.clients.reply import Reply, Timeouts
from avdesk.clients.urls import check_url, host_label, is_loopback, origin
from avdesk.core import wire
from avdesk.core.errors import (
    AvdeskError,
    BadAnswerError,
    NotAllowedError,
    ProxyError,
    RedirectError,
    TlsError,
)
from avdesk.i18n import _

MAX_BYTES = 8 * 1024 * 1024
"""The largest body that is taken, decompressed."""

_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPING_THE_METHOD = frozenset({307, 308})
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_AGENT = f"AVDesk/{__version__}"
_DEFAULT_TIMEOUTS = Timeouts()
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Wish:
    """A request as it was asked for; redirects change the address only."""

    method: str
    headers: Mapping[str, str]
    json: object
    data: bytes | None
    timeout: Timeouts
    max_bytes: int


class Transport:
    """Sends requests from any thread over kept-alive connections; one for the whole program is enough."""

    def __init__(self, *, session: QuietSession | None = None) -> None:
        """Make one with connections of its own, or over those of `session`."""
        self._owns_session = session is None
        self._session = session or QuietSession()
        self._shares: weakref.WeakSet[Transport] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._flights: set[Flight] = set()
        self._ended = False

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        data: bytes | None = None,
        params: Mapping[str, str] | None = None,
        timeout: Timeouts | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> Reply:
        """Return the answer to one request, whatever its status.

        A redirect is followed on the same host only, up to three times, for GET, or where it keeps the method.

        Args:
            method: ``GET``, ``POST``, …
            url: an absolute http or https address.
            headers: an ``Authorization`` goes out over https or to a loopback address only.
            json: a body to send as JSON; None sends none.
            data: a body to send as it is; its type goes into `headers`.
            params: the query.
            timeout: `Timeouts` of this request.
            max_bytes: the largest body that is taken, decompressed.

        Raises:
            UnreachableError: one of its kinds, when no usable answer came.
            NotAllowedError: a credential would have gone out unprotected.
            ConfigError: the address cannot be used.
        """
        check_url(url)
        sent = _checked_headers(headers or _NO_HEADERS)
        wish = _Wish(method.upper(), sent, json, data, timeout or _DEFAULT_TIMEOUTS, max_bytes)
        flight = Flight(wish.timeout.total_s)
        with self._lock:
            if self._ended:
                raise mishaps.aborted()
            self._flights.add(flight)
        try:
            with flight.aboard():
                return self._follow(flight, wish, url, params)
        finally:
            with self._lock:
                self._flights.discard(flight)

    def share(self) -> "Transport":
        """Return a transport over the same connections, whose own requests can be aborted without the others'.

        Aborting this one aborts its shares too.
        """
        other = Transport(session=self._session)
        with self._lock:
            self._shares.add(other)
            ended = self._ended
        if ended:
            other.abort()
        return other

    def abort(self) -> None:
        """Make every request under way fail soon with `AbortedError`, and refuse later ones; from any thread."""
        with self._lock:
            self._ended = True
            flights, shares = list(self._flights), list(self._shares)
        for flight in flights:
            flight.break_off(ABORTED)
        for share in shares:
            share.abort()

    def close(self) -> None:
        """Abort what is under way and close the connections, unless they are shared from another transport."""
        self.abort()
        if self._owns_session:
            self._session.close()

    def _follow(self, flight: Flight, wish: _Wish, url: str, params: Mapping[str, str] | None) -> Reply:
        """Return the answer at the end of the redirects."""
        started = time.monotonic()
        for _hop in range(_MAX_REDIRECTS + 1):
            parts = check_url(url)
            _check_credentials(parts, wish.headers)
            reply = self._send(flight, wish, url, params, started)
            location = reply.headers.get("location") if reply.status in _REDIRECTS else None
            if location is None:
                return reply
            url, params = next_address(url, location, wish.method, reply.status), None
        raise RedirectError(
            _("{host} sends requests round in circles.").format(host=host_label(check_url(url))),
            _("Check the address of the server."),
        )

    def _send(self, flight: Flight, wish: _Wish, url: str, params: Mapping[str, str] | None, started: float) -> Reply:
        """Return the answer of one exchange, or raise what went wrong, told from the flight's own end first."""
        parts = check_url(url)
        host = host_label(parts)
        request = requests.Request(
            wish.method, url, headers=dict(wish.headers), json=wish.json, data=wish.data, params=params
        )
        mishap: AvdeskError | None
        reply: Reply | None = None
        try:
            reply = self._exchange(parts, request, wish, started)
            mishap = None
        except (BadAnswerError, TlsError) as error:
            mishap = error
        except mishaps.EXPECTED as error:
            mishap = mishaps.explain(error, host)
        if flight.reason is not None:
            mishap = mishaps.broken_off(flight.reason, host)
        if mishap is not None:
            raise mishap
        assert reply is not None
        if reply.status == 407:
            raise ProxyError(
                _("The proxy wants a user name and a password."),
                _("Put them into the address in https_proxy, or ask whoever runs the proxy."),
            )
        return reply

    def _exchange(self, parts: SplitResult, request: requests.Request, wish: _Wish, started: float) -> Reply:
        response = self._session.send(
            self._session.prepare_request(request),
            stream=True,
            allow_redirects=False,
            timeout=(wish.timeout.connect_s, wish.timeout.read_s),
            verify=_bundle(parts),
            proxies=_proxies(parts, str(request.url)),
        )
        try:
            headers = MappingProxyType({name.lower(): value for name, value in response.headers.items()})
            body = read_body(response.raw, headers.get("content-encoding", ""), wish.max_bytes)
        finally:
            response.close()
        return Reply(
            status=response.status_code,
            headers=headers,
            body=body,
            elapsed_s=time.monotonic() - started,
            date=wire.as_http_date(headers.get("date")),
        )


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers to send.

    A value that cannot be one is refused here: the libraries below would repeat it in their exceptions.
    """
    for value in headers.values():
        if not (value.isascii() and value.isprintable()) or value != value.strip():
            raise NotAllowedError(
                _("A token or header holds characters that cannot be sent."),
                _("Store the token again, on one line and without blanks around it."),
            )
    return {
        "User-Agent": _AGENT,
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        **headers,
    }


def _check_credentials(parts: SplitResult, headers: Mapping[str, str]) -> None:
    carries = any(name.lower() in ("authorization", "cookie", "x-goog-api-key") for name in headers)
    if carries and parts.scheme != "https" and not is_loopback(parts.hostname):
        raise NotAllowedError(
            _("A token for {host} would travel unprotected over http; nothing was sent.").format(
                host=host_label(parts)
            ),
            _("Write the address with https://, or set auth to “none” for this environment."),
        )


def _proxies(parts: SplitResult, url: str) -> dict[str, str]:
    """Return the environment's proxies for an address; this machine itself is never asked through one."""
    if is_loopback(parts.hostname):
        return {}
    return dict(requests.utils.get_environ_proxies(url))


def _bundle(parts: SplitResult) -> bool | str:
    """Return the certificate bundle that the environment names, True for the system's store.

    Raises:
        TlsError: the bundle does not exist.
    """
    name = next((name for name in _BUNDLES if os.environ.get(name)), None)
    if name is None or parts.scheme != "https":
        return True
    path = os.environ[name]
    if not Path(path).exists():
        raise TlsError(
            _("The certificates that {variable} names do not exist.").format(variable=name),
            _("Correct or remove that variable of the environment."),
        )
    return path


def next_address(url: str, location: str, method: str, status: int) -> str:
    """Return where a redirect from `url` leads.

    Raises:
        RedirectError: to another host, from https to http, or one that would turn a POST into a GET.
    """
    parts = check_url(url)
    wrong = _("Check the address of the server.")
    try:
        target = urljoin(url, location)
        to = check_url(target)
    except (AvdeskError, ValueError):
        raise RedirectError(
            _("{host} redirects to something that is no address.").format(host=host_label(parts)), wrong
        ) from None
    upgraded = parts.scheme == "http" and to.scheme == "https" and parts.hostname == to.hostname
    if origin(parts) != origin(to) and not upgraded:
        raise RedirectError(
            _("{host} redirects to {other}; it was not followed.").format(
                host=host_label(parts), other=host_label(to)
            ),
            _("A sign-in page may be in the way: check the address and the environment’s “auth”."),
        )
    if method not in ("GET", "HEAD") and status not in _KEEPING_THE_METHOD:
        raise RedirectError(
            _("{host} redirects instead of doing what was asked; nothing was done.").format(host=host_label(parts)),
            _("Set the address to {scheme}://{other}.").format(scheme=to.scheme, other=host_label(to)),
        )
    return target
