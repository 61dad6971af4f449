"""The card of one health check."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from avdesk.core.checkcourse import CheckCourse
from avdesk.core.health import CheckResult
from avdesk.i18n import _
from avdesk.ui.health.strip import Strip
from avdesk.ui.health.words import CardTimes, CardWords, card_times, card_words
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Elided, Role, Text


class CheckCard(Card):
    """Shows one check, and lets it be asked again.

    Attributes:
        name: the check's name.

    Signals:
        check_asked: its user wants it asked now.
    """

    check_asked = Signal(str)

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.name = name
        self._result: CheckResult | None = None
        self._course: CheckCourse | None = None
        self.sign = SignView(16)
        self.state = Text()
        self.since = Text("", Role.SECONDARY)
        self.facts = Elided("", Role.SECONDARY)
        self.strip = Strip()
        self.said = Text("", wrap=True)
        self._full: Disclosure | None = None
        self.last_good = Text("", Role.SECONDARY, wrap=True)
        self.advice = Text("", wrap=True)
        self.check = QPushButton(_("Check now"))
        self.check.setAccessibleName(_("Check now"))
        self.check.clicked.connect(lambda: self.check_asked.emit(self.name))
        self.note = Text("", Role.SECONDARY)
        self.body.setSpacing(HALF + 2)
        self._lay_out()

    def show_check(self, result: CheckResult, course: CheckCourse, now: datetime) -> None:
        """Show how the check stands and how it has fared."""
        if (result, course) != (self._result, self._course):
            self._show(card_words(result, course))
        self._result, self._course = result, course
        self.tick(now)
        self.strip.show_course(course, now)

    def tick(self, now: datetime) -> None:
        """Let ages go on."""
        if self._result is not None and self._course is not None:
            self._show_times(card_times(self._result, self._course, now))

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the keyboard stops on this card, in order."""
        if self._full is None:
            return (self.check,)
        return (self._full.toggle, self._full.copy, self._full.text, self.check)

    @property
    def full(self) -> Disclosure:
        """Where all of the check's words are; made when they are first longer than fits, as most never are."""
        if self._full is None:
            full = self._full = Disclosure(_("Full text"))
            self.body.insertWidget(self.body.indexOf(self.said) + 1, full)
            before: QWidget = self.check.previousInFocusChain() or self.check
            for part in (full.toggle, full.copy, full.text, self.check):
                QWidget.setTabOrder(before, part)
                before = part
        return self._full

    def show_offer(self, *, open_now: bool, note: str, hint: str) -> None:
        """Offer to ask now, or say in `note` when, and in `hint` why."""
        self.check.setEnabled(open_now)
        self.check.setToolTip(hint)
        self.check.setAccessibleDescription(" ".join(text for text in (self.title.text(), note, hint) if text))
        self.note.show_text(note)

    def _show(self, words: CardWords) -> None:
        self.title.setText(words.title)
        self.sign.show_sign(words.sign, 1, 2)
        self.state.setText(words.word)
        self.said.show_text(words.said)
        if words.full or self._full is not None:
            self.full.show_text(words.full)
        self.advice.show_text(words.advice)
        self.setAccessibleName(words.title)

    def _show_times(self, times: CardTimes) -> None:
        self.since.show_text(times.since)
        self.since.setToolTip(times.since_hint)
        self.facts.setText(times.facts)
        self.facts.set_hint(times.facts_hint)
        self.last_good.show_text(times.last_good)
        self.setAccessibleDescription(f"{self.state.text()} {times.since}".strip())

    def _lay_out(self) -> None:
        self.head.addWidget(self.sign)
        self.head.addWidget(self.state)
        line = QHBoxLayout()
        line.setSpacing(STEP)
        line.addWidget(self.facts, 1)
        line.addWidget(self.since)
        row = QHBoxLayout()
        row.setSpacing(STEP)
        row.addWidget(self.check)
        row.addWidget(self.note)
        row.addStretch(1)
        self.body.addLayout(line)
        self.body.addWidget(self.strip)
        for part in (self.said, self.advice, self.last_good):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.body.addLayout(row)
