"""Rows of a name and a value, as the cards have them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from avdesk.ui.theme import GAP, HALF
from avdesk.ui.widgets.text import Elided, Role, Text


class Fields(QWidget):
    """A grid of named values; a field without a value takes no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(HALF)
        self._grid.setColumnStretch(1, 1)

    def add(self, name: str) -> Elided:
        """Add a field and return the label of its value."""
        row = self._grid.rowCount()
        label = Text(name, Role.SECONDARY)
        value = Elided()
        value.setAccessibleName("")
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setBuddy(value)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(value, row, 1)
        return value

    def add_wide(self, widget: QWidget) -> None:
        """Add a widget as wide as the grid, as a bar below its value."""
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 2)

    def show_value(self, value: Elided, text: str | None, hint: str = "") -> None:
        """Show a field's value; None or nothing hides the field."""
        value.setText(text or "")
        value.set_hint(hint)
        value.setVisible(bool(text))
        row = self._grid.getItemPosition(self._grid.indexOf(value))
        label = self._grid.itemAtPosition(int(row[0]), 0)  # type: ignore[index]
        named = label.widget() if label is not None else None
        assert named is not None, "every value was added with its name"
        named.setVisible(bool(text))
