"""The job table's model: sorts and filters by itself, a hundred thousand jobs without holding the window up."""

import gc
import time
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal

from avdesk.core.jobchange import Key
from avdesk.core.jobquery import JobQuery
from avdesk.core.jobs import Job
from avdesk.core.jobsheet import JobSheet
from avdesk.core.run import Run
from avdesk.core.steps import Steps
from avdesk.ui.colours import job_sign
from avdesk.ui.models.edited_rows import EditedRowsModel, Index
from avdesk.ui.models.job_columns import CREATED, RUN, STATE, JobColumn, Surroundings, job_columns
from avdesk.ui.models.job_rows import Arrangement, Content, JobRow, Occurring, Outcome, Update
from avdesk.ui.models.job_work import arranging, finding_slots, updating
from avdesk.ui.models.rows import RECORD_ROLE, SIGN_ROLE

VALUE_ROLE = Qt.ItemDataRole.UserRole + 2
"""What a cell is ordered by: a number or text; None is unknown."""

SLICE_S = 0.002
"""How long the window waits at most, at a time, while rows are arranged: single steps may overrun it by as much."""

_MANY = 20_000
"""Jobs from which on the garbage collection is felt."""

_COLLECT_EVERY = 1000
"""A full collection takes some tenths of a second with so many jobs."""

_MOST_TEXTS = 6000
"""Texts of cells that are kept: some screens full."""

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ROOT = QModelIndex()
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_HINT = int(Qt.ItemDataRole.ToolTipRole)
_ANSWERED = frozenset(
    map(
        int,
        (_DISPLAY, _ALIGNMENT, _HINT, Qt.ItemDataRole.AccessibleDescriptionRole, SIGN_ROLE, RECORD_ROLE, VALUE_ROLE),
    )
)


