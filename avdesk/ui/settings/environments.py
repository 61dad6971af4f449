"""The section about environments as a whole: which one is looked at first, and the way to more of them."""

from collections.abc import Iterable

from PySide6.QtWidgets import QPushButton

from avdesk.config.options import DEFAULT_ENVIRONMENT
from avdesk.i18n import _, ngettext
from avdesk.ui.settings.environment_list import SUGGESTED
from avdesk.ui.settings.field import OptionField
from avdesk.ui.settings.section import OptionCard, Section, SectionTools
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.wrap import WrapRow


class EnvironmentsSection(Section):
    """The default, and the environments that are usual but not there yet."""

    def __init__(self, tools: SectionTools) -> None:
        super().__init__()
        self._draft = tools.draft
        self.card = OptionCard(_("Environments"), (DEFAULT_ENVIRONMENT,), tools.draft, ())
        self.sum = Text("", wrap=True)
        self.card.body.insertWidget(1, self.sum)
        self.more = Card(_("More environments"))
        words = _("All environments are watched at once; one is shown and acted on.")
        self.more.body.addWidget(Text(words, Role.SECONDARY, wrap=True))
        row = WrapRow(STEP)
        self.suggested: dict[str, QPushButton] = {}
        for name in SUGGESTED:
            button = QPushButton(_("Add {name}").format(name=name))
            button.setAccessibleName(button.text())
            button.clicked.connect(lambda _checked=False, name=name: tools.environments.add(name))
            row.flow.addWidget(button)
            self.suggested[name] = button
        self.another = QPushButton(_("Add another…"))
        self.another.setAccessibleName(self.another.text())
        self.another.clicked.connect(lambda: tools.environments.add(""))
        row.flow.addWidget(self.another)
        self.set_up = QPushButton(_("Set up…"))
        self.set_up.setAccessibleName(_("Set up…"))
        self.set_up.setToolTip(_("Finds what is there, step by step, and adds an environment."))
        self.set_up.clicked.connect(tools.environments.set_up)
        row.flow.addWidget(self.set_up)
        self.more.body.addWidget(row)
        self.column.addWidget(self.card)
        self.column.addWidget(self.more)
        self.column.addStretch(1)

    def show_draft(self) -> None:
        """Show what the draft holds now."""
        names = self._draft.document.environments()
        text = ngettext("{n} environment: {names}.", "{n} environments: {names}.", len(names))
        none = _("The file names none yet; AVDesk looks for a server on this machine.")
        self.sum.setText(text.format(n=len(names), names=", ".join(names)) if names else none)
        for name, button in self.suggested.items():
            button.setVisible(name not in names)
            button.setEnabled(self._draft.editable)
        for button in (self.another, self.set_up):
            button.setEnabled(self._draft.editable)
        self.card.show_draft()

    def filter(self, words: tuple[str, ...]) -> int:
        """Show only what fits."""
        found = self.card.filter(words)
        more = not words or all(word in _("More environments").lower() for word in words)
        self.more.setVisible(more)
        return found + int(more)

    def fields(self) -> Iterable[OptionField]:
        """Return the one option."""
        return self.card.options
