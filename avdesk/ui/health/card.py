"""The card of one health check."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from avdesk.core.checkcourse import CheckCourse
from avdesk.core.health import CheckResult
from avdesk.i18n import _
from avdesk.ui.health.strip import Strip
from avdesk.ui.health.words import CardWords, card_words
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
        self.full = Disclosure(_("Full text"))
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
        self._result, self._course = result, course
        self._show(card_words(result, course, now))
        self.strip.show_course(course, now)

    def tick(self, now: datetime) -> None:
        """Let ages go on."""
        if self._result is not None and self._course is not None:
            self._show(card_words(self._result, self._course, now))

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
        self.since.show_text(words.since)
        self.since.setToolTip(words.since_hint)
        self.facts.setText(words.facts)
        self.facts.set_hint(words.facts_hint)
        self.said.show_text(words.said)
        self.full.show_text(words.full)
        self.last_good.show_text(words.last_good)
        self.advice.show_text(words.advice)
        self.setAccessibleName(words.title)
        self.setAccessibleDescription(f"{words.word} {words.since}".strip())

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
        for part in (self.said, self.full, self.advice, self.last_good):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.body.addLayout(row)
