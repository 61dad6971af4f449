"""The doctor: what works here and what does not, each with what to do about it."""

from collections.abc import Sequence

from avdesk.config.load import Loaded
from avdesk.config.paths import Paths
from avdesk.config.settings import Environment
from avdesk.services.doctor import desktop, google, machine, network
from avdesk.services.doctor.findings import Check, Finding, Verdict, run_checks
from avdesk.services.runtime import Runtime

__all__ = ["Finding", "Verdict", "examine", "versions"]

versions = machine.versions


def examine(loaded: Loaded, paths: Paths, environments: Sequence[Environment]) -> list[Finding]:
    """Look at the machine and at these environments; takes seconds, and a dozen at most."""
    runtime = Runtime(loaded.settings, paths)
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
        Check("gcloud", lambda: google.look_at_gcloud(environments)),
    ]
    for environment in environments:
        checks += _of_environment(environment, runtime)
    return run_checks(checks)


def _of_environment(environment: Environment, runtime: Runtime) -> list[Check]:
    name = environment.name
    checks = [
        Check("dns", lambda: network.look_at_name(environment), name),
        Check("server", lambda: network.look_at_server(environment, runtime), name),
        Check("credentials", lambda: google.look_at_credentials(environment, runtime), name),
    ]
    if environment.auth == "bearer":
        checks.append(Check("bearer", lambda: google.look_at_bearer(environment), name))
    return checks
