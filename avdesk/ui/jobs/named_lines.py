"""Names and values below each other, as many as there are: labels, environment variables, a machine."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from avdesk.ui.jobs.specification import SpecLine, SpecSection
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.text import Elided, Role, Text


class NamedLines(QWidget):
    """A grid of names and values that is made anew only when they change; no room without any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[SpecLine, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(STEP)
        self._grid.setVerticalSpacing(HALF)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)
        self.hide()

    @property
    def lines(self) -> tuple[SpecLine, ...]:
        """What is shown."""
        return self._shown

    def show_lines(self, lines: Sequence[SpecLine]) -> None:
        """Show the lines in place of the last ones."""
        if tuple(lines) != self._shown:
            self._shown = tuple(lines)
            _empty(self._grid)
            for row, line in enumerate(self._shown):
                name = Elided(line.name, Role.SECONDARY)
                name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
                self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(Text(line.value, wrap=True), row, 1)
        self.setVisible(bool(lines))


class Sections(QWidget):
    """Titled groups of such lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[SpecSection, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(HALF)
        self.hide()

    @property
    def sections(self) -> tuple[SpecSection, ...]:
        """What is shown."""
        return self._shown

    def show_sections(self, sections: Sequence[SpecSection]) -> None:
        """Show the sections in place of the last ones."""
        if tuple(sections) != self._shown:
            self._shown = tuple(sections)
            _empty(self._column)
            for section in self._shown:
                self._column.addWidget(Text(section.title, Role.SECONDARY))
                lines = NamedLines()
                lines.show_lines(section.lines)
                self._column.addWidget(lines)
        self.setVisible(bool(sections))


def _empty(layout: QGridLayout | QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
