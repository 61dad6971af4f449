"""Asks for a time to go to."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from avdesk.i18n import _
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.text import Role, Text

_LONGEST = 60


class JumpDialog(QDialog):
    """A line for a time.

    Signals:
        chosen: an aware datetime.
    """

    chosen = Signal(object)

    def __init__(self, read: Callable[[str], datetime | None], parent: QWidget | None = None) -> None:
        """Ask; `read` understands what is typed."""
        super().__init__(parent)
        self._read = read
        self.setWindowTitle(_("Jump to a time"))
        label = Text(_("Time"))
        self.edit = QLineEdit()
        self.edit.setMaxLength(_LONGEST)
        self.edit.setAccessibleName(_("Time"))
        self.edit.setPlaceholderText("14:02:30")
        label.setBuddy(self.edit)
        self.told = Text("", Role.SECONDARY, wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton(_("Jump"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.edit.textChanged.connect(lambda _text: self._show())
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        for part in (label, self.edit, self.told, self.buttons):
            column.addWidget(part)
        self.setMinimumWidth(44 * STEP)
        self._show()

    def accept(self) -> None:
        """Go there."""
        moment = self._read(self.edit.text())
        if moment is not None:
            self.chosen.emit(moment)
            super().accept()

    def _show(self) -> None:
        typed = self.edit.text().strip()
        moment = self._read(typed) if typed else None
        self.go.setEnabled(moment is not None)
        if moment is not None:
            self.told.setText(f"{moment.astimezone():%Y-%m-%d %H:%M:%S}")
        elif typed:
            self.told.setText(_("This is no time."))
        else:
            self.told.setText(_("As 14:02, 2025-05-05 12:57, or 10m: ten minutes before the end."))
