"""A notice in place of the log, with its one next step."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from avdesk.i18n import _
from avdesk.ui.logs.states import LogNotice, LogStep
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.titled import titled_row


class LogNoticeView(QWidget):
    """Sign, headline, advice, a command to copy, the full text one click away, and a button.

    Signals:
        step_taken: the button was pressed (`LogStep`), and the command that belongs to it.
    """

    step_taken = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told: LogNotice | None = None
        self.sign = SignView(32)
        self.headline = Text("", Role.HEADLINE, wrap=True)
        self.advice = Text("", wrap=True)
        self.command = QLineEdit()
        self.command.setReadOnly(True)
        self.command.setAccessibleName(_("Command"))
        self.full = Disclosure(_("Full text"))
        self.button = QPushButton()
        self.button.clicked.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, 2 * GAP, GAP, GAP)
        column.setSpacing(STEP)
        column.addLayout(titled_row(self.sign, self.headline))
        column.addWidget(self.advice)
        column.addWidget(self.command)
        column.addWidget(self.full)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeading)
        column.addStretch(1)

    @property
    def told(self) -> LogNotice | None:
        """What is said."""
        return self._told

    def show_notice(self, told: LogNotice) -> None:
        """Show a notice."""
        if told == self._told:
            return
        self._told = told
        self.sign.show_sign(told.sign)
        self.headline.setText(told.headline)
        self.advice.show_text(told.advice)
        self.command.setText(told.command)
        self.command.setCursorPosition(0)
        self.command.setVisible(bool(told.command))
        self.full.show_text(told.full)
        words = {
            LogStep.NONE: "",
            LogStep.CLEAR: _("Clear the filters"),
            LogStep.AGAIN: _("Look again"),
            LogStep.SOURCES: _("Choose a source"),
            LogStep.COPY: _("Copy the command"),
            LogStep.OLDER: _("Load older lines"),
        }[told.step]
        self.button.setText(words)
        self.button.setAccessibleName(words)
        self.button.setVisible(bool(words))

    def _take(self) -> None:
        if self._told is not None:
            self.step_taken.emit(self._told.step, self._told.command)
