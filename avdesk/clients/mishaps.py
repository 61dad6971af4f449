"""What the network libraries raise, in AVDesk's own errors: never with an address's path or query in the text."""

import http.client
import socket
import zlib

import urllib3.exceptions as ux

from avdesk.clients.flight import ABORTED
from avdesk.clients.http_library import requests
from avdesk.core.errors import (
    AbortedError,
    AvdeskError,
    BadAnswerError,
    NameLookupError,
    ProxyError,
    RefusedError,
    TimedOutError,
    TlsError,
)
from avdesk.i18n import _

rx = requests.exceptions

EXPECTED: tuple[type[Exception], ...] = (
    rx.RequestException,
    ux.HTTPError,
    http.client.HTTPException,
    OSError,
    UnicodeError,
    zlib.error,
)
"""What can come out of a request."""


class NothingAnswersError(RefusedError):
    """No connection came about, so nothing was sent."""


def explain(error: Exception, host: str) -> AvdeskError:
    """Return the AVDesk error for what a request to `host` raised."""
    chain = list(_chain(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(link, kinds) for link in chain)

    if has(rx.ProxyError, ux.ProxyError, ux.ProxySchemeUnknown, rx.InvalidProxyURL) or isinstance(
        error, rx.InvalidSchema
    ):
        return ProxyError(
            _("The proxy that leads to {host} refused or cannot be reached.").format(host=host),
            _("Check https_proxy, http_proxy and no_proxy in the environment."),
        )
    if has(rx.SSLError, ux.SSLError):
        return TlsError(
            _("The certificate of {host} cannot be verified, or TLS failed.").format(host=host),
            _("Check the address and this machine’s clock; add a private authority to the system’s certificates."),
        )
    if has(socket.gaierror, ux.NameResolutionError):
        return NameLookupError(
            _("The name {host} cannot be found.").format(host=host), _("Check the address and the network.")
        )
    if has(ux.NewConnectionError):  # before the time-outs: urllib3 counts it among them
        return _refused(host, connected=False)
    if has(rx.Timeout, ux.TimeoutError, TimeoutError):
        return timed_out(host)
    if has(http.client.IncompleteRead, zlib.error, ux.DecodeError):
        return cut_off()
    damaged = has(http.client.HTTPException, ux.HTTPError, rx.ChunkedEncodingError, UnicodeError)
    if has(ConnectionError, ux.ClosedPoolError) or not damaged:
        return _refused(host, connected=True)
    return BadAnswerError(
        _("What {host} answers is not HTTP, or it is damaged.").format(host=host),
        _("Check the address and the port."),
    )


def broken_off(reason: str, host: str) -> AvdeskError:
    """Return the error for a request that was given up on this side."""
    return aborted() if reason == ABORTED else timed_out(host)


def aborted() -> AbortedError:
    """Return the error for a request given up because AVDesk is ending."""
    return AbortedError(
        _("The request was given up, because AVDesk is ending."), _("Start AVDesk again to repeat it.")
    )


def timed_out(host: str) -> TimedOutError:
    """Return the error for an answer that did not come in time."""
    return TimedOutError(
        _("{host} did not answer in time.").format(host=host),
        _("Check that the server runs and is not overloaded, and try again."),
    )


def cut_off() -> BadAnswerError:
    """Return the error for an answer that ends too early or is damaged."""
    return BadAnswerError(_("The answer is cut off or damaged."), _("Try again; a proxy or the server broke it off."))


def _refused(host: str, *, connected: bool) -> RefusedError:
    if connected:
        return RefusedError(
            _("{host} cut the connection without an answer.").format(host=host),
            _("Try again; look into the server’s log if it keeps happening."),
        )
    return NothingAnswersError(
        _("Nothing answers at {host}.").format(host=host), _("Check that the server runs, and its address and port.")
    )


def _chain(error: BaseException) -> "list[BaseException]":
    """Return an exception with everything that it wraps: arguments, reasons and causes, at most a dozen."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 12:
        link = waiting.pop(0)
        if isinstance(link, BaseException) and not any(link is seen for seen in found):
            found.append(link)
            waiting += [*link.args, getattr(link, "reason", None), link.__cause__, link.__context__]
    return found
