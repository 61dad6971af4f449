"""The History page: the runs of the environment that have ended, how long they took and how they ended."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from avdesk.bridge.remembered import ExportTold, HistoryTold
from avdesk.config.settings import Environment
from avdesk.core import phases, wording
from avdesk.core.history import ENDED, PastRuns, counts, matching
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import Snapshot, Trouble
from avdesk.i18n import _, ngettext
from avdesk.ui.history import words
from avdesk.ui.history.chart import RunChart
from avdesk.ui.history.detail import RunCard
from avdesk.ui.history.table import RunsTable, runs_model
from avdesk.ui.history.usual_card import UsualCard
from avdesk.ui.jobs.notice_view import NoticeView
from avdesk.ui.jobs.states import NextStep
from avdesk.ui.pages.page import Page
from avdesk.ui.phrases import run_outcome
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.chip import Chip
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.wrap import WrapRow
from avdesk.ui.wishes import Wishes

MOST = 2000
"""Runs that are read: more than anybody looks through, and half a year of ten a day."""

_SEARCH_MS = 150
_LEAST_SEARCH, _MOST_SEARCH = 140, 320


class HistoryPage(Page):
    """Chart, filters, table, one run in full. It is read when it is looked at, and again when a run has ended."""

    def __init__(self, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self._environment = ""
        self._past: PastRuns | None = None
        self._trouble: Trouble | None = None
        self._newest: tuple[Run, ...] | None = None
        self._asked_for: tuple[Run, ...] | None = None
        self._shown: tuple[Run, ...] = ()
        self._now = datetime.now(UTC)
        self.summary = Text("", Role.TITLE)
        self.note = Text("", Role.SECONDARY)
        self.chips = {state: Chip(_outcome_word(state)) for state in ENDED}
        self.filters = QWidget()
        self.search = QLineEdit()
        self.export = QPushButton(_("Export…"))
        self.chart = RunChart()
        self.phase = QComboBox()
        self.usual = UsualCard()
        self.model = runs_model(lambda: self._now)
        self.table = RunsTable(self.model)
        self.run_card = RunCard()
        self.notice = NoticeView()
        self.stack = QStackedWidget()
        self.files: QFileDialog | None = None
        self._searching = QTimer(self, singleShot=True, interval=_SEARCH_MS)
        self._lay_out()
        self._connect()
        self._show()

    # What the window tells

    def show_environment(self, environment: Environment | None) -> None:
        """Show another environment's runs, which have to be read first."""
        name = "" if environment is None else environment.name
        if name != self._environment:
            self._environment = name
            self._clear()

    def forget(self, environment: str) -> None:
        """Drop what was read of an environment that is gone or is another one now."""
        if environment == self._environment:
            self._clear()

    def show_snapshot(self, snapshot: Snapshot, now: datetime) -> None:
        """Read again where a run has ended since."""
        self._now = now
        self._newest = snapshot.past_runs
        self._ask_if_needed()

    def tick(self, now: datetime) -> None:
        """Let days go on."""
        other_day = self._now.astimezone().date() != now.astimezone().date()
        self._now = now
        if other_day:
            self.model.refresh()

    def show_history(self, told: HistoryTold | ExportTold) -> None:
        """Show past runs as they were read, or how their export came out; another environment's are left alone."""
        if isinstance(told, ExportTold):
            self._show_export(told)
            return
        if told.environment != self._environment:
            return
        self._past, self._trouble = told.past, told.trouble
        self._show()

    def _show_export(self, told: ExportTold) -> None:
        if told.trouble is not None:
            self.note.show_text(f"{told.trouble.message} {told.trouble.advice}".strip())
            return
        text = ngettext("{n} run is now in {file}.", "{n} runs are now in {file}.", told.count)
        self.note.show_text(text.format(n=f"{told.count:,}", file=told.file))

    def showEvent(self, event: QShowEvent) -> None:
        """Read what is to be shown."""
        super().showEvent(event)
        self._ask_if_needed()

    # What is shown

    @property
    def outcomes(self) -> frozenset[RunState]:
        """The outcomes that are picked; none: any."""
        return frozenset(state for state, chip in self.chips.items() if chip.isChecked())

    def _clear(self) -> None:
        self._past = self._trouble = self._newest = self._asked_for = None
        self.note.show_text("")
        self._show()
        self._ask_if_needed()

    def _ask_if_needed(self) -> None:
        """Have the runs read, if the page is seen and does not show what is known to be there."""
        newest = self._newest or ()
        if not self.isVisible() or not self._environment or self._asked_for == newest:
            return
        self._asked_for = newest
        self._wishes.history_asked.emit(self._environment, MOST)

    def _show(self) -> None:
        runs = () if self._past is None else self._past.runs
        self._shown = matching(runs, self.outcomes, self.search.text())
        narrowed = bool(self.outcomes or self.search.text().strip())
        found = words.notice(self._past, self._trouble, shown=len(self._shown), narrowed=narrowed)
        if found is not None:
            self.notice.show_notice(found)
        self.stack.setCurrentIndex(0 if found is None else 1)
        full = self._past is not None and len(runs) >= self._past.limit and not narrowed
        self.summary.show_text(words.summary(self._shown, full=full) if runs else "")
        self.filters.setVisible(bool(runs))
        self.export.setEnabled(bool(self._shown))
        for state, count in counts(runs).items():
            chip = self.chips[state]
            text = _("{outcome} {n}").format(outcome=_outcome_word(state), n=f"{count:,}")
            if chip.text() != text:
                chip.setText(text)
                chip.updateGeometry()
            chip.setVisible(bool(count) or chip.isChecked())
        self._offer_phases(runs)
        self.chart.show_runs(self._shown, self._now)
        self.usual.show_usual(self._shown, self._past.learnt if self._past is not None and not narrowed else {})
        self.table.show_runs(self._shown)
        self._show_selected()

    def _offer_phases(self, runs: Sequence[Run]) -> None:
        """Offer the phases that any of the runs has to the chart."""
        names = phases.in_order(phase.name for run in runs for phase in run.phases)
        if names == [self.phase.itemData(place) for place in range(1, self.phase.count())]:
            return
        before = self.phase.currentData()
        with QSignalBlocker(self.phase):
            while self.phase.count() > 1:
                self.phase.removeItem(1)
            for name in names:
                self.phase.addItem(wording.phase_name(name), name)
            self.phase.setCurrentIndex(max(0, self.phase.findData(before)))
        self.chart.show_phase(str(self.phase.currentData() or ""))

    def _show_selected(self) -> None:
        run = self.table.selected_run
        self.chart.select_run("" if run is None else run.id)
        self.run_card.show_run(run, self._now)

    def _search_soon(self, _text: str) -> None:
        self._searching.start()

    def _take_step(self, step: NextStep) -> None:
        if step is NextStep.CLEAR:
            self.search.clear()
            for chip in self.chips.values():
                chip.setChecked(False)
            self._show()
        elif step is NextStep.VIDEO:
            self._wishes.new_video_wanted.emit(self._environment)

    def _ask_file(self) -> None:
        table, text = _("CSV (*.csv)"), _("JSON (*.json)")
        files = QFileDialog(self, _("Export past runs"))
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.setNameFilters([table, text])
        files.setDefaultSuffix("csv")
        files.selectFile(f"avdesk-runs-{self._environment}.csv")
        files.filterSelected.connect(lambda chosen: files.setDefaultSuffix("csv" if chosen == table else "json"))
        environment, runs = self._environment, self._shown
        files.fileSelected.connect(lambda file: self._wishes.history_export_asked.emit(environment, file, runs))
        files.finished.connect(files.deleteLater)
        self.files = files
        files.open()

    # How it is put together

    def _connect(self) -> None:
        self._searching.timeout.connect(self._show)
        self.search.textChanged.connect(self._search_soon)
        for chip in self.chips.values():
            chip.clicked.connect(self._show)
        self.export.clicked.connect(self._ask_file)
        self.phase.currentIndexChanged.connect(
            lambda _place: self.chart.show_phase(str(self.phase.currentData() or ""))
        )
        self.chart.chosen.connect(self.table.select_run)
        self.table.selected.connect(lambda _id: self._show_selected())
        self.run_card.job_wanted.connect(lambda job: self._wishes.job_wanted.emit(self._environment, job))
        self.notice.step_taken.connect(self._take_step)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.search.setFocus)

    def _name_parts(self) -> None:
        self.search.setPlaceholderText(_("Find runs"))
        self.search.setAccessibleName(_("Find runs"))
        self.search.setToolTip(_("Words of the error, the job’s id, or a day as 2025-06-08 (Ctrl+F)."))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(_LEAST_SEARCH)
        self.search.setMaximumWidth(_MOST_SEARCH)
        self.export.setAccessibleName(_("Export…"))
        self.export.setToolTip(_("Write the runs that are shown to a file, as CSV or JSON."))
        self.phase.setAccessibleName(_("What the chart shows"))
        self.phase.setToolTip(_("Whole runs with their phases one upon the other, or one phase alone."))
        self.phase.addItem(_("Whole run"), "")

    def _lay_out(self) -> None:
        self._name_parts()
        chips = WrapRow(STEP - 2)
        chips.setAccessibleName(_("Outcome"))
        for chip in self.chips.values():
            chips.flow.addWidget(chip)
        filters = QHBoxLayout(self.filters)
        filters.setContentsMargins(0, 0, 0, 0)
        filters.setSpacing(STEP)
        filters.addWidget(self.search, 1)
        filters.addWidget(chips, 3)
        filters.addWidget(self.export)
        self.stack.addWidget(self._scrolled())
        self.stack.addWidget(self.notice)
        head = QHBoxLayout()
        head.addWidget(self.summary)
        head.addStretch(1)
        head.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP + STEP // 2)
        column.addLayout(head)
        column.addWidget(self.filters)
        column.addWidget(self.stack, 1)

    def _scrolled(self) -> QScrollArea:
        """Return what is below the filters: a small window has no room for all of it."""
        durations = Card(_("Durations"))
        # A screen reader on Linux takes a combo box's name from its label, not from the box.
        show = Text(_("Show"), Role.SECONDARY)
        show.setBuddy(self.phase)
        durations.head.addWidget(show)
        durations.head.addWidget(self.phase)
        durations.body.addWidget(self.chart)
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(durations, 1)
        top.addWidget(self.usual)
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(GAP)
        inside.addLayout(top)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.run_card)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return scroll


def _outcome_word(state: RunState) -> str:
    return run_outcome(Run("", state, ()))
