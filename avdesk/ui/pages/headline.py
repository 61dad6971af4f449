"""The first lines of the Pipeline page: what is going on, how long still, what to do."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind
from avdesk.core.snapshot import Snapshot
from avdesk.core.summary import Sign, Summary
from avdesk.i18n import _
from avdesk.ui import phrases
from avdesk.ui.jobs.offers import offers
from avdesk.ui.theme import GAP, HALF, STEP
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.wishes import Wishes

_SIGN_SIZE = 40
_COULD_BEGIN = frozenset({Sign.IDLE, Sign.SUCCEEDED, Sign.FAILED})
_WANTS_A_LOOK = frozenset({Sign.OFFLINE, Sign.STALE})


class Headline(QWidget):
    """The state's sign, its sentence, the advice, the time that is left, and one button where one helps."""

    def __init__(self, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self._environment: Environment | None = None
        self._snapshot: Snapshot | None = None
        self._begins = False
        self.sign = SignView(_SIGN_SIZE)
        self.sentence = Text("", Role.HEADLINE, wrap=True)
        self.advice = Text("", wrap=True)
        self.eta = Text("", Role.TITLE)
        self.eta.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self.since = Text("", Role.SECONDARY)
        self.since.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self.action = QPushButton()
        self.action.clicked.connect(self._act)
        self.full = Disclosure(_("Full text"))
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(HALF)
        words.addWidget(self.sentence)
        words.addWidget(self.advice)
        words.addWidget(self.full)
        words.addWidget(self.action, 0, Qt.AlignmentFlag.AlignLeading)
        clock = QVBoxLayout()
        clock.setSpacing(HALF)
        clock.addWidget(self.eta)
        clock.addWidget(self.since)
        clock.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addSpacing(STEP)
        row.addLayout(clock)

    def show_environment(self, environment: Environment | None) -> None:
        """Show another environment from now on."""
        self._environment = environment

    def show_summary(self, snapshot: Snapshot, summary: Summary, now: datetime) -> None:
        """Show what the snapshot comes down to."""
        self._snapshot = snapshot
        self.sign.show_sign(summary.sign, *phrases.progress(summary.phases))
        self.sign.setToolTip(phrases.sign_word(summary.sign))
        self.sentence.setText(summary.headline)
        self.advice.show_text(phrases.advice(snapshot, summary, now))
        passed = (now - snapshot.at).total_seconds()
        self.eta.show_text(phrases.eta_words(summary.eta, passed))
        self.since.show_text(phrases.since_words(summary, now))
        self.full.show_text(summary.error or "")
        self._offer(snapshot, summary)

    def _offer(self, snapshot: Snapshot, summary: Summary) -> None:
        offer = offers(self._environment, (), snapshot)[ActionKind.GENERATE]
        wants_a_look = summary.sign in _WANTS_A_LOOK
        self._begins = not snapshot.paused and not wants_a_look and summary.sign in _COULD_BEGIN and offer.open
        label = _("Go on asking") if snapshot.paused else _("New video…") if self._begins else _("Check now")
        self.action.setText(label)
        self.action.setAccessibleName(label)
        self.action.setToolTip(offer.hint if self._begins else "")
        self.action.setVisible(snapshot.paused or wants_a_look or self._begins)

    def _act(self) -> None:
        if self._snapshot is None:
            return
        if self._snapshot.paused:
            self._wishes.paused.emit(self._snapshot.environment, False)  # noqa: FBT003 - a signal takes no keywords
        elif self._begins:
            self._wishes.new_video_wanted.emit(self._snapshot.environment)
        else:
            self._wishes.check_now.emit(self._snapshot.environment)
