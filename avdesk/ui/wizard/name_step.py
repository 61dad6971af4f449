"""The third step: what the environment is called, and how careful AVDesk is with it."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QFormLayout

from avdesk.config.options import COLOUR_NAMES, ENVIRONMENT, TABLES
from avdesk.config.values import ENVIRONMENT_NAME
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui.marks import MARK, environment_mark
from avdesk.ui.settings.environment_list import SUGGESTED
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.edged import EdgedCheck
from avdesk.ui.wizard.plan import Plan
from avdesk.ui.wizard.step import Outcome, Step

_USUAL_COLOURS = {"dev": "green", "staging": "amber", "prod": "red"}


class NameStep(Step):
    """Name, colour, production, read only."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            _("Name"),
            _("Any number of environments can be watched at once. This one’s name and colour are always in sight."),
        )
        self._plan = plan
        self._coloured = False
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.addItems(SUGGESTED)
        self.name.setAccessibleName(_("Name of the environment"))
        edit = self.name.lineEdit()
        assert edit is not None, "an editable combo box has a line"
        edit.setAccessibleName(_("Name of the environment"))
        edit.setMaxLength(40)
        self.colour = QComboBox()
        self.colour.setIconSize(QSize(MARK, MARK))
        self.colour.setAccessibleName(_("Colour"))
        for each in COLOUR_NAMES:
            self.colour.addItem(environment_mark(each), each, each)
        table = TABLES[ENVIRONMENT]
        self.production = EdgedCheck(table["production"].label())
        self.read_only = EdgedCheck(table["read_only"].label())
        for box, key in ((self.production, "production"), (self.read_only, "read_only")):
            box.setAccessibleName(box.text())
            box.setAccessibleDescription(table[key].help())
            box.setToolTip(table[key].help())
        self.wrong = Outcome()
        self.first = self.name
        form = QFormLayout()
        form.setHorizontalSpacing(GAP)
        form.setVerticalSpacing(STEP)
        form.addRow(_("Name of the environment"), self.name)
        form.addRow(_("Colour"), self.colour)
        form.addRow("", self.production)
        form.addRow("", self.read_only)
        self.column.addLayout(form)
        self.column.addWidget(self.wrong)
        self.column.addStretch(1)
        self.name.editTextChanged.connect(self._on_name)
        self.colour.activated.connect(self._on_colour)

    def enter(self) -> None:
        """Suggest a name that is free."""
        if self.name.currentText() in self._plan.taken:
            free = next((each for each in SUGGESTED if each not in self._plan.taken), "")
            self.name.setEditText(free)
        self._on_name(self.name.currentText())

    def leave(self) -> None:
        """Keep the answers."""
        plan = self._plan
        plan.name = self.name.currentText().strip()
        plan.colour = str(self.colour.currentData())
        plan.production, plan.read_only = self.production.isChecked(), self.read_only.isChecked()

    def why_not(self) -> str:
        """The name has to be one, and to be free."""
        name = self.name.currentText().strip()
        if not name:
            return _("Give it a name.")
        if not ENVIRONMENT_NAME.fullmatch(name):
            return _("Use letters, digits, “-” and “_”.")
        if name in self._plan.taken:
            return _("There is an environment of this name.")
        return ""

    def _on_name(self, name: str) -> None:
        if not self._coloured:
            self.colour.setCurrentIndex(self.colour.findData(_USUAL_COLOURS.get(name.strip(), "blue")))
            self.production.setChecked(name.strip() in ("prod", "production"))
        self.wrong.show_words(Sign.ATTENTION, self.why_not() if name.strip() else "")
        self.changed.emit()

    def _on_colour(self) -> None:
        self._coloured = True
