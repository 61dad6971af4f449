"""The desks that the Settings page and the wizard work by, handed to the window in one piece."""

from dataclasses import dataclass

from avdesk.bridge.credentials import CredentialDesk
from avdesk.bridge.finding import FindingDesk
from avdesk.bridge.settings_desk import SettingsDesk


@dataclass(frozen=True, slots=True)
class SettingsDesks:
    """What works on the configuration.

    Attributes:
        settings, credentials, finding: the desks.
        kept: whether there is a configuration to be worked on; the demo has none.
        first_run: whether there was no file at the start, so that the wizard is to open by itself.
    """

    settings: SettingsDesk
    credentials: CredentialDesk
    finding: FindingDesk
    kept: bool = True
    first_run: bool = False
