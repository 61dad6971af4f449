"""The pages' names at the window's left, with how much is active or needs a look there."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from avdesk.i18n import _
from avdesk.ui.pages.page import Tally
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.listing import COUNT_ROLE, IndentedDelegate

_WIDTH = 120


class Navigation(QListWidget):
    """A list of names, as wide as the longest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Pages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(IndentedDelegate(self))
        self.viewport().setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemSelectionChanged.connect(self._follow_selection)

    def add(self, title: str) -> None:
        """Add a page's name."""
        item = QListWidgetItem(title, self)
        item.setSizeHint(QSize(0, self.fontMetrics().height() + 2 * STEP))
        widest = max(self.fontMetrics().horizontalAdvance(self.item(row).text()) for row in range(self.count()))
        self.setFixedWidth(max(_WIDTH, widest + 5 * STEP))

    def show_counts(self, tallies: Iterable[Tally]) -> None:
        """Show beside the pages' names, in their order, how much is active there, or needs a look."""
        for place, tally in enumerate(tallies):
            item = self.item(place)
            item.setData(COUNT_ROLE, tally.count or None)
            words = tally.words if tally.count else ""
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, words)
            item.setToolTip(words)

    def _follow_selection(self) -> None:
        """Show the selected page: accessibility tools select an item without making it the current one."""
        selected = self.selectedIndexes()
        if selected and selected[0].row() != self.currentRow():
            self.setCurrentRow(selected[0].row())
