"""The Logs page: one log or several as one, from its sources to the line that says why."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from avdesk.bridge.log_session import LogSession
from avdesk.bridge.logs import LogReader, LogWish
from avdesk.bridge.open_log import OpenLog, SourceState
from avdesk.config.settings import Environment
from avdesk.core.jobs import Job
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.logsearch import Wanted
from avdesk.core.snapshot import Snapshot, Trouble
from avdesk.i18n import _
from avdesk.ui.geometry import Store
from avdesk.ui.logs import states
from avdesk.ui.logs.asking import ask_file, ask_search_name, dropped_files
from avdesk.ui.logs.commands import Command, command_of
from avdesk.ui.logs.console import console_url
from avdesk.ui.logs.deeds import Deeds
from avdesk.ui.logs.failure import FailureFinder
from avdesk.ui.logs.filter_chips import Narrowing
from avdesk.ui.logs.frame import LogFrame
from avdesk.ui.logs.manner import Manner
from avdesk.ui.logs.pane import LogPane
from avdesk.ui.logs.search_bar import Showing
from avdesk.ui.logs.searches import Searches
from avdesk.ui.logs.states import LogStep
from avdesk.ui.pages.page import Page
from avdesk.ui.wishes import Wishes


class LogsPage(Page):
    """Opens logs and shows them."""

    def __init__(self, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self._reader: LogReader | None = None
        self._environment: Environment | None = None
        self._snapshot: Snapshot | None = None
        self._manner = Manner()
        self._log: OpenLog | None = None
        self._states: tuple[SourceState, ...] = ()
        self._trouble: Trouble | None = None
        self._job: Job | None = None
        self._deeds: Deeds | None = None
        self._failure: FailureFinder | None = None
        self.pane: LogPane | None = None
        self.open_url: Callable[[str], object] = lambda url: QDesktopServices.openUrl(QUrl(url))
        self.parts = LogFrame(self)
        self.setAcceptDrops(True)
        self._connect()
        self._show_rest()

    # What the window tells

    def use_reader(self, reader: LogReader) -> None:
        """Read logs by `reader` from now on."""
        self._reader = reader
        if self.isVisible():
            self._open_usual()
        self._show_rest()

    def restore(self, store: Store) -> None:
        """Take up how the page was left, and keep it from now on."""
        self._manner.restore(store)
        kept = self._manner.kept
        self.parts.search.searches = Searches(store)
        self.parts.search.regex.setChecked(kept.regex)
        self.parts.details.setChecked(kept.detail)
        mode, context = kept.mode, kept.context
        self.parts.search.context.setValue(context)
        if mode in set(Showing):
            self.parts.search.set_mode(Showing(mode))

    def show_environment(self, environment: Environment | None) -> None:
        """Show another environment's logs; a file stays."""
        before, self._environment = self._environment, environment
        self._snapshot = None
        self.parts.sources.know(environment, ())
        same = before is not None and environment is not None and before == environment
        local = all(choice.kind in (LogKind.FILE, LogKind.OWN) for choice in self.parts.sources.choices)
        if same or (local and self.parts.sources.choices):
            return
        self._close()
        self.parts.sources.show_choices(())
        if self.isVisible():
            self._open_usual()
        self._show_rest()

    def show_snapshot(self, snapshot: Snapshot, now: datetime) -> None:
        """Know the jobs whose logs there are."""
        del now
        self._snapshot = snapshot
        self.parts.sources.know(self._environment, snapshot.jobs)
        if self._job is not None:
            found = next((job for job in snapshot.jobs if job.key == self._job.key), None)
            self._job = found or self._job
        if self.pane is None:
            self._show_rest()

    def tick(self, now: datetime) -> None:
        """Let what is said of the log go on."""
        del now
        self.parts.show_words(self.pane, self._states)

    def show_job(self, job: Job) -> None:
        """Show a job's log, at the line that says why it failed."""
        self._job = job
        choice = LogChoice(
            LogKind.JOB, job.id if job.id.startswith("video-job-") else job.resource_name or job.number
        )
        self.open_sources((choice,))

    def open_sources(self, choices: tuple[LogChoice, ...]) -> None:
        """Show these logs, as one; none of them: nothing."""
        self._close()
        self.parts.sources.show_choices(choices)
        if not any(choice.kind is LogKind.JOB for choice in choices):
            self._job = None
        if choices and self._reader is not None:
            name = "" if self._environment is None else self._environment.name
            self._log = self._reader.open(LogWish(name, choices))
            self._log.opened.connect(self._take_session)
            self._log.failed.connect(self._take_trouble)
            self._log.told.connect(self._take_states)
            self._log.set_seen(seen=self.isVisible())
            self._log.start()
        self._show_rest()

    def open_file(self, name: str) -> None:
        """Show a file of this machine, alone."""
        if name:
            self.open_sources((LogChoice(LogKind.FILE, name),))

    # The log that is open

    def _open_usual(self) -> None:
        if self._reader is not None and self._log is None and self._environment is not None:
            self.open_sources((LogChoice(LogKind.APP),))

    def _close(self) -> None:
        if self._log is not None and self._reader is not None:
            for signal in (self._log.opened, self._log.failed, self._log.told):
                signal.disconnect()
            self._reader.close(self._log)
        self._log, self._states, self._trouble, self._failure, self._deeds = None, (), None, None, None
        if self.pane is not None:
            self.parts.take_out(self.pane)
            self.pane = None
        self.parts.chips.show_sources(())
        self.parts.chips.show_narrowing(Narrowing())

    def _take_session(self, session: LogSession) -> None:
        pane = LogPane(session)
        self.pane = pane
        self._deeds = Deeds(pane)
        self._deeds.said.connect(self.parts.say)
        self.parts.put_in(pane)
        pane.changed.connect(self._show_rest)
        pane.narrowing_wanted.connect(self.parts.chips.show_narrowing)
        pane.menu_wanted.connect(lambda at: self.parts.open_menu(at, self.do, pane))
        pane.detail_closed.connect(lambda: self._show_detail(shown=False))
        pane.view.commanded.connect(self.do)
        pane.matches.commanded.connect(self.do)
        pane.view.opened.connect(lambda _number: self.do(Command.DETAIL))
        pane.reading.refused.connect(self._show_refusal)
        self._manner.apply(pane)
        if self._job is not None:
            error = "" if self._job.error is None else self._job.error.message
            self._failure = FailureFinder(session, error, ended=self._job.state.ended, parent=pane)
            self._failure.found.connect(self._go_to_failure)
        self._show_selection()
        if self.parts.search.wanted is not None:
            pane.look_for(self.parts.search.wanted)
        session.watch(seen=self.isVisible())
        if self.isVisible() and not self.parts.search.edit.hasFocus():
            pane.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_rest()

    def _take_trouble(self, trouble: Trouble) -> None:
        self._trouble = trouble
        self._show_rest()

    def _take_states(self, told: tuple[SourceState, ...]) -> None:
        self._states = told
        if self._failure is not None:
            self._failure.settle(loaded=bool(told) and not any(state.view.loading for state in told))
        self._show_rest()

    def _go_to_failure(self, number: int) -> None:
        if self.pane is not None:
            self.pane.go_to_number(number)
            self.pane.view.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self._manner.kept.detail:
                self.pane.show_detail(shown=True)
                self.parts.details.setChecked(True)

    # What is shown

    def _show_rest(self) -> None:
        """Show the log, or what there is to say in its place; and all that is said around it."""
        pane = self.pane
        total = 0 if pane is None else pane.reading.cache.count
        if self._trouble is not None:
            choices = self.parts.sources.choices
            self.parts.show_notice(states.not_opened(self._trouble, self._environment, choices))
        elif self._log is None:
            self.parts.show_notice(states.nothing_open(can_open=self._reader is not None))
        elif pane is None:
            self.parts.show_notice(states.opening())
        elif not total:
            choices = self.parts.sources.choices
            self.parts.show_notice(states.empty(self._states, self._environment, choices, self._job))
        elif pane.reading.rows.filtered and not pane.reading.rows.count and pane.reading.filtered.ended:
            self.parts.show_notice(states.nothing_fits(total))
        else:
            self.parts.show_notice(None)
        self.parts.chips.show_sources(() if pane is None or not total else pane.session.book.sources())
        self.parts.show_caution(*(states.caution(self._states) if total else ("", "")))
        self.parts.show_words(self.pane, self._states)
        self._show_found()

    def _show_refusal(self, why: str) -> None:
        self.parts.refuse(why)
        self._show_found()

    def _show_found(self) -> None:
        self.parts.show_found(self.pane)

    def _show_selection(self) -> None:
        if self.pane is not None:
            search = self.parts.search
            self.pane.show_narrowed(self.parts.chips.narrowing, search.mode, search.context.value())
            self._show_rest()

    def _look_for(self, wanted: Wanted | None) -> None:
        if self.pane is not None:
            self.pane.look_for(wanted)
        self._manner.keep(regex=self.parts.search.regex.isChecked())
        self._show_rest()

    # What the user does

    def do(self, command: Command) -> None:
        """Carry out a command, given by a key or a menu."""
        if self._deeds is not None and self._deeds.do(command):
            return
        if command is Command.FIND:
            self.parts.search.take_focus()
        elif command is Command.OPEN_FILE:
            ask_file(self.window(), self.open_file)
        elif command is Command.OLDER and self._log is not None:
            self._log.older()
        elif command is Command.CONSOLE:
            self._open_console()
        elif self.pane is not None and not self._manner.change(command, self.pane):
            if command is Command.ONLY_JOB:
                self.pane.choose_job_of_line()
            elif command is Command.DETAIL:
                self._open_line(self.pane)
            elif command is Command.ESCAPE:
                self._step_back(self.pane)

    def _open_line(self, pane: LogPane) -> None:
        row = pane.view.caret.row
        if row is not None and pane.view.folds.toggle(row):
            pane.view.lay_out()
            return
        self._show_detail(shown=not self.parts.details.isChecked())

    def _step_back(self, pane: LogPane) -> None:
        if self.parts.search.wanted is not None:
            self.parts.search.show_wanted(None)
        elif pane.reading.narrowed:
            self.parts.chips.show_narrowing(Narrowing())
        else:
            pane.view.show_current(-1)

    def _show_detail(self, *, shown: bool) -> None:
        self._manner.keep(detail=shown)
        self.parts.details.setChecked(shown)
        if self.pane is not None:
            self.pane.show_detail(shown=shown)

    def _take_step(self, step: LogStep, command: str) -> None:
        if step is LogStep.CLEAR:
            self.parts.chips.show_narrowing(Narrowing())
            self.parts.search.set_mode(Showing.ALL)
        elif step is LogStep.COPY:
            QGuiApplication.clipboard().setText(command)
            self.parts.say(_("The command was copied."))
        elif step is LogStep.SOURCES:
            self.parts.sources.showMenu()
        elif step is LogStep.AGAIN:
            if self._log is not None and self.pane is not None:
                self._log.hurry()
            else:
                self.open_sources(self.parts.sources.choices)

    def _open_console(self) -> None:
        jobs = () if self._snapshot is None else self._snapshot.jobs
        known = (*jobs, self._job) if self._job is not None else jobs
        search = self.parts.search
        url = console_url(
            self._environment, self.parts.sources.choices, known, self.parts.chips.narrowing, search.wanted
        )
        if url:
            self.open_url(url)
        else:
            self.parts.say(_("The cloud console has no page for this log."))

    def _leave_search(self) -> None:
        if self.pane is not None:
            self.pane.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        parts, search = self.parts, self.parts.search
        parts.sources.chosen.connect(self.open_sources)
        parts.sources.file_wanted.connect(lambda: self.do(Command.OPEN_FILE))
        parts.chips.changed.connect(lambda _narrowing: self._show_selection())
        search.changed.connect(self._look_for)
        search.stepped.connect(lambda back: self.do(Command.PREVIOUS if back else Command.NEXT))
        search.left.connect(self._leave_search)
        search.showing_changed.connect(self._show_selection)
        search.showing_changed.connect(
            lambda: self._manner.keep(mode=search.mode.value, context=search.context.value())
        )
        search.save_asked.connect(lambda: ask_search_name(self.window(), search.searches, search.wanted))
        parts.notice.step_taken.connect(self._take_step)
        parts.details.clicked.connect(lambda checked: self._show_detail(shown=checked))
        parts.following.clicked.connect(lambda: self.do(Command.FOLLOW))
        parts.menu.aboutToShow.connect(self._fill_menu)

    def _fill_menu(self) -> None:
        following = self.pane is not None and self.pane.view.following
        self._manner.fill_menu(self.parts.menu, self.do, following=following)

    # Qt's events

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the log while it is seen."""
        super().showEvent(event)
        self._open_usual()
        self._see(seen=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing while nobody looks."""
        super().hideEvent(event)
        self._see(seen=False)

    def _see(self, *, seen: bool) -> None:
        if self._log is not None:
            self._log.set_seen(seen=seen)
        if self.pane is not None:
            self.pane.session.watch(seen=seen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that hold wherever on the page one is."""
        command = command_of(event)
        if command is None or not (event.modifiers() & Qt.KeyboardModifier.ControlModifier or not event.text()):
            super().keyPressEvent(event)
            return
        self.do(command)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the font with Ctrl."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self.do(Command.LARGER if event.angleDelta().y() > 0 else Command.SMALLER)
            event.accept()
        else:
            super().wheelEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files of this machine."""
        if dropped_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped: several files as one log."""
        files = dropped_files(event)
        if files:
            event.acceptProposedAction()
            self.open_sources(tuple(LogChoice(LogKind.FILE, name) for name in files))
