"""The first step: whose Google Cloud it is, found where gcloud or a credentials file tells, and tried live."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from avdesk.bridge.credentials import CredentialDesk, TriedTold
from avdesk.bridge.finding import FindingDesk
from avdesk.config.options import ENVIRONMENT, TABLES
from avdesk.config.problems import UnfitError
from avdesk.config.settings import DEFAULT_REGIONS, Environment
from avdesk.config.typed import from_text
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui.settings.trial_view import TrialView
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.edged import EdgedLine, EdgedRadio
from avdesk.ui.wizard.plan import Plan
from avdesk.ui.wizard.step import Outcome, Step

if TYPE_CHECKING:
    from avdesk.services.finding import DefaultsFound, GcloudFound

TRY_MS = 700
TRIED_AS = "wizard.google"
"""Stands for the environment that has no name yet, where credentials are tried."""


class GoogleStep(Step):
    """Account, project and regions."""

    def __init__(self, plan: Plan, finding: FindingDesk, credentials: CredentialDesk) -> None:
        super().__init__(
            _("Google Cloud"),
            _("Where the render jobs run. AVDesk shows them, their logs and the GPU quota with your own sign-in."),
        )
        self._plan, self._finding, self._credentials = plan, finding, credentials
        self._asked = False
        self._typed = False
        self.gcloud = Outcome()
        self.defaults = Outcome()
        self.use = EdgedRadio(_("Ask Google Cloud"))
        self.without = EdgedRadio(_("Without Google Cloud: the server alone"))
        self.use.setChecked(True)
        self.project = _line(_("Project"), "av-8675309")
        self.regions = _line(_("Regions"), ", ".join(DEFAULT_REGIONS))
        self.endpoint = _line(_("Google endpoint"), _("empty: Google’s own; an address only for an emulator"))
        self.wrong = Outcome()
        self.test = QPushButton(_("Test"))
        self.test.setAccessibleName(_("Test Google Cloud"))
        self.trial = TrialView()
        for button in (self.use, self.without):
            button.setAccessibleName(button.text())
        self._wait = QTimer(self, interval=TRY_MS, singleShot=True)
        self._wait.timeout.connect(self.try_it)
        self._lay_out()
        self.use.toggled.connect(self._on_choice)
        self.project.textChanged.connect(self._on_typed)
        for line in (self.regions, self.endpoint):
            line.textChanged.connect(self._on_typed)
        self.test.setAutoDefault(False)
        self.first = self.project
        self.test.clicked.connect(self.try_it)
        finding.told.connect(self._take)
        credentials.tried.connect(self._take_trial)

    def enter(self) -> None:
        """Look for what is there, the first time."""
        if not self._asked:
            self._asked = True
            self.gcloud.show_words(Sign.STALE, _("Looking for gcloud…"))
            self.defaults.show_words(Sign.STALE, _("Looking for application-default credentials…"))
            self._finding.look_at_gcloud()
            self._finding.look_at_defaults()

    def leave(self) -> None:
        """Keep the answers."""
        plan = self._plan
        plan.ask_google = self.use.isChecked() and bool(self.project.text().strip())
        plan.project = self.project.text().strip()
        plan.google_endpoint = self.endpoint.text().strip()
        found = _fitted("regions", self.regions.text())
        plan.regions = found if isinstance(found, tuple) else DEFAULT_REGIONS

    def why_not(self) -> str:
        """A project is needed where Google Cloud is asked, and whatever is given has to fit."""
        if not self.use.isChecked():
            return ""
        if not self.project.text().strip():
            return _("Give the project, or go on without Google Cloud.")
        for key, line in (("project", self.project), ("regions", self.regions), ("google_endpoint", self.endpoint)):
            found = _fitted(key, line.text())
            if isinstance(found, UnfitError):
                return f"{line.accessibleName()}: {found.message} {found.hint}".strip()
        return ""

    def try_it(self) -> None:
        """Ask Google with the credentials that are there."""
        self._wait.stop()
        if self.why_not() or not self.use.isChecked():
            return
        self.leave()
        self.trial.wait()
        plan = self._plan
        self._credentials.try_stored(
            Environment(TRIED_AS, "", plan.project, plan.regions, google_endpoint=plan.google_endpoint)
        )

    def _on_choice(self) -> None:
        for part in (self.project, self.regions, self.endpoint, self.test):
            part.setEnabled(self.use.isChecked())
        if self.use.isChecked():
            self._on_typed()
        else:
            self._wait.stop()
            self.trial.clear()
            self.wrong.show_words(Sign.ATTENTION, "")
            self.changed.emit()

    def _on_typed(self) -> None:
        self._typed = True
        self.trial.clear()
        why = self.why_not() if self.project.text().strip() else ""
        self.wrong.show_words(Sign.ATTENTION, why)
        if self.project.text().strip() and not why:
            self._wait.start()
        else:
            self._wait.stop()
        self.changed.emit()

    def _take(self, told: object) -> None:
        from avdesk.services.finding import DefaultsFound, GcloudFound

        if isinstance(told, GcloudFound):
            self._show_gcloud(told)
        elif isinstance(told, DefaultsFound):
            self._show_defaults(told)

    def _show_gcloud(self, found: "GcloudFound") -> None:
        if found.program is None:
            self.gcloud.show_words(
                Sign.IDLE, _("gcloud is not installed here. It is not needed with another sign-in.")
            )
            return
        if found.trouble is not None:
            self.gcloud.show_trouble(found.trouble)
            return
        if found.account is None:
            self.gcloud.show_words(Sign.ATTENTION, _("gcloud is here, but not signed in: gcloud auth login"))
        else:
            words = _("gcloud is signed in as {account}.").format(account=found.account)
            self.gcloud.show_words(Sign.SUCCEEDED, words)
        if found.region and not self.regions.text() and not isinstance(_fitted("regions", found.region), UnfitError):
            self._fill(self.regions, ", ".join(dict.fromkeys((found.region, *DEFAULT_REGIONS))))
        self._offer(found.project)

    def _show_defaults(self, found: "DefaultsFound") -> None:
        if found.file is None:
            words = _("There are no application-default credentials. They are not needed where gcloud is signed in.")
            self.defaults.show_words(Sign.IDLE, words)
        elif found.trouble is not None:
            self.defaults.show_trouble(found.trouble)
        else:
            whose = found.account or found.kind or _("an account that the file does not name")
            words = _("Application-default credentials: {account}.").format(account=whose)
            self.defaults.show_words(Sign.SUCCEEDED, words)
            self._offer(found.project)

    def _offer(self, project: str | None) -> None:
        """Fill in a project that was found, where nobody has typed one."""
        if project and not self._typed and not self.project.text():
            self._fill(self.project, project)

    def _fill(self, line: QLineEdit, text: str) -> None:
        """Fill in what was found: that is not what somebody has typed."""
        typed = self._typed
        line.setText(text)
        self._typed = typed

    def _take_trial(self, told: TriedTold) -> None:
        if told.environment == TRIED_AS and told.entered is None and self.use.isChecked():
            self.trial.show_trials(told.trials, told.trouble)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(GAP)
        form.setVerticalSpacing(STEP)
        for line in (self.project, self.regions, self.endpoint):
            form.addRow(line.accessibleName(), line)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(3 * STEP, 0, 0, 0)
        inside.addLayout(form)
        for part in (self.gcloud, self.defaults, self.use, inner, self.without, self.wrong, self.trial):
            self.column.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self.test)
        row.addStretch(1)
        inside.addLayout(row)
        self.column.addStretch(1)


def _line(name: str, hint: str) -> QLineEdit:
    line = EdgedLine()
    line.setAccessibleName(name)
    line.setPlaceholderText(hint)
    line.setMaxLength(2000)
    return line


def _fitted(key: str, text: str) -> object:
    """Return the checked value of an environment's key, its default for an empty text, or why it does not fit."""
    option = TABLES[ENVIRONMENT][key]
    if not text.strip():
        return option.default
    try:
        return from_text(option, text)
    except UnfitError as error:
        return error
