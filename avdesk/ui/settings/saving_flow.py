"""Saving, step by step: the preview, the file, and what has to be asked where somebody else was at it, too."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from avdesk.bridge.settings_desk import SettingsDesk
from avdesk.bridge.settings_told import CarriedTold, MergedTold, OpenedTold, PreviewTold, SavedTold
from avdesk.config.merging import Conflict, Side
from avdesk.core.snapshot import Trouble
from avdesk.i18n import _, ngettext
from avdesk.ui.settings.conflict_dialog import ConflictDialog
from avdesk.ui.settings.draft import Draft
from avdesk.ui.settings.save_dialog import SaveDialog

if TYPE_CHECKING:
    from avdesk.services.configuration import Opened


class SavingFlow(QObject):
    """Leads from a wish to save to a saved file, and keeps the draft in step with the file.

    Signals:
        told: something to be said: the words, and whether they are bad news.
        busy: whether the file is being worked on.
        saved: the draft is in the file.
    """

    told = Signal(str, bool)
    busy = Signal(bool)
    saved = Signal()

    def __init__(
        self, draft: Draft, desk: SettingsDesk, window: QWidget, settle: Callable[[], object] = lambda: None
    ) -> None:
        """Save `draft` by `desk`, and ask above `window`; `settle` puts into the draft what is being typed."""
        super().__init__(window)
        self._settle = settle
        self._draft, self._desk, self._window = draft, desk, window
        self._wanted = False
        self._saving = False
        self._look_again = False
        self._merging_to_save: Opened | None = None
        self.dialog: SaveDialog | None = None
        self.conflicts: ConflictDialog | None = None
        desk.told.connect(self._take)

    def ask(self) -> None:
        """Show what would change, then save where the user agrees."""
        if self._draft.dirty and not self._saving:
            self.forget_dialogs()
            self._wanted = True
            self._desk.preview(self._draft.base, self._draft.text)

    def save(self) -> None:
        """Save without asking."""
        opened = self._draft.opened
        if opened is None or self._saving:
            return
        self._begin()
        broken = not opened.sound
        self._desk.save(opened, self._draft.text, over_broken=broken, renamed=self._draft.renamed())

    def forget_dialogs(self) -> None:
        """Let go of dialogs that have been answered."""
        self.dialog = self.conflicts = None

    def _take(self, told: object) -> None:
        match told:
            case PreviewTold():
                self._show_preview(told)
            case SavedTold():
                self._on_saved(told)
            case MergedTold():
                self._on_merged(told)
            case OpenedTold():
                self._on_opened(told)
            case CarriedTold():
                self._on_carried(told)

    def _show_preview(self, told: PreviewTold) -> None:
        if not self._wanted or told.text != self._draft.text:
            return
        self._wanted = False
        if told.preview is None:
            self._say(told.trouble)
            return
        opened = self._draft.opened
        broken = opened is not None and not opened.sound
        renamed = self._draft.renamed()
        dialog = SaveDialog(told.preview, str(self._desk.path), self._window, broken=broken, renamed=renamed)
        dialog.accepted.connect(self.save)
        self.dialog = dialog
        dialog.open()

    def _on_saved(self, told: SavedTold) -> None:
        if not self._saving and told.text is not None:
            self._desk.open()  # the wizard's
            return
        self._end()
        conflicts = told.merged.conflicts if told.merged is not None else ()
        if told.trouble is not None:
            self._say(told.trouble)
            self._desk.open()
        elif conflicts and told.opened is not None and told.text is not None:
            self._ask_about(conflicts, told.text)
        elif told.opened is not None and told.text is None:
            self._draft.start(told.opened)
            self._note(_("The backup was restored."))
            self.saved.emit()
        elif told.opened is not None:
            self._draft.rebase(told.opened, told.opened.text)
            words = _("Saved.")
            if told.merged is not None:
                words = _("Saved, together with what another program had changed meanwhile.")
            self._note(words)
            self.saved.emit()

    def _ask_about(self, conflicts: tuple[Conflict, ...], text: str) -> None:
        dialog = ConflictDialog(conflicts, self._window)
        dialog.decided.connect(lambda choices: self._merge(text, choices))
        self.conflicts = dialog
        dialog.open()

    def _merge(self, text: str, choices: Mapping[str, Side]) -> None:
        opened = self._draft.opened
        if opened is not None:
            self._merging_to_save = opened
            self._begin()
            self._desk.merge(opened, text, choices)

    def _on_merged(self, told: MergedTold) -> None:
        to_save, self._merging_to_save = self._merging_to_save is not None, None
        if to_save:
            self._end()
        if told.opened is None or told.merged is None:
            self._say(told.trouble)
            return
        if told.text != self._draft.text:
            return  # edited meanwhile; it is merged when it is saved
        conflicts = told.merged.conflicts
        if conflicts and to_save:
            self._ask_about(conflicts, told.text)  # it was changed once more
        elif conflicts:
            text = ngettext(
                "The file was changed by another program, {n} value of yours, too. You are asked when you save.",
                "The file was changed by another program, {n} values of yours, too. You are asked when you save.",
                len(conflicts),
            )
            self._warn(text.format(n=len(conflicts)))
        else:
            self._draft.rebase(told.opened, told.merged.text)
            if to_save:
                self.save()
            else:
                words = _("The file was changed by another program. Your edits were brought together with it.")
                self._note(words)

    def _on_opened(self, told: OpenedTold) -> None:
        if self._saving:
            self._look_again = True
            return
        if told.opened is None:
            self._say(told.trouble)
            return
        self._settle()
        before = self._draft.opened
        if before is None:
            self._draft.start(told.opened)
            return
        same = told.opened.fingerprint == before.fingerprint
        if same and (told.opened.unreadable is None) == (before.unreadable is None):
            return
        if not self._draft.dirty:
            self._draft.start(told.opened)
            self._note(_("The file was changed by another program, and read again."))
        elif told.opened.sound and not self._draft.document.damaged:
            self._desk.merge(before, self._draft.text, {})
        else:
            self._draft.rebase(told.opened)
            words = _("The file was changed by another program and cannot be merged. What you edited is still here.")
            self._warn(words)

    def _on_carried(self, told: CarriedTold) -> None:
        if told.trouble is not None and told.trouble.kind != "KeyringAbsentError":  # then there was nothing in it
            text = _("The credentials of “{former}” may not all be under “{name}” now: {why} Look at them there.")
            self._warn(text.format(former=told.former, name=told.name, why=told.trouble.message))

    def _begin(self) -> None:
        self._saving = True
        self.busy.emit(self._saving)

    def _end(self) -> None:
        self._saving = False
        self.busy.emit(self._saving)
        if self._look_again:
            self._look_again = False
            self._desk.open()

    def _say(self, trouble: Trouble | None) -> None:
        if trouble is not None:
            self._warn(f"{trouble.message} {trouble.advice}".strip())

    def _note(self, words: str) -> None:
        bad = False
        self.told.emit(words, bad)

    def _warn(self, words: str) -> None:
        bad = True
        self.told.emit(words, bad)
