"""What the dialogs share that ask before an action: what is sent, what is lost, and a name typed in production."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from avdesk.core.actions import ActionPreview, ActionRequest
from avdesk.core.jobs import Job
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.titled import titled_row

Previewer = Callable[[ActionRequest, Job | None], ActionPreview]
"""Says what an action would do, without asking anybody."""


class NameEdit(QLineEdit):
    """A line that keeps Enter to itself, so that it presses no button.

    Signals:
        entered: Enter was pressed.
    """

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of Enter, and edit with all other keys."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class TypedName(QWidget):
    """Asks for the environment's name to be typed, where an action needs it.

    Signals:
        changed: what was typed has changed.
    """

    changed = Signal()

    def __init__(self, environment: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._environment = environment
        label = Text(_("This is production. Type {name} to go on:").format(name=environment), wrap=True)
        self.edit = NameEdit()
        self.edit.setAccessibleName(_("Name of the environment"))
        self.edit.setAccessibleDescription(_("Type {name} to go on.").format(name=environment))
        label.setBuddy(self.edit)
        self.edit.textChanged.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addWidget(label)
        column.addWidget(self.edit)
        self.needed = False
        self.hide()

    def need(self, *, needed: bool) -> None:
        """Ask for the name, or not."""
        self.needed = needed
        self.setVisible(needed)

    @property
    def given(self) -> bool:
        """Whether nothing is left to be typed."""
        return not self.needed or self.edit.text().strip() == self._environment


class Consequences(QWidget):
    """What is lost, what else to know, and the requests that would be sent, one click away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loses = Text("", wrap=True)
        self._sign = SignView(16)
        self._sign.show_sign(Sign.ATTENTION)
        self.warnings = Text("", wrap=True)
        self.sends = Disclosure(_("What is sent"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addWidget(self.loses)
        column.addLayout(titled_row(self._sign, self.warnings))
        column.addWidget(self.sends)

    def show_previews(self, previews: Sequence[ActionPreview], loses: str = "") -> None:
        """Show what these actions come to; what several of them say alike is said once.

        `loses` says for all of them together what is lost.
        """
        lost = dict.fromkeys(preview.loses for preview in previews if preview.loses)
        self.loses.show_text(loses or "\n".join(lost))
        told = dict.fromkeys(warning for preview in previews for warning in preview.warnings)
        self.warnings.show_text("\n".join(told))
        self._sign.setVisible(bool(told))
        self.sends.show_text("\n".join(line for preview in previews for line in preview.sends))


class AskingDialog(QDialog):
    """A dialog whose main button is never the default where it destroys, and waits for the typed name in production.

    Attributes:
        typed: the name to be typed.
        go: the button that goes on.
        leave: the button that does nothing; the default.
    """

    def __init__(self, environment: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.typed = TypedName(environment)
        self.consequences = Consequences()
        self.box = QDialogButtonBox()
        self.go: QPushButton = self.box.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self.leave: QPushButton = self.box.addButton("", QDialogButtonBox.ButtonRole.RejectRole)
        self.go.setAutoDefault(False)
        self.leave.setDefault(True)
        self.box.accepted.connect(self.accept)
        self.box.rejected.connect(self.reject)
        self.typed.edit.entered.connect(self._go_to_button)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def name_buttons(self, go: str, leave: str) -> None:
        """Give the two buttons their words."""
        for button, words in ((self.go, go), (self.leave, leave)):
            button.setText(words)
            button.setAccessibleName(words)

    def hold_back(self, why: str) -> None:
        """Allow the main button, or say why not."""
        self.go.setEnabled(not why)
        self.go.setToolTip(why)
        self.go.setAccessibleDescription(why)

    def why_not_typed(self) -> str:
        """Return what is left to be typed; empty when nothing is."""
        return "" if self.typed.given else _("Type the environment's name first.")

    def _go_to_button(self) -> None:
        """Go to the button that the typed name allows, without pressing it."""
        if self.typed.given and self.go.isEnabled():
            self.go.setFocus()


def title_text(words: str) -> Text:
    """Return a dialog's headline."""
    return Text(words, Role.HEADLINE, wrap=True)
