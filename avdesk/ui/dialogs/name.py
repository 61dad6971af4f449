"""Asks for a name, and says at once why one cannot be taken."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.text import Role, Text

_LONGEST = 40


class NameDialog(QDialog):
    """A line and two buttons.

    Signals:
        named: the name that was given, one that can be taken.
    """

    named = Signal(str)

    def __init__(
        self,
        title: str,
        verb: str,
        name: str,
        refusal: Callable[[str], str],
        parent: QWidget | None = None,
        *,
        label: str = "",
    ) -> None:
        """Ask for a name under `title`; `verb` is the button's, `refusal` says why a name cannot be taken."""
        super().__init__(parent)
        self._refusal = refusal
        self.setWindowTitle(title)
        words = label or _("Name of the view")
        named = Text(words)
        self.edit = QLineEdit(name)
        self.edit.setAccessibleName(words)
        self.edit.setMaxLength(_LONGEST)
        self.edit.selectAll()
        named.setBuddy(self.edit)
        self.why = Text("", Role.SECONDARY, wrap=True)
        self.why.set_tone(Tone.WARN)
        self.box = QDialogButtonBox()
        self.take = self.box.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
        self.take.setAccessibleName(verb)
        leave = self.box.addButton(_("Back"), QDialogButtonBox.ButtonRole.RejectRole)
        leave.setAccessibleName(_("Back"))
        self.box.accepted.connect(self.accept)
        self.box.rejected.connect(self.reject)
        self.accepted.connect(lambda: self.named.emit(self.edit.text().strip()))
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        for part in (named, self.edit, self.why, self.box):
            column.addWidget(part)
        self.setMinimumWidth(320)
        self.edit.textChanged.connect(self._check)
        self._check()

    def _check(self) -> None:
        name = self.edit.text().strip()
        why = self._refusal(name)
        self.why.show_text(why if name else "")
        self.take.setEnabled(bool(name) and not why)
