"""The Settings page: two faces of one file, a form and its text."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShowEvent
from PySide6.QtWidgets import QMessageBox, QWidget

from avdesk.bridge.credentials import CredentialDesk
from avdesk.bridge.finding import FindingDesk
from avdesk.bridge.settings_desk import SettingsDesk
from avdesk.bridge.settings_desks import SettingsDesks
from avdesk.config.problems import Problem
from avdesk.core.snapshot import Snapshot
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.pages.page import Page
from avdesk.ui.settings.draft import Draft
from avdesk.ui.settings.environment_list import EnvironmentActions
from avdesk.ui.settings.file_flow import FileFlow
from avdesk.ui.settings.form import Form
from avdesk.ui.settings.frame import SettingsFrame
from avdesk.ui.settings.saving_flow import SavingFlow
from avdesk.ui.settings.section import SectionTools
from avdesk.ui.settings.text_face import TextFace
from avdesk.ui.wishes import Wishes

if TYPE_CHECKING:
    from avdesk.ui.wizard.wizard import SetupWizard


class SettingsPage(Page):
    """Edits the configuration. Until it is given its desks it only says that it waits.

    Signals:
        set_up: the wizard has written a configuration with an environment of that name.
    """

    set_up = Signal(str)

    def __init__(self, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self._desk: SettingsDesk | None = None
        self._credentials: CredentialDesk | None = None
        self._finding: FindingDesk | None = None
        self._busy = False
        self._told: tuple[str, bool] = ("", False)
        self.draft = Draft(self)
        self.parts = SettingsFrame()
        self.form: Form | None = None
        self.text: TextFace | None = None
        self.saving: SavingFlow | None = None
        self.files: FileFlow | None = None
        self.environments = EnvironmentActions(self.draft, self)
        self.wizard: SetupWizard | None = None
        self.parts.lay_out(self)
        self._add_keys()
        self._connect()
        self._show_rest()

    # What the window tells

    def use_desks(self, desks: SettingsDesks) -> None:
        """Work by these desks from now on; nothing is read before the page is seen."""
        if not desks.kept:
            words = _("The demo has no configuration: nothing of yours is read or written while it runs.")
            self.parts.waiting.setText(f"{words} {_('Start AVDesk without “demo” to set it up.')}")
            return
        desk = desks.settings
        self._desk, self._credentials, self._finding = desk, desks.credentials, desks.finding
        self.saving = SavingFlow(self.draft, desk, self, self._take_typed)
        self.saving.told.connect(self._say)
        self.saving.busy.connect(self._be_busy)
        self.files = FileFlow(self.draft, desk, self)
        self.files.told.connect(self._say)
        if self.isVisible():
            desk.open()

    def show_snapshot(self, snapshot: Snapshot, now: datetime) -> None:
        """Settings do not depend on what the server does."""

    def tick(self, now: datetime) -> None:
        """Nothing here ages."""

    def showEvent(self, event: QShowEvent) -> None:
        """Read the file: it may be another one by now."""
        super().showEvent(event)
        if self._desk is not None:
            self._desk.open()

    @property
    def unsaved(self) -> bool:
        """Whether there are edits that are not in the file."""
        self._take_typed()
        return self.draft.dirty

    def ask_before_leaving(self, leave: Callable[[], object]) -> QMessageBox:
        """Ask what is to become of the edits, and call `leave` where they need not stay."""
        question = QMessageBox(self.window())
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(_("Quit AVDesk"))
        question.setText(_("The configuration was edited and is not saved yet."))
        save = question.addButton(_("Save and quit"), QMessageBox.ButtonRole.AcceptRole)
        drop = question.addButton(_("Quit without saving"), QMessageBox.ButtonRole.DestructiveRole)
        back = question.addButton(_("Back"), QMessageBox.ButtonRole.RejectRole)
        for button in (save, drop, back):
            button.setAccessibleName(button.text())
        question.setDefaultButton(save)
        question.setEscapeButton(back)
        opened = self.draft.opened
        save.setEnabled(not self.draft.document.damaged and opened is not None and opened.sound)
        save.clicked.connect(lambda: self._save_and(leave))
        drop.clicked.connect(leave)
        question.open()
        return question

    def begin_set_up(self) -> None:
        """Open the wizard."""
        if self._desk is None or self._credentials is None or self._finding is None:
            return
        if self.wizard is not None:
            self.wizard.raise_()
            return
        from avdesk.ui.wizard.wizard import SetupWizard  # most come here without it

        wizard = SetupWizard(self._desk, self._credentials, self._finding, self.window())
        wizard.finished.connect(self._end_set_up)
        wizard.done_with.connect(self.set_up)
        self.wizard = wizard
        wizard.show()

    # The faces

    def _take(self, told: object) -> None:
        del told
        if self.draft.opened is not None and self.form is None:
            self._make_faces()

    def _make_faces(self) -> None:
        assert self._desk is not None
        assert self._credentials is not None
        tools = SectionTools(self.draft, self._desk, self._credentials, self.environments)
        self.form = Form(tools)
        self.text = TextFace(self.draft, self._desk)
        self.text.checked.connect(self._show_problems)
        for face in (self.form, self.text):
            self.parts.stack.addWidget(face)
        names = self.draft.document.environments()
        if names:
            default = self.draft.document.loaded.settings.default_environment
            self.form.show_environment(default if default in names else names[0])
        self.form.search(self.parts.search.text())
        self._show_face()

    def _show_face(self) -> None:
        if self.form is None or self.text is None:
            return
        as_text = self.parts.text_button.isChecked()
        self._take_typed()
        if as_text:
            self.text.show_draft()
            self.parts.stack.setCurrentWidget(self.text)
        else:
            self.form.show_draft()
            self.parts.stack.setCurrentWidget(self.form)
            self._show_problems(self.draft.problems)
        self.parts.search.setEnabled(not as_text)
        self._show_rest()

    def show_text(self, line: int | None = None) -> None:
        """Show the text, at a line."""
        self.parts.text_button.setChecked(True)
        if self.text is not None and line is not None:
            self.text.go_to(line)

    def _take_typed(self) -> None:
        if self.text is not None and self.text.pending:
            self.text.take()

    def _on_changed(self) -> None:
        if not self._told[1]:
            self._told = ("", False)
        if self.form is None:
            self._take(None)
        elif self.parts.text_button.isChecked():
            if self.text is not None and not self.text.pending:
                self.text.show_draft()
        else:
            self.form.show_draft()
            self._show_problems(self.draft.problems)
        self._show_rest()

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        self.parts.problems.show_problems(problems)

    def _choose_problem(self, problem: Problem) -> None:
        in_text = self.parts.text_button.isChecked()
        if not in_text and self.form is not None and self.draft.editable and self.form.show_problem(problem):
            return
        self.show_text(problem.line or 1)

    # What stands around them

    def _show_rest(self) -> None:
        parts, draft = self.parts, self.draft
        ready = draft.opened is not None
        dirty = draft.dirty
        parts.undo.setEnabled(draft.can_undo and not self._busy)
        parts.redo.setEnabled(draft.can_redo and not self._busy)
        parts.revert.setEnabled(dirty and not self._busy)
        parts.save.setEnabled(dirty and not self._busy and not draft.document.damaged and draft.opened is not None)
        for button in (parts.form_button, parts.text_button, parts.more, parts.search):
            button.setEnabled(ready)
        parts.search.setEnabled(ready and not parts.text_button.isChecked())
        self._show_banner()
        words, bad = self._told
        if dirty:
            words = f"{_('Not saved yet.')} {words}".strip()
        elif not words and draft.opened is not None:
            words = str(self._desk.path) if self._desk is not None else ""
        parts.state.setText(words)
        parts.state.set_tone(Tone.WARN if bad else None)

    def _show_banner(self) -> None:
        draft, banner = self.draft, self.parts.banner
        opened = draft.opened
        if opened is None:
            banner.show_words("")
        elif opened.unreadable is not None:
            banner.show_words(f"{opened.unreadable.message} {opened.unreadable.advice}", _("Read it again"))
        elif draft.document.damaged:
            untouched = _("The file is damaged, and is left as it is until you save a text that is right.")
            edited = _("The text is damaged as it is now: it cannot be saved so.")
            form = _("The form shows what can be read of it, and changes nothing.")
            as_text = self.parts.text_button.isChecked()
            words = edited if opened.sound else untouched
            banner.show_words(words if as_text else f"{words} {form}", "" if as_text else _("Correct it as text"))
        else:
            banner.show_words("")

    def _on_banner(self) -> None:
        opened = self.draft.opened
        if opened is not None and opened.unreadable is not None and self._desk is not None:
            self._desk.open()
            return
        line = next((problem.line for problem in self.draft.problems if problem.line is not None), 1)
        self.show_text(line)

    def _say(self, words: str, bad: bool = False) -> None:
        self._told = (words, bad)
        self._show_rest()

    def _be_busy(self, busy: bool) -> None:
        self._busy = busy
        self.parts.stack.setEnabled(not busy)
        self._show_rest()

    # What the user does

    def _save(self) -> None:
        self._take_typed()
        if self.saving is not None and self.parts.save.isEnabled():
            self._told = ("", False)
            self.saving.ask()

    def _save_and(self, leave: Callable[[], object]) -> None:
        if self.saving is not None:
            self.saving.saved.connect(leave)
            self.saving.save()

    def _undo(self) -> None:
        self._take_typed()
        self.draft.undo()

    def _redo(self) -> None:
        self.draft.redo()

    def _end_set_up(self) -> None:
        if self.wizard is not None:
            self.wizard.deleteLater()
            self.wizard = None

    def _open_folder(self) -> None:
        if self._desk is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._desk.path.parent)))

    def _search(self, text: str) -> None:
        if self.form is not None:
            self.form.search(text)

    # Making

    def _connect(self) -> None:
        parts = self.parts
        self.draft.changed.connect(self._on_changed)
        parts.search.textChanged.connect(self._search)
        parts.text_button.toggled.connect(lambda _on: self._show_face())
        parts.undo.clicked.connect(self._undo)
        parts.redo.clicked.connect(self._redo)
        parts.revert.clicked.connect(self._revert)
        parts.save.clicked.connect(self._save)
        parts.banner.button.clicked.connect(self._on_banner)
        parts.problems.chosen.connect(self._choose_problem)
        self.environments.refused.connect(lambda words: self._say(words, bad=True))
        self.environments.set_up_asked.connect(self.begin_set_up)
        for text, do in (
            (_("Backups…"), self._show_backups),
            (_("Export without secrets…"), self._export),
            (_("Import…"), self._import),
            (_("Set up…"), self.begin_set_up),
            (_("Open the folder"), self._open_folder),
        ):
            parts.menu.addAction(text).triggered.connect(do)

    def _show_backups(self) -> None:
        self._take_typed()
        if self.files is not None:
            self.files.show_backups()

    def _export(self) -> None:
        self._take_typed()
        if self.files is not None:
            self.files.export()

    def _import(self) -> None:
        self._take_typed()
        if self.files is not None:
            self.files.take_in()

    def _revert(self) -> None:
        self._take_typed()
        self._told = ("", False)
        self.draft.revert()

    def _add_keys(self) -> None:
        add, key = self.parts.add_action, QKeySequence.StandardKey
        add(self, _("Save…"), (key.Save,)).triggered.connect(self._save)
        add(self, _("Undo"), (key.Undo,)).triggered.connect(self._undo)
        add(self, _("Redo"), (key.Redo, "Ctrl+Y")).triggered.connect(self._redo)
        add(self, _("Search the options"), (key.Find,)).triggered.connect(self._focus_search)

    def _focus_search(self) -> None:
        self.parts.search.setFocus()
        self.parts.search.selectAll()
