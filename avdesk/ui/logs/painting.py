"""Painting the rows of the log view."""

from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF

from avdesk.core.logline import LogLine, Severity
from avdesk.core.summary import Sign
from avdesk.i18n import ngettext
from avdesk.ui.colours import Tone
from avdesk.ui.logs.looks import Looks, severity_tone
from avdesk.ui.logs.placing import Placed
from avdesk.ui.signs import sign_pixmap
from avdesk.ui.theme import HALF, STEP, blend, is_dark, line_colour, secondary_colour, tone_colour


@dataclass(frozen=True, slots=True)
class Scene:
    """What a row looks like beside its line.

    Attributes:
        selected: rows that are; `caret` the one that the keyboard is on, -1 without any.
        focused: whether the keyboard is here.
        current: the number of the line found last; -1 without any.
        marked: numbers of lines with a bookmark.
        scrolled: pixels by which the text is moved to the left.
        width: of the viewport.
        ratio: device pixels for one.
    """

    selected: range
    caret: int
    focused: bool
    current: int
    marked: Collection[int]
    scrolled: float
    width: float
    ratio: float


class RowPainter:
    """Paints one row after the other."""

    def __init__(self, looks: Looks) -> None:
        """Paint as `looks` says."""
        self._looks = looks

    def paint(self, painter: QPainter, placed: Placed, scene: Scene, *, context: bool) -> None:
        """Paint a row."""
        looks = self._looks
        box = QRectF(0.0, placed.y, scene.width, placed.height)
        selected = placed.row in scene.selected
        if placed.line is None:
            self._paint_placeholder(painter, box)
            return
        self._paint_back(painter, placed.line, box, scene, selected=selected)
        self._paint_margin(painter, placed, scene)
        if looks.source_width:
            self._paint_source(painter, placed.line, box, named=not placed.line.continuation or placed.headless)
        made = looks.set(placed.line, scene.width - looks.text_left - STEP)
        painter.save()
        painter.setClipRect(QRectF(looks.text_left, placed.y, scene.width - looks.text_left, placed.height))
        painter.setPen(self._text_colour(placed.line, context=context))
        top = placed.y + HALF / 4
        made.layout.draw(painter, QPointF(looks.text_left - scene.scrolled, top))
        if placed.folded:
            self._paint_folded(painter, placed, looks.text_left - scene.scrolled + made.width + STEP)
        painter.restore()
        if placed.row == scene.caret and scene.focused:
            painter.setPen(QPen(looks.palette.color(QPalette.ColorRole.Highlight), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))

    def text_of_fold(self, folded: int) -> str:
        """Return what is said of a folded traceback."""
        return ngettext("{n} line folded", "{n} lines folded", folded).format(n=folded)

    def _paint_placeholder(self, painter: QPainter, box: QRectF) -> None:
        looks = self._looks
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(
            blend(looks.palette.color(QPalette.ColorRole.Text), looks.palette.color(QPalette.ColorRole.Base), 0.07)
        )
        line = box.height() * 0.4
        top = box.top() + (box.height() - line) / 2
        painter.drawRoundedRect(QRectF(looks.gutter, top, looks.time_width - STEP, line), 2, 2)
        painter.drawRoundedRect(QRectF(looks.text_left, top, min(box.width() / 3, 320.0), line), 2, 2)

    def _paint_back(self, painter: QPainter, line: LogLine, box: QRectF, scene: Scene, *, selected: bool) -> None:
        palette = self._looks.palette
        base = palette.color(QPalette.ColorRole.Base)
        if selected:
            group = QPalette.ColorGroup.Active
            accent = palette.color(group, QPalette.ColorRole.Highlight)
            painter.fillRect(box, blend(accent, base, 0.28 if scene.focused else 0.18))
            return
        made = self._looks.set(line, scene.width - self._looks.text_left - STEP)
        if line.number == scene.current:
            painter.fillRect(box, blend(self._looks.highlight_back, base, 0.45))
        elif made.failure is not None:
            painter.fillRect(box, blend(tone_colour(Tone.BAD, palette), base, 0.13))

    def _paint_margin(self, painter: QPainter, placed: Placed, scene: Scene) -> None:
        """Paint bookmark, fold, time and severity."""
        looks, line = self._looks, placed.line
        assert line is not None, "only a line that is at hand has a margin"
        height = looks.line_height
        if line.number in scene.marked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(looks.palette.color(QPalette.ColorRole.Highlight))
            left, top, bottom = 2.0, placed.y + 2, placed.y + height - 2
            points = [(left, top), (left + 6, top), (left + 6, bottom), (left + 3, bottom - 3), (left, bottom)]
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
        if placed.folded or placed.opened:
            self._paint_triangle(painter, STEP + 5.0, placed.y + height / 2, opened=placed.opened)
        baseline = placed.y + HALF / 4 + looks.metrics.ascent()
        painter.setFont(looks.font)
        if not line.continuation or placed.headless:
            painter.setPen(secondary_colour(looks.palette))
            painter.drawText(QPointF(looks.gutter, baseline), looks.time_text(line.time))
            self._paint_sign(painter, line.severity, looks.gutter + looks.time_width, placed.y, scene.ratio)

    def _paint_triangle(self, painter: QPainter, x: float, y: float, *, opened: bool) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(secondary_colour(self._looks.palette))
        points = [(-4, -2), (4, -2), (0, 3)] if opened else [(-2, -4), (-2, 4), (3, 0)]
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in points]))
        painter.restore()

    def _paint_sign(self, painter: QPainter, severity: Severity, left: float, top: float, ratio: float) -> None:
        """Paint a shape for what matters, a small dot for the rest."""
        size = int(min(14.0, self._looks.line_height - 3))
        y = top + (self._looks.line_height - size) / 2
        sign = Sign.FAILED if severity >= Severity.ERROR else Sign.ATTENTION if severity >= Severity.WARNING else None
        if sign is not None:
            dark = is_dark(self._looks.palette)
            painter.drawPixmap(QPointF(left, y), sign_pixmap(sign, size, dark=dark, ratio=ratio))
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = tone_colour(Tone.BUSY if severity >= Severity.NOTICE else Tone.CALM, self._looks.palette)
        painter.setPen(QPen(colour, 1.0))
        painter.setBrush(colour if severity >= Severity.INFO else Qt.BrushStyle.NoBrush)
        if severity > Severity.DEFAULT:
            painter.drawEllipse(QPointF(left + size / 2, top + self._looks.line_height / 2), 1.8, 1.8)
        painter.restore()

    def _paint_source(self, painter: QPainter, line: LogLine, box: QRectF, *, named: bool) -> None:
        looks = self._looks
        colour = looks.source_colour(line.source)
        left = looks.text_left - looks.source_width
        painter.fillRect(QRectF(left, box.top(), 3.0, box.height()), colour)
        if named:
            painter.setPen(colour)
            baseline = box.top() + HALF / 4 + looks.metrics.ascent()
            painter.drawText(QPointF(left + STEP - 1, baseline), looks.short_source(line.source))

    def _paint_folded(self, painter: QPainter, placed: Placed, left: float) -> None:
        looks = self._looks
        text = self.text_of_fold(placed.folded)
        width = looks.metrics.horizontalAdvance(text) + STEP
        box = QRectF(left, placed.y + 1, width, looks.line_height - 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(line_colour(looks.palette), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setPen(secondary_colour(looks.palette))
        painter.drawText(QPointF(left + HALF, placed.y + HALF / 4 + looks.metrics.ascent()), text)

    def _text_colour(self, line: LogLine, *, context: bool) -> QColor:
        palette = self._looks.palette
        if context or line.severity == Severity.DEBUG:
            return secondary_colour(palette)
        tone = severity_tone(line.severity)
        if tone is not None:
            return tone_colour(tone, palette)
        return palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)
