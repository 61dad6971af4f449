"""What every section of the form is, and the ones that are drawn from the option table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from avdesk.bridge.credentials import CredentialDesk
from avdesk.bridge.settings_desk import SettingsDesk
from avdesk.config.options import TABLES, Option
from avdesk.config.statements import KeyPath
from avdesk.ui.settings.draft import Draft
from avdesk.ui.settings.field import OptionField
from avdesk.ui.theme import GAP, HALF, STEP
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.text import Role, Text

if TYPE_CHECKING:
    from avdesk.ui.settings.environment_list import EnvironmentActions

LABEL_WIDTH = 130
"""Pixels that the options' names have at least."""


@dataclass(frozen=True, slots=True)
class SectionTools:
    """What sections are made with.

    Attributes:
        draft: what is edited.
        desk: works on the disk and asks servers.
        credentials: works on the credentials.
        environments: adds, renames and removes environments, with their questions.
    """

    draft: Draft
    desk: SettingsDesk
    credentials: CredentialDesk
    environments: "EnvironmentActions"


class Section(QWidget):
    """One part of the form, as high as it needs; the page scrolls it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)

    def show_draft(self) -> None:
        """Show what the draft holds now."""
        raise NotImplementedError

    def filter(self, words: tuple[str, ...]) -> int:
        """Show only what holds all of these lower-case words; return how much that is. Without words: everything."""
        raise NotImplementedError

    def fields(self) -> Iterable[OptionField]:
        """Return the options that it shows; none by default."""
        return ()

    def show_environment(self, name: str) -> None:
        """Show another environment's; nothing by default."""

    def focus_key(self, key: KeyPath) -> bool:
        """Put the focus on a key's editor; False where it has none."""
        for field in self.fields():
            if field.path == key:
                field.editor.setFocus()
                return True
        return False


class OptionCard(Card):
    """The options of one table under a title."""

    def __init__(self, title: str, options: Iterable[Option], draft: Draft, base: KeyPath, note: str = "") -> None:
        super().__init__(title)
        self.note = Text(note, Role.SECONDARY, wrap=True)
        self.note.setVisible(bool(note))
        self.body.addWidget(self.note)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(HALF)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 3)
        self.options = [OptionField(option, draft, (*base, option.key)) for option in options]
        for field in self.options:
            field.place(grid)
        self.body.addLayout(grid)
        self.body.addSpacing(STEP)

    def show_draft(self) -> None:
        """Show what the draft holds."""
        for field in self.options:
            field.show_draft()

    def filter(self, words: tuple[str, ...]) -> int:
        """As `Section.filter`."""
        fitting = [field for field in self.options if field.fits(words)]
        for field in self.options:
            field.set_visible(field in fitting)
        self.setVisible(bool(fitting))
        return len(fitting)


class TableSection(Section):
    """The options of one table that hold for all environments."""

    def __init__(
        self, title: str, options: Mapping[str, Option], base: KeyPath, draft: Draft, note: str = ""
    ) -> None:
        super().__init__()
        self.card = OptionCard(title, options.values(), draft, base, note)
        self.column.addWidget(self.card)
        self.column.addStretch(1)

    def show_draft(self) -> None:
        """Show what the draft holds now."""
        self.card.show_draft()

    def filter(self, words: tuple[str, ...]) -> int:
        """Show only what fits."""
        return self.card.filter(words)

    def fields(self) -> Iterable[OptionField]:
        """Return the table's options."""
        return self.card.options


def table_section(table: str, title: str, tools: SectionTools, note: str = "") -> TableSection | None:
    """Return the section of a table; None where this version has no options in it."""
    options = TABLES.get(table, {})
    return TableSection(title, options, (table,), tools.draft, note) if options else None
