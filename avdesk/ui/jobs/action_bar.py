"""The actions as buttons and as menu entries; what cannot be asked for says why."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from avdesk.core.actions import ActionKind
from avdesk.i18n import _
from avdesk.ui.jobs.offers import JOB_KINDS, SERVER_KINDS, Offer, label, offers
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.wrap import WrapRow

Offers = Mapping[ActionKind, Offer]


class ActionBar(WrapRow):
    """A button for each action on jobs, and a menu with those on the server.

    Signals:
        asked: an action that is open (`ActionKind`).
        audit_asked: show what was done.
    """

    asked = Signal(object)
    audit_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(STEP, parent)
        self.setAccessibleName(_("Actions"))
        self.offers: Offers = offers(None, (), None)
        self.buttons: dict[ActionKind, QPushButton] = {}
        for kind in JOB_KINDS:
            button = QPushButton(label(kind))
            button.setAccessibleName(label(kind))
            button.clicked.connect(lambda _checked=False, kind=kind: self.asked.emit(kind))
            self.buttons[kind] = button
            self.flow.addWidget(button)
        self.server = QPushButton(_("Server"))
        self.server.setAccessibleName(_("Actions on the server"))
        self.server.setToolTip(
            _("Start a video, render on a virtual machine, reset the server's state; see what was done.")
        )
        menu = QMenu(self.server)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self.server.setMenu(menu)
        self.flow.addWidget(self.server)
        self._fill(menu)

    def show_offers(self, found: Offers) -> None:
        """Show which actions can be asked for now."""
        self.offers = found
        for kind, button in self.buttons.items():
            offer = found[kind]
            button.setEnabled(offer.open)
            button.setToolTip(offer.why_not or offer.hint)
            button.setAccessibleDescription(offer.why_not or offer.hint)

    def add_to(self, menu: QMenu, kinds: tuple[ActionKind, ...]) -> None:
        """Add entries for actions to a menu."""
        for kind in kinds:
            offer = self.offers[kind]
            action = QAction(label(kind), menu)
            action.setEnabled(offer.open)
            action.setToolTip(offer.why_not or offer.hint)
            action.triggered.connect(lambda _checked=False, kind=kind: self.asked.emit(kind))
            menu.addAction(action)

    def add_audit(self, menu: QMenu) -> None:
        """Add the entry that shows what was done."""
        menu.addSeparator()
        action = menu.addAction(_("What was done…"))
        action.setToolTip(_("Who did what, when, and what came of it."))
        action.triggered.connect(lambda _checked=False: self.audit_asked.emit())

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        self.add_to(menu, SERVER_KINDS)
        self.add_audit(menu)
