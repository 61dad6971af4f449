"""The form: the sections and environments at the left, the options of the chosen one at the right."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from avdesk.config.keys import ENVIRONMENTS, read_key
from avdesk.config.options import ENVIRONMENT, TABLES
from avdesk.config.problems import Problem
from avdesk.config.statements import KeyPath
from avdesk.core.errors import KnownError
from avdesk.i18n import _, ngettext
from avdesk.ui.marks import MARK, environment_mark
from avdesk.ui.settings.environment_section import EnvironmentSection
from avdesk.ui.settings.registry import SECTIONS
from avdesk.ui.settings.section import Section, SectionTools
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.listing import COUNT_ROLE, IndentedDelegate
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.wrap import WrapRow

WHICH = Qt.ItemDataRole.UserRole + 10
"""The place of a section in the registry, or the name of an environment."""

LIST_WIDTH, MOST_WIDTH = 168, 200
"""Pixels; wider where two of the buttons below the list need it."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the list; `colour` is an environment's."""

    title: str
    which: int | str
    problems: int
    colour: str = ""


class Form(QWidget):
    """One face of the draft."""

    def __init__(self, tools: SectionTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._draft = tools.draft
        self._words: tuple[str, ...] = ()
        self._chosen: int | str = 0
        self._entries: list[_Entry] = []
        self.list = QListWidget()
        self.list.setAccessibleName(_("Sections"))
        self.list.setItemDelegate(IndentedDelegate(self.list))
        self.list.setIconSize(QSize(MARK, MARK))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stack = QStackedWidget()
        self.sections: list[Section | None] = [kind.make(tools) for kind in SECTIONS]
        self.environment = EnvironmentSection(tools)
        self.nothing = Text("", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._areas: dict[QWidget, QScrollArea] = {}
        for section in (*self.sections, self.environment):
            if section is not None:
                self._areas[section] = _scrolled(section)
                self.stack.addWidget(self._areas[section])
        self.stack.addWidget(self.nothing)
        self.buttons = self._make_buttons()
        self._lay_out()
        self.list.currentItemChanged.connect(self._choose_item)
        self.list.itemSelectionChanged.connect(self._follow_selection)
        tools.environments.made.connect(self.show_environment)

    @property
    def chosen(self) -> int | str:
        """The place of the section that is shown, or the name of the environment."""
        return self._chosen

    def show_draft(self) -> None:
        """Show what the draft holds now."""
        names = self._draft.document.environments()
        if isinstance(self._chosen, str) and self._chosen not in names:
            self._chosen = self._follower(names)
        self._fill_list()
        self._show_chosen()
        named = isinstance(self._chosen, str)
        for key, button in self.buttons.items():
            button.setEnabled(self._draft.editable and (named or key == "add"))

    def search(self, text: str) -> None:
        """Show only the options that hold all words of a text."""
        self._words = tuple(text.lower().split())
        self._fill_list()
        self._show_chosen()

    def show_environment(self, name: str) -> None:
        """Show an environment of the draft."""
        self._chosen = name
        self.show_draft()

    def show_section(self, title: str) -> None:
        """Show the section of that (translated) title; nothing for one that there is not."""
        for place, kind in enumerate(SECTIONS):
            if kind.title() == title and self.sections[place] is not None:
                self._chosen = place
                self.show_draft()

    def show_problem(self, problem: Problem) -> bool:
        """Show the field that a problem is about; False where it has none."""
        try:
            path: KeyPath = read_key(problem.key)
        except KnownError:
            return False
        if len(path) > 2 and path[0] == ENVIRONMENTS and path[1] in self._draft.document.environments():
            self.show_environment(path[1])
            return self._focus(self.environment, path)
        for place, section in enumerate(self.sections):
            if section is not None and any(field.path == path for field in section.fields()):
                self._chosen = place
                self.show_draft()
                return self._focus(section, path)
        return False

    # The list

    def _fill_list(self) -> None:
        """List what there is, or what has something that was searched for; the same list is left as it is."""
        counts = self._problem_counts()
        entries: list[_Entry] = []
        for place, section in enumerate(self.sections):
            if section is not None and (not self._words or section.filter(self._words)):
                entries.append(_Entry(SECTIONS[place].title(), place, counts.get(place, 0)))
            if place == 0:
                entries += self._environment_entries(counts)
        rows = [entry.which for entry in entries]
        if self._chosen not in rows and rows:
            self._chosen = next((each for each in rows if isinstance(each, str)), rows[0])
        with QSignalBlocker(self.list):
            if entries != self._entries:
                self._entries = entries
                self.list.clear()
                for entry in entries:
                    self._add_item(entry)
            if self._chosen in rows:
                self.list.setCurrentRow(rows.index(self._chosen))

    def _environment_entries(self, counts: Mapping[int | str, int]) -> "list[_Entry]":
        document = self._draft.document
        found = not self._words or self.environment.filter(self._words)
        entries = []
        for name in document.environments():
            if found or self._is_searched(name):
                colour = document.given((ENVIRONMENTS, name, "colour"))
                mark = colour if isinstance(colour, str) else str(TABLES[ENVIRONMENT]["colour"].default)
                entries.append(_Entry(name, name, counts.get(name, 0), mark))
        return entries

    def _is_searched(self, name: str) -> bool:
        """Whether an environment itself is what is searched for."""
        return bool(self._words) and all(word in name.lower() for word in self._words)

    def _add_item(self, entry: "_Entry") -> None:
        item = QListWidgetItem(entry.title, self.list)
        item.setData(WHICH, entry.which)
        item.setSizeHint(QSize(0, self.list.fontMetrics().height() + STEP + HALF))
        if entry.colour:
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _("Environment {name}").format(name=entry.title))
            item.setIcon(environment_mark(entry.colour))
        if entry.problems:
            item.setData(COUNT_ROLE, entry.problems)
            words = ngettext("{n} problem", "{n} problems", entry.problems).format(n=entry.problems)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, words)
            item.setToolTip(words)

    def _problem_counts(self) -> dict[int | str, int]:
        counts: dict[int | str, int] = {}
        names = self._draft.document.environments()
        for problem in self._draft.problems:
            parts = problem.key.split(".")
            if len(parts) > 1 and parts[0] == ENVIRONMENTS and parts[1] in names:
                counts[parts[1]] = counts.get(parts[1], 0) + 1
                continue
            for place, section in enumerate(self.sections):
                if section is not None and any(".".join(field.path) == problem.key for field in section.fields()):
                    counts[place] = counts.get(place, 0) + 1
        return counts

    def _choose_item(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._chosen = item.data(WHICH)
            self._show_chosen()
            for key, button in self.buttons.items():
                button.setEnabled(self._draft.editable and (isinstance(self._chosen, str) or key == "add"))

    def _follow_selection(self) -> None:
        """Show the selected section: accessibility tools select an item without making it the current one."""
        selected = self.list.selectedIndexes()
        if selected and selected[0].row() != self.list.currentRow():
            self.list.setCurrentRow(selected[0].row())

    def _show_chosen(self) -> None:
        if self._words and not self.list.count():
            self.nothing.setText(_("No option is called so. Search for a part of its name, its help or its key."))
            self.stack.setCurrentWidget(self.nothing)
            return
        section: Section | None
        if isinstance(self._chosen, str):
            section = self.environment
            if self.environment.name != self._chosen:
                self.environment.show_environment(self._chosen)
                self._areas[section].verticalScrollBar().setValue(0)
            else:
                self.environment.show_draft()
        else:
            section = self.sections[self._chosen]
            if section is not None:
                section.show_draft()
        if section is not None:
            searched = isinstance(self._chosen, str) and self._is_searched(self._chosen)
            section.filter(() if searched else self._words)
            self.stack.setCurrentWidget(self._areas[section])

    def _follower(self, names: tuple[str, ...]) -> int | str:
        """Return what is shown where the environment that was shown is gone."""
        renamed = dict(self._draft.renamed())
        for old, new in renamed.items():
            if self._chosen == old and new in names:
                return new
        return names[0] if names else 0

    def _focus(self, section: Section, path: KeyPath) -> bool:
        for field in section.fields():
            if field.path == path:
                area = self._areas[section]
                field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                area.ensureWidgetVisible(field.editor, 0, 8 * STEP)
                return True
        return False

    # Making

    def _make_buttons(self) -> dict[str, QPushButton]:
        actions = self._tools.environments
        made: dict[str, QPushButton] = {}
        for key, text, hint, do in (
            ("add", _("Add…"), _("Add an environment"), lambda _name: actions.add()),
            ("duplicate", _("Duplicate…"), _("Add an environment with the values of this one"), actions.duplicate),
            ("rename", _("Rename…"), _("Give this environment another name"), actions.rename),
            ("remove", _("Remove…"), _("Take this environment out"), actions.remove),
        ):
            button = QPushButton(text)
            button.setAccessibleName(text)
            button.setAccessibleDescription(hint)
            button.setToolTip(hint)
            button.clicked.connect(lambda _checked=False, do=do: do(str(self._chosen)))
            made[key] = button
        return made

    def _lay_out(self) -> None:
        left = QWidget()
        hints = [button.sizeHint().width() for button in self.buttons.values()]
        pairs = (one + two + HALF for one, two in zip(hints[::2], hints[1::2], strict=True))
        left.setFixedWidth(min(MOST_WIDTH, max(LIST_WIDTH, *pairs)))
        row_of_buttons = WrapRow(HALF)
        for button in self.buttons.values():
            row_of_buttons.flow.addWidget(button)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        heading = Text(_("Environment"), Role.SECONDARY)
        column.addWidget(self.list, 1)
        column.addWidget(heading)
        column.addWidget(row_of_buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(STEP)
        row.addWidget(left)
        row.addWidget(self.stack, 1)


def _scrolled(section: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(section)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
