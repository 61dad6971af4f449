"""A bar for each of the last runs, of its phases one upon the other, and below it how it ended."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from avdesk.core import phases, wording
from avdesk.core.history import success_share
from avdesk.core.phases import Phase
from avdesk.core.run import Run
from avdesk.i18n import _, ngettext
from avdesk.ui.colours import run_sign
from avdesk.ui.history import words
from avdesk.ui.signs import sign_pixmap
from avdesk.ui.theme import HALF, STEP, is_dark, line_colour, scaled_font, secondary_colour, text_colour

BAR, BETWEEN = 10, 4
_HEIGHT = 148
_SIGN = 10
_STEPS_S = (10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400)
_LINES = 3
_OTHER = "#999999"
_COLOURS = MappingProxyType(
    {
        phases.STORY: "#56B4E9",
        phases.PROMPTS: "#999999",
        phases.IMAGES: "#E69F00",
        phases.VOICE: "#CC79A7",
        phases.VIDEO: "#0072B2",
        phases.UPLOAD: "#009E73",
    }
)
"""Okabe and Ito's, which stay apart for colour-blind eyes; the order of the parts says the same."""


def phase_colour(name: str) -> QColor:
    """Return the colour of a phase's part."""
    return QColor(_COLOURS.get(name, _OTHER))


def grid_step_s(longest_s: float) -> float:
    """Return how far apart the lines are, seconds, so that there are few."""
    fitting = (float(step) for step in _STEPS_S if longest_s / step <= _LINES)
    return next(fitting, max(float(_STEPS_S[-1]), longest_s / _LINES))


def parts(run: Run, only: str = "") -> list[tuple[str, float]]:
    """Return the parts of a run's bar, from the bottom: phase and seconds; what no phase explains last, unnamed.

    `only`: the part of that phase alone.
    """
    timed: list[Phase] = [phase for phase in run.phases if phase.duration_s and only in ("", phase.name)]
    found = [(phase.name, float(phase.duration_s or 0.0)) for phase in timed]
    if only:
        return found
    rest = (run.total_s or 0.0) - sum(seconds for _name, seconds in found)
    return [*found, ("", rest)] if rest > 1.0 else found


