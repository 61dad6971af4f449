"""Takes a secret: typed or pasted without being shown, or from a file; tried before it is stored."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from avdesk.bridge.credentials import ChangedTold, CredentialDesk, Entered, TriedTold
from avdesk.config.settings import Environment
from avdesk.core.credentials import KeyringState, KeyringView, Kind, kind_words
from avdesk.core.snapshot import Trouble
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.dialogs.asking import title_text
from avdesk.ui.settings.trial_view import TrialView
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.text import Role, Text, plain

_WIDTH = 520
_MOST_CHARACTERS = 65_536


class SecretDialog(QDialog):
    """Asks for one secret of one environment. What is typed leaves the dialog for the desk's threads alone."""

    def __init__(
        self, environment: Environment, kind: Kind, desk: CredentialDesk, keyring: KeyringView | None, parent: QWidget
    ) -> None:
        """Ask for a secret of `kind`; `keyring` as it was last seen, None unknown."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._environment, self._kind, self._desk = environment, kind, desk
        self._file: Path | None = None
        self._pending: Entered | None = None
        self._refused: Entered | None = None
        self._store_after = False
        name = kind_words(kind)
        self.setWindowTitle(_("{what} — {environment}").format(what=name, environment=environment.name))
        self.about = Text(_about(kind, environment), Role.SECONDARY, wrap=True)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(_MOST_CHARACTERS)
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(_("Paste it here; it is not shown"))
        self.choose = QPushButton(_("Choose file…"))
        self.choose.setVisible(kind is Kind.SERVICE_ACCOUNT)
        self.chosen = Text("", Role.SECONDARY, wrap=True)
        self.keyring_note = Text("", wrap=True)
        self.keyring_note.set_tone(Tone.WARN)
        self.unlock = QPushButton(_("Unlock keyring…"))
        self.trial = TrialView()
        self._make_buttons()
        self._lay_out(title_text(_("{what} of {environment}").format(what=name, environment=environment.name)))
        self._connect()
        self._show_keyring(keyring)
        self._check()
        self.resize(_WIDTH, self.sizeHint().height())
        self._fit()
        self.field.setFocus()

    @property
    def entered(self) -> Entered:
        """What is given now."""
        return Entered(self._kind, self.field.text(), self._file)

    def _make_buttons(self) -> None:
        self.box = QDialogButtonBox()
        roles = QDialogButtonBox.ButtonRole
        self.save = self.box.addButton(_("Save"), roles.AcceptRole)
        self.leave = self.box.addButton(_("Back"), roles.RejectRole)
        self.test = self.box.addButton(_("Test"), roles.ActionRole)
        self.hold = self.box.addButton(_("Hold for this session"), roles.ActionRole)
        self.hold.setToolTip(_("AVDesk keeps it in its memory until it is quit, and writes it nowhere."))
        for button in (self.save, self.leave, self.test, self.hold, self.choose, self.unlock):
            button.setAccessibleName(button.text())
            button.setAutoDefault(False)
        self.save.setDefault(True)
        self.hold.hide()

    def _lay_out(self, title: Text) -> None:
        row = QHBoxLayout()
        row.setSpacing(STEP)
        row.addWidget(self.field, 1)
        row.addWidget(self.choose)
        keyring = QHBoxLayout()
        keyring.setSpacing(STEP)
        keyring.addWidget(self.keyring_note, 1)
        keyring.addWidget(self.unlock, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        column.addWidget(title)
        column.addWidget(self.about)
        column.addLayout(row)
        column.addWidget(self.chosen)
        column.addLayout(keyring)
        column.addWidget(self.trial)
        column.addStretch(1)
        column.addWidget(self.box)
        self.chosen.hide()
        self.setMinimumWidth(_WIDTH)

    def _connect(self) -> None:
        self.field.textChanged.connect(self._typed)
        self.choose.clicked.connect(self._choose_file)
        self.unlock.clicked.connect(self._unlock)
        self.test.clicked.connect(lambda: self._try(store_after=False))
        self.save.clicked.connect(self._save)
        self.hold.clicked.connect(lambda: self._store(session_only=True))
        self.leave.clicked.connect(self.reject)
        self._desk.tried.connect(self._on_tried)
        self._desk.changed.connect(self._on_changed)
        self._desk.unlocked.connect(self._on_unlocked)
        self.finished.connect(self._forget)

    def _typed(self) -> None:
        self._file = None
        self.chosen.show_text("")
        self._begin_anew()

    def _choose_file(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self, _("Choose a service-account key"), "", _("Keys (*.json);;All files (*)")
        )
        if path:
            self.take_file(Path(path))

    def take_file(self, file: Path) -> None:
        """Take the secret from a file."""
        with QSignalBlocker(self.field):
            self.field.clear()
        self._file = file
        self.chosen.show_text(_("From the file {name}").format(name=file.name))
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._pending = self._refused = None
        self.trial.clear()
        self.save.setText(_("Save"))
        self.save.setAccessibleName(_("Save"))
        self._check()

    def _check(self) -> None:
        given = bool(self.field.text().strip()) or self._file is not None
        free = self._pending is None
        for button in (self.save, self.test, self.hold):
            button.setEnabled(given and free)

    def _fit(self) -> None:
        """Grow to what there is to read; labels that wrap tell a dialog too little of their height."""
        column = self.layout()
        assert column is not None, "the dialog was laid out"
        column.activate()
        height = column.totalHeightForWidth(self.width())
        self.setMinimumHeight(height)
        if self.height() < height:
            self.resize(self.width(), height)

    def _try(self, *, store_after: bool) -> None:
        self._store_after = store_after
        self._pending = self.entered
        self.trial.wait()
        self._check()
        self._fit()
        self._desk.try_entered(self._environment, self._pending)

    def _save(self) -> None:
        if self._refused == self.entered:
            self._store(session_only=False)  # it was refused, and is meant all the same
        else:
            self._try(store_after=True)

    def _store(self, *, session_only: bool) -> None:
        self._pending = self.entered
        self._check()
        self._desk.store(self._environment, self._pending, session_only=session_only)

    def _on_tried(self, told: TriedTold) -> None:
        if told.entered is None or told.entered is not self._pending:
            return
        self._pending = None
        self.trial.show_trials(told.trials, told.trouble)
        refused = told.trouble is None and any(trial.accepted is False for trial in told.trials)
        if told.trouble is None and self._store_after and not refused:
            self._store(session_only=False)
            return
        if refused:
            self._refused = told.entered
            self.save.setText(_("Save all the same"))
            self.save.setAccessibleName(_("Save all the same"))
        self._check()
        self._fit()

    def _on_changed(self, told: ChangedTold) -> None:
        if told.entered is None or told.entered is not self._pending:
            return
        self._pending = None
        if told.trouble is None:
            self.accept()
            return
        if told.by_keyring:
            self._refuse_by_keyring(told.trouble)
        else:
            self.trial.show_trials((), told.trouble)
        self._check()
        self._fit()

    def _refuse_by_keyring(self, trouble: Trouble) -> None:
        self.keyring_note.show_text(
            _("{why} {advice} It was stored nowhere.").format(why=trouble.message, advice=trouble.advice)
        )
        self.unlock.setVisible(trouble.kind == "KeyringLockedError")
        self.hold.show()

    def _show_keyring(self, keyring: KeyringView | None) -> None:
        trouble = keyring.trouble if keyring is not None else None
        if keyring is None or trouble is None:
            self.keyring_note.show_text("")
            self.unlock.hide()
            return
        self.keyring_note.show_text(f"{trouble.message} {trouble.advice}".strip())
        self.unlock.setVisible(keyring.state is KeyringState.LOCKED)
        self.hold.show()

    def _unlock(self) -> None:
        self.unlock.setEnabled(False)
        self.keyring_note.setText(_("The desktop asks for the keyring’s password…"))
        self._desk.unlock()

    def _on_unlocked(self, trouble: Trouble | None) -> None:
        self.unlock.setEnabled(True)
        if trouble is None:
            self.keyring_note.show_text("")
            self.unlock.hide()
            self.hold.hide()
        else:
            self.keyring_note.show_text(f"{trouble.message} {trouble.advice}".strip())
        self._fit()

    def _forget(self) -> None:
        """Keep nothing of what was typed, and hear no more."""
        for signal, slot in (
            (self._desk.tried, self._on_tried),
            (self._desk.changed, self._on_changed),
            (self._desk.unlocked, self._on_unlocked),
        ):
            signal.disconnect(slot)
        with QSignalBlocker(self.field):
            self.field.clear()
        self._pending = self._refused = None

    def words(self) -> str:
        """Return what the dialog says of the keyring."""
        return plain(self.keyring_note.text())


def _about(kind: Kind, environment: Environment) -> str:
    if kind is Kind.BEARER:
        words = _("The token that the server asks for. It is kept in the system’s keyring and sent to {url} alone.")
        return words.format(url=environment.url or _("the server"))
    return _(
        "The JSON file of a service account. It is sealed beside the configuration; what opens it is in the keyring. "
        "It comes before all other credentials of Google’s."
    )
