"""A job's course as a small vertical timeline."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui import times
from avdesk.ui.jobs.course import CourseStep
from avdesk.ui.theme import HALF, STEP, line_colour
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Elided, Role, Text

_SIGN = 14


class Line(QWidget):
    """The line between two points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.MinimumExpanding)

    def sizeHint(self) -> QSize:
        """Return the width of a point's sign."""
        return QSize(_SIGN, 2 * STEP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        del event
        painter = QPainter(self)
        painter.setPen(QPen(line_colour(self.palette()), 2.0))
        middle = self.width() / 2
        painter.drawLine(QPointF(middle, 1), QPointF(middle, self.height() - 1))


class CourseView(QWidget):
    """Shows the points of a course below each other, the time of each at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Course of the job"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(HALF // 2)
        self._points: list[tuple[SignView, Elided, Text]] = []
        self._gaps: list[tuple[Line, Elided]] = []

    @property
    def words(self) -> list[str]:
        """What is shown, point by point and what lies between, for tests and readers."""
        shown = [name.text() for _sign, name, _time in self._points if not name.isHidden()]
        gaps = [gap.text() for _line, gap in self._gaps if not gap.isHidden()]
        return [text for pair in zip(["", *gaps], shown, strict=False) for text in pair if text]

    def show_steps(self, steps: Sequence[CourseStep], now: datetime) -> None:
        """Show the points of a course."""
        self._make(len(steps))
        for place, (sign, name, time) in enumerate(self._points):
            seen = place < len(steps)
            for part in (sign, name, time):
                part.setVisible(seen)
            if place > 0:
                line, gap = self._gaps[place - 1]
                line.setVisible(seen)
                gap.setVisible(seen)
                gap.setText(steps[place].before if seen else "")
            if seen:
                self._show(steps[place], sign, name, time, now)

    def _show(self, step: CourseStep, sign: SignView, name: Elided, time: Text, now: datetime) -> None:
        sign.show_sign(step.sign, 1 if step.sign is Sign.RUNNING else 0, 2)
        name.setText(step.word)
        time.show_text("" if step.at is None else times.local_moment(step.at, now))
        time.setToolTip(times.exact_utc(step.at))

    def _make(self, count: int) -> None:
        while len(self._points) < count:
            if self._points:
                line, gap = Line(), Elided("", Role.SECONDARY)
                self._add_row(line, gap)
                self._gaps.append((line, gap))
            parts = (SignView(_SIGN), Elided(), Text("", Role.SECONDARY))
            parts[2].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._add_row(*parts)
            self._points.append(parts)

    def _add_row(self, *parts: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(STEP)
        for place, part in enumerate(parts):
            row.addWidget(part, 1 if place == 1 else 0)
        self._column.addLayout(row)