class RunChart(QWidget):
    """The chart. The arrow keys go from run to run.

    Signals:
        chosen: the id of the run that was clicked or gone to.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: tuple[Run, ...] = ()
        self._selected = ""
        self._only = ""
        self._labels = 0.0
        """How wide the texts at the lines are, pixels."""
        self._now = datetime.now().astimezone()
        self.setAccessibleName(_("Durations of the last runs"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(scaled_font(0.85))

    @property
    def drawn(self) -> tuple[Run, ...]:
        """The runs that there is room for, oldest first."""
        count = max(1, int((self._room().width() + BETWEEN) / (BAR + BETWEEN)))
        return tuple(reversed(self._runs[:count]))

    def show_runs(self, runs: Sequence[Run], now: datetime) -> None:
        """Show these runs, newest first, as many as there is room for."""
        self._runs, self._now = tuple(runs), now
        share = success_share(self._runs)
        text = ngettext("{n} run", "{n} runs", len(runs)).format(n=len(runs))
        if share is not None:
            text = _("{runs}, {percent} % of them done").format(runs=text, percent=round(share * 100))
        self.setAccessibleDescription(text)
        self._measure()

    def show_phase(self, name: str) -> None:
        """Show the part of one phase alone; an empty name: whole runs."""
        self._only = name
        self._measure()

    def select_run(self, run_id: str) -> None:
        """Mark a run."""
        if run_id != self._selected:
            self._selected = run_id
            self.update()

    def sizeHint(self) -> QSize:
        """Return room for some runs."""
        return QSize(30 * (BAR + BETWEEN), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return room for a few."""
        return QSize(12 * (BAR + BETWEEN), _HEIGHT)

    def event(self, event: QEvent) -> bool:
        """Say by a tooltip what a bar is."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            run = self._run_at(event.pos().x())
            text = "" if run is None else self._told(run)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the run that was clicked."""
        run = self._run_at(int(event.position().x()))
        if run is not None:
            self.chosen.emit(run.id)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another run."""
        drawn = self.drawn
        ids = [run.id for run in drawn]
        last = len(ids) - 1
        place = ids.index(self._selected) if self._selected in ids else None
        target = {
            Qt.Key.Key_Left: last if place is None else max(0, place - 1),
            Qt.Key.Key_Right: last if place is None else min(last, place + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if target is None or not ids:
            super().keyPressEvent(event)
            return
        self.chosen.emit(ids[target])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint lines, bars and signs."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawn, room = self.drawn, self._room()
        step, top = self._scale(drawn)
        self._paint_lines(painter, room, step, top)
        for place, run in enumerate(drawn):
            self._paint_bar(painter, room, place, run, top)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 1.0, Qt.PenStyle.DotLine))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _scale(self, runs: Sequence[Run]) -> tuple[float, float]:
        """Return how far apart the lines are, and what the highest stands for, seconds."""
        longest = max((sum(seconds for _name, seconds in parts(run, self._only)) for run in runs), default=0.0)
        step = grid_step_s(longest)
        return step, max(step, -(-longest // step) * step)

    def _measure(self) -> None:
        """Make room for the texts at the lines."""
        step, top = self._scale(self._runs)
        texts = [_line_text(number * step) for number in range(round(top / step) + 1)]
        self._labels = max(self.fontMetrics().horizontalAdvance(text) for text in texts) + STEP
        self.update()

    def _paint_lines(self, painter: QPainter, room: QRectF, step: float, top: float) -> None:
        for number in range(round(top / step) + 1):
            y = room.bottom() - room.height() * number * step / top
            painter.setPen(QPen(line_colour(self.palette()), 1.0))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(secondary_colour(self.palette()))
            box = QRectF(0, y - 2 * STEP / 2, room.left() - HALF, 2 * STEP)
            aligned = (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value
            painter.drawText(box, aligned, _line_text(number * step))

    def _paint_bar(self, painter: QPainter, room: QRectF, place: int, run: Run, top: float) -> None:
        x = room.left() + place * (BAR + BETWEEN)
        if run.id == self._selected:
            fill = QColor(self.palette().color(QPalette.ColorRole.Highlight))
            fill.setAlphaF(0.25)
            column = QRectF(x - BETWEEN / 2, room.top() - HALF, BAR + BETWEEN, self.height() - room.top() + HALF)
            painter.fillRect(column, fill)
        y = room.bottom()
        painter.setPen(Qt.PenStyle.NoPen)
        for name, seconds in parts(run, self._only):
            height = room.height() * seconds / top
            colour = phase_colour(name) if name else line_colour(self.palette())
            painter.setBrush(colour)
            painter.drawRect(QRectF(x, y - height, BAR, height))
            y -= height
        if not parts(run, self._only):
            painter.setPen(QPen(text_colour(self.palette()), 1.0))
            painter.drawLine(QPointF(x, room.bottom()), QPointF(x + BAR, room.bottom()))
        sign = sign_pixmap(run_sign(run.state), _SIGN, dark=is_dark(self.palette()), ratio=self.devicePixelRatioF())
        painter.drawPixmap(QPointF(x + (BAR - _SIGN) / 2, room.bottom() + HALF), sign)

    def _room(self) -> QRectF:
        """Return where the bars are."""
        left = self._labels
        return QRectF(left, STEP, max(1.0, self.width() - left - HALF), _HEIGHT - 3 * STEP - HALF)

    def _run_at(self, x: int) -> Run | None:
        place = int((x - self._room().left() + BETWEEN / 2) // (BAR + BETWEEN))
        drawn = self.drawn
        return drawn[place] if 0 <= place < len(drawn) else None

    def _told(self, run: Run) -> str:
        lines = [words.sentence(run, self._now)]
        lines += [
            _("{phase}: {time}").format(phase=wording.phase_name(name), time=wording.duration(seconds))
            for name, seconds in parts(run)
            if name
        ]
        return "\n".join([*lines, *filter(None, [words.reason(run)])])


def _line_text(seconds: float) -> str:
    return wording.rough_duration(seconds) if seconds else "0"
