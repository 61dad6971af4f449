"""The table of past runs."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from avdesk.core import phases, wording
from avdesk.core.run import Run
from avdesk.i18n import _
from avdesk.ui.colours import run_sign
from avdesk.ui.history import words
from avdesk.ui.models.rows import Column, RowsModel
from avdesk.ui.phrases import run_outcome
from avdesk.ui.theme import scaled_font
from avdesk.ui.widgets.listing import RowsView, SignDelegate

Clock = Callable[[], datetime]

_BEFORE_PHASES = 3
_REASON_WIDTH = 100


class RunsModel(RowsModel[Run]):
    """The runs that are shown, newest first. Others are shown all at once: views read anew what is in sight alone."""

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show these runs."""
        keyed = self._keyed(runs)
        if [key for key, _run in keyed] == self._keys:
            for place, (_key, run) in enumerate(keyed):
                self._change(place, run)
            return
        self.beginResetModel()
        self._keys = [key for key, _run in keyed]
        self._rows = [run for _key, run in keyed]
        self.endResetModel()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title, set as its texts are."""
        if role == Qt.ItemDataRole.TextAlignmentRole and 0 <= section < len(self._columns):
            side = Qt.AlignmentFlag.AlignRight if self._columns[section].numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)

    def place_of(self, run_id: str) -> int | None:
        """Return the row of a run, None for one that is not shown."""
        return next((place for place, run in enumerate(self._rows) if run.id == run_id), None)


def runs_model(clock: Clock) -> RunsModel:
    """Return the model: when, outcome, durations, job, reason."""
    return RunsModel(
        (
            Column(_("Started"), lambda run: words.moment(run, clock()), hint=words.exact_moment, numeric=True),
            Column(_("Outcome"), run_outcome, sign=lambda run: run_sign(run.state)),
            Column(_("Duration"), lambda run: wording.duration(run.total_s), numeric=True),
            *(_phase_column(name) for name in phases.ORDER),
            Column(_("Job"), lambda run: run.job_id or run.vm_id or words.NOTHING),
            Column(_("Reason"), words.reason, hint=lambda run: run.error or words.reason(run)),
        ),
        key=lambda run: run.id,
    )


def _phase_column(name: str) -> Column[Run]:
    return Column(wording.phase_name(name), lambda run: words.phase_cell(run, name), numeric=True)


class RunsTable(RowsView):
    """The view. What was selected stays so while it is shown.

    Signals:
        selected: the id of the run that is selected now, empty for none.
    """

    selected = Signal(str)

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._present: set[str] = set()
        self.setAccessibleName(_("Past runs"))
        self.setModel(model)
        self.setItemDelegate(SignDelegate(self))
        self.setFont(scaled_font(1.0))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionsMovable(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(40)
        selection = self.selectionModel()
        assert isinstance(selection, QItemSelectionModel), "a view with a model has a selection"
        selection.currentChanged.connect(lambda now, _before: self.selected.emit(self._id_at(now)))

    @property
    def selected_run(self) -> Run | None:
        """The run that is selected."""
        index = self.currentIndex()
        return self._model.rows[index.row()] if index.isValid() else None

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show these runs, with the phases that any of them has."""
        before = self._id_at(self.currentIndex())
        self._model.show_runs(runs)
        self._present = {phase.name for run in runs for phase in run.phases}
        self._fit()
        if not self.currentIndex().isValid():
            self.select_run(before)
            if not self.currentIndex().isValid():
                self.selected.emit("")

    def select_run(self, run_id: str) -> bool:
        """Select a run; returns whether it is shown."""
        place = self._model.place_of(run_id) if run_id else None
        if place is None:
            return False
        self.setCurrentIndex(self._model.index(place, 0))
        self.scrollTo(self._model.index(place, 0))
        return True

    def _fit(self) -> None:
        """Give each column the room that the rows in sight need; phases are left out where there is none for all."""
        needed = _REASON_WIDTH
        for column in range(self._model.columnCount() - 1):
            place = column - _BEFORE_PHASES
            if 0 <= place < len(phases.ORDER):
                self.setColumnHidden(column, phases.ORDER[place] not in self._present)
            if not self.isColumnHidden(column):
                self.resizeColumnToContents(column)
                needed += self.columnWidth(column)
        if needed > self.viewport().width():
            for place in range(len(phases.ORDER)):
                self.setColumnHidden(_BEFORE_PHASES + place, True)  # noqa: FBT003 - Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room that there is."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _id_at(self, index: QModelIndex) -> str:
        rows = self._model.rows
        return rows[index.row()].id if index.isValid() and index.row() < len(rows) else ""
