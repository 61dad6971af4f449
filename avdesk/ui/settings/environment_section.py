"""One environment: its options, its credentials, what it has of its own, and its server's configuration."""

from collections.abc import Iterable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton

from avdesk.config.keys import ENVIRONMENTS, TOP
from avdesk.config.options import ENVIRONMENT, NOTIFICATIONS, POLLING, TABLES
from avdesk.config.settings import Environment
from avdesk.core.errors import KnownError
from avdesk.i18n import _
from avdesk.ui.settings.credentials import CredentialsPanel
from avdesk.ui.settings.field import OptionField
from avdesk.ui.settings.section import OptionCard, Section, SectionTools
from avdesk.ui.settings.server_card import ServerCard
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.text import Role, Text

LOOK_MS = 800


class EnvironmentSection(Section):
    """Shows whichever environment is chosen at the left."""

    def __init__(self, tools: SectionTools) -> None:
        super().__init__()
        self._tools = tools
        self._draft = tools.draft
        self._name = ""
        base = (ENVIRONMENTS, "")
        self.options = OptionCard(_("Environment"), TABLES[ENVIRONMENT].values(), tools.draft, base)
        self.default = Text("", Role.SECONDARY)
        self.make_default = QPushButton(_("Make it the default"))
        self.make_default.setAccessibleName(self.make_default.text())
        self.make_default.setToolTip(_("The default is looked at when none is named."))
        self.make_default.clicked.connect(self._make_default)
        self.options.head.addWidget(self.default)
        self.options.head.addWidget(self.make_default)
        self.credentials_card = Card(_("Credentials"))
        self.credentials: CredentialsPanel | None = None
        self._look = QTimer(self, interval=LOOK_MS, singleShot=True)
        self._look.timeout.connect(self._look_again)
        own = _("What is given here holds for this environment alone.")
        self.polling = OptionCard(_("Polling"), TABLES[POLLING].values(), tools.draft, (*base, POLLING), own)
        self.notifications = OptionCard(
            _("Notifications"), TABLES[NOTIFICATIONS].values(), tools.draft, (*base, NOTIFICATIONS), own
        )
        self.server = ServerCard(tools.desk)
        for card in (self.options, self.credentials_card, self.polling, self.notifications, self.server):
            self.column.addWidget(card)
        self.column.addStretch(1)

    @property
    def name(self) -> str:
        """The environment that is shown."""
        return self._name

    def show_environment(self, name: str) -> None:
        """Show another environment."""
        self._name = name
        base = (ENVIRONMENTS, name)
        for card, inner in ((self.options, ()), (self.polling, (POLLING,)), (self.notifications, (NOTIFICATIONS,))):
            for field in card.options:
                field.set_path((*base, *inner, field.option.key))
        self.show_draft()

    def show_draft(self) -> None:
        """Show what the draft holds now."""
        if self._name not in self._draft.document.environments():
            return
        self.options.title.setText(self._name)
        for card in (self.options, self.polling, self.notifications):
            card.show_draft()
        self._show_default()
        environment = self._environment()
        self._show_credentials(environment)
        saved = self._draft.opened.loaded.settings.environments.get(self._name) if self._draft.opened else None
        self.server.show_environment(self._name, environment, saved)

    def filter(self, words: tuple[str, ...]) -> int:
        """Show only what fits."""
        found = sum(card.filter(words) for card in (self.options, self.polling, self.notifications))
        for card, text in (
            (self.credentials_card, _("Credentials token service-account key keyring sign-in")),
            (self.server, _("The server’s own configuration")),
        ):
            fits = all(word in text.lower() for word in words)
            card.setVisible(fits)
            found += int(fits)
        return found

    def fields(self) -> Iterable[OptionField]:
        """Return all options."""
        return (*self.options.options, *self.polling.options, *self.notifications.options)

    def _environment(self) -> Environment | None:
        """Return the environment as it would be; None where it cannot be used as it is."""
        loaded = self._draft.document.loaded
        return None if loaded.invented else loaded.settings.environments.get(self._name)

    def _show_default(self) -> None:
        document = self._draft.document
        is_default = document.loaded.settings.default_environment == self._name
        self.default.show_text(_("Default") if is_default else "")
        self.make_default.setVisible(not is_default)
        self.make_default.setEnabled(self._draft.editable)

    def _show_credentials(self, environment: Environment | None) -> None:
        if environment is None:
            if self.credentials is not None:
                self.credentials.setEnabled(False)
            return
        if self.credentials is None:
            self.credentials = CredentialsPanel(environment, self._tools.credentials)
            self.credentials_card.body.addWidget(self.credentials)
            self.credentials_card.body.addSpacing(STEP)
            self._credentials_of = environment
        elif environment.name != self._credentials_of.name:
            self._credentials_of = environment
            self._look.stop()
            self.credentials.set_environment(environment)
        elif environment != self._credentials_of:
            self._credentials_of = environment
            self._look.start()
        self.credentials.setEnabled(True)

    def _look_again(self) -> None:
        """Have the credentials looked at as the environment is now: not with each letter that is typed."""
        if self.credentials is not None:
            self.credentials.set_environment(self._credentials_of)

    def _make_default(self) -> None:
        try:
            self._draft.edit(lambda document: document.set((TOP,), self._name))
        except KnownError as error:
            self._tools.environments.refused.emit(f"{error.message} {error.advice}".strip())
