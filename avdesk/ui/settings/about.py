"""What this is: versions, and the licences of all that is in it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPlainTextEdit, QPushButton, QTreeWidget, QTreeWidgetItem

from avdesk.bridge.licences import Component, read_components, versions
from avdesk.i18n import _, ngettext
from avdesk.ui.settings.section import Section, SectionTools
from avdesk.ui.theme import GAP, HALF, STEP
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.text import Role, Text

_ROWS = 9
_LINES = 12


class AboutSection(Section):
    """Versions to be copied into a report, and the licences, read when they are first seen."""

    def __init__(self, tools: SectionTools) -> None:
        super().__init__()
        del tools
        self._components: tuple[Component, ...] | None = None
        self._versions = versions()
        self.column.addWidget(self._version_card())
        self.column.addWidget(self._licence_card())
        self.column.addStretch(1)
        self._words = " ".join((_("About"), _("Versions"), _("Licences"), "AVDesk Qt Python")).lower()

    @property
    def text(self) -> str:
        """The versions, as they are copied."""
        return "\n".join(f"{name}: {version}" for name, version in self._versions)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the licences, once."""
        super().showEvent(event)
        if self._components is None:
            self.show_components(read_components())

    def show_components(self, components: Sequence[Component]) -> None:
        """Show what it is made of."""
        self._components = tuple(components)
        self.list.clear()
        self.list.addTopLevelItems(
            [QTreeWidgetItem([each.name, each.version or "–", each.licence]) for each in components]
        )
        for column in range(2):
            self.list.resizeColumnToContents(column)
        count = len(components)
        self.note.setText(
            ngettext(
                "AVDesk is free software under the MIT licence. It is made with {count} work of others:",
                "AVDesk is free software under the MIT licence. It is made with {count} works of others:",
                count,
            ).format(count=count)
            if count
            else _("AVDesk is free software under the MIT licence. The list of what it is made with is missing here.")
        )
        self.list.setVisible(bool(components))
        self.paper.setVisible(bool(components))
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)

    def show_draft(self) -> None:
        """Nothing of this is in the file."""

    def filter(self, words: tuple[str, ...]) -> int:
        """Show all of it or nothing."""
        return int(all(word in self._words for word in words))

    def _version_card(self) -> Card:
        card = Card(_("Versions"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(HALF)
        grid.setColumnStretch(1, 1)
        for row, (name, version) in enumerate(self._versions):
            words = Text(version, wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(Text(_name_of(name), Role.SECONDARY), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, row, 1)
        self.copy = QPushButton(_("Copy versions"))
        self.copy.setToolTip(
            _("For a report of a fault; “avdesk doctor --bundle FILE” puts all that helps together.")
        )
        self.copy.clicked.connect(self._copy)
        row_of_buttons = QHBoxLayout()
        row_of_buttons.addWidget(self.copy)
        row_of_buttons.addStretch(1)
        card.body.addLayout(grid)
        card.body.addSpacing(STEP)
        card.body.addLayout(row_of_buttons)
        return card

    def _licence_card(self) -> Card:
        card = Card(_("Licences"))
        self.note = Text("", wrap=True)
        self.list = QTreeWidget()
        self.list.setHeaderLabels([_("Name"), _("Version"), _("Licence")])
        self.list.setAccessibleName(_("Works of others"))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.paper = QPlainTextEdit()
        self.paper.setReadOnly(True)
        self.paper.setTabChangesFocus(True)
        self.paper.setAccessibleName(_("Text of the licence"))
        line = self.paper.fontMetrics().lineSpacing()
        self.list.setFixedHeight((_ROWS + 2) * line)
        self.paper.setFixedHeight(_LINES * line)
        self.list.currentItemChanged.connect(self._show_paper)
        for part in (self.note, self.list, self.paper):
            card.body.addWidget(part)
        return card

    def _show_paper(self, item: QTreeWidgetItem | None) -> None:
        place = self.list.indexOfTopLevelItem(item) if item is not None else -1
        found = self._components[place] if self._components and place >= 0 else None
        text = found.text if found is not None else ""
        self.paper.setPlainText(text or _("Its text is not at hand here; the name of the licence says which it is."))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self.copy.setText(_("Copied"))


def _name_of(name: str) -> str:
    """Return a version's name in the user's language; AVDesk, Python and Qt have no other."""
    return {"System": _("System"), "Display": _("Display")}.get(name, name)
