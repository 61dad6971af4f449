"""How lines are set: fonts, columns, and each line's text with its colours and what was found in it."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QPointF
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPalette,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)

from avdesk.core.ansi import Span, styled
from avdesk.core.failure_searches import FoundFailure, failure_in
from avdesk.core.logline import APP, BATCH_PREFIX, FILE_PREFIX, JOB_PREFIX, OWN, LogLine, Severity
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.logs.palette import terminal_background, terminal_colour
from avdesk.ui.theme import HALF, STEP, blend, is_dark, secondary_colour, tone_colour

SHOWN = 12_000
"""Characters of a line that the view sets; the details have the rest."""

LEAST_SIZE, MOST_SIZE = 5.0, 40.0
SOURCE_TONES = (Tone.BUSY, Tone.WAIT, Tone.GOOD, Tone.WARN, Tone.CALM, Tone.BAD)

Highlighter = Callable[[str], list[tuple[int, int]]]
"""Returns where in a text something was found."""


Form = tuple[int, int, QTextCharFormat]


def severity_tone(severity: Severity) -> Tone | None:
    """Return the tone of a severity, None for an ordinary one."""
    if severity >= Severity.ERROR:
        return Tone.BAD
    if severity >= Severity.WARNING:
        return Tone.WARN
    return None


def source_label(source: str) -> str:
    """Return a short name of a source for a column or a chip."""
    if source == APP:
        return _("AutoVideo app")
    if source == OWN:
        return _("AVDesk")
    for prefix in (JOB_PREFIX, BATCH_PREFIX):
        if source.startswith(prefix):
            return source.removeprefix(prefix)
    return source.removeprefix(FILE_PREFIX).replace("\\", "/").rstrip("/").rpartition("/")[2] or source


@dataclass(slots=True)
class Set:
    """A line as it is set: its layout, the failure it tells of, whether something was found in it, its size."""

    layout: QTextLayout
    text: str
    failure: FoundFailure | None
    found: bool
    width: float
    height: float


class Looks:
    """Fonts and columns of a view, and the lines that were set last."""

    def __init__(self) -> None:
        """Begin with the system's font of fixed width."""
        self.size_change = 0.0
        self.wrap = False
        self.whole = False
        self.highlight: Highlighter | None = None
        self.highlight_back = QColor()
        self.sources: tuple[str, ...] = ()
        self.dated = True
        self._set: dict[tuple[int, int], Set] = {}
        self._measured: dict[str, float] = {}
        self.palette = QPalette()
        self.dress(self.palette)

    def dress(self, palette: QPalette) -> None:
        """Take on colours and the system's font, and set every line anew."""
        self.palette = palette
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        if font.pointSizeF() <= 0:
            font.setPointSizeF(10.0)
        font.setPointSizeF(max(LEAST_SIZE, min(font.pointSizeF() + self.size_change, MOST_SIZE)))
        self.font = font
        self.metrics = QFontMetricsF(font)
        self.line_height = max(1.0, float(round(self.metrics.height()) + HALF // 2))
        base = palette.color(QPalette.ColorRole.Base)
        self.highlight_back = blend(QColor("#f0c000" if not is_dark(palette) else "#c79a00"), base, 0.55)
        self.forget()

    def resize_font(self, steps: float | None) -> float:
        """Make the font larger or smaller by points, None: the system's size; return the change from that."""
        self.size_change = 0.0 if steps is None else max(-6.0, min(self.size_change + steps, 24.0))
        self.dress(self.palette)
        return self.size_change

    def forget(self) -> None:
        """Set every line anew, and measure the columns anew."""
        self._set.clear()
        self._measured.clear()

    # Columns

    @property
    def gutter(self) -> float:
        """Width of what stands before a line: bookmark and fold."""
        return 2.0 * STEP

    @property
    def time_width(self) -> float:
        """Width of the times."""
        if "time" not in self._measured:
            self._measured["time"] = self._widest_time()
        return self._measured["time"]

    def _widest_time(self) -> float:
        return self.metrics.horizontalAdvance(self.time_text(datetime(2000, 12, 28, 22, 58, 58).astimezone())) + STEP

    @property
    def sign_width(self) -> float:
        """Width of the severity's sign."""
        return self.line_height + HALF

    @property
    def source_width(self) -> float:
        """Width of the sources' column; none while there is one source."""
        if "source" not in self._measured:
            self._measured["source"] = self._widest_source()
        return self._measured["source"]

    def _widest_source(self) -> float:
        if len(self.sources) < 2:
            return 0.0
        widest = max(self.metrics.horizontalAdvance(self.short_source(source)) for source in self.sources)
        return widest + 2 * STEP + HALF

    @property
    def text_left(self) -> float:
        """Where the text begins."""
        return self.gutter + self.time_width + self.sign_width + self.source_width

    def short_source(self, source: str) -> str:
        """Return a source's name as it fits the column."""
        label = source_label(source).removeprefix("video-job-")
        return label if len(label) <= 14 else label[:6] + "…" + label[-7:]

    def source_colour(self, source: str) -> QColor:
        """Return a source's colour."""
        place = self.sources.index(source) if source in self.sources else 0
        return tone_colour(SOURCE_TONES[place % len(SOURCE_TONES)], self.palette)

    def time_text(self, moment: datetime | None) -> str:
        """Return a line's time, local, for the column."""
        if moment is None:
            return ""
        here = moment.astimezone()
        clock = f"{here:%H:%M:%S}.{here.microsecond // 1000:03d}"
        return f"{here:%Y-%m-%d} {clock}" if self.dated else clock

    def show_span(self, span: tuple[datetime, datetime] | None) -> bool:
        """Show dates where the log is of more than one day or of another day; return whether that has changed."""
        today = date.today()  # noqa: DTZ011 - the user's own day
        dated = span is None or any(each.astimezone().date() != today for each in span)
        changed, self.dated = dated != self.dated, dated
        return changed

    # Lines

    def set(self, line: LogLine, width: float) -> Set:
        """Return a line's text, set for a width, with its colours."""
        key = (line.number, hash(line.text))
        known = self._set.get(key)
        if known is None:
            if len(self._set) > 1200:
                self._set.clear()
            known = self._set[key] = self._make(line, width)
        return known

    def shown_text(self, line: LogLine) -> str:
        """Return the text of a line as the view has it, colour sequences included."""
        text = line.text if self.whole else line.text[line.head :]
        left_out = line.cut + max(0, len(text) - SHOWN)
        if left_out:
            text = text[:SHOWN] + _("… {count} more").format(count=f"{left_out:,}")
        return text

    def _make(self, line: LogLine, width: float) -> Set:
        shown = styled(self.shown_text(line))
        failure = failure_in(shown.text)
        layout = QTextLayout(shown.text, self.font)
        option = QTextOption()
        mode = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere if self.wrap else QTextOption.WrapMode.NoWrap
        option.setWrapMode(mode)
        layout.setTextOption(option)
        found = self.highlight(shown.text) if self.highlight is not None else []
        at = _units(shown.text)
        layout.setFormats(
            [
                _range(at(start), at(end), form)
                for start, end, form in (*self._colours(shown.spans), *self._explained(failure), *self._found(found))
            ]
        )
        layout.beginLayout()
        height, widest = 0.0, 0.0
        while True:
            each = layout.createLine()
            if not each.isValid():
                break
            each.setLineWidth(max(40.0, width) if self.wrap else 1e7)
            each.setPosition(QPointF(0.0, height))
            height += self.line_height
            widest = max(widest, each.naturalTextWidth())
        layout.endLayout()
        return Set(layout, shown.text, failure, bool(found), widest, max(height, self.line_height))

    def _colours(self, spans: tuple[Span, ...]) -> list[Form]:
        ranges = []
        for span in spans:
            style, form = span.style, QTextCharFormat()
            front = terminal_colour(style.colour, self.palette, bold=style.bold)
            back = terminal_background(style.background, self.palette)
            if style.inverse:
                back = front or self.palette.color(QPalette.ColorRole.Text)
                front = self.palette.color(QPalette.ColorRole.Base)
            if style.faint and style.colour is None:
                front = secondary_colour(self.palette)
            if front is not None:
                form.setForeground(front)
            if back is not None:
                form.setBackground(back)
            if style.bold:
                form.setFontWeight(QFont.Weight.Bold)
            form.setFontItalic(style.italic)
            form.setFontUnderline(style.underline)
            form.setFontStrikeOut(style.struck)
            ranges.append((span.start, span.end, form))
        return ranges

    def _explained(self, failure: FoundFailure | None) -> list[Form]:
        if failure is None:
            return []
        form = QTextCharFormat()
        form.setFontUnderline(True)
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
        form.setUnderlineColor(tone_colour(Tone.BAD, self.palette))
        form.setFontWeight(QFont.Weight.Bold)
        return [(failure.start, failure.end, form)]

    def _found(self, found: list[tuple[int, int]]) -> list[Form]:
        form = QTextCharFormat()
        form.setBackground(self.highlight_back)
        form.setForeground(self.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text))
        return [(start, end, form) for start, end in found[:200]]


def _units(text: str) -> Callable[[int], int]:
    """Return what turns a place in a text into Qt's, which counts most emoji twice."""
    if text.isascii() or max(text) <= "\uffff":
        return lambda place: place
    doubles = [place for place, character in enumerate(text) if character > "\uffff"]
    return lambda place: place + bisect_left(doubles, place)


def _range(start: int, end: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, end - start, form
    return made
