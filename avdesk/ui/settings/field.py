"""One option in the form: its name, its editor, the way back to the default, its help, and what is wrong with it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from avdesk.config.document import Document
from avdesk.config.keys import key_text
from avdesk.config.options import Kind, Option
from avdesk.config.problems import UnfitError
from avdesk.config.statements import KeyPath
from avdesk.config.typed import from_text
from avdesk.core.errors import KnownError
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.settings.draft import Draft
from avdesk.ui.settings.editors import DEFAULT, ChoiceEditor, TextEditor, make_editor
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.text import Role, Text

NUMBER_WIDTH = 20
"""Letters that the editor of a number has room for: its default and why it holds stand in it."""


class OptionField:
    """The widgets of one option; `place` puts them into a grid."""

    def __init__(self, option: Option, draft: Draft, path: KeyPath) -> None:
        """Edit the value at `path` of the draft's text."""
        self.option = option
        self._draft = draft
        self._path = path
        self._refused = ""
        name = option.label()
        self.label = Text(name, wrap=True)
        self.editor = make_editor(option)
        self.editor.setAccessibleName(name)
        self.label.setBuddy(self.editor)
        self.unit = Text(option.unit, Role.SECONDARY)
        self.reset = QToolButton()
        self.reset.setText(_("Reset"))
        self.reset.setAutoRaise(True)
        self.reset.setAccessibleName(_("Reset “{option}” to the default").format(option=name))
        self.reset.setToolTip(self.reset.accessibleName())
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.help = Text(_help(option), Role.SECONDARY, wrap=True)
        self.problem = Text("", Role.SECONDARY, wrap=True)
        self.problem.set_tone(Tone.BAD)
        self.editor.edited.connect(self._enter)
        self.reset.clicked.connect(lambda: self._enter(DEFAULT))
        self._parts: tuple[QWidget, ...] = ()

    @property
    def path(self) -> KeyPath:
        """Where its value stands."""
        return self._path

    def set_path(self, path: KeyPath) -> None:
        """Edit the value of another place."""
        self._path = path
        self._refused = ""

    def place(self, grid: QGridLayout) -> None:
        """Put it into the next row of a grid of two columns."""
        row = grid.rowCount()
        line = QHBoxLayout()
        line.setSpacing(HALF)
        stretched = isinstance(self.editor, TextEditor) and self.option.kind not in (Kind.WHOLE, Kind.SECONDS)
        if isinstance(self.editor, TextEditor) and not stretched:
            self.editor.setFixedWidth(NUMBER_WIDTH * self.editor.fontMetrics().averageCharWidth())
        line.addWidget(self.editor, 1 if stretched else 0)
        if self.option.unit:
            line.addWidget(self.unit)
        if not stretched:
            line.addStretch(1)
        line.addWidget(self.reset)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, STEP)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self.problem)
        column.addWidget(self.help)
        drop = max(0, (self.editor.sizeHint().height() - self.label.fontMetrics().height()) // 2)
        self.label.setContentsMargins(0, drop, 0, 0)
        grid.addWidget(self.label, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(box, row, 1)
        self._parts = (self.label, box)

    def fits(self, words: tuple[str, ...]) -> bool:
        """Whether all of some lower-case words are in its name, its help or its key."""
        key = ".".join(self._path[2:] if len(self._path) > 2 else self._path)  # without the environment's name
        text = f"{self.option.label()} {self.option.help()} {key}".lower()
        return all(word in text for word in words)

    def set_visible(self, visible: bool) -> None:
        """Show it or not."""
        for part in self._parts:
            part.setVisible(visible)

    def show_draft(self) -> None:
        """Show what the draft holds."""
        document = self._draft.document
        given = document.given(self._path)
        if isinstance(self.editor, ChoiceEditor) and self.option.kind is Kind.ENVIRONMENT:
            self.editor.set_choices(document.environments())
        fallback, note = self._fallback(document)
        self.editor.show_value(given, fallback, note)
        editable = self._draft.editable
        self.editor.setEnabled(editable)
        self.reset.setVisible(given is not None)
        self.reset.setEnabled(editable)
        tip = key_text(self._path)
        self.label.setToolTip(tip)
        wrong = [f"{problem.message} {problem.hint}".strip() for problem in self._draft.problems_of(self._path)]
        text = "\n".join(wrong) or self._refused
        self.problem.show_text(text)
        self.editor.setAccessibleDescription(f"{text} {self.help.text()}".strip())

    def _fallback(self, document: Document) -> tuple[object, str]:
        """Return what holds without a value here, and why."""
        if len(self._path) == 4:  # an environment's own polling or notifications
            shared = self._path[2:]
            if document.given(shared) is not None:
                try:
                    return document.get(shared), _("as for all")
                except KnownError:
                    pass
        if self.option.kind is Kind.ENVIRONMENT:
            names = document.environments()
            return (self.option.default if self.option.default in names or not names else names[0]), _("default")
        return self.option.default, _("default")

    def _enter(self, text: str) -> None:
        """Put what was entered into the draft; what does not fit goes in, too, so that both faces show it."""
        self._refused = ""
        try:
            if text == DEFAULT or (not text.strip() and self.option.kind in (Kind.WHOLE, Kind.SECONDS, Kind.REGIONS)):
                self._draft.edit(lambda document: document.unset(self._path), self._path)
            else:
                value, fits = _value(self.option, text)
                put = Document.set if fits else Document.put
                self._draft.edit(lambda document: put(document, self._path, value), self._path)
        except KnownError as error:
            self._refused = f"{error.message} {error.advice}".strip()
        self.show_draft()


def _value(option: Option, text: str) -> tuple[object, bool]:
    """Return what a text means, and whether it fits; where it does not, what comes nearest to it in TOML."""
    try:
        return from_text(option, text), True
    except UnfitError:
        if option.kind is Kind.REGIONS:
            return [each.strip() for each in text.split(",") if each.strip()], False
        try:
            return (int(text) if text.strip().lstrip("-").isdigit() else float(text)), False
        except ValueError:
            return text.strip(), False


def _help(option: Option) -> str:
    text = option.help()
    if option.kind in (Kind.WHOLE, Kind.SECONDS):
        text += " " + _("{low:,.0f} to {high:,.0f}.").format(low=option.low, high=option.high)
    if option.restart:
        text += " " + _("Takes hold when AVDesk is started the next time.")
    return text
