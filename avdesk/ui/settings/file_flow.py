"""Giving the configuration away without secrets, taking one in after a look, and going back to a backup."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QVBoxLayout, QWidget

from avdesk.bridge.settings_desk import SettingsDesk
from avdesk.bridge.settings_told import ExportedTold, ImportedTold
from avdesk.i18n import _
from avdesk.ui.settings.backups_dialog import BackupsDialog
from avdesk.ui.settings.changes_view import ChangesView
from avdesk.ui.settings.draft import Draft
from avdesk.ui.settings.problem_list import ProblemList
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.edged import EdgedCheck
from avdesk.ui.widgets.text import Role, Text


class FileFlow(QObject):
    """What the page's menu does with files.

    Signals:
        told: something to be said: the words, and whether they are bad news.
    """

    told = Signal(str, bool)

    def __init__(self, draft: Draft, desk: SettingsDesk, window: QWidget) -> None:
        """Work on `draft` by `desk`, and ask above `window`."""
        super().__init__(window)
        self._draft, self._desk, self._window = draft, desk, window
        self.files: QFileDialog | None = None
        self.backups: BackupsDialog | None = None
        self.importing: ImportDialog | None = None
        desk.told.connect(self._take)

    def show_backups(self) -> None:
        """Show the kept earlier contents."""
        if self._draft.opened is not None:
            self.backups = BackupsDialog(self._desk, self._draft.opened, self._draft.dirty, self._window)
            self.backups.open()

    def export(self) -> None:
        """Ask where to, and write the text without secrets."""
        files = self._dialog(_("Export without secrets"), QFileDialog.AcceptMode.AcceptSave)
        files.setDefaultSuffix("toml")
        files.selectFile("avdesk-config.toml")
        files.fileSelected.connect(lambda file: self._desk.export(self._draft.text, Path(file)))
        files.open()

    def take_in(self) -> None:
        """Ask which file, and show what would come of it."""
        files = self._dialog(_("Import a configuration"), QFileDialog.AcceptMode.AcceptOpen)
        files.setFileMode(QFileDialog.FileMode.ExistingFile)
        files.fileSelected.connect(lambda file: self.look_at(Path(file)))
        files.open()

    def look_at(self, file: Path) -> None:
        """Show what would come of taking in a file."""
        dialog = ImportDialog(file, self._window)
        dialog.wanted.connect(lambda whole: self._desk.look_at_import(file, self._draft.text, whole=whole))
        dialog.agreed.connect(self._take_text)
        self.importing = dialog
        dialog.ask()
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        files = QFileDialog(self._window, title)
        files.setAcceptMode(mode)
        files.setNameFilters([_("Configuration (*.toml)"), _("All files (*)")])
        files.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.files = files
        return files

    def _take(self, told: object) -> None:
        if isinstance(told, ExportedTold):
            trouble = told.trouble
            words = _("Exported without secrets to {file}.").format(file=told.file)
            self.told.emit(
                words if trouble is None else f"{trouble.message} {trouble.advice}".strip(), trouble is not None
            )
        elif isinstance(told, ImportedTold) and self.importing is not None:
            self.importing.show_told(told)

    def _take_text(self, text: str) -> None:
        self.importing = None
        self._draft.edit(lambda document: document.replace(text))
        bad = False
        self.told.emit(_("Taken over. Nothing is saved yet."), bad)


class ImportDialog(QDialog):
    """What would come of taking in a file.

    Signals:
        wanted: look at it; whether in place of everything.
        agreed: the text as it is to be.
    """

    wanted = Signal(bool)
    agreed = Signal(str)

    def __init__(self, file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Import a configuration"))
        self._file = file
        self._text: str | None = None
        self.words = Text(_("From {file}:").format(file=file), Role.SECONDARY, wrap=True)
        self.whole = EdgedCheck(_("Replace everything, not only what the file gives"))
        self.whole.setAccessibleName(self.whole.text())
        self.changes = ChangesView()
        self.left_out = ProblemList()
        self.box = QDialogButtonBox()
        self.take = self.box.addButton(_("Take over"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.back = self.box.addButton(_("Back"), QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.take, self.back):
            button.setAccessibleName(button.text())
        self.take.setEnabled(False)
        self.take.setToolTip(_("Puts it into the editor; nothing is saved yet."))
        self.whole.toggled.connect(self.ask)
        self.box.accepted.connect(self._agree)
        self.box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        for part in (self.words, self.whole, self.changes, self.left_out, self.box):
            column.addWidget(part)
        self.resize(680, 420)

    def ask(self) -> None:
        """Have the file looked at."""
        self._text = None
        self.take.setEnabled(False)
        self.wanted.emit(self.whole.isChecked())

    def show_told(self, told: ImportedTold) -> None:
        """Show what would come of it."""
        if told.file != self._file or told.whole != self.whole.isChecked():
            return
        if told.imported is None:
            trouble = told.trouble
            self.changes.sum.setText(f"{trouble.message} {trouble.advice}".strip() if trouble is not None else "")
            self.changes.table.hide()
            self.left_out.show_problems(())
            return
        self._text = told.imported.text
        self.changes.show_preview(told.imported.preview)
        self.left_out.show_problems(told.imported.left_out)
        if told.imported.left_out and not told.whole:
            self.left_out.title.setText(_("Not taken over"))
        self.take.setEnabled(told.imported.preview.differs)

    def _agree(self) -> None:
        if self._text is not None:
            self.agreed.emit(self._text)
            self.accept()
