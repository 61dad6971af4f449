"""The log itself: histogram, lines, the pane of matches and the details beside them."""

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from avdesk.bridge.log_export import entry_text
from avdesk.bridge.log_session import Growth, LogSession
from avdesk.core.logline import LogLine
from avdesk.core.logsearch import Wanted
from avdesk.i18n import _
from avdesk.ui.logs import accessible
from avdesk.ui.logs.detail import LEAST_WIDTH, LineDetail
from avdesk.ui.logs.filter_chips import Narrowing
from avdesk.ui.logs.follow_button import NewLines
from avdesk.ui.logs.help import HelpOverlay
from avdesk.ui.logs.histogram import HistogramView
from avdesk.ui.logs.interactive import InteractiveView
from avdesk.ui.logs.looks import Highlighter, Looks
from avdesk.ui.logs.reading import Reading
from avdesk.ui.logs.search_bar import Showing
from avdesk.ui.theme import STEP

LEAST_BESIDE = 760
"""Pixels of width that lines and details need to stand side by side."""

FEW_MARKED, MOST_MARKED = 200, 3000
"""So many lines are marked at the scroll bar where rows are filtered, before and after all are known."""


class LogPane(QWidget):
    """Shows one log.

    Attributes:
        reading: the log that is shown; None before the first.
        view: its lines; `matches` the list of matches.

    Signals:
        changed: what can be said of the log has changed: its length, what was found, where one is.
        narrowing_wanted: a `Narrowing` was asked for in the histogram or the details.
        menu_wanted: a menu is wanted at that place of the screen.
    """

    changed = Signal()
    narrowing_wanted = Signal(object)
    menu_wanted = Signal(QPoint)
    detail_closed = Signal()

    def __init__(self, session: LogSession, parent: QWidget | None = None) -> None:
        """Show a session's log."""
        super().__init__(parent)
        accessible.prepare()
        self.reading = Reading(session, self)
        self.looks, self._matches_looks = Looks(), Looks()
        self.histogram = HistogramView()
        self.view = InteractiveView(self.reading.rows, self.looks, _("Log"))
        self.matches = InteractiveView(self.reading.matches, self._matches_looks, _("Matches"))
        self.detail = LineDetail()
        self.new_lines = NewLines(self.view.viewport(), self)
        self._help: HelpOverlay | None = None
        self.narrowing, self._mode = Narrowing(), Showing.ALL
        self._settle_on: int | None = None
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.down = QSplitter(Qt.Orientation.Vertical)
        for view in (self.view, self.matches):
            accessible.follow(view)
        self._lay_out()
        self._connect()

    @property
    def session(self) -> LogSession:
        """The session whose log it is."""
        return self.reading.session

    @property
    def help(self) -> HelpOverlay:
        """The keys, laid over the lines; made when somebody asks for them."""
        if self._help is None:
            self._help = HelpOverlay(self.view, self)
        return self._help

    def open_help(self) -> None:
        """Show the keys."""
        self.help.open()

    # What is shown

    def look_for(self, wanted: Wanted | None) -> None:
        """Look for a text, going to the first match from where one is."""
        self._settle_on = self._here() if wanted is not None else None
        self.view.show_current(-1)
        self.reading.look_for(wanted)
        self._show_pane()

    def show_narrowed(self, narrowing: Narrowing, mode: Showing, context: int) -> None:
        """Show some lines alone, or all with the matches beside."""
        self.narrowing, self._mode = narrowing, mode
        self._show_pane()
        self.reading.narrow(narrowing, only=mode is Showing.ONLY, context=context)
        self.reading.show_pane(wanted=mode is Showing.PANE)

    def _show_pane(self) -> None:
        """Show the pane of matches while something is looked for."""
        self.matches.setVisible(self._mode is Showing.PANE and self.reading.wanted is not None)

    def resize_font(self, steps: float | None) -> float:
        """Make the font larger or smaller, None: as the system has it; return the change from that."""
        change = self.looks.resize_font(steps)
        self._matches_looks.size_change = change
        self._matches_looks.dress(self.palette())
        self._set_anew()
        return change

    def set_wrap(self, *, wrap: bool) -> None:
        """Wrap long lines, or let them be scrolled."""
        self.looks.wrap = wrap
        self._set_anew()

    def set_whole(self, *, whole: bool) -> None:
        """Show lines with their own time and severity, or without what has a column."""
        self.looks.whole = self._matches_looks.whole = whole
        self._set_anew()

    def set_folding(self, *, folding: bool) -> None:
        """Fold tracebacks to their last line, or not."""
        self.view.folds.set_folding(folding)
        self.view.lay_out()

    def show_sources(self, sources: tuple[str, ...]) -> None:
        """Show which line is of which source, where there are several."""
        if sources != self.looks.sources:
            self.looks.sources = self._matches_looks.sources = sources
            self._set_anew()

    def show_detail(self, *, shown: bool) -> None:
        """Show or hide the details."""
        self.detail.setVisible(shown)
        if shown:
            self._share_height()
            self._show_line()

    # Where one is

    def beside(self) -> int:
        """Return the number of the line that "next" starts from."""
        return self._here()

    def go_to_number(self, number: int | None) -> None:
        """Go to a line; nothing for None."""
        if number is not None:
            self.view.go_to_number(number)

    def selected_numbers(self) -> "range | list[int]":
        """Return the numbers of the selected lines."""
        rows, shown = self.view.caret.rows(), self.reading.rows
        if not shown.filtered:
            return rows
        return [shown.number(row) for row in rows]

    def step_found(self, *, backwards: bool) -> None:
        """Go to the next match, or the one before."""
        self.reading.found.next_from(self._here(), backwards=backwards, then=self._go_to_match)

    def _go_to_match(self, number: int | None) -> None:
        if number is not None:
            self.view.show_current(number)
            self.view.go_to_number(number)
        self.changed.emit()

    def _here(self) -> int:
        """Return the line that the keyboard is on, while it is in sight; else the one before the first in sight."""
        placed, rows = self.view.placed, self.reading.rows
        row = self.view.caret.row
        if not placed or not rows.count:
            return -1
        if row is not None and placed[0].row <= row <= placed[-1].row:
            return rows.number(row)
        return rows.number(min(placed[0].row, rows.count - 1)) - 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the details below the lines where there is no room for them beside."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Vertical if event.size().width() < LEAST_BESIDE else Qt.Orientation.Horizontal
        if self.across.orientation() is not wanted:
            self.across.setOrientation(wanted)
            self._share_height()

    def _share_height(self) -> None:
        if self.across.orientation() is Qt.Orientation.Vertical and not self.detail.isHidden():
            lines = self.across.height() * 3 // 5
            self.across.setSizes([lines, self.across.height() - lines])

    # What the parts tell

    def _take_found(self) -> None:
        found = self.reading.found
        if self._settle_on is not None and (len(found.numbers) or found.ended):
            start, self._settle_on = self._settle_on, None
            if found.numbers:
                place = found.place(start - 1)
                self._go_to_match(found.numbers[place] if place < len(found.numbers) else found.numbers[-1])
        self._show_marks()
        self.changed.emit()

    def _show_marks(self) -> None:
        for kind, finder in (("error", self.reading.errors), ("found", self.reading.found)):
            numbers, rows = finder.numbers, self.reading.rows
            if not rows.filtered:
                self.view.margin.show_marks(kind, numbers)
            elif len(numbers) <= (MOST_MARKED if self.reading.filtered.ended else FEW_MARKED):
                self.view.margin.show_marks(kind, [rows.row_of(number) for number in numbers if rows.has(number)])
            else:
                self.view.margin.show_marks(kind, ())

    def show_bookmarks(self) -> None:
        """Show which lines have a bookmark."""
        numbers = self.reading.bookmarks.numbers
        self.view.show_bookmarks(frozenset(numbers))
        rows = self.reading.rows
        self.view.margin.show_marks("bookmark", [rows.row_of(number) for number in numbers if rows.has(number)])

    def _take_filtered(self) -> None:
        """Stay on the line that one was on when other rows are shown."""
        row = self.view.caret.row
        if row is not None and not self.view.following:
            self.view.reveal(row, centre=True)
        self._show_marks()
        self.show_bookmarks()
        self.changed.emit()

    def _take_growth(self, growth: Growth) -> None:
        if growth.renumbered:
            self._show_marks()
            self.show_bookmarks()
        self.show_sources(self.session.book.sources() if growth.count else self.looks.sources)
        self.session.ask("span", lambda book, _stopped: book.time_span(), self._take_span)
        self.changed.emit()

    def _take_span(self, span: object) -> None:
        if (isinstance(span, tuple) or span is None) and self.looks.show_span(span):
            self._matches_looks.dated = self.looks.dated
            self._set_anew()

    def _follow(self, following: bool) -> None:
        if following:
            self.new_lines.resume()
        else:
            self.new_lines.pause(self.reading.rows.count)
        self.changed.emit()

    def _take_scrolled(self) -> None:
        self.new_lines.show_count(self.reading.rows.count)
        lines = [
            placed.line for placed in self.view.placed if placed.line is not None and placed.line.time is not None
        ]
        times = [line.time for line in lines if line.time is not None]
        self.histogram.show_seen((min(times), max(times)) if times else None)

    def _take_moved(self) -> None:
        if self.detail.isVisible():
            self._show_line()
        self.changed.emit()

    def _take_lines(self) -> None:
        line = self.view.current_line()
        if self.detail.isVisible() and line is not None and line.number != self.detail.number:
            self._show_line()

    def _show_line(self) -> None:
        line: LogLine | None = self.view.current_line()
        if line is None:
            self.detail.show_line(None, None)
            return
        self.detail.show_line(line, self.looks.set(line, self.view.viewport().width() - self.looks.text_left - STEP))
        number = line.number
        self.session.ask(
            "detail",
            lambda book, stopped: entry_text(book, number, stopped),
            lambda text: self.detail.show_text(number, text) if isinstance(text, str) else None,
        )

    def _take_highlight(self, highlight: Highlighter | None) -> None:
        self.looks.highlight = self._matches_looks.highlight = highlight
        self._set_anew()

    def _set_anew(self) -> None:
        self.view.set_anew()
        self.matches.set_anew()

    def _go_to_shown_match(self) -> None:
        line = self.matches.current_line()
        if line is not None:
            self._go_to_match(line.number)

    def _choose_range(self, since: datetime, until: datetime) -> None:
        self.narrowing_wanted.emit(replace(self.narrowing, since=since, until=until))

    def _choose_job(self, job: str) -> None:
        self.narrowing_wanted.emit(replace(self.narrowing, jobs=frozenset({job})))

    def jump_to(self, moment: datetime) -> None:
        """Go to the first line at or after a time."""
        self.session.ask("jump", lambda book, _stopped: book.place_of(moment), self._take_place)

    def _take_place(self, place: object) -> None:
        if isinstance(place, int):
            self.view.go_to_number(place)

    def _connect(self) -> None:
        reading, session = self.reading, self.session
        reading.found.found.connect(lambda _scanned: self._take_found())
        reading.found.began.connect(self._take_found)
        reading.errors.found.connect(lambda _scanned: self._show_marks())
        reading.settled.connect(self._take_filtered)
        reading.highlighted.connect(self._take_highlight)
        reading.cache.came.connect(self._take_lines)
        session.grown.connect(self._take_growth)
        session.counted.connect(self.histogram.show_histogram)
        self.view.followed.connect(self._follow)
        self.view.scrolled.connect(self._take_scrolled)
        self.view.moved.connect(self._take_moved)
        self.view.menu_asked.connect(self.menu_wanted)
        self.matches.moved.connect(self._go_to_shown_match)
        self.matches.opened.connect(lambda _number: self.view.setFocus(Qt.FocusReason.OtherFocusReason))
        self.new_lines.clicked.connect(self.go_to_end)
        self.histogram.range_chosen.connect(self._choose_range)
        self.histogram.time_chosen.connect(self.jump_to)
        self.detail.job_asked.connect(self._choose_job)
        self.detail.closed.connect(self.detail_closed)

    def go_to_end(self) -> None:
        """Show the end, and follow."""
        self.view.set_following(following=True)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_job_of_line(self) -> None:
        """Show the lines of the job alone that the current line is about."""
        line = self.view.current_line()
        if line is not None and line.job is not None:
            self._choose_job(line.job)

    def _lay_out(self) -> None:
        self.matches.hide()
        self.detail.hide()
        self.down.addWidget(self.view)
        self.down.addWidget(self.matches)
        self.down.setStretchFactor(0, 3)
        self.down.setStretchFactor(1, 1)
        self.down.setChildrenCollapsible(False)
        self.across.addWidget(self.down)
        self.across.addWidget(self.detail)
        self.across.setStretchFactor(0, 1)
        self.across.setStretchFactor(1, 0)
        self.across.setSizes([1000, LEAST_WIDTH + 8 * STEP])
        self.across.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addWidget(self.histogram)
        column.addWidget(self.across, 1)
