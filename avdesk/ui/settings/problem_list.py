"""Everything that is wrong with the text, one line each; a press leads to the place."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from avdesk.config.problems import Problem
from avdesk.core.text import one_line
from avdesk.i18n import _, ngettext
from avdesk.ui.colours import Tone
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.text import Role, Text

_MOST_LINES = 4


class ProblemList(QWidget):
    """A heading and a list; no room without a problem.

    Signals:
        chosen: a `Problem` was chosen.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()
        self.title = Text("", Role.TITLE)
        self.title.set_tone(Tone.BAD)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Problems"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setToolTip(_("Enter leads to the place."))
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.title.setBuddy(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, STEP, 0, 0)
        column.setSpacing(HALF)
        column.addWidget(self.title)
        column.addWidget(self.list)
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show these problems in place of the last ones."""
        found = tuple(problems)
        if found == self._problems and self.list.count() == len(found):
            return
        self._problems = found
        self.list.clear()
        for problem in found:
            text = sentence(problem)
            item = QListWidgetItem(one_line(text, 400), self.list)
            item.setToolTip(text)
        title = ngettext("{n} problem", "{n} problems", len(found)).format(n=len(found))
        self.title.setText(title)
        rows = min(_MOST_LINES, max(1, len(found)))
        height = max(self.list.sizeHintForRow(0), self.list.fontMetrics().height() + HALF) if found else 0
        self.list.setFixedHeight(rows * height + 2 * self.list.frameWidth() + 2)
        self.setVisible(bool(found))

    def _choose(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        if 0 <= row < len(self._problems):
            self.chosen.emit(self._problems[row])


def sentence(problem: Problem) -> str:
    """Return a problem as one line that begins with its place."""
    words = f"{problem.message} {problem.hint}".strip()
    about = f"{problem.key}: {words}" if problem.key else words
    return about if problem.line is None else _("Line {n}: {what}").format(n=problem.line, what=about)
