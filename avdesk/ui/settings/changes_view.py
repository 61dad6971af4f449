"""What would change, key by key: old and new value, and what takes hold only after a restart."""

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from avdesk.config.changes import Change, ChangeKind, Preview
from avdesk.core.text import one_line
from avdesk.i18n import _, ngettext
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.listing import SignDelegate
from avdesk.ui.widgets.text import Role, Text

_MOST_ROWS = 10


class ChangesView(QWidget):
    """A sentence, a table, and what is wrong with the new text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sum = Text("", wrap=True)
        self.table = QTreeWidget()
        self.table.setAccessibleName(_("Changes"))
        self.table.setHeaderLabels([_("What"), _("Now"), _("Then"), ""])
        self.table.setRootIsDecorated(False)
        self.table.setItemDelegate(SignDelegate(self.table))
        self.table.setUniformRowHeights(True)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        header = self.table.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        self.note = Text("", Role.SECONDARY, wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        for part in (self.sum, self.table, self.note):
            column.addWidget(part)

    def show_preview(self, preview: Preview) -> None:
        """Show what a preview tells."""
        self.table.clear()
        shown = [change for change in preview.changes if not _is_left_empty(change, preview)]
        row = self.table.fontMetrics().height() + STEP
        for change in shown:
            item = QTreeWidgetItem(self.table, [one_line(change.key, 120), *_values(change), _when(change)])
            for place, text in enumerate((change.label, change.old, change.new)):
                item.setToolTip(place, text)
        rows = min(_MOST_ROWS, max(2, len(shown)))
        frame = 2 * self.table.frameWidth()
        self.table.setFixedHeight(rows * row + self.table.header().sizeHint().height() + frame)
        self.table.setVisible(bool(shown))
        self.sum.setText(_sum(preview, len(shown)))
        count = len(preview.problems)
        wrong = ngettext(
            "{n} problem stays: what it is about is not used.",
            "{n} problems stay: what they are about is not used.",
            count,
        )
        self.note.show_text(wrong.format(n=count) if count else "")


def _is_left_empty(change: Change, preview: Preview) -> bool:
    """Whether a change only says that a table is empty now, beside those that emptied it."""
    emptied = change.new == "{}" and change.kind is ChangeKind.ADDED
    return emptied and any(other.key.startswith(f"{change.key}.") for other in preview.changes)


def _values(change: Change) -> tuple[str, str]:
    nothing = "–"
    return one_line(change.old, 160) or nothing, one_line(change.new, 160) or nothing


def _when(change: Change) -> str:
    return _("after a restart") if change.restart else ""


def _sum(preview: Preview, count: int) -> str:
    if not preview.differs:
        return _("Nothing changes.")
    if not preview.readable:
        return _("The text is damaged now, so what changes cannot be told key by key.")
    if not preview.changes:
        return _("Only comments, order or spelling change; every value stays.")
    text = ngettext("{n} value changes.", "{n} values change.", count).format(n=count)
    if any(change.kind is ChangeKind.RENAMED for change in preview.changes):
        text += " " + _("What is remembered of a renamed environment comes along.")
    if preview.restart:
        return text + " " + _("What is marked takes hold when AVDesk is started again, all else at once.")
    return text + " " + _("It takes hold at once.")