class JobTableModel(EditedRowsModel[JobRow]):
    """The jobs of one environment.

    What is asked for, other jobs, another order or filter, is done at once where it takes a few milliseconds, and
    otherwise in slices between which the window lives on; `settled` tells when all of it is shown. A newer order or
    filter takes the place of one that is not shown yet.

    Signals:
        showing, shown: before and after the rows change.
        settled: nothing is left to be done; the counts may have changed.
    """

    showing = Signal()
    shown = Signal()
    settled = Signal()

    def __init__(self, environment: str, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        """Start without jobs, the newest first; `now` tells the time (UTC)."""
        super().__init__(parent)
        self._environment = environment
        self._now = now
        self.columns = job_columns()
        self._content = Content({}, [], [], [], Occurring(), JobSheet())
        created = self.columns[self.column_of(CREATED)]
        self._wanted = Arrangement(created, descending=True, query=JobQuery())
        self._arranged = self._wanted
        self._keyed = True
        self._updates: list[Update] = []
        self._watched: Sequence[Job] = ()
        self._runs: Mapping[str, Run] = {}
        self._notes: Mapping[Key, str] = {}
        self._work: Steps[Outcome] | None = None
        self._outcome: Outcome | None = None
        self._past: list[Sequence[JobRow]] = []
        self._finding: Steps[array[int]] | None = None
        self._shown = False
        self._shown_since_collected = 0
        self._aim: Arrangement | Update | None = None
        self._showing = False
        self._texts: dict[tuple[JobRow, int], str] = {}
        self._texts_of: date | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    # What is shown

    @property
    def total(self) -> int:
        """How many jobs there are, filtered out or not."""
        return len(self._content.newest)

    @property
    def busy(self) -> bool:
        """Whether something asked for is not shown yet."""
        return self._timer.isActive()

    @property
    def query(self) -> JobQuery:
        """The filter that was asked for last."""
        return self._wanted.query

    @property
    def order(self) -> tuple[str, bool]:
        """The name of the column that orders the rows, as asked for last, and whether the largest comes first."""
        return self._wanted.column.name, self._wanted.descending

    def jobs(self) -> list[Job]:
        """Return the jobs that are shown, in order."""
        return [row.job for row in self._rows]

    def job_at(self, place: int) -> Job | None:
        """Return the job in a row."""
        return self._rows[place].job if 0 <= place < len(self._rows) else None

    def job_of(self, key: Key) -> Job | None:
        """Return a job by its key, filtered out or not."""
        row = self._content.by_key.get(key)
        return None if row is None else row.job

    def place_of(self, key: Key) -> int | None:
        """Return the row of a job; None where it is not shown."""
        row = self._content.by_key.get(key)
        try:
            return None if row is None else self._rows.index(row)
        except ValueError:
            return None

    def column_of(self, name: str) -> int:
        """Return the number of a column; raises ValueError for a name that none has."""
        return [column.name for column in self.columns].index(name)

    def known_values(self) -> dict[str, set[str]]:
        """Return the values that occur, for the query line's completion, by the names of its terms."""
        known = self._content.occurring
        return {"region": known.regions, "machine": known.machines, "label": known.labels}

    # What is asked for

    def show_jobs(self, jobs: Sequence[Job]) -> None:
        """Show what is watched now; jobs that it no longer tells of go, unless the archive has them too."""
        self._watched = jobs
        self._updates = [update for update in self._updates if update.older or update.forget]
        self._ask(Update(jobs))

    def add_older(self, jobs: Sequence[Job]) -> None:
        """Show jobs from the archive too; where the watch told of one of them later, that counts."""
        if self._updates and self._updates[-1].older:
            jobs = [*self._updates.pop().jobs, *jobs]  # all at once costs hardly more than one page
        self._ask(Update(jobs, older=True))

    def forget_older(self) -> None:
        """Show what is watched alone."""
        self._updates = [update for update in self._updates if not update.older]
        self._ask(Update(self._watched, forget=True))

    def set_query(self, query: JobQuery) -> None:
        """Show the jobs that answer to a query alone."""
        self._arrange(Arrangement(self._wanted.column, self._wanted.descending, query))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; -1: newest first. What is equal stands newest first."""
        if not 0 <= column < len(self.columns):
            column, order = self.column_of(CREATED), Qt.SortOrder.DescendingOrder
        descending = order == Qt.SortOrder.DescendingOrder
        self._arrange(Arrangement(self.columns[column], descending, self._wanted.query))

    def show_runs(self, runs: Iterable[Run]) -> None:
        """Tell the pipeline's runs, to name each job's own."""
        by_job = {run.job_id: run for run in runs if run.job_id}
        if by_job != self._runs:
            self._runs = by_job
            self._tell_column(RUN)

    def show_notes(self, notes: Mapping[Key, str]) -> None:
        """Say something in place of jobs' states, as that the end of one was requested; the others show theirs."""
        if notes != self._notes:
            self._notes = dict(notes)
            self._tell_column(STATE)

    def tick(self, first: int, last: int) -> None:
        """Have what changes by itself read again in the rows from `first` to `last`, which are those in sight."""
        self._forget_texts_of_yesterday()
        places = [place for place in range(max(0, first), min(last + 1, len(self._rows))) if self._rows[place].live]
        if places:
            ticking = [number for number, column in enumerate(self.columns) if column.ticks]
            self.tell_changed(places, ticking[0], ticking[-1])

    # What a view reads

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a view asks of a cell."""
        # Most of what a view asks for is not answered, so that is found out first.
        return self._answer(index, role) if role in _ANSWERED else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title, set as its cells are."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].right else _LEFT
        return None

    def _answer(self, index: Index, role: int) -> object:
        place, number = index.row(), index.column()
        if not index.isValid() or place >= len(self._rows):
            return None
        row, column = self._rows[place], self.columns[number]
        if role == _DISPLAY:
            return self._text(row, number, column)
        if role == _ALIGNMENT:
            return _RIGHT if column.right else _LEFT
        if role == SIGN_ROLE:
            return job_sign(row.job.state).value if column.name == STATE else None
        if role == RECORD_ROLE:
            return row.job
        if role == VALUE_ROLE:
            return column.value(row, self._around())
        return self._hint(row, number, column, only_own=role != _HINT)

    def _text(self, row: JobRow, number: int, column: JobColumn) -> str:
        if column.ticks and row.live:
            return column.text(row, self._around())
        text = self._texts.get((row, number))
        if text is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            text = self._texts[row, number] = column.text(row, self._around())
        return text

    def _hint(self, row: JobRow, number: int, column: JobColumn, *, only_own: bool) -> str | None:
        if column.hint is not None:
            return column.hint(row, self._around())
        return None if only_own else self._text(row, number, column)

    def _around(self) -> Surroundings:
        return Surroundings(self._now(), self._runs, self._notes)

    def _forget_texts_of_yesterday(self) -> None:
        """Read all again on a new day: times of today are shown without their date."""
        today = self._now().astimezone().date()
        if self._texts_of not in (None, today):
            self._texts.clear()
            self.tell_changed(range(len(self._rows)))
        self._texts_of = today

    def _tell_column(self, name: str) -> None:
        number = self.column_of(name)
        self._texts.clear()
        if self._rows:
            self.dataChanged.emit(self.index(0, number), self.index(len(self._rows) - 1, number))

    # The work

    def _ask(self, update: Update) -> None:
        self._updates.append(update)
        if self._work is None:
            self._go_on()

    def _arrange(self, wanted: Arrangement) -> None:
        """Take up another arrangement before anything else; work that is under way is dropped, and comes again."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if not self._showing:
            if isinstance(self._aim, Update):
                self._updates.insert(0, self._aim)
            self._work = self._outcome = self._aim = None
        self._go_on()

    def _go_on(self) -> None:
        """Work for a slice of time."""
        if self._showing:  # somebody who was told of rows asked for something else
            self._timer.start()
            return
        began = time.perf_counter()
        while True:
            ready = False
            if self._outcome is not None:
                self._show(self._outcome)
                ready = True  # what is new is painted then
            self._work = self._work or self._next_work()
            if self._work is not None:
                ready = self._proceed(self._work) or ready
            elif not self._tidy():
                self._timer.stop()
                self._growing_old()
                self.settled.emit()
                return
            spent = time.perf_counter() - began
            if spent >= SLICE_S or (ready and spent > SLICE_S / 4):  # showing and painting take their time too
                break
        self._timer.start()

    def _tidy(self) -> bool:
        """Do some of what nobody waits for; return whether there was any."""
        content = self._content
        if self._past:
            del self._past[-1]
        elif content.sheet.catch_up():
            pass
        elif content.newest_slots is None:
            self._finding = self._finding or finding_slots(content.newest)
            try:
                next(self._finding)
            except StopIteration as end:
                self._content = replace(content, newest_slots=end.value)
        else:
            return False
        return True

    def _proceed(self, work: Steps[Outcome]) -> bool:
        """Take one step; return whether it was the last one."""
        try:
            next(work)
        except StopIteration as end:
            self._outcome = end.value
            return True
        return False

    def _next_work(self) -> Steps[Outcome] | None:
        around = self._around()
        wanted, before = self._wanted, self._arranged
        if wanted != before or not self._keyed:
            same = (wanted.column.name, wanted.descending) == (before.column.name, before.descending)
            keep_order = self._keyed and same
            self._keyed = keep_order  # else not before the work is done
            self._aim = wanted
            return arranging(self._content, wanted, before, around, self._environment, keep_order=keep_order)
        if not self._updates:
            return None
        self._aim = self._updates.pop(0)
        return updating(self._content, self._aim, wanted, around, self._environment)

    def _show(self, outcome: Outcome) -> None:
        """Show what the work has led to."""
        self._work = self._outcome = self._finding = None
        self._showing = True
        self.showing.emit()
        # Letting go of a long list takes milliseconds, so that is done in turns of its own.
        self._past += [self._content.newest, self._content.ordered, self._rows, outcome.replaced, outcome.edits.kept]
        by_key = outcome.content.by_key
        for key in outcome.gone:
            del by_key[key]
        by_key.update(outcome.come)
        outcome.content.sheet.change(outcome.come.values(), outcome.dropped)
        self._content = outcome.content
        if outcome.replaced is not self._rows:
            self.replace_rows(outcome.replaced, outcome.changed)
        if not outcome.edits.empty:
            self.apply_edits(outcome.edits)
        if isinstance(self._aim, Arrangement):
            self._arranged, self._keyed = self._aim, True
        self._aim = None
        self._showing = False
        self._shown = True
        self.shown.emit()

    def _growing_old(self) -> None:
        """Keep Python's garbage collection from going through the new lists twice, a tenth of a second in all.

        What is frozen and released counts as old without being looked at. That puts full collections off, so one is
        made now and then.
        """
        if self.total < _MANY or not self._shown:
            return
        self._shown = False
        self._shown_since_collected += 1
        if self._shown_since_collected >= _COLLECT_EVERY:
            self._shown_since_collected = 0
            gc.collect()
        gc.freeze()
        gc.unfreeze()
