"""What lies between here and the servers: certificates, proxies, names, the servers themselves and their clocks."""

import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from avdesk.config.settings import Environment
from avdesk.core import wording
from avdesk.core.health import CheckResult
from avdesk.core.redact import redact
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.services.check_watch import CHECKS_FACT, KeptChecks
from avdesk.services.doctor.findings import Finding, Verdict
from avdesk.services.runtime import Runtime
from avdesk.store.memory import Memory

CLOCK_OFF_S = 30.0
"""A server's clock further off than this is told of; Google refuses tokens from a clock five minutes off."""

_PROXIES = ("https_proxy", "http_proxy", "all_proxy", "no_proxy")
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


def look_at_tls() -> Finding:
    """Where trusted certificates come from."""
    named = {name: os.environ[name] for name in _BUNDLES if os.environ.get(name)}
    for name, path in named.items():
        if not Path(path).exists():
            return Finding(
                "tls",
                Verdict.BAD,
                _("{variable} names {path}, which does not exist").format(variable=name, path=path),
                _("Correct or remove the variable; the system's certificates hold without it."),
            )
    if named:
        words = ", ".join(f"{name}={path}" for name, path in named.items())
        return Finding("tls", Verdict.OK, _("Certificates from {words}").format(words=words))
    try:
        import truststore  # noqa: F401 - whether it is there
    except ImportError:
        return Finding(
            "tls",
            Verdict.WARNING,
            _("The system's certificates cannot be read; a bundled list is used"),
            _("Install AVDesk again, with its dependencies."),
        )
    return Finding("tls", Verdict.OK, _("The system's certificates"))


def look_at_proxies() -> Finding:
    """Which proxies the environment names, without their passwords."""
    found = []
    for name in _PROXIES:
        for spelling in (name, name.upper()):
            value = os.environ.get(spelling)
            if value:
                found.append(f"{spelling}={without_password(value)}")
    if not found:
        return Finding("proxies", Verdict.OK, _("None are set"))
    return Finding("proxies", Verdict.OK, one_line(", ".join(found), 500))


def without_password(value: str) -> str:
    """Return a proxy's address without its user name and password."""
    before, at, after = value.rpartition("@")
    if not at:
        return one_line(redact(value), 120)
    scheme, colon, _secret = before.partition("://")
    return one_line(f"{scheme}://•••@{after}" if colon else f"•••@{after}", 120)


def look_at_name(environment: Environment) -> Finding:
    """Whether the server's name can be found."""
    from avdesk.clients.urls import is_loopback

    name, host = "dns", urlsplit(environment.url).hostname or ""
    if not host:
        return Finding(name, Verdict.OK, _("There is no server to look up"), environment=environment.name)
    if is_loopback(host) or _is_address(host):
        return Finding(name, Verdict.OK, _("{host} needs no lookup").format(host=host), environment=environment.name)
    started = time.monotonic()
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return Finding(
            name,
            Verdict.BAD,
            _("The name {host} cannot be found: {why}").format(
                host=host, why=getattr(error, "strerror", None) or type(error).__name__
            ),
            _("Check the environment's url, the network and the name server."),
            environment.name,
        )
    addresses = ", ".join(dict.fromkeys(str(answer[4][0]) for answer in answers))
    took = _("{ms} ms").format(ms=round((time.monotonic() - started) * 1000))
    return Finding(
        name,
        Verdict.OK,
        one_line(f"{host} → {addresses} ({took})", 300),
        environment=environment.name,
    )


def _is_address(host: str) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.inet_pton(family, host.partition("%")[0])
    except OSError:
        return False
    return True


def look_at_server(environment: Environment, runtime: Runtime) -> Finding:
    """Whether the server answers, how fast, which revision it seems to be, and what its clock says.

    Asks ``/health`` alone, which is free; what the revision shows by is remembered from earlier health checks.
    """
    name = environment.name
    if not environment.url:
        return Finding("server", Verdict.OK, _("There is none: it runs in batch mode"), environment=name)
    watches = runtime.watches(name)
    try:
        watches.server.ask_alive()
        view, main = watches.server.view, watches.server.main_check
        revision = _revision(_remembered(watches.memory, name))
    finally:
        watches.close()
    if view.trouble is not None:
        return Finding("server", Verdict.BAD, view.trouble.message, view.trouble.advice, name)
    if main is None or main.absent:
        return Finding(
            "server",
            Verdict.BAD,
            _("Something answers at {url}, but not as AutoVideo does").format(url=environment.url),
            _("Check the environment's url and port."),
            name,
        )
    facts = [_("reachable")]
    if view.latency_s is not None:
        facts.append(_("{ms} ms").format(ms=round(view.latency_s * 1000)))
    facts.append(revision)
    offset = view.clock_offset_s
    if offset is not None and abs(offset) > CLOCK_OFF_S:
        ahead = _("its clock is {time} ahead") if offset > 0 else _("its clock is {time} behind")
        facts.append(ahead.format(time=wording.duration(abs(offset))))
        advice = _("Set the clock of this machine, or of the server, by the network's time.")
        return Finding("server", Verdict.WARNING, _joined(facts), advice, name)
    if offset is not None:
        facts.append(_("the clocks agree"))
    return Finding("server", Verdict.OK, _joined(facts), environment=name)


def _remembered(memory: Memory, environment: str) -> Mapping[str, CheckResult]:
    """Return the last results of the checks, those that the server does not have included."""
    kept = memory.recall(environment, CHECKS_FACT, KeptChecks)
    return {result.name: result for result in kept[0].results} if kept is not None else {}


def _joined(facts: list[str]) -> str:
    return " · ".join(fact for fact in facts if fact)


def _revision(results: Mapping[str, CheckResult]) -> str:
    """Return which revision a server seems to be, by the checks that it has and has not; empty when unknown."""
    older, newer = results.get("service_account"), results.get("veo")
    if older is None or newer is None or older.checked_at is None or newer.checked_at is None:
        return ""
    if newer.absent and not older.absent:
        return _("revision of May 2025")
    if older.absent and not newer.absent:
        return _("revision of June 2025")
    return ""
