"""The Health page: every check that the server has, and AVDesk's own; worst first, each with what to do about it."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from avdesk.config.settings import Environment
from avdesk.core import wording
from avdesk.core.checkcourse import NO_COURSE
from avdesk.core.health import CheckResult
from avdesk.core.snapshot import Snapshot
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui.health import words
from avdesk.ui.health.card import CheckCard
from avdesk.ui.health.card_grid import CardGrid
from avdesk.ui.health.quota_card import QuotaCard
from avdesk.ui.pages.page import Page
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.wrap import WrapRow
from avdesk.ui.wishes import Wishes

CARD_WIDTH = 264
ANSWER_WITHIN_S = 3.0
"""A wish that nothing has come of after so long is offered again."""


class HealthPage(Page):
    """One card a check."""

    def __init__(self, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self._snapshot: Snapshot | None = None
        self._shown: list[CheckResult] = []
        self._order: list[str] = []
        self._pressed: dict[str, datetime] = {}
        self._now = datetime.now(UTC)
        self.cards: dict[str, CheckCard] = {}
        self.sign = SignView(24)
        self.sentence = Text("", Role.HEADLINE, wrap=True)
        self.allowance = Text("", Role.SECONDARY, wrap=True)
        self.check_all = QPushButton(_("Check all"))
        self.doctor = QPushButton(_("Run the doctor…"))
        self.quotas = QuotaCard()
        self.absent = Text("", Role.SECONDARY, wrap=True)
        self.look_again = QPushButton(_("Look for them again"))
        self.grid = CardGrid(CARD_WIDTH, GAP)
        self._connect()
        self._lay_out()

    def show_environment(self, environment: Environment | None) -> None:
        """Show another environment's checks from now on; nothing of the last one's stays."""
        del environment
        self._snapshot = None
        self._pressed.clear()

    def show_snapshot(self, snapshot: Snapshot, now: datetime) -> None:
        """Show the checks of a new snapshot: cards change and change places, none is made anew."""
        self._now = now
        for name in list(self._pressed):
            if name in snapshot.asking or self._has_answered(snapshot, name):
                del self._pressed[name]
        self._snapshot = snapshot
        self._shown = words.shown_checks(snapshot)
        if self.isVisible():
            self._show_snapshot(snapshot, now)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has come while nobody looked."""
        super().showEvent(event)
        if self._snapshot is not None:
            self._show_snapshot(self._snapshot, self._now)

    def _show_snapshot(self, snapshot: Snapshot, now: datetime) -> None:
        self._place([result.name for result in self._shown])
        for result in self._shown:
            self.cards[result.name].show_check(result, snapshot.courses.get(result.name, NO_COURSE), now)
        self.quotas.show_quotas(snapshot.gpu_quotas)
        self._show_absent(snapshot)
        self._show_rest(now)

    def tick(self, now: datetime) -> None:
        """Let ages go on, and offer what the rate limit lets through again."""
        self._now = now
        if self._snapshot is None or not self.isVisible():
            return
        for name in self._order:
            self.cards[name].tick(now)
        self._show_rest(now)

    # What is shown

    def _place(self, names: list[str]) -> None:
        """Have a card for each of these checks, in this order."""
        if names == self._order:
            return
        for name in names:
            if name not in self.cards:
                card = CheckCard(name, wording.check_name(name))
                card.check_asked.connect(self._check)
                self.cards[name] = card
                self.grid.flow.addWidget(card)
        for name, card in self.cards.items():
            card.setVisible(name in names)
        self._order = names
        ordered = [self.cards[name] for name in names]
        self.grid.flow.order(ordered)
        before: QWidget = self.doctor
        for card in ordered:
            for part in card.stops:
                QWidget.setTabOrder(before, part)
                before = part

    def _show_rest(self, now: datetime) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        sign, sentence = words.headline(snapshot, self._shown)
        self.sign.show_sign(sign if self._shown else Sign.STALE)
        self.sentence.setText(sentence)
        self.allowance.show_text(words.allowance_words(snapshot, now))
        wait = words.wait_s(snapshot, now)
        asking = self._asking(snapshot, now)
        for name in self._order:
            self._show_offer(snapshot, name, wait, busy=name in asking)
        self.check_all.setEnabled(bool(self._shown) and not snapshot.paused and not asking)
        self.check_all.setToolTip(self._hint_for_all(snapshot, wait))
        self.check_all.setAccessibleDescription(self.check_all.toolTip())
        self.look_again.setEnabled(not snapshot.paused and not wait and not asking)

    def _show_offer(self, snapshot: Snapshot, name: str, wait: float, *, busy: bool) -> None:
        card = self.cards[name]
        if busy:
            card.show_offer(open_now=False, note=_("Asking…"), hint="")
        elif snapshot.paused:
            card.show_offer(open_now=False, note="", hint=_("Asking is paused."))
        elif words.counted(name) and wait > 0:
            soon = _("by itself in {time}") if name in snapshot.queued else _("in {time}")
            note = soon.format(time=wording.duration(wait))
            card.show_offer(open_now=False, note=note, hint=_("The server's allowance is spent until then."))
        else:
            note = _("follows by itself") if name in snapshot.queued else ""
            card.show_offer(open_now=True, note=note, hint="")

    def _hint_for_all(self, snapshot: Snapshot, wait: float) -> str:
        if snapshot.paused:
            return _("Asking is paused.")
        if wait > 0:
            return _("The allowance is spent: only checks that the server does not count are asked now.")
        budget = snapshot.budget
        needed = sum(words.counted(name) for name in self._order)
        left = budget.limit - budget.used if budget is not None else needed
        if left < needed:
            text = _(
                "The allowance lets {left} of {needed} counted checks through now: the oldest answers come first."
            )
            return text.format(left=left, needed=needed)
        return _("Asks all checks side by side; those answered within the last half minute are left out.")

    def _show_absent(self, snapshot: Snapshot) -> None:
        absent, retired = words.not_there(snapshot)
        lines = []
        if absent:
            lines.append(_("This server does not have: {names}.").format(names=words.names_line(absent)))
        if retired:
            lines.append(_("Retired on this server: {names}.").format(names=words.names_line(retired)))
        self.absent.show_text(" ".join(lines))
        self.look_again.setVisible(bool(lines))

    def _asking(self, snapshot: Snapshot, now: datetime) -> set[str]:
        young = {name for name, at in self._pressed.items() if (now - at).total_seconds() < ANSWER_WITHIN_S}
        return young | set(snapshot.asking)

    def _has_answered(self, snapshot: Snapshot, name: str) -> bool:
        if self._snapshot is None:
            return False
        before = self._snapshot.checks.get(name) or self._snapshot.own_checks.get(name)
        after = snapshot.checks.get(name) or snapshot.own_checks.get(name)
        return before != after

    # What the user does

    def _check(self, name: str) -> None:
        self._ask([name])

    def _call_doctor(self) -> None:
        self._wishes.doctor_wanted.emit()

    def _check_absent(self) -> None:
        if self._snapshot is not None:
            absent, retired = words.not_there(self._snapshot)
            self._ask([*absent, *retired])

    def _ask_all(self) -> None:
        if self._snapshot is not None:
            self._pressed = dict.fromkeys(self._order, self._now)
            self._wishes.checks_asked.emit(self._snapshot.environment, ())
            self._show_rest(self._now)

    def _ask(self, names: list[str]) -> None:
        if self._snapshot is not None and names:
            self._pressed |= dict.fromkeys(names, self._now)
            self._wishes.checks_asked.emit(self._snapshot.environment, tuple(names))
            self._show_rest(self._now)

    # Making

    def _connect(self) -> None:
        self.check_all.clicked.connect(self._ask_all)
        self.look_again.clicked.connect(self._check_absent)
        self.doctor.clicked.connect(self._call_doctor)
        for button in (self.check_all, self.doctor, self.look_again):
            button.setAccessibleName(button.text())

    def _lay_out(self) -> None:
        self.grid.setAccessibleName(_("Health checks"))
        head = QHBoxLayout()
        head.setSpacing(STEP)
        head.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.sentence, 1)
        buttons = WrapRow(STEP)
        for button in (self.check_all, self.doctor):
            buttons.flow.addWidget(button)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        column.addLayout(head)
        column.addWidget(self.allowance)
        column.addWidget(buttons)
        column.addSpacing(STEP)
        column.addWidget(self.grid)
        column.addSpacing(STEP)
        column.addWidget(self.quotas)
        foot = WrapRow(STEP)
        foot.flow.addWidget(self.look_again)
        column.addWidget(self.absent)
        column.addWidget(foot)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
