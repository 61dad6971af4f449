"""The second step: the AutoVideo server, found on this machine or on Cloud Run, or typed; tried live."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
)

from avdesk.bridge.finding import FindingDesk
from avdesk.config.options import ENVIRONMENT, TABLES
from avdesk.config.problems import UnfitError
from avdesk.config.typed import from_text
from avdesk.core.summary import Sign
from avdesk.core.text import one_line
from avdesk.i18n import _, ngettext
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.edged import EdgedLine, EdgedRadio
from avdesk.ui.widgets.text import Text
from avdesk.ui.wizard.plan import Plan
from avdesk.ui.wizard.step import Outcome, Step

if TYPE_CHECKING:
    from avdesk.services.finding import ServerTried, ServicesFound

LOCAL = "http://127.0.0.1:8080"
TRY_MS = 700
_NONE = "\0none"
_TYPED = "\0typed"


class ServerStep(Step):
    """One of those that were found, another address, or none."""

    def __init__(self, plan: Plan, finding: FindingDesk) -> None:
        super().__init__(
            _("AutoVideo server"),
            _("The server that makes the videos. Trying it costs nothing of its request allowance."),
        )
        self._plan, self._finding = plan, finding
        self._looked_for = ""
        self._asked_local = False
        self._url = ""
        self._tried: ServerTried | None = None
        self._chosen_by_hand = False
        self.group = QButtonGroup(self)
        self.choices: dict[str, QRadioButton] = {}
        self._found = QVBoxLayout()
        self._found.setSpacing(STEP)
        self.local = Outcome()
        self.services = Outcome()
        self.typed = self._choice(_TYPED, _("Another address:"))
        self.address = EdgedLine()
        self.address.setAccessibleName(_("Server address"))
        self.address.setPlaceholderText(_("http://host:port or https://host"))
        self.address.setMaxLength(2000)
        self.none = self._choice(_NONE, _("No server: it runs in batch mode, only Vertex AI is watched"))
        self.auth_label = Text(_("Sign-in to the server"))
        self.auth = QComboBox()
        for value, words in (
            ("none", _("None")),
            ("bearer", _("A token, kept in the keyring")),
            ("identity-token", _("An identity token from Google (a server behind IAM)")),
        ):
            self.auth.addItem(words, value)
        self.auth.setAccessibleName(_("Sign-in to the server"))
        self.auth_label.setBuddy(self.auth)
        self.outcome = Outcome()
        self.test = QPushButton(_("Test"))
        self.test.setAccessibleName(_("Test the server"))
        self._wait = QTimer(self, interval=TRY_MS, singleShot=True)
        self._wait.timeout.connect(self.try_it)
        self._lay_out()
        self.group.buttonClicked.connect(self._on_click)
        self.address.textChanged.connect(self._on_typed)
        self.auth.activated.connect(lambda _row: self.changed.emit())
        self.test.setAutoDefault(False)
        self.first = self.address
        self.test.clicked.connect(self.try_it)
        finding.told.connect(self._take)

    @property
    def url(self) -> str:
        """The address that is chosen; empty where there is none yet, or none is wanted."""
        chosen = next((key for key, button in self.choices.items() if button.isChecked()), "")
        if chosen == _TYPED:
            return self.address.text().strip()
        return "" if chosen == _NONE else chosen

    def enter(self) -> None:
        """Look for servers: on this machine, and in the project."""
        if not self._asked_local:
            self._asked_local = True
            self.local.show_words(Sign.STALE, _("Looking for a server on this machine…"))
            self._finding.try_server(LOCAL)
        plan = self._plan
        wanted = f"{plan.project} {plan.google_endpoint} {plan.regions}" if plan.ask_google else ""
        if wanted and wanted != self._looked_for:
            self._looked_for = wanted
            words = _("Looking for Cloud Run services in {project}…").format(project=plan.project)
            self.services.show_words(Sign.STALE, words)
            self._finding.look_for_services(plan.project, plan.regions, plan.google_endpoint)
        elif not wanted:
            self._looked_for = ""
            self.services.show_words(Sign.IDLE, "")
        self.none.setEnabled(plan.ask_google)

    def leave(self) -> None:
        """Keep the answers."""
        fitted = _fitted(self.url)
        self._plan.url = fitted if isinstance(fitted, str) else ""
        self._plan.auth = str(self.auth.currentData()) if self._plan.url else "none"

    def why_not(self) -> str:
        """Something has to be chosen, and an address has to be one."""
        if self.none.isChecked():
            return ""
        if not self.url:
            return _("Choose a server, or type its address.")
        fitted = _fitted(self.url)
        return f"{fitted.message} {fitted.hint}".strip() if isinstance(fitted, UnfitError) else ""

    def try_it(self) -> None:
        """Ask the chosen server."""
        self._wait.stop()
        url = self.url
        if url and not self.why_not():
            fitted = _fitted(url)
            assert isinstance(fitted, str)
            self._url = fitted
            self.outcome.show_words(Sign.STALE, _("Trying {url}…").format(url=url))
            self._finding.try_server(fitted)

    def _on_click(self) -> None:
        self._chosen_by_hand = True
        self._show_choice()
        if self.typed.isChecked():
            self.address.setFocus()

    def _show_choice(self) -> None:
        self.outcome.show_words(Sign.IDLE, "")
        self.auth.setEnabled(not self.none.isChecked())
        self.test.setEnabled(not self.none.isChecked())
        self._url = ""
        if self.url and not self.typed.isChecked():
            self.try_it()
        elif self.typed.isChecked() and self.address.text():
            self._on_typed()
        self.changed.emit()

    def _on_typed(self) -> None:
        self._chosen_by_hand = True
        if not self.typed.isChecked():
            self.typed.setChecked(True)
            self.auth.setEnabled(True)
            self.test.setEnabled(True)
        why = self.why_not() if len(self.address.text()) > 8 else ""
        self.outcome.show_words(Sign.ATTENTION, why)
        self._wait.stop() if why or not self.address.text() else self._wait.start()
        self.changed.emit()

    def _take(self, told: object) -> None:
        from avdesk.services.finding import ServerTried, ServicesFound

        if isinstance(told, ServerTried):
            if told.url == LOCAL and self._url != LOCAL:
                self._show_local(told)
            if told.url == self._url:
                self._show_tried(told)
        elif isinstance(told, ServicesFound) and told.project == self._plan.project:
            self._show_services(told)

    def _show_local(self, tried: "ServerTried") -> None:
        if tried.good or tried.demands:
            self.local.show_words(Sign.SUCCEEDED, "")
            self._offer(LOCAL, _("On this machine: {url}").format(url=LOCAL), first=True)
        else:
            self.local.show_words(Sign.IDLE, _("No AutoVideo server listens on this machine at port 8080."))

    def _show_services(self, found: "ServicesFound") -> None:
        count = 0
        for service in found.services:
            for url in service.urls[:1]:
                count += 1
                name = _("Cloud Run: {name}, {region}").format(name=service.name, region=service.region)
                self._offer(url, name)
        if found.trouble is not None and not count:
            trouble = found.trouble
            words = _("Cloud Run could not be searched: {why}").format(
                why=f"{trouble.message} {trouble.advice}".strip()
            )
            self.services.show_words(Sign.ATTENTION, words)
            return
        text = ngettext(
            "{n} Cloud Run service in {project} looks like AutoVideo.",
            "{n} Cloud Run services in {project} look like AutoVideo.",
            count,
        ).format(n=count, project=found.project)
        none = _("No Cloud Run service in {project} looks like AutoVideo.").format(project=found.project)
        self.services.show_words(Sign.SUCCEEDED if count else Sign.IDLE, text if count else none)

    def _show_tried(self, tried: "ServerTried") -> None:
        self._tried = tried
        if tried.good:
            words = _("AutoVideo answers at {url}: {status}, {ms} ms.").format(
                url=tried.url, status=tried.status, ms=round((tried.latency_s or 0.0) * 1000)
            )
            self.outcome.show_words(Sign.SUCCEEDED, words)
        elif tried.demands:
            likely = "identity-token" if tried.url.startswith("https://") and ".run.app" in tried.url else "bearer"
            if self.auth.currentData() == "none":
                self.auth.setCurrentIndex(self.auth.findData(likely))
            words = _("A server answers at {url}, and lets nobody in without a token. Choose the sign-in below.")
            self.outcome.show_words(Sign.ATTENTION, words.format(url=tried.url))
        elif tried.trouble is not None:
            self.outcome.show_trouble(tried.trouble)
        self.changed.emit()

    def _offer(self, url: str, words: str, *, first: bool = False) -> None:
        """Offer a server that was found; choose it where nobody has chosen yet."""
        if url in self.choices or isinstance(_fitted(url), UnfitError):
            return
        button = self._choice(url, one_line(words, 120))
        button.setToolTip(url)
        self._found.insertWidget(0 if first else self._found.count(), button)
        if not self._chosen_by_hand and not self.url:
            button.setChecked(True)
            self._show_choice()

    def _choice(self, key: str, words: str) -> QRadioButton:
        button = EdgedRadio(words)
        button.setAccessibleName(words)
        self.group.addButton(button)
        self.choices[key] = button
        return button

    def _lay_out(self) -> None:
        typed = QHBoxLayout()
        typed.setSpacing(STEP)
        typed.addWidget(self.typed)
        typed.addWidget(self.address, 1)
        signin = QHBoxLayout()
        signin.setSpacing(STEP)
        signin.addWidget(self.auth_label)
        signin.addWidget(self.auth, 1)
        signin.addWidget(self.test)
        self.column.addWidget(self.local)
        self.column.addWidget(self.services)
        self.column.addLayout(self._found)
        self.column.addLayout(typed)
        self.column.addWidget(self.none)
        self.column.addSpacing(STEP)
        self.column.addLayout(signin)
        self.column.addWidget(self.outcome)
        self.column.addStretch(1)


def _fitted(url: str) -> str | UnfitError:
    try:
        return str(from_text(TABLES[ENVIRONMENT]["url"], url))
    except UnfitError as error:
        return error
