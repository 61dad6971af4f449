"""What can be done in a log by one key, and which key that is: as in the viewers that people know."""

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from avdesk.i18n import _


class Command(StrEnum):
    """Something to do in a log; value: its name in tests and settings."""

    FIND = "find"
    NEXT = "next"
    PREVIOUS = "previous"
    TOP = "top"
    END = "end"
    FOLLOW = "follow"
    NEXT_ERROR = "next-error"
    PREVIOUS_ERROR = "previous-error"
    NEXT_WARNING = "next-warning"
    PREVIOUS_WARNING = "previous-warning"
    BOOKMARK = "bookmark"
    NEXT_BOOKMARK = "next-bookmark"
    PREVIOUS_BOOKMARK = "previous-bookmark"
    JUMP = "jump"
    DETAIL = "detail"
    FOLD = "fold"
    WRAP = "wrap"
    LARGER = "larger"
    SMALLER = "smaller"
    USUAL_SIZE = "usual-size"
    COPY = "copy"
    COPY_JSON = "copy-json"
    EXPORT = "export"
    OPEN_FILE = "open-file"
    WHOLE = "whole"
    HISTOGRAM = "histogram"
    OLDER = "older"
    CONSOLE = "console"
    ONLY_JOB = "only-job"
    ESCAPE = "escape"
    HELP = "help"


LETTERS: Mapping[str, Command] = {
    "/": Command.FIND,
    "n": Command.NEXT,
    "N": Command.PREVIOUS,
    "g": Command.TOP,
    "G": Command.END,
    "F": Command.FOLLOW,
    "e": Command.NEXT_ERROR,
    "E": Command.PREVIOUS_ERROR,
    "w": Command.NEXT_WARNING,
    "W": Command.PREVIOUS_WARNING,
    "m": Command.BOOKMARK,
    "u": Command.NEXT_BOOKMARK,
    "U": Command.PREVIOUS_BOOKMARK,
    "t": Command.JUMP,
    "z": Command.FOLD,
    "?": Command.HELP,
}
"""By the letter that is typed in the view, whatever the keyboard's layout."""

_CONTROLLED: Mapping[Qt.Key, Command] = {
    Qt.Key.Key_F: Command.FIND,
    Qt.Key.Key_G: Command.JUMP,
    Qt.Key.Key_O: Command.OPEN_FILE,
    Qt.Key.Key_S: Command.EXPORT,
    Qt.Key.Key_Plus: Command.LARGER,
    Qt.Key.Key_Equal: Command.LARGER,
    Qt.Key.Key_Minus: Command.SMALLER,
    Qt.Key.Key_0: Command.USUAL_SIZE,
    Qt.Key.Key_C: Command.COPY,
}


def command_of(event: QKeyEvent) -> Command | None:
    """Return what a key in the view asks for; None for one that means nothing here."""
    modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    key = Qt.Key(event.key())
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    if modifiers & control:
        found = _CONTROLLED.get(key)
        return Command.COPY_JSON if found is Command.COPY and modifiers & shift else found
    if modifiers & Qt.KeyboardModifier.AltModifier:
        return Command.WRAP if key == Qt.Key.Key_Z else None
    if key == Qt.Key.Key_F3:
        return Command.PREVIOUS if modifiers & shift else Command.NEXT
    plain = {
        Qt.Key.Key_Return: Command.DETAIL,
        Qt.Key.Key_Enter: Command.DETAIL,
        Qt.Key.Key_Escape: Command.ESCAPE,
        Qt.Key.Key_F1: Command.HELP,
    }.get(key)
    return plain or LETTERS.get(event.text())


def keys_told() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return all keys for the help: groups with their title, and in each the keys with what they do."""
    return (
        (
            _("Move"),
            (
                ("↑ ↓ PgUp PgDn", _("by line and page; with Shift select")),
                ("g  G", _("first line, last line")),
                ("e  E", _("next, previous error")),
                ("w  W", _("next, previous warning")),
                ("u  U", _("next, previous bookmark")),
                ("t  Ctrl+G", _("jump to a time")),
                ("F", _("follow the end, or stay")),
            ),
        ),
        (
            _("Find"),
            (
                ("/  Ctrl+F", _("find as you type")),
                ("n  N  F3", _("next, previous match")),
                ("Esc", _("back to the lines; once more: clear")),
            ),
        ),
        (
            _("Show"),
            (
                ("Enter", _("details of the line; opens a folded traceback")),
                ("m", _("bookmark")),
                ("z", _("fold tracebacks, or not")),
                ("Alt+Z", _("wrap long lines")),
                ("Ctrl +  −  0", _("larger, smaller, usual size")),
            ),
        ),
        (
            _("Take along"),
            (
                ("Ctrl+C", _("copy the selected lines")),
                ("Ctrl+Shift+C", _("copy them as JSON")),
                ("Ctrl+S", _("export what is shown")),
                ("Ctrl+O", _("open a file")),
            ),
        ),
    )
