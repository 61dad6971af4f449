"""The line to find something by, and what becomes of what was found."""

from enum import StrEnum

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QSpinBox, QToolButton, QWidget

from avdesk.core.logsearch import LONGEST, Case, Wanted
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.logs.searches import SavedSearch, Searches, predefined
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.text import Role, Text

TYPED_MS = 120
"""After the last key a search begins."""

MOST_CONTEXT = 50


class Showing(StrEnum):
    """What is shown of a log while something is looked for."""

    ALL = "all"
    ONLY = "only"
    PANE = "pane"


class FindLine(QLineEdit):
    """A line edit that hands the keys of the log on.

    Signals:
        left: go back to the lines.
        stepped: go to the next match (True: the one before).
    """

    left = Signal()
    stepped = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter, F3, Escape and Down for the log."""
        key = event.key()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3):
            self.stepped.emit(shift)
            if key != Qt.Key.Key_F3 and not shift:
                self.left.emit()
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class SearchBar(QWidget):
    """What is looked for.

    Signals:
        changed: a `Wanted`, or None: nothing any more.
        stepped: go to the next match (True: the one before).
        left: go back to the lines.
        showing_changed: what is shown of the log, or how many lines around a match, has changed.
        save_asked: keep what is looked for under a name.
    """

    changed = Signal(object)
    stepped = Signal(bool)
    left = Signal()
    showing_changed = Signal()
    save_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = FindLine()
        self.regex = _tool(".*", _("Regular expression"), checkable=True)
        self.case = _tool("Aa", _("Match capitals"), checkable=True)
        self.previous = _tool("↑", _("Previous match (N)"))
        self.next = _tool("↓", _("Next match (n)"))
        self.count = Text("", Role.SECONDARY)
        self.showing = QComboBox()
        self.context = QSpinBox()
        self.saved = QToolButton()
        self.searches = Searches()
        self._wanted: Wanted | None = None
        self._saved: Wanted | None = None
        self._typed = QTimer(self, interval=TYPED_MS, singleShot=True)
        self._lay_out()
        self._connect()

    @property
    def wanted(self) -> Wanted | None:
        """What is looked for; None while the line is empty."""
        return self._wanted

    @property
    def mode(self) -> Showing:
        """What is shown of the log."""
        return Showing(self.showing.currentData())

    def show_wanted(self, wanted: Wanted | None) -> None:
        """Look for something, as if it had been typed."""
        self._saved = wanted
        blocked = [QSignalBlocker(part) for part in (self.edit, self.regex, self.case)]
        self.edit.setText("" if wanted is None else wanted.text)
        self.regex.setChecked(wanted is not None and wanted.regex)
        self.case.setChecked(wanted is not None and wanted.case is Case.SENSITIVE)
        for each in blocked:
            each.unblock()
        self._look()

    def set_mode(self, mode: Showing) -> None:
        """Show all, the matches alone, or a pane beside."""
        self.showing.setCurrentIndex(self.showing.findData(mode.value))

    def show_found(self, words: str, trouble: str = "") -> None:
        """Say how many matches there are, or why there are none."""
        self.count.setText(trouble or words)
        self.count.setToolTip(trouble)
        self.count.set_tone(Tone.BAD if trouble else None)
        self.count.setVisible(bool(trouble or words))

    def take_focus(self) -> None:
        """Have the keyboard, with the text selected."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def _look(self) -> None:
        self._typed.stop()
        text = self.edit.text()
        case = Case.SENSITIVE if self.case.isChecked() else Case.SMART
        wanted = Wanted(text, regex=self.regex.isChecked(), case=case) if text else None
        if self._saved is not None and wanted is not None and self._saved.text == text:
            wanted = Wanted(text, regex=wanted.regex, case=self._saved.case if case is Case.SMART else case)
        if wanted != self._wanted:
            self._wanted = wanted
            self.changed.emit(wanted)

    def _connect(self) -> None:
        self._typed.timeout.connect(self._look)
        self.edit.textChanged.connect(lambda _text: self._typed.start())
        self.regex.toggled.connect(lambda _on: self._look())
        self.case.toggled.connect(lambda _on: self._look())
        self.edit.stepped.connect(self._step)
        self.edit.left.connect(self._leave)
        self.previous.clicked.connect(lambda: self.stepped.emit(True))  # noqa: FBT003 - a signal's argument
        self.next.clicked.connect(lambda: self.stepped.emit(False))  # noqa: FBT003 - as above
        self.showing.currentIndexChanged.connect(lambda _index: self._show_context())
        self.context.valueChanged.connect(lambda _value: self.showing_changed.emit())

    def _step(self, backwards: bool) -> None:
        self._look()
        self.stepped.emit(backwards)

    def _leave(self) -> None:
        self._look()
        self.left.emit()

    def _show_context(self) -> None:
        self.context.setVisible(self.mode is Showing.ONLY)
        self.showing_changed.emit()

    def _lay_out(self) -> None:
        self.edit.setAccessibleName(_("Find in the log"))
        self.edit.setPlaceholderText(_("Find ( / )"))
        self.edit.setClearButtonEnabled(True)
        self.edit.setMaxLength(LONGEST)
        self.edit.setMinimumWidth(14 * self.edit.fontMetrics().averageCharWidth())
        self.showing.setAccessibleName(_("What is shown"))
        self.showing.addItem(_("All lines"), Showing.ALL.value)
        self.showing.addItem(_("Only matches"), Showing.ONLY.value)
        self.showing.addItem(_("Matches beside"), Showing.PANE.value)
        self.showing.setToolTip(_("All lines, only those that match, or a list of the matches below."))
        self.context.setRange(0, MOST_CONTEXT)
        self.context.setPrefix("± ")
        self.context.setAccessibleName(_("Lines around a match"))
        self.context.setToolTip(_("Lines shown before and after each match."))
        self.context.setVisible(False)
        self.saved.setText(_("Searches"))
        self.saved.setAccessibleName(_("Searches"))
        self.saved.setToolTip(_("Searches for known failures, and your own."))
        self.saved.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.saved)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self.saved.setMenu(menu)
        self.count.setVisible(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        row.addWidget(self.edit, 1)
        for tool in (self.regex, self.case, self.previous, self.next):
            row.addWidget(tool)
        row.addWidget(self.count)
        row.addSpacing(STEP - HALF)
        for part in (self.showing, self.context, self.saved):
            row.addWidget(part)
        self._fill(menu)

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        own = self.searches.own()
        for search in (*own, *predefined()):
            action = menu.addAction(search.name.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, search=search: self._use(search))
            if own and search is own[-1]:
                menu.addSeparator()
        menu.addSeparator()
        save = menu.addAction(_("Save this search…"))
        save.setEnabled(self._wanted is not None)
        save.triggered.connect(self.save_asked)
        if own:
            remove = menu.addMenu(_("Remove"))
            for search in own:
                action = remove.addAction(search.name.replace("&", "&&"))
                action.triggered.connect(lambda _checked=False, search=search: self.searches.remove(search.name))

    def _use(self, search: SavedSearch) -> None:
        self.show_wanted(search.wanted)
        self.left.emit()


def _tool(text: str, name: str, *, checkable: bool = False) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setCheckable(checkable)
    return button
