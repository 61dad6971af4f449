"""The query line of the Jobs page: find as you type, with help, completion, and what could not be understood."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from avdesk.core.jobcompletion import Completion, completions
from avdesk.core.jobquery import JobQuery, parse_query
from avdesk.core.jobterms import term_help
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.text import Role, Text

_PAUSE_MS = 60
"""After the last key, so that a fast typist is not filtered for at every letter."""
_LEAST_LETTERS = 2
"""Before anything is offered: a single letter may become too much."""
_POPUP_WIDTH = 320
_PATIENCE_MS = 900
"""Before an unfinished term is called wrong."""


class QueryEdit(QLineEdit):
    """A line in which the word at the cursor is completed.

    Signals:
        left: Escape or Enter: the keyboard goes back to the table.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered: dict[str, Completion] = {}
        self._picked = ""
        self._values: Mapping[str, Iterable[str]] = {}
        self._words = QStringListModel(self)
        self.popup = QCompleter(self._words, self)
        self.popup.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.popup.setWidget(self)
        self.popup.activated.connect(self._take)
        self.popup.highlighted.connect(self._pick)
        self.textEdited.connect(self.offer)

    def know(self, values: Mapping[str, Iterable[str]]) -> None:
        """Offer `values` too, by the term that takes them (``region``, ``machine``, ``label``)."""
        self._values = values

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Enter or Down; Escape empties first and leaves then. With offers open, take or close them."""
        if self._offers_are_open() and self._take_offer_key(event.key()):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        elif event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.text():
            self.clear()
        else:
            self.left.emit()

    def _offers_are_open(self) -> bool:
        popup = self.popup.popup()
        return popup is not None and popup.isVisible()

    def _take_offer_key(self, key: int) -> bool:
        """Take the offer that was gone to, with Tab also the first one; return whether the key is used up by that."""
        taken = self._picked or (next(iter(self._offered), "") if key == Qt.Key.Key_Tab else "")
        if key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape):
            return False
        self._close_offers()
        if key != Qt.Key.Key_Escape and taken:
            self._take(taken)
        return key == Qt.Key.Key_Escape or bool(taken)

    def _close_offers(self) -> None:
        popup = self.popup.popup()
        if popup is not None:
            popup.hide()

    def _pick(self, shown: str) -> None:
        self._picked = shown

    def offer(self) -> None:
        """Offer what the word at the cursor may become."""
        self._picked = ""
        text, cursor = self.text(), self.cursorPosition()
        found = completions(text, cursor, self._values)
        self._offered = {_shown(each): each for each in found if cursor - each.start >= _LEAST_LETTERS}
        self._words.setStringList(list(self._offered))
        if self._offered and self.hasFocus():
            rect = self.cursorRect()
            rect.setWidth(max(_POPUP_WIDTH, self.width() // 2))
            self.popup.complete(rect)
        else:
            self._close_offers()

    def _take(self, shown: str) -> None:
        completion = self._offered.get(shown)
        if completion is None:
            return
        text = self.text()
        self.setText(text[: completion.start] + completion.text + text[completion.end :])
        self.setCursorPosition(completion.start + len(completion.text))


def _shown(completion: Completion) -> str:
    if not completion.meaning:
        return completion.text
    return _("{term} — {meaning}").format(term=completion.text, meaning=completion.meaning)


class QueryLine(QWidget):
    """The line, its help, and one sentence below about what could not be understood.

    Signals:
        changed: the query, a `JobQuery`.
        left: the keyboard goes back to the table.
    """

    changed = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._query = parse_query("")
        self.edit = QueryEdit()
        self.edit.setAccessibleName(_("Find jobs"))
        self.edit.setAccessibleDescription(_("Words, or terms such as state:failed, region:us-west1, age<2d."))
        self.edit.setPlaceholderText(_("Find: words, state:failed, region:us-west1, gpu:l4, age<2d"))
        self.edit.setToolTip(_("Words and terms that all must hold (press / to come here)."))
        self.edit.setClearButtonEnabled(True)
        self.help = QPushButton(_("Terms"))
        self.help.setAccessibleName(_("Terms of the query"))
        self.help.setToolTip(_("What can be asked for; choosing one puts it into the line."))
        self.help.setMenu(self._help_menu())
        self.save = QPushButton(_("Save view…"))
        self.save.setAccessibleName(_("Save view…"))
        self.save.setToolTip(_("Keep this query under a name, as one of the views below."))
        self.problem = Text("", Role.SECONDARY, wrap=True)
        self.problem.set_tone(Tone.WARN)
        self.row = QHBoxLayout()
        self.row.setSpacing(STEP)
        self.row.addWidget(self.edit, 1)
        self.row.addWidget(self.help)
        self.row.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(self.row)
        column.addWidget(self.problem)
        self.problem.hide()
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._read)
        self._patience = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(lambda: self._tell(patient=False))
        self.edit.textChanged.connect(self._wait)
        self.edit.left.connect(self.left)

    @property
    def query(self) -> JobQuery:
        """The query as it was last read."""
        return self._query

    def set_text(self, text: str) -> None:
        """Show a query, read at once."""
        self.edit.setText(text)
        self._pause.stop()
        self._read()

    def _wait(self) -> None:
        self._pause.start()

    def _read(self) -> None:
        query = parse_query(self.edit.text())
        same = query.text == self._query.text
        self._query = query
        self.save.setEnabled(bool(query.text.strip()))
        self._tell(patient=True)
        self._patience.start()
        if not same:
            self.changed.emit(query)

    def _tell(self, *, patient: bool) -> None:
        told = [problem for problem in self._query.problems if not (patient and problem.unfinished)]
        self.problem.show_text(" ".join(problem.message for problem in told))

    def _help_menu(self) -> QMenu:
        menu = QMenu(self.help)
        menu.setToolTipsVisible(True)
        for entry in term_help():
            action = menu.addAction(_("{term} — {meaning}").format(term=entry.example, meaning=entry.meaning))
            action.setToolTip(", ".join(entry.values))
            action.triggered.connect(lambda _checked=False, example=entry.example: self._insert(example))
        menu.addSeparator()
        note = menu.addAction(_("-gpu:t4 turns a term round · quotes keep words together"))
        note.setEnabled(False)
        return menu

    def _insert(self, example: str) -> None:
        text = self.edit.text().rstrip()
        self.edit.setText(f"{text} {example}".strip())
        self.edit.setFocus()
