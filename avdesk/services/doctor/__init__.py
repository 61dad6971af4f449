"""The doctor: what works here and what does not, each with what to do about it."""

from collections.abc import Callable, Sequence

from avdesk.config.load import Loaded
from avdesk.config.paths import Paths
from avdesk.config.settings import Environment
from avdesk.services.doctor import clocks, desktop, endpoints, google, machine, network, way
from avdesk.services.doctor.findings import Check, Finding, Verdict, run_checks
from avdesk.services.runtime import Runtime

__all__ = ["Check", "Finding", "Verdict", "examine", "planned", "run_checks", "versions"]

versions = machine.versions


def examine(
    loaded: Loaded,
    paths: Paths,
    environments: Sequence[Environment],
    *,
    tell: Callable[[Finding], object] | None = None,
    google_token: str | None = None,
) -> list[Finding]:
    """Look at the machine and at these environments; takes seconds, and a dozen at most.

    Args:
        loaded, paths: the configuration and the folders.
        environments: which of the configuration's environments.
        tell: called with each finding as it comes.
        google_token: sent to Google's interfaces instead of the user's own credentials.
    """
    return run_checks(planned(loaded, paths, environments, google_token=google_token), tell=tell)


def planned(
    loaded: Loaded, paths: Paths, environments: Sequence[Environment], *, google_token: str | None = None
) -> list[Check]:
    """Return the checks that `examine` makes, in their order; nothing is looked at yet."""
    runtime = Runtime(loaded.settings, paths, google_token=google_token)
    wants_keyring = any(environment.auth == "bearer" for environment in environments)
    checks = [
        Check("versions", machine.look_at_versions),
        Check("folders", lambda: machine.look_at_folders(paths)),
        Check("configuration", lambda: machine.look_at_configuration(loaded)),
        Check("app", lambda: machine.look_at_app(paths)),
        Check("tray", desktop.look_at_tray),
        Check("notifications", desktop.look_at_notifications),
        Check("keyring", lambda: desktop.look_at_keyring(needed=wants_keyring)),
        Check("tls", network.look_at_tls),
        Check("proxies", network.look_at_proxies),
        Check("clock", lambda: clocks.look_at_clock(environments, runtime)),
        Check("gcloud", lambda: google.look_at_gcloud(environments)),
    ]
    for environment in environments:
        checks += _of_environment(environment, runtime)
    return checks


def _of_environment(environment: Environment, runtime: Runtime) -> list[Check]:
    name = environment.name
    checks = [
        Check("dns", lambda: network.look_at_name(environment), name),
        Check("server", lambda: network.look_at_server(environment, runtime), name),
        Check("way", lambda: way.look_at_way(environment), name),
        Check("endpoints", lambda: endpoints.look_at_endpoints(environment, runtime), name),
        Check("credentials", lambda: google.look_at_credentials(environment, runtime), name),
    ]
    if environment.url.startswith("https:"):
        checks.insert(2, Check("certificate", lambda: way.look_at_certificate(environment), name))
    if google.asks_vertex(environment):
        checks += [
            Check("vertex", lambda: endpoints.look_at_vertex(environment, runtime), name),
            Check("logging", lambda: endpoints.look_at_logging(environment, runtime), name),
            Check("quota", lambda: endpoints.look_at_quota(environment, runtime), name),
        ]
    if environment.auth == "bearer":
        checks.append(Check("bearer", lambda: google.look_at_bearer(environment), name))
    return checks
