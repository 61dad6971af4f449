"""What every step of the wizard is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from avdesk.core.snapshot import Trouble
from avdesk.core.summary import Sign
from avdesk.core.text import clean
from avdesk.ui.colours import SIGN_TONES, Tone
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text


class Step(QWidget):
    """One page of the wizard.

    Attributes:
        title: its headline.
        first: what has the keyboard at first; None: the button that leads on.

    Signals:
        changed: whether one can go on may be another by now.
    """

    changed = Signal()

    def __init__(self, title: str, words: str) -> None:
        super().__init__()
        self.title = title
        self.first: QWidget | None = None
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(STEP)
        self.column.addWidget(Text(words, Role.SECONDARY, wrap=True))

    def enter(self) -> None:
        """Be shown: with what the steps before have brought."""

    def leave(self) -> None:
        """Put what was entered into the plan."""

    def why_not(self) -> str:
        """Return why one cannot go on; empty where one can."""
        return ""


class Outcome(QWidget):
    """A sign and a sentence: how something that was tried came out."""

    def __init__(self) -> None:
        super().__init__()
        self.sign = SignView(16)
        self.words = Text("", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(STEP)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self.hide()

    def show_words(self, sign: Sign, words: str) -> None:
        """Show how it came out; nothing without words."""
        self.sign.show_sign(sign)
        tone = SIGN_TONES[sign]
        self.words.set_tone(None if tone is Tone.CALM else tone)
        self.words.setText(clean(words))
        self.setVisible(bool(words))

    def show_trouble(self, trouble: Trouble) -> None:
        """Show why it did not come about."""
        self.show_words(Sign.ATTENTION, f"{trouble.message} {trouble.advice}".strip())
