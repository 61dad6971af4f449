"""Making what the Settings page and the wizard work by; the heavy parts are imported where they are used first."""

from functools import partial
from typing import TYPE_CHECKING

from avdesk.app.in_force import InForce
from avdesk.app.monitors import IMPORTING
from avdesk.bridge.credentials import CredentialDesk
from avdesk.bridge.finding import FinderLike, FindingDesk
from avdesk.bridge.settings_desk import AutostartLike, ConfigurationLike, Makers, ServerLike, SettingsDesk
from avdesk.bridge.settings_desks import SettingsDesks
from avdesk.config.load import Loaded
from avdesk.config.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Callable


def settings_desks(
    in_force: InForce,
    paths: Paths,
    loaded: Loaded,
    credentials: CredentialDesk,
    google_token: str | None,
    *,
    follow_file: bool,
) -> SettingsDesks:
    """Return the desks for these folders; nothing is read yet."""
    make_server: Callable[[str], ServerLike] = partial(_server, in_force, paths, google_token)
    makers = Makers(
        configuration=partial(_configuration, paths),
        server=make_server,
        autostart=partial(_autostart, paths),
        carry=partial(_carry, paths),
    )
    return SettingsDesks(
        SettingsDesk(makers, paths.config_file),
        credentials,
        FindingDesk(partial(_finder, paths)),
        kept=follow_file,
        first_run=follow_file and not loaded.exists,
    )


def _configuration(paths: Paths) -> ConfigurationLike:
    with IMPORTING:
        from avdesk.services.configuration import Configuration
    return Configuration(paths)


def _server(in_force: InForce, paths: Paths, google_token: str | None, environment: str) -> ServerLike:
    with IMPORTING:
        from avdesk.services.runtime import Runtime
        from avdesk.services.server_configuration import ServerConfiguration
    runtime = Runtime(in_force.with_environment(environment), paths, google_token=google_token)
    return ServerConfiguration(runtime, environment)


def _autostart(paths: Paths) -> AutostartLike:
    from avdesk.services.autostart import autostart

    return autostart(paths)


def _carry(paths: Paths, former: str, name: str) -> None:
    with IMPORTING:
        from avdesk.services.credentials import Credentials
    Credentials(paths.config).rename(former, name)


def _finder(paths: Paths) -> FinderLike:
    with IMPORTING:
        from avdesk.services.finding import Finder
    return Finder(paths)
