"""How long things usually take here: the key of the chart's colours, and what was learnt beside the phases."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from avdesk.core import phases, wording
from avdesk.core.history import Usual, usual, usual_phases, usual_total
from avdesk.core.run import Run
from avdesk.i18n import _
from avdesk.ui.history import words
from avdesk.ui.history.chart import phase_colour
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.text import Role, Text

_SWATCH = 10
_ROWS = 8


class Swatch(QWidget):
    """A square of a phase's colour; nothing without one."""

    def __init__(self, phase: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phase = phase
        self.setFixedSize(_SWATCH, _SWATCH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        del event
        if self._phase:
            QPainter(self).fillRect(self.rect(), phase_colour(self._phase))


class UsualCard(Card):
    """A row for each phase of the runs shown, and for what else was learnt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("What is usual"), parent)
        self._shown: tuple[tuple[str, Usual, str], ...] = ()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(STEP)
        self._grid.setVerticalSpacing(HALF)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self.body.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    @property
    def lines(self) -> tuple[tuple[str, str, str], ...]:
        """What is said: name, half of the times, nine of ten."""
        return tuple(
            (name, wording.duration(each.median_s), wording.duration(each.p90_s)) for name, each, _hint in self._shown
        )

    def show_usual(self, runs: Sequence[Run], learnt: Mapping[str, tuple[float, ...]]) -> None:
        """Show how long phases took in `runs`, and the other things that were learnt."""
        rows = [(wording.phase_name(each.thing), each, self._hint(each, learnt)) for each in usual_phases(runs)]
        total = usual_total(runs)
        if total is not None:
            rows.append((_("Whole run"), total, _("Of the runs that were done.")))
        for thing, durations in learnt.items():
            found = usual(thing, durations) if thing not in phases.ORDER else None
            if found is not None:
                rows.append((words.thing_name(thing), found, words.learnt_hint(found.count)))
        rows = rows[:_ROWS]
        if tuple(rows) == self._shown:
            return
        self._shown = tuple(rows)
        self._fill()

    def _hint(self, each: Usual, learnt: Mapping[str, tuple[float, ...]]) -> str:
        known = usual(each.thing, learnt.get(each.thing, ()))
        if known is None:
            return _("Nothing was learnt of it yet.")
        estimate = _("Estimates go by {time}.").format(time=wording.duration(known.median_s))
        return f"{words.learnt_hint(known.count)} {estimate}"

    def _fill(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for column, title in ((2, _("usual")), (3, _("9 of 10"))):
            self._put(0, column, Text(title, Role.SECONDARY))
        for row, (name, each, hint) in enumerate(self._shown, start=1):
            self._grid.addWidget(Swatch(each.thing if each.thing in phases.ORDER else ""), row, 0)
            label = Text(name)
            label.setToolTip(hint)
            self._grid.addWidget(label, row, 1)
            self._put(row, 2, Text(wording.duration(each.median_s), Role.TITLE))
            self._put(row, 3, Text(wording.duration(each.p90_s)))

    def _put(self, row: int, column: int, label: Text) -> None:
        self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignRight)
