"""Lines by time and severity, above the log: see when it happened, drag to look at that time alone."""

from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from avdesk.core import wording
from avdesk.core.logline import Severity
from avdesk.core.logtally import Bar, Histogram
from avdesk.i18n import _, ngettext
from avdesk.ui.colours import Tone
from avdesk.ui.theme import (
    HALF,
    SECONDARY_SCALE,
    STEP,
    blend,
    line_colour,
    scaled_font,
    secondary_colour,
    tone_colour,
)

HEIGHT = 56
_LEAST_DRAG = 4


class HistogramView(QWidget):
    """Bars: errors below, warnings on them, the rest above.

    Signals:
        range_chosen: two aware datetimes, the time that was dragged over.
        time_chosen: an aware datetime that was clicked at.
    """

    range_chosen = Signal(object, object)
    time_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._pressed: float | None = None
        self._dragged: float | None = None
        self._cursor: int | None = None
        self._mark: int | None = None
        self._seen: tuple[datetime, datetime] | None = None
        self.setAccessibleName(_("Lines by time"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is shown."""
        return self._bars

    def show_histogram(self, histogram: Histogram) -> None:
        """Show counts."""
        self._bars = histogram.bars
        if self._cursor is not None and self._cursor >= len(self._bars):
            self._cursor = self._mark = None
        self._describe()
        self.update()

    def show_seen(self, seen: tuple[datetime, datetime] | None) -> None:
        """Show which time is in sight below."""
        if seen != self._seen:
            self._seen = seen
            self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._bars, self._seen, self._cursor, self._mark = (), None, None, None
        self.update()

    def words(self, place: int) -> str:
        """Return what one bar says."""
        bar = self._bars[place]
        errors, warnings, others = _parts(bar)
        total = errors + warnings + others
        parts = [ngettext("{n} line", "{n} lines", total).format(n=f"{total:,}")]
        if errors:
            parts.append(ngettext("{n} error", "{n} errors", errors).format(n=f"{errors:,}"))
        if warnings:
            parts.append(ngettext("{n} warning", "{n} warnings", warnings).format(n=f"{warnings:,}"))
        return f"{wording.clock_time(bar.start)} – {wording.clock_time(bar.end)}: " + ", ".join(parts)

    def sizeHint(self) -> QSize:
        """Return a low strip."""
        return QSize(320, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the same height."""
        return QSize(80, HEIGHT)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars, what is chosen, and the times at the ends."""
        del event
        painter, palette = QPainter(self), self.palette()
        plot = self._plot()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        if self._seen is not None and self._bars:
            left, right = self._x(self._seen[0]), self._x(self._seen[1])
            painter.fillRect(QRectF(left, plot.top(), max(2.0, right - left), plot.height()), _tint(palette, 0.16))
        most = max((sum(_parts(bar)) for bar in self._bars), default=0)
        colours = (tone_colour(Tone.BAD, palette), tone_colour(Tone.WARN, palette), _quiet(palette))
        width = plot.width() / max(1, len(self._bars))
        for place, bar in enumerate(self._bars):
            left = plot.left() + width * place
            bottom = plot.bottom()
            for count, colour in zip(_parts(bar), colours, strict=True):
                if count and most:
                    height = max(2.0, count / most * plot.height())
                    painter.fillRect(QRectF(left, bottom - height, max(1.0, width - 1.0), height), colour)
                    bottom -= height
        self._paint_choice(painter, plot)
        self._paint_ends(painter, plot)
        painter.setPen(QPen(line_colour(palette), 1.0))
        painter.drawLine(QPointF(plot.left(), plot.bottom()), QPointF(plot.right(), plot.bottom()))
        if self.hasFocus():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 1.0))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_choice(self, painter: QPainter, plot: QRectF) -> None:
        ends: tuple[float, float] | None = None
        if self._pressed is not None and self._dragged is not None:
            ends = min(self._pressed, self._dragged), max(self._pressed, self._dragged)
        elif self._cursor is not None and self.hasFocus():
            mark = self._cursor if self._mark is None else self._mark
            ends = self._left(min(mark, self._cursor)), self._left(max(mark, self._cursor) + 1)
        if ends is not None:
            box = QRectF(ends[0], plot.top(), max(1.0, ends[1] - ends[0]), plot.height())
            painter.fillRect(box, _tint(self.palette(), 0.35))

    def _paint_ends(self, painter: QPainter, plot: QRectF) -> None:
        if not self._bars:
            return
        painter.setPen(secondary_colour(self.palette()))
        painter.setFont(self._small_font())
        box = QRectF(plot.left(), plot.bottom() + 1, plot.width(), self.height() - plot.bottom() - 1)
        first, last = self._bars[0].start, self._bars[-1].end
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft.value, _time_words(first, other=last))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight.value, _time_words(last, other=first))

    def _small_font(self) -> QFont:
        return scaled_font(SECONDARY_SCALE)

    def _plot(self) -> QRectF:
        below = self.fontMetrics().height()
        return QRectF(HALF, HALF, max(1.0, self.width() - STEP), max(8.0, self.height() - below - HALF))

    def _left(self, place: int) -> float:
        plot = self._plot()
        return plot.left() + plot.width() * place / max(1, len(self._bars))

    def _x(self, moment: datetime) -> float:
        first, last = self._bars[0].start, self._bars[-1].end
        share = (moment - first) / ((last - first) or timedelta(seconds=1))
        plot = self._plot()
        return plot.left() + plot.width() * min(1.0, max(0.0, share))

    def _time_at(self, x: float) -> datetime:
        plot = self._plot()
        share = min(1.0, max(0.0, (x - plot.left()) / plot.width()))
        first, last = self._bars[0].start, self._bars[-1].end
        return first + (last - first) * share

    def _place_at(self, x: float) -> int:
        plot = self._plot()
        share = min(1.0, max(0.0, (x - plot.left()) / plot.width()))
        return min(len(self._bars) - 1, int(share * len(self._bars)))

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag."""
        if self._bars and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._dragged = event.position().x()
            self._cursor = self._mark = None
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag on."""
        if self._pressed is not None:
            self._dragged = event.position().x()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose what was dragged over, or the time that was clicked at."""
        pressed, self._pressed, self._dragged = self._pressed, None, None
        self.update()
        if pressed is None or not self._bars:
            return
        x = event.position().x()
        if abs(x - pressed) < _LEAST_DRAG:
            self.time_chosen.emit(self._bars[self._place_at(x)].start)
        else:
            self.range_chosen.emit(self._time_at(min(x, pressed)), self._time_at(max(x, pressed)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move over the bars, with Shift choose several; Enter looks at them alone."""
        key = event.key()
        if not self._bars or key not in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._cursor is not None:
                mark = self._cursor if self._mark is None else self._mark
                first, last = min(mark, self._cursor), max(mark, self._cursor)
                self.range_chosen.emit(self._bars[first].start, self._bars[last].end)
            return
        step = 1 if key == Qt.Key.Key_Right else -1
        selecting = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        before = self._cursor
        self._cursor = min(max(0, (0 if before is None else before + step)), len(self._bars) - 1)
        if not selecting:
            self._mark = None
        elif self._mark is None:
            self._mark = before if before is not None else self._cursor
        self._describe()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard is here."""
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Say what the bar under the mouse stands for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._bars:
            hint = _("Drag to look at a time alone, click to go there.")
            QToolTip.showText(event.globalPos(), f"{self.words(self._place_at(event.pos().x()))}\n{hint}", self)
            return True
        return super().event(event)

    def _describe(self) -> None:
        place = self._cursor
        self.setAccessibleDescription(self.words(place) if place is not None and place < len(self._bars) else "")


def _parts(bar: Bar) -> tuple[int, int, int]:
    errors = sum(count for severity, count in bar.counts.items() if severity >= Severity.ERROR)
    warnings = bar.counts.get(Severity.WARNING, 0)
    return errors, warnings, sum(bar.counts.values()) - errors - warnings


def _time_words(moment: datetime, *, other: datetime) -> str:
    here, there = moment.astimezone(), other.astimezone()
    clock = f"{here:%H:%M:%S}"
    return clock if here.date() == there.date() else f"{here:%Y-%m-%d} {clock}"


def _quiet(palette: QPalette) -> QColor:
    return blend(palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base), 0.35)


def _tint(palette: QPalette, strength: float) -> QColor:
    colour = QColor(palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight))
    colour.setAlphaF(strength)
    return colour
