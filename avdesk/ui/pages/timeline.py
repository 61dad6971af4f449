"""The run as a row of phases."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from avdesk.core.phases import Phase, PhaseState
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui.colours import SIGN_TONES, Tone, phase_sign
from avdesk.ui.phrases import PhaseWords, phase_words
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.bar import ThinBar
from avdesk.ui.widgets.flow import ColumnFlow
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text

_LEAST_WIDTH = 112


class PhaseStep(QWidget):
    """One phase: sign and name, a bar, its time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sign = SignView(16)
        self.name = Text("", Role.TITLE)
        self.bar = ThinBar()
        self.time = Text()
        self.note = Text("", Role.SECONDARY)
        head = QHBoxLayout()
        head.setSpacing(STEP - 2)
        head.addWidget(self.sign)
        head.addWidget(self.name, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.time)
        column.addWidget(self.note)
        column.addStretch(1)

    def show_phase(self, phase: Phase, words: PhaseWords, sign: Sign) -> None:
        """Show a phase as it stands."""
        self.sign.show_sign(sign, 1, 2)
        self.name.setText(words.name)
        self.time.setText(words.time)
        self.note.show_text(words.note)
        skipped = phase.state is PhaseState.SKIPPED
        self.bar.show_share(words.share, SIGN_TONES[sign], dotted=skipped)
        self.time.set_tone(Tone.BAD if phase.state is PhaseState.FAILED else None)
        self.setAccessibleName(_("{phase}: {state}").format(phase=words.name, state=state_word(phase.state)))
        self.setAccessibleDescription(", ".join(text for text in (words.time, words.note) if text))


class Timeline(QWidget):
    """All phases of a run, side by side; no room without any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Phases"))
        self._flow = ColumnFlow(_LEAST_WIDTH, STEP, self)
        self._steps: list[PhaseStep] = []

    @property
    def steps(self) -> Sequence[PhaseStep]:
        """The phases shown, in order."""
        return tuple(self._steps)

    def show_phases(self, phases: Sequence[Phase], usual: Mapping[str, float], state: Sign) -> None:
        """Show the phases of a run whose sign is `state`; `usual` are their usual durations, seconds."""
        known_now = state not in (Sign.OFFLINE, Sign.STALE)
        while len(self._steps) > len(phases):
            step = self._steps.pop()
            self._flow.removeWidget(step)
            step.hide()
            step.deleteLater()
        while len(self._steps) < len(phases):
            step = PhaseStep(self)
            self._steps.append(step)
            self._flow.addWidget(step)
            step.show()
        for step, phase in zip(self._steps, phases, strict=True):
            sign = phase_sign(phase.state)
            if phase.state is PhaseState.RUNNING and state in (Sign.WAITING, Sign.OFFLINE, Sign.STALE):
                sign = Sign.WAITING if known_now else Sign.STALE
            step.show_phase(phase, phase_words(phase, usual.get(phase.name), known_now=known_now), sign)
        self.setVisible(bool(phases))


def state_word(state: PhaseState) -> str:
    """Return the word for a phase's state."""
    return {
        PhaseState.DONE: _("done"),
        PhaseState.RUNNING: _("running"),
        PhaseState.PENDING: _("to come"),
        PhaseState.FAILED: _("failed"),
        PhaseState.SKIPPED: _("skipped"),
    }[state]
