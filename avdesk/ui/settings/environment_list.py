"""What can be done with environments as such: add, duplicate, rename, remove; each asks what it has to."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from avdesk.config.document import Document
from avdesk.config.values import ENVIRONMENT_NAME
from avdesk.core.errors import KnownError
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.ui.dialogs.name import NameDialog
from avdesk.ui.settings.draft import Draft

SUGGESTED = ("dev", "staging", "prod")
"""The environments that most have."""

_LOOKS: Mapping[str, Mapping[str, object]] = {
    "dev": {"colour": "green"},
    "staging": {"colour": "amber"},
    "prod": {"colour": "red", "production": True},
}


class EnvironmentActions(QObject):
    """Changes the draft; nothing is saved.

    Signals:
        made: the environment of that name is there now, or is called so now.
        refused: why something could not be done.
        set_up_asked: the wizard is wanted.
    """

    made = Signal(str)
    refused = Signal(str)
    set_up_asked = Signal()

    def __init__(self, draft: Draft, window: QWidget) -> None:
        """Change `draft`, and ask above `window`."""
        super().__init__(window)
        self._draft = draft
        self._window = window
        self.dialog: NameDialog | None = None
        self.question: QMessageBox | None = None

    def set_up(self) -> None:
        """Ask for the wizard."""
        self.set_up_asked.emit()

    def add(self, name: str = "") -> None:
        """Add an environment; without a name, ask for one."""
        if name:
            self._add(name)
            return
        free = next((each for each in SUGGESTED if each not in self._draft.document.environments()), "")
        self._ask(_("Add an environment"), _("Add"), free, self._add)

    def duplicate(self, name: str) -> None:
        """Add an environment with another one's values: not its address, not its production mark."""
        title = _("Duplicate {name}").format(name=name)
        self._ask(title, _("Duplicate"), self._free(name), lambda new: self._duplicate(name, new))

    def rename(self, name: str) -> None:
        """Give an environment another name."""
        title = _("Rename {name}").format(name=name)
        self._ask(title, _("Rename"), name, lambda new: self._rename(name, new))

    def remove(self, name: str) -> None:
        """Ask whether an environment is to be taken out, and take it out."""
        question = QMessageBox(self._window)
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(_("Remove {name}").format(name=name))
        question.setText(_("Remove the environment “{name}” from the configuration?").format(name=one_line(name, 60)))
        question.setInformativeText(
            _(
                "It is watched until you save. Its credentials stay in the keyring, and what is remembered of it in "
                "AVDesk’s database: an environment added under this name has them again. Clear the credentials "
                "first if they are not to stay."
            )
        )
        remove = question.addButton(_("Remove {name}").format(name=name), QMessageBox.ButtonRole.DestructiveRole)
        keep = question.addButton(_("Keep"), QMessageBox.ButtonRole.RejectRole)
        for button in (remove, keep):
            button.setAccessibleName(button.text())
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        remove.clicked.connect(lambda: self._do(lambda document: document.remove_environment(name)))
        self.question = question
        question.open()

    def _ask(self, title: str, verb: str, name: str, take: Callable[[str], None]) -> None:
        dialog = NameDialog(title, verb, name, self._refusal, self._window, label=_("Name of the environment"))
        dialog.named.connect(take)
        self.dialog = dialog
        dialog.open()

    def _refusal(self, name: str) -> str:
        if not ENVIRONMENT_NAME.fullmatch(name):
            return _("Use letters, digits, “-” and “_”.")
        if name in self._draft.document.environments():
            return _("There is an environment of this name.")
        return ""

    def _add(self, name: str) -> None:
        self._do(lambda document: document.add_environment(name, _LOOKS.get(name)), name)

    def _duplicate(self, name: str, new: str) -> None:
        self._do(lambda document: document.add_environment(new, like=name), new)

    def _rename(self, name: str, new: str) -> None:
        try:
            self._draft.rename(name, new)
        except KnownError as error:
            self.refused.emit(f"{error.message} {error.advice}".strip())
        else:
            self.made.emit(new)

    def _do(self, change: Callable[[Document], None], made: str = "") -> None:
        try:
            self._draft.edit(change)
        except KnownError as error:
            self.refused.emit(f"{error.message} {error.advice}".strip())
            return
        if made:
            self.made.emit(made)

    def _free(self, name: str) -> str:
        names = self._draft.document.environments()
        return next(each for each in (f"{name[:36]}-{n}" for n in range(2, 100)) if each not in names)
