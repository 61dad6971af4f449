"""The file's text, as one face of the draft: what is typed goes into it, what changes elsewhere is shown here."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from avdesk.bridge.settings_desk import SettingsDesk
from avdesk.bridge.settings_told import CheckedTold
from avdesk.config.problems import Problem
from avdesk.i18n import _
from avdesk.ui.settings.draft import Draft
from avdesk.ui.settings.problem_list import sentence
from avdesk.ui.settings.text_editor import TextEditor

TAKE_MS = 250
"""For so long nothing was typed before the text is taken over and checked."""


class TextFace(QWidget):
    """The editor, and the problems of its text.

    Signals:
        checked: the problems of the text as it is now, a tuple of `Problem`.
    """

    checked = Signal(object)

    def __init__(self, draft: Draft, desk: SettingsDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._desk = draft, desk
        self._showing = False
        self._number = 0
        self.editor = TextEditor()
        self.editor.setAccessibleName(_("Configuration as text"))
        self._wait = QTimer(self, interval=TAKE_MS, singleShot=True)
        self._wait.timeout.connect(self.take)
        self.editor.textChanged.connect(self._typed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.editor)
        desk.told.connect(self._take_told)

    def show_draft(self) -> None:
        """Show the draft's text, and have it checked."""
        self._wait.stop()
        self._showing = True
        self.editor.show_text(self._draft.text)
        self._showing = False
        opened = self._draft.opened
        self.editor.setReadOnly(opened is None or opened.unreadable is not None)
        self._number = self._desk.check(self._draft.text)

    def take(self) -> None:
        """Put what was typed into the draft."""
        self._wait.stop()
        text = self.editor.toPlainText()
        old = self._draft.text
        if text == old.removeprefix("\ufeff").replace("\r\n", "\n"):
            return
        if "\r\n" in old:
            text = text.replace("\n", "\r\n")
        if old.startswith("\ufeff"):
            text = "\ufeff" + text
        self._draft.type_text(text)

    @property
    def pending(self) -> bool:
        """Whether something was typed that is not in the draft yet."""
        return self._wait.isActive()

    def go_to(self, line: int) -> None:
        """Show a line."""
        self.editor.go_to(line)

    def _typed(self) -> None:
        if not self._showing:
            self._wait.start()

    def _take_told(self, told: object) -> None:
        if isinstance(told, CheckedTold) and told.number == self._number:
            self._mark(told.loaded.problems)
            self.checked.emit(told.loaded.problems)

    def _mark(self, problems: Sequence[Problem]) -> None:
        lines: dict[int, list[str]] = {}
        for problem in problems:
            if problem.line is not None:
                lines.setdefault(problem.line, []).append(sentence(problem))
        self.editor.mark({line: "\n".join(found) for line, found in lines.items()})
