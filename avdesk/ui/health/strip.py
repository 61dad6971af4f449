"""A check's last answers as a strip of bars: the taller, the worse."""

from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from avdesk.core.checkcourse import NO_COURSE, SHOWN, CheckCourse, CheckPoint
from avdesk.core.health import Health
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.health import words
from avdesk.ui.theme import HALF, STEP, line_colour, tone_colour

_HEIGHT = 2 * STEP
_LOOK: dict[Health, tuple[float, Tone | None]] = {
    Health.HEALTHY: (0.45, Tone.GOOD),
    Health.DEGRADED: (0.7, Tone.WARN),
    Health.UNHEALTHY: (1.0, Tone.BAD),
    Health.DISABLED: (0.2, Tone.CALM),
    Health.RETIRED: (0.2, Tone.CALM),
    Health.UNKNOWN: (0.2, None),
}
"""Status → share of the height, and colour; None: that of lines."""


class Strip(QWidget):
    """Shows a course, the newest answer at the end of the line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._course = NO_COURSE
        self._now: datetime | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Last answers"))

    def show_course(self, course: CheckCourse, now: datetime) -> None:
        """Show a course."""
        self._now = now
        if course.points is not self._course.points or course.flapping is not self._course.flapping:
            self.setAccessibleDescription(words.course_words(course))
            self.update()
        self._course = course

    def sizeHint(self) -> QSize:
        """Return room for a few bars at least."""
        return QSize(SHOWN * HALF, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a bar for each answer, on a thin ground line."""
        del event
        painter = QPainter(self)
        line = line_colour(self.palette())
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), line)
        bar, gap = self._measures()
        for place, point in enumerate(self._course.points):
            share, tone = _LOOK[point.status]
            height = max(2.0, share * (self.height() - 2))
            left = self._left(place, bar, gap)
            colour = line if tone is None else tone_colour(tone, self.palette())
            painter.fillRect(QRectF(left, self.height() - 2 - height, bar, height), colour)

    def event(self, event: QEvent) -> bool:
        """Tell of the answer under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            point = self._point_at(event.pos())
            if point is not None and self._now is not None:
                QToolTip.showText(event.globalPos(), words.point_words(point, self._now), self)
            else:
                QToolTip.showText(event.globalPos(), words.course_words(self._course), self)
            return True
        return super().event(event)

    def _measures(self) -> tuple[float, float]:
        """Return the width of a bar, and that of the gap beside it."""
        slot = self.width() / SHOWN
        gap = 2.0 if slot >= HALF else 1.0
        return max(1.0, slot - gap), gap

    def _left(self, place: int, bar: float, gap: float) -> float:
        behind = len(self._course.points) - place
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            return (behind - 1) * (bar + gap)
        return self.width() - behind * (bar + gap)

    def _point_at(self, at: QPoint) -> CheckPoint | None:
        bar, gap = self._measures()
        for place, point in enumerate(self._course.points):
            left = self._left(place, bar, gap)
            if left <= at.x() < left + bar + gap:
                return point
        return None
