"""Configurations as people have them, and the real desks that work on one in a folder of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from avdesk.app.in_force import InForce
from avdesk.app.setting_up import settings_desks
from avdesk.bridge.credentials import CredentialDesk
from avdesk.bridge.settings_desks import SettingsDesks
from avdesk.config.load import load_settings
from avdesk.config.paths import Paths, find_paths
from avdesk.services.credentials import Credentials

SAMPLE = """\
# Ours. Ask Kim before you change prod.
default_environment = "staging"

[environments.dev]
url = "http://127.0.0.1:8080"   # on this machine
vertex = "off"
colour = "green"

[environments.staging]
url = "https://av-staging.example.com"
project = "av-8675309"
regions = ["us-central1", "us-west1"]
auth = "identity-token"
colour = "amber"

[environments.staging.polling]
reserve = 4                     # the night shift asks by hand

[environments.prod]
url = "https://av.example.com"
project = "av-8675309"
auth = "bearer"
colour = "red"
production = true

[polling]
requests = 10
health_sweep_s = 3600

[appearance]
theme = "system"
"""

WRONG = SAMPLE.replace("health_sweep_s = 3600", "health_sweep = 3600\nvertex_idle_s = 1").replace(
    'auth = "bearer"', 'auth = "baerer"'
)
"""Valid TOML with three problems."""

DAMAGED = SAMPLE.replace('url = "https://av.example.com"', 'url = "https://av.example.com')
"""No valid TOML."""


@contextmanager
def settings_on(home: Path, text: str | None, *, kept: bool = True) -> Iterator[tuple[SettingsDesks, Paths]]:
    """Give the desks for a home with this configuration file, None: without one; end them afterwards."""
    paths = find_paths(home)
    if text is not None:
        paths.config.mkdir(parents=True, exist_ok=True)
        paths.config_file.write_text(text, "utf-8")
    loaded = load_settings(paths)
    credentials = CredentialDesk(lambda: Credentials(paths.config, deadline_s=2.0))
    in_force = InForce(loaded.settings)
    desks = settings_desks(in_force, paths, loaded, credentials, None, follow_file=kept)
    try:
        yield desks, paths
    finally:
        for desk in (desks.settings, desks.finding, credentials):
            desk.ask_to_stop()
        for desk in (desks.settings, desks.finding, credentials):
            assert desk.wait(30)
