"""The credentials of one environment: what there is, whose it is, when it ends; set, tried and cleared from here."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMessageBox, QPushButton, QVBoxLayout, QWidget

from avdesk.bridge.credentials import ChangedTold, CredentialDesk, TriedTold
from avdesk.config.settings import Environment
from avdesk.core.credentials import (
    GIVEN,
    CredentialFacts,
    CredentialView,
    Kept,
    KeyringState,
    KeyringView,
    Kind,
    ended,
    ends_soon,
    expiry_words,
    kept_words,
    kind_words,
)
from avdesk.core.snapshot import Trouble
from avdesk.core.summary import Sign
from avdesk.core.text import clean
from avdesk.i18n import _
from avdesk.ui import times
from avdesk.ui.colours import Tone
from avdesk.ui.settings.secret_dialog import SecretDialog
from avdesk.ui.settings.trial_view import TrialView
from avdesk.ui.theme import GAP, HALF, STEP
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.titled import titled_row


class CredentialsPanel(QWidget):
    """Shows and changes one environment's credentials; the environment may be one that is not saved yet.

    Signals:
        changed: something was stored or cleared.
    """

    changed = Signal()

    def __init__(
        self,
        environment: Environment,
        desk: CredentialDesk,
        parent: QWidget | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Show `environment`'s credentials, found out by `desk`, which is asked once the panel is shown."""
        super().__init__(parent)
        self.setAccessibleName(_("Credentials"))
        self._environment, self._desk, self._now = environment, desk, now
        self._view: CredentialView | None = None
        self._asked = False
        self.keyring = _KeyringLine(desk)
        self.rows = {kind: _Row(kind) for kind in Kind}
        self.test = QPushButton(_("Test credentials"))
        self.test.setAccessibleName(_("Test credentials"))
        self.test.setToolTip(_("Asks the server and Google with what is in use now; nothing is changed."))
        self.trial = TrialView()
        self.trouble = Text("", wrap=True)
        self.trouble.set_tone(Tone.BAD)
        self._lay_out()
        for kind in GIVEN:
            self.rows[kind].set.clicked.connect(lambda _checked=False, kind=kind: self.ask_for(kind))
            self.rows[kind].clear.clicked.connect(lambda _checked=False, kind=kind: self._ask_to_clear(kind))
        self.test.clicked.connect(self._test)
        desk.viewed.connect(self._on_viewed)
        desk.tried.connect(self._on_tried)
        desk.changed.connect(self._on_changed)
        desk.unlocked.connect(self._on_unlocked)
        self.set_environment(environment)

    def set_environment(self, environment: Environment) -> None:
        """Show another environment, or the same one with other settings."""
        same = environment.name == self._environment.name
        self._environment = environment
        if not same:
            self._view = None
        self.trial.clear()
        self.trouble.show_text("")
        if self._asked:
            self.look()
        self._show()

    def look(self) -> None:
        """Find out anew what there is."""
        self._asked = True
        self._desk.look(self._environment)

    def ask_for(self, kind: Kind) -> SecretDialog:
        """Open the dialog that takes a secret."""
        keyring = self._view.keyring if self._view is not None else None
        dialog = SecretDialog(self._environment, kind, self._desk, keyring, self)
        dialog.open()
        return dialog

    def showEvent(self, event: object) -> None:
        """Ask for the first time."""
        super().showEvent(event)  # type: ignore[arg-type]
        if not self._asked:
            self.look()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(STEP)
        grid.setVerticalSpacing(STEP)
        grid.setColumnStretch(1, 1)
        order = (Kind.BEARER, Kind.IDENTITY, Kind.SERVICE_ACCOUNT, Kind.APPLICATION_DEFAULT, Kind.GCLOUD)
        for place, kind in enumerate(order):
            self.rows[kind].place(grid, place)
        foot = QHBoxLayout()
        foot.addWidget(self.test)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.keyring)
        column.addLayout(grid)
        column.addWidget(self.trouble)
        column.addLayout(foot)
        column.addWidget(self.trial)

    def _show(self) -> None:
        view = self._view
        self.keyring.show_keyring(view.keyring if view is not None else None)
        for kind, row in self.rows.items():
            facts = view.of(kind) if view is not None else None
            row.show_facts(facts, self._now(), known=view is not None)
        self.rows[Kind.IDENTITY].set_visible(self._environment.auth == "identity-token")

    def _on_viewed(self, view: CredentialView) -> None:
        if view.environment == self._environment.name:
            self._view = view
            self._show()

    def _test(self) -> None:
        self.test.setEnabled(False)
        self.trial.wait()
        self._desk.try_stored(self._environment)

    def _on_tried(self, told: TriedTold) -> None:
        if told.environment != self._environment.name or told.entered is not None:
            return
        self.test.setEnabled(True)
        trouble = told.trouble
        if trouble is None and not told.trials:
            trouble = Trouble("", _("There is nothing to test: neither the server nor Google wants credentials."), "")
        self.trial.show_trials(told.trials, trouble)

    def _ask_to_clear(self, kind: Kind) -> None:
        question = QMessageBox(self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setWindowTitle(_("Clear — {environment}").format(environment=self._environment.name))
        question.setTextFormat(Qt.TextFormat.PlainText)
        words = _("Remove the {what} of {environment}? AVDesk keeps no copy.")
        question.setText(words.format(what=kind_words(kind), environment=self._environment.name))
        clear = question.addButton(_("Clear"), QMessageBox.ButtonRole.DestructiveRole)
        keep = question.addButton(_("Keep"), QMessageBox.ButtonRole.RejectRole)
        for button in (clear, keep):
            button.setAccessibleName(button.text())
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        clear.clicked.connect(lambda: self._desk.clear(self._environment, kind))
        question.open()

    def _on_changed(self, told: ChangedTold) -> None:
        if told.environment != self._environment.name:
            return
        self.trial.clear()
        failed = told.entered is None and told.trouble is not None
        trouble = told.trouble
        self.trouble.show_text(clean(f"{trouble.message} {trouble.advice}") if failed and trouble is not None else "")
        if told.trouble is None:
            self.changed.emit()

    def _on_unlocked(self, trouble: Trouble | None) -> None:
        if trouble is None:
            self.look()


class _KeyringLine(QWidget):
    """Whether there is a keyring, and what to do where it cannot be used."""

    def __init__(self, desk: CredentialDesk) -> None:
        super().__init__()
        self._desk = desk
        self.sign = SignView(16)
        self.words = Text("", wrap=True)
        self.unlock = QPushButton(_("Unlock keyring…"))
        self.unlock.setAccessibleName(_("Unlock keyring…"))
        self.unlock.clicked.connect(self._ask)
        desk.unlocked.connect(self._on_unlocked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(STEP)
        row.addLayout(titled_row(self.sign, self.words), 1)
        row.addWidget(self.unlock, 0, Qt.AlignmentFlag.AlignTop)

    def show_keyring(self, keyring: KeyringView | None) -> None:
        """Show what is known; None: it is being looked at."""
        self.unlock.setVisible(keyring is not None and keyring.state is KeyringState.LOCKED)
        if keyring is None:
            self.sign.show_sign(Sign.STALE)
            self.words.set_tone(None)
            self.words.setText(_("Looking at the keyring…"))
        elif keyring.trouble is not None:
            self.sign.show_sign(Sign.ATTENTION)
            self.words.set_tone(Tone.WARN)
            self.words.setText(f"{keyring.trouble.message} {keyring.trouble.advice}".strip())
        else:
            self.sign.show_sign(Sign.SUCCEEDED)
            self.words.set_tone(None)
            words = _("Secrets are kept in this system’s keyring ({name}).").format(name=keyring.name or "–")
            if keyring.others:
                words += " " + _("Old ones are looked for in {names} too.").format(names=", ".join(keyring.others))
            self.words.setText(words)

    def _ask(self) -> None:
        self.unlock.setEnabled(False)
        self.words.setText(_("The desktop asks for the keyring’s password…"))
        self._desk.unlock()

    def _on_unlocked(self, trouble: Trouble | None) -> None:
        self.unlock.setEnabled(True)
        if trouble is not None:
            self.words.setText(f"{trouble.message} {trouble.advice}".strip())


class _Row:
    """One kind of credential: its name, how it stands, and what can be done."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.name = Text(kind_words(kind), wrap=True)
        self.state = Text("", wrap=True)
        self.note = Text("", Role.SECONDARY, wrap=True)
        self.set = QPushButton(_("Set…"))
        self.clear = QPushButton(_("Clear…"))
        self.set.setAccessibleName(_("Set {what}…").format(what=kind_words(kind)))
        self.clear.setAccessibleName(_("Clear {what}…").format(what=kind_words(kind)))
        self.name.setBuddy(self.set)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        row.addWidget(self.set)
        row.addWidget(self.clear)
        self._given = kind in GIVEN
        self._visible = True

    def place(self, grid: QGridLayout, row: int) -> None:
        """Put it into a row of the grid."""
        # The first line of each text stands level with the buttons' words, where there are buttons.
        drop = max(0, (self.set.sizeHint().height() - self.name.sizeHint().height()) // 2) if self._given else 0
        self.name.setContentsMargins(0, drop, 0, 0)
        words = QVBoxLayout()
        words.setContentsMargins(0, drop, 0, 0)
        words.setSpacing(0)
        words.addWidget(self.state)
        words.addWidget(self.note)
        words.addStretch(1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.name, row, 0, top)
        grid.addLayout(words, row, 1)
        grid.addWidget(self._buttons, row, 2, top | Qt.AlignmentFlag.AlignRight)
        self._buttons.setVisible(self._given)

    def set_visible(self, visible: bool) -> None:
        """Show the row or not."""
        self._visible = visible
        for part in (self.name, self.state):
            part.setVisible(visible)
        self.note.setVisible(visible and bool(self.note.text()))
        self._buttons.setVisible(visible and self._given)

    def show_facts(self, facts: CredentialFacts | None, now: datetime, *, known: bool) -> None:
        """Show how it stands; `known`: whether it was looked at."""
        if facts is None:
            self.state.setText(_("none") if known else "…")
            self.state.set_tone(None)
            self.note.show_text("")
            self.clear.setEnabled(False)
            self.set.setEnabled(known)
            return
        pieces = [kept_words(facts), clean(facts.account or "", 120), expiry_words(facts, now)]
        self.state.setText(" · ".join(piece for piece in pieces if piece))
        self.state.setToolTip(times.exact_utc(facts.expires_at))
        self.state.set_tone(_tone(facts, now))
        self.note.show_text(_note(facts))
        self.set.setEnabled(True)
        self.set.setText(_("Set…") if facts.kept in (Kept.NOWHERE, Kept.UNKNOWN) else _("Replace…"))
        self.clear.setEnabled(facts.kept is not Kept.NOWHERE)
        self.set_visible(self._visible)


def _tone(facts: CredentialFacts, now: datetime) -> Tone | None:
    if facts.used is not False and ended(facts, now):
        return Tone.BAD
    if facts.lacking or (facts.used is not False and ends_soon(facts, now)):
        return Tone.WARN
    return Tone.CALM if facts.used is False or facts.kept is Kept.NOWHERE else None


def _note(facts: CredentialFacts) -> str:
    if facts.trouble is not None and facts.used is not False:
        return clean(f"{facts.trouble.message} {facts.trouble.advice}".strip())
    if facts.used is False and facts.kept not in (Kept.NOWHERE, Kept.UNKNOWN):
        if facts.kind is Kind.BEARER:
            return _("Not sent: this environment’s “auth” is not “bearer”.")
        return _("Not used: the environment asks for nothing with it, or another one comes first.")
    return ""
