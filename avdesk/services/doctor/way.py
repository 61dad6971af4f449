"""The way to an environment's server and to Google: through which proxy, and by which certificate."""

import socket
import ssl
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from avdesk.config.settings import Environment
from avdesk.core import wording
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.services.doctor.findings import Finding, Verdict
from avdesk.services.doctor.google import asks_vertex
from avdesk.services.doctor.network import without_password

CONNECT_S = 6.0
SOON_S = 14 * 86_400.0
"""A certificate that ends within this is worth a word."""


def look_at_way(environment: Environment) -> Finding:
    """Through which proxy the server and Google are reached, by the machine's own settings."""
    places = {}
    if environment.url:
        places[_("the server")] = environment.url
    if asks_vertex(environment):
        places["Google"] = environment.google_endpoint or "https://aiplatform.googleapis.com"
    ways = [f"{who}: {_through(url)}" for who, url in places.items()]
    detail = one_line("; ".join(ways), 400) if ways else _("Nothing is asked over the network")
    return Finding("way", Verdict.OK, detail, environment=environment.name)


def _through(url: str) -> str:
    proxy = proxy_for(url)
    if proxy is None:
        return _("directly")
    return _("through the proxy {proxy}").format(proxy=without_password(proxy))


def proxy_for(url: str) -> str | None:
    """Return the proxy that requests to an address go through, None for none."""
    from requests.utils import get_environ_proxies, select_proxy

    from avdesk.clients.urls import is_loopback

    if is_loopback(urlsplit(url).hostname):
        return None
    found = select_proxy(url, get_environ_proxies(url))
    return str(found) if found else None


def look_at_certificate(environment: Environment) -> Finding:
    """Whether the server's certificate is trusted here, who made it, and for how long it is good."""
    name, parts = "certificate", urlsplit(environment.url)
    if parts.scheme != "https" or not parts.hostname:
        detail = _("None is needed: it is asked over plain HTTP") if environment.url else _("There is no server")
        return Finding(name, Verdict.OK, detail, environment=environment.name)
    if proxy_for(environment.url) is not None:
        detail = _("Seen through the proxy alone; see “server”")
        return Finding(name, Verdict.OK, detail, environment=environment.name)
    try:
        found = _certificate(parts.hostname, parts.port or 443)
    except ssl.SSLError as error:
        words = one_line(getattr(error, "verify_message", "") or error.reason or str(error), 200)
        return Finding(
            name,
            Verdict.BAD,
            _("It is not trusted here: {why}").format(why=words),
            _("Have the certificate mended, or add its issuer to this system's trusted certificates."),
            environment.name,
        )
    except OSError as error:
        words = error.strerror or type(error).__name__
        detail = _("It could not be looked at: {why}").format(why=words)
        return Finding(name, Verdict.UNKNOWN, detail, _("See what “server” says."), environment.name)
    return _judged(found, environment.name)


def _certificate(host: str, port: int) -> dict[str, Any]:
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with (
        socket.create_connection((host, port), timeout=CONNECT_S) as raw,
        context.wrap_socket(raw, server_hostname=host) as tls,
    ):
        return dict(tls.getpeercert() or {})


def _judged(found: dict[str, Any], environment: str) -> Finding:
    issuer = _issuer(found.get("issuer"))
    ends = found.get("notAfter")
    if not isinstance(ends, str):
        return Finding(
            "certificate", Verdict.OK, _("Trusted, made by {issuer}").format(issuer=issuer), "", environment
        )
    moment = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
    left = (moment - datetime.now(UTC)).total_seconds()
    detail = _("Trusted, made by {issuer}, good for {time}").format(issuer=issuer, time=wording.rough_duration(left))
    if left < SOON_S:
        advice = _("Have it renewed: after that nothing can be asked over it.")
        return Finding("certificate", Verdict.WARNING, detail, advice, environment)
    return Finding("certificate", Verdict.OK, detail, "", environment)


def _issuer(parts: object) -> str:
    """Return an issuer's organisation, or its name."""
    found: dict[str, str] = {}
    for group in parts if isinstance(parts, tuple) else ():
        for pair in group if isinstance(group, tuple) else ():
            if isinstance(pair, tuple) and len(pair) == 2:
                found[str(pair[0])] = one_line(pair[1], 60)
    return found.get("organizationName") or found.get("commonName") or "?"
