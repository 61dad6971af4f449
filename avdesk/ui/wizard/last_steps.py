"""The last two steps: signing in, and the look back at what is going to be written."""

from avdesk.bridge.credentials import CredentialDesk
from avdesk.bridge.settings_desk import SettingsDesk
from avdesk.bridge.settings_told import AutostartTold
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui.settings.credentials import CredentialsPanel
from avdesk.ui.settings.start import state_words
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.edged import EdgedCheck
from avdesk.ui.widgets.fields import Fields
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.wizard.plan import Plan
from avdesk.ui.wizard.step import Outcome, Step


class SignInStep(Step):
    """The environment's credentials, as on the Settings page."""

    def __init__(self, plan: Plan, credentials: CredentialDesk) -> None:
        super().__init__(
            _("Sign-in"),
            _("What is used to ask the server and Google. Secrets go into this system’s keyring, never into a file."),
        )
        self._plan, self._desk = plan, credentials
        self.panel: CredentialsPanel | None = None

    def enter(self) -> None:
        """Show the credentials of the environment as it is planned."""
        environment = self._plan.environment()
        if self.panel is None:
            self.panel = CredentialsPanel(environment, self._desk)
            self.column.addWidget(self.panel)
            self.column.addStretch(1)
        else:
            self.panel.set_environment(environment)


class FinishStep(Step):
    """What was chosen, starting at login, and the button that writes it down."""

    def __init__(self, plan: Plan, desk: SettingsDesk) -> None:
        super().__init__(
            _("Ready"), _("This is written into the configuration; everything is on the Settings page, too.")
        )
        self._plan, self._desk = plan, desk
        self._looked = False
        self._was_on: bool | None = None
        self.fields = Fields()
        self.values = {
            key: self.fields.add(name)
            for key, name in (
                ("name", _("Environment")),
                ("url", _("Server")),
                ("auth", _("Sign-in to the server")),
                ("project", _("Google Cloud project")),
                ("regions", _("Regions")),
                ("care", _("Care")),
                ("file", _("File")),
            )
        }
        self.autostart = EdgedCheck(_("Start AVDesk in the tray when I log in"))
        self.autostart.setAccessibleName(self.autostart.text())
        self.autostart.setEnabled(False)
        self.state = Text("", Role.SECONDARY, wrap=True)
        self.trouble = Outcome()
        self.column.addWidget(self.fields)
        self.column.addSpacing(STEP)
        self.column.addWidget(self.autostart)
        self.column.addWidget(self.state)
        self.column.addWidget(self.trouble)
        self.column.addStretch(1)
        desk.told.connect(self._take)

    def enter(self) -> None:
        """Show the answers, and look whether AVDesk is started at login already."""
        made = self._plan.environment()
        care = [text for on, text in ((made.production, _("Production")), (made.read_only, _("Read only"))) if on]
        shown = {
            "name": made.name,
            "url": made.url or _("none: batch mode"),
            "auth": self._auth(made.auth) if made.url else None,
            "project": made.project or _("not asked"),
            "regions": ", ".join(made.regions) if made.project else None,
            "care": ", ".join(care) or None,
            "file": str(self._desk.path),
        }
        for key, text in shown.items():
            self.fields.show_value(self.values[key], text, text or "")
        self.trouble.show_words(Sign.ATTENTION, "")
        if not self._looked:
            self._looked = True
            self._desk.look_at_autostart()

    def wants_autostart(self) -> bool | None:
        """Return whether starting at login is to be switched on or off; None: it stays as it is."""
        wanted = self.autostart.isChecked()
        return wanted if self.autostart.isEnabled() and wanted != self._was_on else None

    @staticmethod
    def _auth(auth: str) -> str:
        return {"bearer": _("a token"), "identity-token": _("an identity token from Google")}.get(auth, _("none"))

    def _take(self, told: object) -> None:
        if isinstance(told, AutostartTold) and told.state is not None:
            self._was_on = told.state.on
            self.autostart.setEnabled(told.state.on is not None)
            self.autostart.setChecked(bool(told.state.on))
            self.state.setText(state_words(told.state.on, told.state.place, told.state.note))
