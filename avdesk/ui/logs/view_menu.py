"""The menu of how the log is shown and what can be done with it."""

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from avdesk.i18n import _
from avdesk.ui.logs.commands import Command

Do = Callable[[Command], object]


def fill(menu: QMenu, do: Do, *, wrap: bool, folding: bool, whole: bool, histogram: bool, following: bool) -> None:
    """Fill the menu; `do` gets the command of the entry that is chosen."""
    menu.clear()
    _check(menu, _("Follow the end"), "F", do, Command.FOLLOW, on=following)
    menu.addSeparator()
    _check(menu, _("Wrap long lines"), "Alt+Z", do, Command.WRAP, on=wrap)
    _check(menu, _("Fold tracebacks"), "z", do, Command.FOLD, on=folding)
    _check(menu, _("Whole lines"), "", do, Command.WHOLE, on=whole)
    _check(menu, _("Histogram"), "", do, Command.HISTOGRAM, on=histogram)
    menu.addSeparator()
    _entry(menu, _("Larger"), "Ctrl++", do, Command.LARGER)
    _entry(menu, _("Smaller"), "Ctrl+-", do, Command.SMALLER)
    _entry(menu, _("Usual size"), "Ctrl+0", do, Command.USUAL_SIZE)
    menu.addSeparator()
    _entry(menu, _("Jump to a time…"), "t", do, Command.JUMP)
    _entry(menu, _("Next error"), "e", do, Command.NEXT_ERROR)
    _entry(menu, _("Previous error"), "E", do, Command.PREVIOUS_ERROR)
    menu.addSeparator()
    _entry(menu, _("Load older lines"), "", do, Command.OLDER)
    _entry(menu, _("Export what is shown…"), "Ctrl+S", do, Command.EXPORT)
    _entry(menu, _("Open in the cloud console"), "", do, Command.CONSOLE)
    menu.addSeparator()
    _entry(menu, _("Keys"), "?", do, Command.HELP)


def fill_for_lines(menu: QMenu, do: Do, *, job: str) -> None:
    """Fill the menu of the selected lines; `job`: the one that the line is about."""
    _entry(menu, _("Copy"), "Ctrl+C", do, Command.COPY)
    _entry(menu, _("Copy as JSON"), "Ctrl+Shift+C", do, Command.COPY_JSON)
    menu.addSeparator()
    _entry(menu, _("Details"), "Enter", do, Command.DETAIL)
    _entry(menu, _("Bookmark"), "m", do, Command.BOOKMARK)
    if job:
        _entry(menu, _("Only this job"), "", do, Command.ONLY_JOB)
    menu.addSeparator()
    _entry(menu, _("Export what is shown…"), "Ctrl+S", do, Command.EXPORT)
    _entry(menu, _("Open in the cloud console"), "", do, Command.CONSOLE)


def _entry(menu: QMenu, text: str, keys: str, do: Do, command: Command) -> QAction:
    # The keys are the view's own: as text beside the entry, not as a shortcut that would take them away from it.
    action = menu.addAction(f"{text}\t{keys}" if keys else text)
    action.triggered.connect(lambda _checked=False: do(command))
    return action


def _check(menu: QMenu, text: str, keys: str, do: Do, command: Command, *, on: bool) -> None:
    action = _entry(menu, text, keys, do, command)
    action.setCheckable(True)
    action.setChecked(on)
