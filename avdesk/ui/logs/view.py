"""The view of a log: paints what is in sight and nothing else, whatever the number of lines."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPalette, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from avdesk.bridge.log_session import Growth
from avdesk.core.logline import LogLine
from avdesk.ui.logs.caret import Caret
from avdesk.ui.logs.folds import Folds
from avdesk.ui.logs.looks import Looks
from avdesk.ui.logs.margin import MarginBar
from avdesk.ui.logs.painting import RowPainter, Scene
from avdesk.ui.logs.placing import Placed, Placing
from avdesk.ui.logs.rows import Rows

ROWS_A_NOTCH = 3
_NOTCH = 120.0


class LogView(QAbstractScrollArea):
    """Shows rows.

    Attributes:
        caret: the line that the keyboard is on, and the selection.
        folds: the tracebacks that are folded.
        looks: fonts, columns and colours.
        margin: the vertical scroll bar, with marks.

    Signals:
        moved: the keyboard is on another line, or another selection was made.
        scrolled: other rows are in sight, or more rows came.
        followed: whether the view now stays at the end as rows come.
    """

    moved = Signal()
    scrolled = Signal()
    followed = Signal(bool)

    def __init__(self, rows: Rows, looks: Looks, parent: QWidget | None = None) -> None:
        """Show `rows` as `looks` says."""
        super().__init__(parent)
        self.looks = looks
        self.margin = MarginBar(self)
        self._painter = RowPainter(looks)
        self._placed: list[Placed] = []
        self._top = 0
        self._end = self._coming_end = self._epoch = -1
        self._following = True
        self._waiting_row: int | None = None
        self._settling = False
        self._wheel = 0.0
        self._bookmarks: Collection[int] = frozenset()
        self._current = -1
        self._widest = 0.0
        self.setVerticalScrollBar(self.margin)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.viewport().setAutoFillBackground(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.margin.valueChanged.connect(self._scroll_to)
        self.horizontalScrollBar().valueChanged.connect(lambda _value: self.viewport().update())
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self.lay_out)
        self.show_rows(rows)

    # What is shown

    def show_rows(self, rows: Rows) -> None:
        """Show other rows from now on, from the end."""
        self.rows = rows
        self.caret = Caret(rows)
        self.folds = Folds(rows)
        self.placing = Placing(rows, self.folds)
        self.looks.forget()
        self._top, self._widest, self._current, self._waiting_row = 0, 0.0, -1, None
        self._end = self._coming_end = -1
        rows.changed.connect(self._take_rows)
        rows.renumbered.connect(self._renumber)
        self.set_following(following=True)
        self._take_rows()

    @property
    def placed(self) -> list[Placed]:
        """The rows in sight, from the top down."""
        return self._placed

    @property
    def following(self) -> bool:
        """Whether the view stays at the end as rows come."""
        return self._following

    def set_following(self, *, following: bool) -> None:
        """Stay at the end as rows come, or where one is."""
        if following != self._following:
            self._following = following
            self.followed.emit(following)
        if following:
            self._soon.start()

    def show_bookmarks(self, numbers: Collection[int]) -> None:
        """Show which lines have a bookmark."""
        self._bookmarks = numbers
        self.viewport().update()

    def show_current(self, number: int) -> None:
        """Show which line was found last; -1: none."""
        self._current = number
        self.viewport().update()

    def set_anew(self) -> None:
        """Set every line anew: fonts, columns or what is highlighted have changed."""
        self.looks.forget()
        self.folds.forget()
        self.lay_out()

    # Where one is

    def line_of(self, row: int | None) -> LogLine | None:
        """Return a row's line as far as it is at hand."""
        return None if row is None else self.rows.line(row)

    def current_line(self) -> LogLine | None:
        """Return the line that the keyboard is on, as far as it is at hand."""
        return self.line_of(self.caret.row)

    def rows_on_page(self) -> int:
        """Return how many rows fit."""
        return max(1, int(self.viewport().height() // self.looks.line_height))

    def go_to(self, row: int, *, select: bool = False, centre: bool = False) -> None:
        """Put the keyboard on a row and show it; a row within a folded traceback opens it."""
        if not 0 <= row < self.rows.count:
            return
        if self.folds.hidden(row):
            self.folds.open(row)
        moved = self.caret.move(row, select=select)
        self.reveal(row, centre=centre)
        if moved:
            self.moved.emit()
        self.viewport().update()

    def go_to_number(self, number: int, *, centre: bool = True) -> None:
        """Put the keyboard on a line, or on the next one that is shown."""
        if self.rows.count:
            self.go_to(min(self.rows.row_of(number), self.rows.count - 1), centre=centre)

    def reveal(self, row: int, *, centre: bool = False) -> None:
        """Scroll so that a row is in sight."""
        self._waiting_row = None  # whoever was waited for before: the view is wanted here now
        whole = [
            each.row for each in self._placed if each.y >= 0 and each.y + each.height <= self.viewport().height()
        ]
        if row in whole:
            return
        if row < self.rows.count - 1 or not self._following:
            self.set_following(following=False)
        if self.rows.line(row) is None:
            self._waiting_row = row  # its height is not known yet
        page = self.viewport().height()
        if centre or not whole or row < whole[0] - page or row > whole[-1] + page:
            placed = self.placing.up(row, page / 2, self.looks.line_height, self._measure)
            self._top = placed[0].row if placed else row
        elif row < whole[0]:
            self._top = row
        else:
            placed = self.placing.up(row, page, self.looks.line_height, self._measure)
            self._top = placed[1].row if len(placed) > 1 and placed[0].y < 0 else placed[0].row
        self.lay_out()

    def scroll_rows(self, rows: int) -> None:
        """Scroll by so many rows, up where negative."""
        row = self._placed[0].row if self._placed else self._top
        for _step in range(abs(rows)):
            row = self.placing.next_row(row) if rows > 0 else self.placing.previous_row(row)
        if rows < 0:
            self.set_following(following=False)
        self._top = max(0, min(row, self.rows.count - 1))
        self.lay_out()

    def row_at(self, y: float) -> int | None:
        """Return the row at a height of the viewport; None beside them."""
        for placed in self._placed:
            if placed.y <= y < placed.y + placed.height:
                return placed.row
        return None

    def placed_at(self, y: float) -> Placed | None:
        """Return what is at a height of the viewport."""
        return next((each for each in self._placed if each.y <= y < each.y + each.height), None)

    # Laying out

    def lay_out(self) -> None:
        """Find out which rows are in sight, and fetch those that are not at hand."""
        height = float(self.viewport().height())
        line_height = self.looks.line_height
        count = self.rows.count
        self._top = max(0, min(self._top, count - 1))
        at_end = self._following
        if not at_end:
            self._placed = self.placing.down(self._top, height, line_height, self._measure)
            filled = sum(each.height for each in self._placed)
            at_end = bool(self._placed) and self._placed[-1].row >= self._last_row() and filled <= height
        if at_end:
            end = self._end_at_hand(count) if self._following else count - 1
            self._placed = self.placing.up(end, height, line_height, self._measure)
            if self._placed and self._placed[0].y > 0:
                self._placed = self.placing.down(0, height, line_height, self._measure)
            self._top = self._placed[0].row if self._placed else 0
        first, last = (self._placed[0].row, self._placed[-1].row) if self._placed else (0, 0)
        self.placing.fetch_around(first, last, self._coming_end if self._following else last)
        self._set_bars(first, at_end=at_end)
        self.viewport().update()
        self.scrolled.emit()

    def _end_at_hand(self, count: int) -> int:
        """Return the last row whose line is at hand, while the log grows faster than its lines come.

        What is in sight stays until the end that was asked for is there: so a log that never rests is followed, too.
        """
        if not 0 <= self._coming_end < count:
            self._coming_end = count - 1
        if self.rows.line(self._coming_end) is not None:
            self._end, self._coming_end = self._coming_end, count - 1
        if self.rows.line(self._coming_end) is not None:
            self._end = self._coming_end
        return self._end if 0 <= self._end < count else self._coming_end

    def _last_row(self) -> int:
        return self.placing.shown_at_or_before(self.rows.count - 1)

    def _measure(self, line: LogLine) -> float:
        if not self.looks.wrap and not line.text:
            return self.looks.line_height
        made = self.looks.set(line, self.viewport().width() - self.looks.text_left - 8)
        self._widest = max(self._widest, made.width)
        return made.height

    def _set_bars(self, first: int, *, at_end: bool) -> None:
        self._settling = True
        page = self.rows_on_page()
        most = max(0, self.rows.count - page)
        if at_end:
            most = max(first, 0)
        elif first >= most:
            most = first + 1
        self.margin.setPageStep(page)
        self.margin.setRange(0, most)
        self.margin.setValue(most if at_end else first)
        self.margin.show_count(self.rows.count)
        bar = self.horizontalScrollBar()
        room = int(self.viewport().width() - self.looks.text_left)
        bar.setRange(0, 0 if self.looks.wrap else max(0, int(self._widest) + 24 - room))
        bar.setPageStep(max(1, room))
        bar.setSingleStep(int(self.looks.metrics.averageCharWidth() * 4))
        self._settling = False

    def _scroll_to(self, value: int) -> None:
        if self._settling:
            return
        self._waiting_row = None
        at_end = value >= self.margin.maximum()
        self._top = value
        self.set_following(following=at_end)
        self.lay_out()

    def _take_rows(self) -> None:
        self.folds.forget()
        if self._epoch != self.rows.epoch:
            self._epoch = self.rows.epoch
            self._end = self._coming_end = -1
        if self._waiting_row is not None and self.rows.line(self._waiting_row) is not None:
            row, self._waiting_row = self._waiting_row, None
            placed = self.placing.up(row, self.viewport().height() / 2, self.looks.line_height, self._measure)
            self._top = placed[0].row if placed else row
        self._soon.start()

    def _renumber(self, growth: Growth) -> None:
        """Stay where one is when lines came in between."""
        self.looks.forget()
        self.folds.forget_open()
        self.caret.renumber(growth)
        self._end = self._coming_end = -1
        if not self._following and growth.shifts is not None and not self.rows.filtered:
            from avdesk.bridge.log_numbers import renumbered_one

            self._top = renumbered_one(self._top, growth.shifts) or 0

    # Qt's events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        painter = QPainter(self.viewport())
        row = self.caret.row
        scene = Scene(
            selected=self.caret.rows(),
            caret=-1 if row is None else row,
            focused=self.hasFocus(),
            current=self._current,
            marked=self._bookmarks,
            scrolled=float(self.horizontalScrollBar().value()),
            width=float(self.viewport().width()),
            ratio=self.devicePixelRatioF(),
        )
        for placed in self._placed:
            if placed.row < self.rows.count and placed.y < event.rect().bottom() + 1:
                self._painter.paint(painter, placed, scene, context=self.rows.is_context(placed.row))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show more or fewer rows; the one that the keyboard is on stays in sight."""
        super().resizeEvent(event)
        row = self.caret.row
        in_sight = row is not None and any(placed.row == row for placed in self._placed)
        if self.looks.wrap and event.oldSize().width() != event.size().width():
            self.looks.forget()
        self.lay_out()
        if row is not None and in_sight:
            self.reveal(row)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the system's colours and fonts."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.ApplicationFontChange):
            self.looks.dress(self.palette())
            self._soon.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by rows; with Ctrl the page changes the font, with Shift it goes sideways."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        delta = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or (abs(delta.x()) > abs(delta.y())):
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - (delta.x() or delta.y()))
            return
        self._wheel -= delta.y() / _NOTCH * ROWS_A_NOTCH
        rows = int(self._wheel)
        self._wheel -= rows
        self._waiting_row = None
        if rows:
            self.scroll_rows(rows)
            if rows > 0 and self.margin.value() >= self.margin.maximum():
                self.set_following(following=True)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """Return room for some lines."""
        return QSize(480, int(8 * self.looks.line_height))

    def minimumSizeHint(self) -> QSize:
        """Return room for a few lines."""
        return QSize(160, int(3 * self.looks.line_height))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Nothing is moved: the next painting shows it."""
        del dx, dy

    def text_rect(self, placed: Placed) -> tuple[QPoint, QSize]:
        """Return where a row is within the viewport."""
        return QPoint(0, int(placed.y)), QSize(self.viewport().width(), int(placed.height))
