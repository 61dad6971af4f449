"""The first run: step by step from nothing to a watched server. Nothing is written before the last button."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from avdesk.bridge.credentials import CredentialDesk
from avdesk.bridge.finding import FindingDesk
from avdesk.bridge.settings_desk import SettingsDesk
from avdesk.bridge.settings_told import OpenedTold, SavedTold
from avdesk.config.document import Document
from avdesk.core.errors import KnownError
from avdesk.core.snapshot import Trouble
from avdesk.i18n import _
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.wizard.google_step import GoogleStep
from avdesk.ui.wizard.last_steps import FinishStep, SignInStep
from avdesk.ui.wizard.name_step import NameStep
from avdesk.ui.wizard.plan import Plan
from avdesk.ui.wizard.server_step import ServerStep
from avdesk.ui.wizard.step import Step

if TYPE_CHECKING:
    from avdesk.services.configuration import Opened

HEAD = "# AVDesk’s configuration. Every option is explained on the Settings page.\n\n"


class SetupWizard(QDialog):
    """Adds one environment to the configuration.

    Signals:
        done_with: it is written; the environment's name.
    """

    done_with = Signal(str)

    def __init__(
        self, desk: SettingsDesk, credentials: CredentialDesk, finding: FindingDesk, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._opened: Opened | None = None
        self._text: str | None = None
        self.plan = Plan()
        self.setWindowTitle(_("Set up AVDesk"))
        self.google = GoogleStep(self.plan, finding, credentials)
        self.server = ServerStep(self.plan, finding)
        self.name = NameStep(self.plan)
        self.sign_in = SignInStep(self.plan, credentials)
        self.finish = FinishStep(self.plan, desk)
        self.steps: list[Step] = [self.google, self.server, self.name, self.sign_in, self.finish]
        self.headline = Text("", Role.HEADLINE, wrap=True)
        self.progress = Text("", Role.SECONDARY)
        self.stack = QStackedWidget()
        self.why = Text("", Role.SECONDARY, wrap=True)
        self.back = QPushButton(_("Back"))
        self.next = QPushButton(_("Next"))
        self.later = QPushButton(_("Not now"))
        self.later.setToolTip(_("Closes this; it can be opened again on the Settings page."))
        self._lay_out()
        for step in self.steps:
            step.changed.connect(self._show_buttons)
        self.back.clicked.connect(lambda: self._go(-1))
        self.next.clicked.connect(self._on_next)
        self.later.clicked.connect(self.reject)
        desk.told.connect(self._take)
        desk.open()
        self._show(0)

    @property
    def place(self) -> int:
        """Which step is shown."""
        return self.stack.currentIndex()

    def _show(self, place: int) -> None:
        step = self.steps[place]
        self.stack.setCurrentIndex(place)
        self.headline.setText(step.title)
        words = _("Step {n} of {count}").format(n=place + 1, count=len(self.steps))
        self.progress.setText(words)
        step.enter()
        self._show_buttons()
        (step.first or self.next).setFocus()

    def _show_buttons(self) -> None:
        last = self.place == len(self.steps) - 1
        why = self.steps[self.place].why_not()
        self.next.setText(_("Start watching") if last else _("Next"))
        self.next.setAccessibleName(self.next.text())
        ready = not last or (self._opened is not None and self._text is None)
        self.next.setEnabled(not why and ready)
        self.why.setText(why)
        self.back.setEnabled(self.place > 0 and self._text is None)

    def _go(self, by: int) -> None:
        self.steps[self.place].leave()
        self._show(max(0, min(len(self.steps) - 1, self.place + by)))

    def _on_next(self) -> None:
        if self.place < len(self.steps) - 1:
            self._go(1)
        else:
            self._write()

    def _write(self) -> None:
        opened = self._opened
        if opened is None:
            return
        document = Document(opened.text if opened.exists else HEAD, self._desk.path)
        try:
            self.plan.write(document)
        except KnownError as error:
            self.finish.trouble.show_trouble(Trouble.of(error))
            return
        self._text = document.text
        self._show_buttons()
        self._desk.save(opened, document.text)

    def _take(self, told: object) -> None:
        if isinstance(told, OpenedTold) and told.opened is not None:
            self._opened = told.opened
            self.plan.taken = told.opened.document().environments()
            if self.steps[self.place] is self.name:
                self.name.enter()
            if told.opened.unreadable is not None or not told.opened.sound:
                damaged = _("The configuration file is damaged: correct it on the Settings page first.")
                self.why.setText(damaged)
            self._show_buttons()
        elif isinstance(told, SavedTold) and told.text is not None and told.text == self._text:
            self._text = None
            self._on_saved(told)

    def _on_saved(self, told: SavedTold) -> None:
        conflicts = told.merged.conflicts if told.merged is not None else ()
        if told.trouble is not None:
            self.finish.trouble.show_trouble(told.trouble)
        elif conflicts:
            words = _("Another program has written the same values meanwhile.")
            self.finish.trouble.show_trouble(Trouble("Conflict", words, _("Look at the Settings page.")))
        else:
            autostart = self.finish.wants_autostart()
            if autostart is not None:
                self._desk.set_autostart(on=autostart)
            self.done_with.emit(self.plan.name)
            self.accept()
        self._show_buttons()

    def _lay_out(self) -> None:
        for step in self.steps:
            area = QScrollArea()
            area.setWidget(step)
            area.setWidgetResizable(True)
            area.setFrameShape(QFrame.Shape.NoFrame)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.stack.addWidget(area)
        for button in (self.back, self.next, self.later):
            button.setAccessibleName(button.text())
            button.setAutoDefault(button is self.next)
        self.next.setDefault(True)
        head = QHBoxLayout()
        head.addWidget(self.headline, 1)
        head.addWidget(self.progress)
        foot = QHBoxLayout()
        foot.setSpacing(STEP)
        foot.addWidget(self.later)
        foot.addWidget(self.why, 1)
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        column.addLayout(foot)
        self.resize(640, 520)
