"""The last look before the file is written."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from avdesk.config.changes import ChangeKind, Preview
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.settings.changes_view import ChangesView
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.text import Role, Text


class SaveDialog(QDialog):
    """Shows what changes, and asks. `accepted` means: save."""

    def __init__(
        self,
        preview: Preview,
        place: str,
        parent: QWidget | None = None,
        *,
        broken: bool = False,
        renamed: Sequence[tuple[str, str]] = (),
        title: str = "",
        verb: str = "",
    ) -> None:
        """Show `preview` of the file at `place`; `broken`: a damaged file would be replaced."""
        super().__init__(parent)
        self.setWindowTitle(title or _("Save the configuration"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.changes = ChangesView()
        self.changes.show_preview(preview)
        self.warning = Text("", wrap=True)
        self.warning.set_tone(Tone.WARN)
        words = _("The file as it is now is damaged. It is replaced by this text, and kept as a backup.")
        self.warning.show_text(words if broken else _left_behind(preview, renamed))
        self.place = Text(
            _("In {path}. What it holds now is kept as a backup.").format(path=place), Role.SECONDARY, wrap=True
        )
        self.box = QDialogButtonBox()
        self.save = self.box.addButton(
            verb or (_("Replace the damaged file") if broken else _("Save")), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.back = self.box.addButton(_("Back"), QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.save, self.back):
            button.setAccessibleName(button.text())
        self.box.accepted.connect(self.accept)
        self.box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        for part in (self.changes, self.warning, self.place):
            column.addWidget(part)
        column.addStretch(1)
        column.addWidget(self.box)
        usual = self.back if broken else self.save
        for button in (self.save, self.back):
            button.setAutoDefault(button is usual)
        usual.setDefault(True)
        usual.setFocus()
        self.resize(760, self.sizeHint().height())


def _left_behind(preview: Preview, renamed: Sequence[tuple[str, str]]) -> str:
    """Return what a renaming leaves behind; empty where nothing is."""
    carried = {change.old for change in preview.changes if change.kind is ChangeKind.RENAMED}
    left = [old for old, _new in renamed if old not in carried]
    if not left:
        return ""
    return _(
        "Because other values of it change too, what is remembered of {names} (history, learnt durations) stays "
        "behind under the old name. Save the new name on its own first if that is to come along. Credentials do."
    ).format(names=", ".join(f"“{name}”" for name in left))
