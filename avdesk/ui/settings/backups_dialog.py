"""The kept earlier contents of the file: looked into, and put back."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from avdesk.bridge.settings_desk import SettingsDesk
from avdesk.bridge.settings_told import BackupsTold, BackupTold, SavedTold
from avdesk.config.saving import Backup
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.settings.changes_view import ChangesView
from avdesk.ui.settings.text_editor import TextEditor
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.times import exact_utc, local_moment
from avdesk.ui.widgets.text import Role, Text

if TYPE_CHECKING:
    from avdesk.services.configuration import Opened


class BackupsDialog(QDialog):
    """A list at the left; at the right what restoring the chosen one would change, and its text."""

    def __init__(self, desk: SettingsDesk, opened: "Opened", unsaved: bool, parent: QWidget | None = None) -> None:
        """Show the backups of the file that is `opened`; `unsaved`: there are edits that restoring would drop."""
        super().__init__(parent)
        self._desk, self._opened = desk, opened
        self._backups: tuple[Backup, ...] = ()
        self._chosen: Backup | None = None
        self.setWindowTitle(_("Backups of the configuration"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.words = Text(_("Looking…"), Role.SECONDARY, wrap=True)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Backups"))
        self.changes = ChangesView()
        self.text: QPlainTextEdit = TextEditor()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(_("The backup’s text"))
        self.warning = Text(_("What you have not saved is dropped by restoring."), wrap=True)
        self.warning.set_tone(Tone.WARN)
        self.warning.setVisible(unsaved)
        self.box = QDialogButtonBox()
        self.restore = self.box.addButton(_("Restore"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.close_button = self.box.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.restore, self.close_button):
            button.setAccessibleName(button.text())
        self.restore.setEnabled(False)
        self._lay_out()
        self.list.currentRowChanged.connect(self._choose)
        self.box.accepted.connect(self._restore)
        self.box.rejected.connect(self.reject)
        desk.told.connect(self._take)
        desk.list_backups()

    def _take(self, told: object) -> None:
        if isinstance(told, BackupsTold):
            self._show_list(told)
        elif isinstance(told, BackupTold) and told.backup == self._chosen:
            self._show_backup(told)
        elif isinstance(told, SavedTold) and told.text is None:
            if told.trouble is None:
                self.accept()
            else:
                self.words.setText(f"{told.trouble.message} {told.trouble.advice}".strip())
                self.words.set_tone(Tone.BAD)

    def _show_list(self, told: BackupsTold) -> None:
        self._backups = told.backups or ()
        self.list.clear()
        for backup in self._backups:
            item = QListWidgetItem(local_moment(backup.at, datetime.now(UTC)), self.list)
            item.setToolTip(exact_utc(backup.at))
            item.setSizeHint(QSize(0, self.list.fontMetrics().height() + STEP))
        if told.trouble is not None:
            self.words.setText(f"{told.trouble.message} {told.trouble.advice}".strip())
        elif not self._backups:
            self.words.setText(_("There is no backup yet: one is kept each time that the file is replaced."))
        else:
            self.words.setText(_("Each is what the file held until it was replaced at that time."))
            self.list.setCurrentRow(0)
            self.list.setFocus()

    def _choose(self, row: int) -> None:
        self.restore.setEnabled(False)
        self._chosen = self._backups[row] if 0 <= row < len(self._backups) else None
        if self._chosen is not None:
            self._desk.look_into(self._chosen, self._opened.text)

    def _show_backup(self, told: BackupTold) -> None:
        self.text.setPlainText(told.text or "")
        if told.preview is not None:
            self.changes.show_preview(told.preview)
        same = told.preview is not None and not told.preview.differs
        self.restore.setEnabled(told.trouble is None and not same)
        if told.trouble is not None:
            self.changes.sum.setText(f"{told.trouble.message} {told.trouble.advice}".strip())

    def _restore(self) -> None:
        if self._chosen is not None:
            self.restore.setEnabled(False)
            self._desk.restore(self._chosen, self._opened)

    def _lay_out(self) -> None:
        self.list.setFixedWidth(180)
        right = QVBoxLayout()
        right.setSpacing(STEP)
        right.addWidget(self.changes)
        right.addWidget(self.text, 1)
        middle = QHBoxLayout()
        middle.setSpacing(GAP)
        middle.addWidget(self.list)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        column.addWidget(self.words)
        column.addLayout(middle, 1)
        column.addWidget(self.warning)
        column.addWidget(self.box)
        self.restore.setAutoDefault(False)
        self.close_button.setDefault(True)
        self.resize(760, 520)
