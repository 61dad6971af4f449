"""A server's own configuration: read when it is asked for, edited where the server lets it, else what is known."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QMessageBox, QPushButton, QVBoxLayout, QWidget

from avdesk.bridge.settings_desk import SettingsDesk
from avdesk.bridge.settings_told import ServerSavedTold, ServerTold
from avdesk.config.settings import Environment
from avdesk.core.snapshot import Trouble
from avdesk.core.text import clean, one_line
from avdesk.i18n import _, ngettext
from avdesk.ui.colours import Tone
from avdesk.ui.settings.server_values import ServerValue
from avdesk.ui.theme import GAP, HALF, STEP
from avdesk.ui.times import local_moment
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.wrap import WrapRow

if TYPE_CHECKING:
    from avdesk.services.server_configuration import ServerFacts, ServerSettings

MOST_VARIABLES = 40


class ServerCard(Card):
    """Reads and changes the server's configuration of one environment."""

    def __init__(self, desk: SettingsDesk, parent: QWidget | None = None) -> None:
        super().__init__(_("The server’s own configuration"), parent)
        self._desk = desk
        self._name = ""
        self._settings: ServerSettings | None = None
        self._values: list[ServerValue] = []
        self._busy = False
        self._read_only = False
        self._open = False
        self._mark: Environment | None = None
        self.note = Text("", Role.SECONDARY, wrap=True)
        self.state = Text("", wrap=True)
        self.read = QPushButton(_("Read it from the server"))
        self.read.setAccessibleName(self.read.text())
        self.save = QPushButton(_("Change on the server…"))
        self.save.setAccessibleName(self.save.text())
        self.question: QMessageBox | None = None
        self._rows = QWidget()
        self._column = QVBoxLayout(self._rows)
        self._column.setContentsMargins(0, 0, 0, 0)
        buttons = WrapRow(STEP)
        buttons.flow.addWidget(self.read)
        buttons.flow.addWidget(self.save)
        for part in (self.note, self.state, self._rows, buttons):
            self.body.addWidget(part)
        self.read.clicked.connect(self._ask)
        self.save.clicked.connect(self._ask_to_save)
        desk.told.connect(self._take)

    def show_environment(self, name: str, draft: Environment | None, saved: Environment | None) -> None:
        """Show another environment's server; only the one that is `saved` is ever asked."""
        if name != self._name or saved != self._mark:
            self._name, self._mark = name, saved
            self._settings, self._busy = None, False
            self._show_values(())
            self._say("")
        self._open = saved is not None and bool(saved.url)
        self._read_only = saved is not None and saved.read_only
        if saved is None:
            self.note.setText(_("Save the environment first: the server of the saved one is asked."))
        elif not saved.url:
            self.note.setText(_("This environment has no server to be asked: it runs in batch mode."))
        elif draft is not None and draft.url != saved.url:
            self.note.setText(
                _("The server at {url} is asked: the new address is not saved yet.").format(url=saved.url)
            )
        else:
            self.note.setText(
                _("Reading it costs the server’s allowance one or two requests, so it is done when you ask.")
            )
        self._show_buttons()

    # What is told

    def _take(self, told: object) -> None:
        if isinstance(told, ServerTold) and told.environment == self._name:
            self._busy = False
            self._show_told(told)
        elif isinstance(told, ServerSavedTold) and told.environment == self._name:
            self._busy = False
            self._show_saved(told)
        self._show_buttons()

    def _show_told(self, told: ServerTold) -> None:
        self._settings = told.settings
        if told.trouble is not None:
            self._say(_words(told.trouble), bad=True)
        elif told.settings is not None:
            self._show_settings(told.settings)
        elif told.facts is not None:
            self._show_facts(told.facts)

    def _show_saved(self, told: ServerSavedTold) -> None:
        if told.saved is not None:
            self._settings = told.saved
            self._show_settings(told.saved)
            self._say(_("Changed on the server."))
        elif told.trouble is not None:
            if told.theirs is not None:
                self._settings = told.theirs
                self._show_settings(told.theirs)
            self._say(_words(told.trouble), bad=True)

    def _show_settings(self, settings: "ServerSettings") -> None:
        values = []
        for key, value in sorted(settings.values.items()):
            hidden = key in settings.hidden or self._read_only
            values.append(ServerValue(key, value, hidden=hidden, changed=self._show_buttons))
        self._show_values(values)
        at = local_moment(settings.read_at, settings.read_at)
        self._say(
            _("Read at {time}.").format(time=at)
            + (" " + _("This environment is read only.") if self._read_only else "")
        )

    def _show_facts(self, facts: "ServerFacts") -> None:
        """Show what is known of a server that cannot be configured from here."""
        self._show_values(())
        grid = self._grid()
        for key, text in facts.told.items():
            self._add_fact(grid, key, text)
        for service in facts.services:
            about = [service.region, service.revision, service.image, service.account]
            name = _("Cloud Run service {name}").format(name=service.name)
            self._add_fact(grid, name, " · ".join(one_line(each, 200) for each in about if each))
            names = [
                f"{each.name} ({_('secret {name}').format(name=each.secret)})" if each.secret else each.name
                for each in service.variables[:MOST_VARIABLES]
            ]
            if names:
                label = ngettext("{n} variable", "{n} variables", len(service.variables))
                self._add_fact(grid, label.format(n=len(service.variables)), ", ".join(names))
        for trouble in facts.failures:
            self._add_fact(grid, _("not known"), f"{trouble.message} {trouble.advice}".strip())
        self._say(_("This server’s revision lets its configuration not be read or changed. What is known of it:"))

    # What the user does

    def _ask(self) -> None:
        self._busy = True
        self._say(_("Asking the server…"))
        self._show_buttons()
        self._desk.read_server(self._name)

    def wishes(self) -> tuple[dict[str, object], list[str]]:
        """Return the values that were changed, and why some cannot be."""
        wanted: dict[str, object] = {}
        wrong: list[str] = []
        for value in self._values:
            wish, why = value.wish()
            if why:
                wrong.append(why)
            elif self._settings is not None and wish != self._settings.values.get(value.key):
                wanted[value.key] = wish
        return wanted, wrong

    def _ask_to_save(self) -> None:
        from avdesk.services.server_configuration import shown

        settings = self._settings
        wanted, wrong = self.wishes()
        if settings is None or wrong or not wanted:
            self._say("\n".join(wrong), bad=True)
            return
        lines = [f"{key}: {shown(key, settings.values[key])} → {shown(key, wish)}" for key, wish in wanted.items()]
        question = QMessageBox(self.window())
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(_("Change the server’s configuration — {environment}").format(environment=self._name))
        question.setText(_("Change this on the server of “{environment}”?").format(environment=self._name))
        question.setInformativeText(clean("\n".join(lines)))
        change = question.addButton(_("Change"), QMessageBox.ButtonRole.AcceptRole)
        back = question.addButton(_("Back"), QMessageBox.ButtonRole.RejectRole)
        for button in (change, back):
            button.setAccessibleName(button.text())
        question.setDefaultButton(back)
        question.setEscapeButton(back)
        change.clicked.connect(lambda: self._save(settings, wanted))
        self.question = question
        question.open()

    def _save(self, settings: "ServerSettings", wanted: dict[str, object]) -> None:
        self._busy = True
        self._say(_("Changing it on the server…"))
        self._show_buttons()
        self._desk.save_server(self._name, settings, wanted)

    # How it looks

    def _show_buttons(self) -> None:
        self.read.setEnabled(self._open and not self._busy)
        self.read.setText(_("Read it again") if self._settings is not None else _("Read it from the server"))
        self.save.setVisible(self._settings is not None)
        wanted, wrong = self.wishes()
        self.save.setEnabled(bool(wanted or wrong) and not self._busy and not self._read_only)

    def _say(self, text: str, *, bad: bool = False) -> None:
        self.state.show_text(clean(text))
        self.state.set_tone(Tone.BAD if bad else None)

    def _show_values(self, values: "list[ServerValue] | tuple[()]") -> None:
        while self._column.count():
            item = self._column.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        self._values = list(values)
        if values:
            grid = self._grid()
            for value in values:
                label = Text(one_line(value.key, 80), wrap=True)
                label.setBuddy(value.widget)
                row = grid.rowCount()
                grid.addWidget(label, row, 0)
                grid.addWidget(value.widget, row, 1)

    def _grid(self) -> QGridLayout:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(HALF)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 2)
        self._column.addWidget(box)
        return grid

    def _add_fact(self, grid: QGridLayout, name: str, text: str) -> None:
        row = grid.rowCount()
        label = Text(one_line(name, 80), Role.SECONDARY, wrap=True)
        value = Text(clean(text, 2000), wrap=True)
        label.setBuddy(value)
        grid.addWidget(label, row, 0)
        grid.addWidget(value, row, 1)


def _words(trouble: Trouble) -> str:
    return f"{trouble.message} {trouble.advice}".strip()
