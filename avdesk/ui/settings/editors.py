"""The editors of single values, one for each kind of option. They show a value and tell what the user made of it."""

from typing import Protocol

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QColorDialog, QComboBox, QWidget

from avdesk.config.options import Kind, Option
from avdesk.config.typed import to_text
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.ui.marks import MARK, colour_code, environment_mark
from avdesk.ui.widgets.edged import EdgedCheck, EdgedLine

DEFAULT = "\0default"
"""A combo box's data for what holds without a value."""


class Editor(Protocol):
    """Shows one value. `edited` carries what was entered as text; `DEFAULT` where the value is to be taken out."""

    edited: Signal

    def show_value(self, given: object, fallback: object, note: str) -> None:
        """Show the `given` value, None without one; `fallback` is what then holds, `note` says why."""


class TextEditor(EdgedLine):
    """A line of text; what holds without one stands in it in grey."""

    edited = Signal(str)

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._option = option
        self.setMaxLength(4000)
        if option.kind in (Kind.WHOLE, Kind.SECONDS):
            self.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.textChanged.connect(self._tell)

    def show_value(self, given: object, fallback: object, note: str) -> None:
        """Show a value; what is being typed stays as it is while it means the same."""
        text = "" if given is None else _text(given)
        if _meant(self.text()) != _meant(text):
            with QSignalBlocker(self):
                self.setText(text)
                self.setCursorPosition(0)
        if given == "" and self._option.default:
            self.setPlaceholderText(_("(empty)"))
        else:
            shown = _text(fallback) or _("empty")
            self.setPlaceholderText(f"{shown} ({note})")

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the page: they go through everything that was edited."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def _tell(self, text: str) -> None:
        self.edited.emit(text if text.strip() or self._option.default != "" else DEFAULT)


class FlagEditor(EdgedCheck):
    """On or off."""

    edited = Signal(str)

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        del option
        self.toggled.connect(self._tell)

    def show_value(self, given: object, fallback: object, note: str) -> None:
        """Show a value."""
        on = given if isinstance(given, bool) else bool(fallback)
        with QSignalBlocker(self):
            self.setChecked(on)
        default = _("on") if fallback else _("off")
        self.setText((_("on") if on else _("off")) if given is not None else f"{default} ({note})")

    def _tell(self, on: bool) -> None:
        self.edited.emit("true" if on else "false")


class ChoiceEditor(QComboBox):
    """One of some values; the first entry takes the value out."""

    edited = Signal(str)

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[str, ...] = option.choices
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(self._choose)

    def set_choices(self, choices: tuple[str, ...]) -> None:
        """Offer other values."""
        self._choices = choices

    def show_value(self, given: object, fallback: object, note: str) -> None:
        """Show a value; one that is no choice stands in a line of its own."""
        with QSignalBlocker(self):
            self.clear()
            self.add(f"{_text(fallback)} ({note})", DEFAULT, _text(fallback))
            for choice in self._choices:
                self.add(choice, choice, choice)
            text = None if given is None else _text(given)
            if text is not None and text not in self._choices:
                self.add(one_line(text, 40), text, text)
            self.add_more()
            self.setCurrentIndex(0 if text is None else self.findData(text))

    def add(self, words: str, data: str, value: str) -> None:
        """Add an entry; `value` is what it stands for."""
        del value
        self.addItem(words, data)

    def add_more(self) -> None:
        """Add what else is offered; nothing here."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page: scrolling past must change nothing."""
        event.ignore()

    def _choose(self, index: int) -> None:
        self.edited.emit(str(self.itemData(index)))


class ColourEditor(ChoiceEditor):
    """A named colour, or any other by the platform-independent picker."""

    _OTHER = "\0other"

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(option, parent)
        self.setIconSize(QSize(MARK, MARK))
        self.picker: QColorDialog | None = None

    def add(self, words: str, data: str, value: str) -> None:
        """Add a colour with its mark."""
        self.addItem(environment_mark(value), words, data)

    def add_more(self) -> None:
        """Offer the picker."""
        self.addItem(_("Other colour…"), self._OTHER)

    def show_value(self, given: object, fallback: object, note: str) -> None:
        """Show a colour."""
        self._present = given if isinstance(given, str) else str(fallback)
        self._shown = (given, fallback, note)
        super().show_value(given, fallback, note)

    def _choose(self, index: int) -> None:
        if self.itemData(index) != self._OTHER:
            super()._choose(index)
            return
        super().show_value(*self._shown)  # until one is picked, it is the one that it was
        picker = QColorDialog(QColor(colour_code(self._present)), self.window())
        picker.setWindowTitle(_("Colour of the environment"))
        picker.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.colorSelected.connect(lambda colour: self.edited.emit(colour.name()))
        self.picker = picker
        picker.open()


def make_editor(option: Option, parent: QWidget | None = None) -> TextEditor | FlagEditor | ChoiceEditor:
    """Return the editor for an option's kind."""
    if option.kind is Kind.FLAG:
        return FlagEditor(option, parent)
    if option.kind is Kind.COLOUR:
        return ColourEditor(option, parent)
    if option.kind in (Kind.CHOICE, Kind.ENVIRONMENT):
        return ChoiceEditor(option, parent)
    return TextEditor(option, parent)


def is_undo(event: QKeyEvent) -> bool:
    """Whether a key asks for undo or redo."""
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(to_text, value))
    return to_text(value) if isinstance(value, str | bool | int | float) else one_line(value, 200)


def _meant(text: str) -> str:
    """Return a text without what makes no difference while it is typed."""
    try:
        return repr(float(text))
    except ValueError:
        pass
    return ",".join(part.strip() for part in text.split(",") if part.strip()).rstrip("/")
