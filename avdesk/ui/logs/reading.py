"""One log as it is read: its lines at hand, what is filtered, found and bookmarked in it."""

from PySide6.QtCore import QObject, Signal

from avdesk.bridge.log_highlight import highlighter
from avdesk.bridge.log_scans import Scanned
from avdesk.bridge.log_session import Growth, LogSession
from avdesk.core.logsearch import ERRORS, Selection, Wanted
from avdesk.ui.logs.bookmarks import Bookmarks
from avdesk.ui.logs.cache import LineCache
from avdesk.ui.logs.filter_chips import Narrowing
from avdesk.ui.logs.finder import Finder
from avdesk.ui.logs.looks import Highlighter
from avdesk.ui.logs.rows import Rows


class Reading(QObject):
    """What belongs to the log that is shown at the moment.

    Attributes:
        rows: what the view shows; `matches` what the pane of matches shows.
        filtered, found, errors, warnings: finders for what is shown, looked for, and gone to by a key.

    Signals:
        highlighted: a `Highlighter` for what is looked for, or None.
        refused: why something cannot be looked for; empty when it can.
        settled: a filter shows what there is by now.
    """

    highlighted = Signal(object)
    refused = Signal(str)
    settled = Signal()

    def __init__(self, session: LogSession, parent: QObject | None = None) -> None:
        """Read a session's log from the beginning, everything of it."""
        super().__init__(parent)
        self.session = session
        self.cache = LineCache(session, self)
        self.rows = Rows(self.cache, self)
        self.matches = Rows(self.cache, self)
        self.filtered = Finder(session, "filter", self)
        self.found = Finder(session, "find", self)
        self.errors = Finder(session, "errors", self)
        self.warnings = Finder(session, "warnings", self)
        self.bookmarks = Bookmarks()
        self._narrowing = Narrowing()
        self._wanted: Wanted | None = None
        self._only = False
        self._context = 0
        self._with_pane = False
        self._fresh = False
        empty = self.found.numbers
        self.matches.show_found(empty, empty)
        self.filtered.found.connect(self._show_filtered)
        self.found.found.connect(self._show_matches)
        self.found.began.connect(self._clear_matches)
        session.grown.connect(self._renumber)
        self.errors.find(ERRORS)

    @property
    def wanted(self) -> Wanted | None:
        """What is looked for."""
        return self._wanted

    @property
    def narrowed(self) -> bool:
        """Whether lines are left out."""
        return not self._selection(only=self._only).everything

    def look_for(self, wanted: Wanted | None) -> None:
        """Look for a text within what is shown."""
        self._wanted = wanted
        if wanted is None:
            self.refused.emit("")
            self.highlighted.emit(None)
        else:
            self.session.ask("highlight", lambda _book, _stopped: highlighter(wanted), self._take_highlighter)
        self._find()
        if self._only:
            self._filter()

    def narrow(self, narrowing: Narrowing, *, only: bool, context: int) -> None:
        """Show some lines alone: `only` those that hold what is looked for, with some `context` around each."""
        before = self._narrowing, self._only, self._context
        self._narrowing, self._only, self._context = narrowing, only, context
        if before == (narrowing, only, context):
            return
        if before[0] != narrowing:
            self._find()
        if before[0] != narrowing or self._wanted is not None:
            self._filter()

    def show_pane(self, *, wanted: bool) -> None:
        """Fill the pane of matches, or leave it empty."""
        self._with_pane = wanted
        self._clear_matches()
        if wanted:
            self.matches.show_found(self.found.numbers, self.found.numbers)

    def look_for_warnings(self) -> None:
        """Begin to find warnings, when somebody goes to them first."""
        if not self.warnings.active:
            from avdesk.core.logline import Severity

            self.warnings.find(Selection(severities=frozenset({Severity.WARNING})))

    def _selection(self, *, only: bool) -> Selection:
        chosen = self._narrowing.selection()
        wanted = self._wanted if only else None
        return Selection(
            wanted=wanted,
            severities=chosen.severities,
            sources=chosen.sources,
            jobs=chosen.jobs,
            since=chosen.since,
            until=chosen.until,
        )

    def _find(self) -> None:
        self.found.find(None if self._wanted is None else self._selection(only=True))

    def _filter(self) -> None:
        selection = self._selection(only=self._only)
        if selection.everything:
            self.filtered.find(None)
            self.rows.show_all()
            self.settled.emit()
            return
        self._fresh = True
        self.filtered.find(selection, context=self._context if self._only and self._wanted is not None else 0)

    def _show_filtered(self, scanned: Scanned) -> None:
        if not self.filtered.active:
            return
        if scanned.replaces or self._fresh:
            self._fresh = False
            self.rows.show_found(scanned.numbers, scanned.hits)
        else:
            self.rows.add_found(scanned.numbers, scanned.hits)
        self.settled.emit()

    def _show_matches(self, scanned: Scanned) -> None:
        if not self._with_pane:
            return
        if scanned.replaces:
            self.matches.show_found(scanned.hits, scanned.hits)
        else:
            self.matches.add_found(scanned.hits, scanned.hits)

    def _clear_matches(self) -> None:
        empty = type(self.found.numbers)("I")
        self.matches.show_found(empty, empty)

    def _take_highlighter(self, result: object) -> None:
        if isinstance(result, Exception):
            self.refused.emit(str(result))
            self.highlighted.emit(None)
            return
        self.refused.emit("")
        made: Highlighter | None = result if callable(result) else None
        self.highlighted.emit(made)

    def _renumber(self, growth: Growth) -> None:
        if growth.renumbered:
            self.bookmarks.renumber(growth)
