"""Starting AVDesk at login: the real state of it, and a switch."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QShowEvent

from avdesk.bridge.settings_told import AutostartTold
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.settings.section import Section, SectionTools
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.edged import EdgedCheck
from avdesk.ui.widgets.text import Role, Text


class StartSection(Section):
    """A switch that takes effect at once: it is no part of the configuration file."""

    def __init__(self, tools: SectionTools) -> None:
        super().__init__()
        self._desk = tools.desk
        card = Card(_("Start at login"))
        self.switch = EdgedCheck(_("Start AVDesk in the tray when I log in"))
        self.switch.setAccessibleName(self.switch.text())
        self.switch.setEnabled(False)
        self.state = Text(_("Looking…"), Role.SECONDARY, wrap=True)
        self.trouble = Text("", wrap=True)
        self.trouble.set_tone(Tone.BAD)
        self.trouble.hide()
        note = Text(
            _("This takes effect at once; it is kept by this system, not in the file."), Role.SECONDARY, wrap=True
        )
        for part in (self.switch, self.state, self.trouble, note):
            card.body.addWidget(part)
        self.column.addWidget(card)
        self.column.addStretch(1)
        self._text = f"{self.switch.text()} {note.text()}".lower()
        self.switch.clicked.connect(self._set)
        self._desk.told.connect(self._take)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at how it is now: others may have changed it."""
        super().showEvent(event)
        self._desk.look_at_autostart()

    def show_draft(self) -> None:
        """Nothing of this is in the file."""

    def filter(self, words: tuple[str, ...]) -> int:
        """Show all of it or nothing."""
        return int(all(word in self._text for word in words))

    def _set(self, checked: bool) -> None:
        self.switch.setEnabled(False)
        self._desk.set_autostart(on=checked)

    def _take(self, told: object) -> None:
        if not isinstance(told, AutostartTold):
            return
        trouble, state = told.trouble, told.state
        self.trouble.show_text(f"{trouble.message} {trouble.advice}".strip() if trouble is not None else "")
        if state is None:
            return
        with QSignalBlocker(self.switch):
            self.switch.setChecked(bool(state.on))
        self.switch.setEnabled(state.on is not None or not state.note)
        self.state.setText(state_words(state.on, state.place, state.note))


def state_words(on: bool | None, place: str, note: str) -> str:
    """Return in words how it is."""
    if on is None:
        return f"{_('Whether it is started at login cannot be found out.')} {note}".strip()
    if not on:
        return _("AVDesk is not started at login now.")
    return f"{_('It is started at login, by {place}.').format(place=place)} {note}".strip()
