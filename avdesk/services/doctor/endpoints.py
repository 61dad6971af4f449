"""What answers behind an environment: Vertex AI in each region, Google's other interfaces, the server's endpoints."""

from datetime import UTC, datetime

from avdesk.clients.names import check_region
from avdesk.config.settings import Environment
from avdesk.core.health import CheckResult, Health
from avdesk.core.text import one_line
from avdesk.i18n import _, ngettext
from avdesk.services.doctor.findings import Finding, Verdict
from avdesk.services.runtime import Runtime
from avdesk.services.server_calls import known_endpoints
from avdesk.store.memory import Memory

_VERDICTS = {
    Health.HEALTHY: Verdict.OK,
    Health.DISABLED: Verdict.OK,
    Health.DEGRADED: Verdict.WARNING,
    Health.UNHEALTHY: Verdict.BAD,
}


def look_at_vertex(environment: Environment, runtime: Runtime) -> Finding:
    """Whether Vertex AI answers in each region, and lets the account see the jobs there."""
    name = "vertex"
    for region in environment.regions:
        check_region(region)
    links = runtime.links(environment.name)
    try:
        assert links.vertex is not None, "it is looked at only where it is asked"
        listing = links.vertex.list_jobs(environment.regions, limit=1, active_only=True)
        way = links.vertex.way
    finally:
        links.abort()
        links.close()
    answered = [region for region in environment.regions if region not in listing.failures]
    times = [listing.took[region] for region in answered if region in listing.took]
    facts = []
    if answered:
        words = ngettext("{n} region answers by {way}", "{n} regions answer by {way}", len(answered))
        facts.append(words.format(n=len(answered), way="gcloud" if way == "gcloud" else "REST"))
    if times:
        facts.append(_("{ms} ms").format(ms=round(max(times) * 1000)))
    if not listing.failures:
        return Finding(name, Verdict.OK, " · ".join(facts), environment=environment.name)
    facts += [f"{region}: {error.message}" for region, error in listing.failures.items()]
    advice = next(iter(listing.failures.values())).advice
    verdict = Verdict.WARNING if answered else Verdict.BAD
    return Finding(name, verdict, one_line(" · ".join(facts), 1000), advice, environment.name)


def look_at_logging(environment: Environment, runtime: Runtime) -> Finding:
    """Whether Cloud Logging lets the account read."""
    return _probed("logging", environment, runtime)


def look_at_quota(environment: Environment, runtime: Runtime) -> Finding:
    """Whether Compute Engine tells the GPU quotas: nothing but their display depends on it."""
    return _probed("quota", environment, runtime)


def _probed(name: str, environment: Environment, runtime: Runtime) -> Finding:
    from avdesk.clients.transport import Transport
    from avdesk.services.own_probes import OwnProbes

    transport = Transport()
    try:
        credentials = runtime.google_credentials(environment.name, transport)
        probes = OwnProbes(environment, transport, credentials, runtime.clock)
        result = (probes.logging if name == "logging" else probes.quotas)().result
    finally:
        transport.close()
    return _finding(name, result, environment.name)


def _finding(name: str, result: CheckResult, environment: str) -> Finding:
    facts = [text for text in (result.detail, result.error) if text]
    if result.latency_s is not None:
        facts.append(_("{ms} ms").format(ms=round(result.latency_s * 1000)))
    verdict = _VERDICTS.get(result.status, Verdict.UNKNOWN)
    advice = result.advice if verdict is not Verdict.OK else ""
    return Finding(name, verdict, one_line(" · ".join(facts), 500), advice, environment)


def look_at_endpoints(environment: Environment, runtime: Runtime) -> Finding:
    """What is remembered of the server's own endpoints; none is asked for it, since each request counts."""
    name = "endpoints"
    memory = Memory(runtime.paths.database)
    try:
        known = known_endpoints(memory, environment)
    finally:
        memory.close()
    now = datetime.now(UTC)
    there = [endpoint for endpoint in known.present if known.has(endpoint, now)]
    missing = [endpoint for endpoint in known.present if known.has(endpoint, now) is False]
    facts = []
    if there:
        facts.append(_("It has {names}").format(names=", ".join(there)))
    if missing:
        facts.append(_("it has no {names}: AVDesk goes another way").format(names=", ".join(missing)))
    detail = "; ".join(facts) or _("Nothing was needed of it yet that not every revision has")
    return Finding(name, Verdict.OK, one_line(detail, 500), environment=environment.name)
