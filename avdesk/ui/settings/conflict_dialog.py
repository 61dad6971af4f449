"""Where somebody else has changed the same values meanwhile: whose are taken, key by key."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from avdesk.config.changes import shown_value
from avdesk.config.merging import Conflict, Side
from avdesk.i18n import _, ngettext
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.edged import EdgedRadio
from avdesk.ui.widgets.text import Role, Text


class ConflictDialog(QDialog):
    """Asks about each conflict.

    Signals:
        decided: a side for each key, once the user has chosen.
    """

    decided = Signal(object)

    def __init__(self, conflicts: Sequence[Conflict], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Changed by another program"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._choices: dict[str, Side] = {conflict.key: Side.MINE for conflict in conflicts}
        self.buttons: dict[tuple[str, Side], QRadioButton] = {}
        count = len(conflicts)
        text = ngettext(
            "The file was changed by another program, and {n} value in it that you have changed, too.",
            "The file was changed by another program, and {n} values in it that you have changed, too.",
            count,
        ).format(n=count)
        self.words = Text(f"{text} {_('Whose value is to be taken?')}", wrap=True)
        grid_box = QWidget()
        grid = QGridLayout(grid_box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(STEP)
        grid.setColumnStretch(3, 1)
        for place, title in enumerate((_("Key"), _("Before"), _("Whose"))):
            grid.addWidget(Text(title, Role.TITLE), 0, place)
        for conflict in conflicts:
            self._add(grid, conflict)
        area = QScrollArea()
        area.setWidget(grid_box)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        self.box = QDialogButtonBox()
        self.take = self.box.addButton(_("Take these and save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.back = self.box.addButton(_("Back"), QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.take, self.back):
            button.setAccessibleName(button.text())
        self.box.accepted.connect(self.accept)
        self.box.rejected.connect(self.reject)
        self.accepted.connect(lambda: self.decided.emit(self.choices))
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        for part in (self.words, area, self.box):
            column.addWidget(part)
        self.resize(640, min(480, 200 + 64 * count))

    @property
    def choices(self) -> Mapping[str, Side]:
        """Whose value is taken, by key."""
        return dict(self._choices)

    def _add(self, grid: QGridLayout, conflict: Conflict) -> None:
        row = grid.rowCount()
        grid.addWidget(Text(conflict.key, wrap=True), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(
            Text(_shown(conflict, conflict.base), Role.SECONDARY, wrap=True), row, 1, Qt.AlignmentFlag.AlignTop
        )
        group = QButtonGroup(self)
        sides = QVBoxLayout()
        for side, text, value in (
            (Side.MINE, _("Yours: {value}"), conflict.mine),
            (Side.THEIRS, _("Theirs: {value}"), conflict.theirs),
        ):
            button = EdgedRadio(text.format(value=_shown(conflict, value)))
            button.setAccessibleName(f"{conflict.key}: {button.text()}")
            button.setChecked(side is self._choices[conflict.key])
            button.toggled.connect(partial(self._choose, conflict.key, side))
            group.addButton(button)
            sides.addWidget(button)
            self.buttons[conflict.key, side] = button
        grid.addLayout(sides, row, 2, 1, 2)

    def _choose(self, key: str, side: Side, on: bool) -> None:
        if on:
            self._choices[key] = side


def _shown(conflict: Conflict, value: object) -> str:
    return _("not given") if value is None else shown_value(conflict.path, value, 80)
