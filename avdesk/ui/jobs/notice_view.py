"""A notice in place of the table, with its one next step."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from avdesk.i18n import _
from avdesk.ui.jobs.states import NextStep, Notice
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.titled import titled_row


class NoticeView(QWidget):
    """Sign, headline, advice, the full text one click away, and a button.

    Signals:
        step_taken: the button was pressed (`NextStep`).
    """

    step_taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = NextStep.NONE
        self.sign = SignView(32)
        self.headline = Text("", Role.HEADLINE, wrap=True)
        self.advice = Text("", wrap=True)
        self.full = Disclosure(_("Full text"))
        self.button = QPushButton()
        self.button.clicked.connect(lambda: self.step_taken.emit(self._step))
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, 2 * GAP, GAP, GAP)
        column.setSpacing(STEP)
        column.addLayout(titled_row(self.sign, self.headline))
        column.addWidget(self.advice)
        column.addWidget(self.full)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeading)
        column.addStretch(1)

    def show_notice(self, told: Notice) -> None:
        """Show a notice."""
        self._step = told.step
        self.sign.show_sign(told.sign)
        self.headline.setText(told.headline)
        self.advice.show_text(told.advice)
        self.full.show_text(told.full)
        words = {
            NextStep.NONE: "",
            NextStep.CLEAR: _("Clear the query"),
            NextStep.CHECK: _("Check now"),
            NextStep.VIDEO: _("New video…"),
        }[told.step]
        self.button.setText(words)
        self.button.setAccessibleName(words)
        self.button.setVisible(bool(words))
