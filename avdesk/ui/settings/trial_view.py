"""What trying a credential brought: whose it is, what it may not do, and the commands that grant it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from avdesk.core.credentials import Trial, kind_words
from avdesk.core.snapshot import Trouble
from avdesk.core.summary import Sign
from avdesk.core.text import clean
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text

_MOST_TRIALS = 2
_MOST_LINES = 6


class _TrialLine(QWidget):
    """One trial: a sign, a sentence, and what else there is to say."""

    def __init__(self) -> None:
        super().__init__()
        self.sign = SignView(16)
        self.words = Text("", wrap=True)
        self.more = Text("", Role.SECONDARY, wrap=True)
        words = QVBoxLayout()
        words.setSpacing(HALF)
        words.addWidget(self.words)
        words.addWidget(self.more)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(STEP)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.hide()

    def show_trial(self, trial: Trial) -> None:
        """Show how it came out."""
        sign, tone, sentence = _outcome(trial)
        self.sign.show_sign(sign)
        self.words.set_tone(tone)
        self.words.setText(sentence)
        self.more.show_text("\n".join(_remarks(trial)))
        self.show()

    def show_trouble(self, trouble: Trouble) -> None:
        """Show why nothing could be tried."""
        self.sign.show_sign(Sign.ATTENTION)
        self.words.set_tone(Tone.WARN)
        self.words.setText(clean(f"{trouble.message} {trouble.advice}".strip()))
        self.more.show_text("")
        self.show()


class TrialView(QWidget):
    """The outcome of the last trial; takes no room before there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.waiting = Text(_("Trying…"), Role.SECONDARY)
        self.waiting.hide()
        self.lines = [_TrialLine() for _place in range(_MOST_TRIALS)]
        self.commands = QPlainTextEdit()
        self.commands.setReadOnly(True)
        self.commands.setTabChangesFocus(True)
        self.commands.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)  # a command is one line
        self.commands.setAccessibleName(_("Commands that grant what is missing"))
        self.copy = QPushButton(_("Copy commands"))
        self.copy.setAccessibleName(_("Copy commands"))
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.commands.toPlainText()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        for part in (self.waiting, *self.lines, self.commands):
            column.addWidget(part)
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        for part in (*self.lines, self.commands, self.copy, self.waiting):
            part.hide()

    def wait(self) -> None:
        """Show that something is being tried."""
        self.clear()
        self.waiting.show()

    def show_trials(self, trials: Sequence[Trial], trouble: Trouble | None) -> None:
        """Show how the trials came out, or why nothing could be tried."""
        self.clear()
        if trouble is not None:
            self.lines[0].show_trouble(trouble)
            return
        for line, trial in zip(self.lines, trials, strict=False):
            line.show_trial(trial)
        commands = "\n".join(command for trial in trials for command in trial.grant)
        if commands:
            lines = min(_MOST_LINES, len(commands.splitlines())) + 1  # and the scroll bar
            self.commands.setPlainText(commands)
            self.commands.setFixedHeight(lines * self.commands.fontMetrics().lineSpacing() + 2 * STEP)
        self.commands.setVisible(bool(commands))
        self.copy.setVisible(bool(commands))


def _outcome(trial: Trial) -> tuple[Sign, Tone, str]:
    name = kind_words(trial.kind)
    if trial.accepted is False:
        why = trial.trouble.message if trial.trouble is not None else _("unknown")
        return Sign.FAILED, Tone.BAD, _("{name} is refused: {why}").format(name=name, why=clean(why))
    if trial.accepted is None:
        why = trial.trouble.message if trial.trouble is not None else _("unknown")
        return Sign.ATTENTION, Tone.WARN, _("{name} could not be tried: {why}").format(name=name, why=clean(why))
    if trial.missing:
        words = _("{name} works, but the account lacks {count} of the permissions.")
        return Sign.ATTENTION, Tone.WARN, words.format(name=name, count=len(trial.missing))
    return Sign.SUCCEEDED, Tone.GOOD, _("{name} works.").format(name=name)


def _remarks(trial: Trial) -> list[str]:
    found: list[str] = []
    if trial.account:
        found.append(_("Account: {account}").format(account=trial.account))
    if trial.accepted is not True and trial.trouble is not None and trial.trouble.advice:
        found.append(clean(trial.trouble.advice))
    if trial.demanded is False:
        found.append(_("The server answers without a token too, so this says nothing of the token."))
    if trial.missing:
        found.append(_("Missing: {names}").format(names=", ".join(trial.missing)))
    lost = [each.name for each in trial.permissions if not each.needed and each.granted is False]
    if lost:
        found.append(_("Not needed, and missing too: {names}").format(names=", ".join(lost)))
    if trial.unclear:
        found.append(_("Not found out: {names}").format(names=", ".join(trial.unclear)))
    return found
