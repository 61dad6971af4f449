"""The job table's view: comfortable rows, no grid, columns that are chosen, moved and remembered."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont, QGuiApplication, QIcon, QKeyEvent, QKeySequence, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from avdesk.core import wire, wording
from avdesk.core.jobchange import Key
from avdesk.core.jobs import Job, JobState
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui.geometry import Store
from avdesk.ui.models import job_columns as columns
from avdesk.ui.models.job_table import JobTableModel
from avdesk.ui.models.rows import RECORD_ROLE, SIGN_ROLE
from avdesk.ui.signs import sign_pixmap
from avdesk.ui.theme import STEP, scaled_font, secondary_colour
from avdesk.ui.widgets.listing import SignDelegate

COLUMNS_KEY = "jobs/columns"

_SAMPLES: Mapping[str, str] = MappingProxyType(
    {
        columns.NAME: "video-job-00000000",
        columns.REGION: "asia-southeast1",
        columns.MACHINE: "n1-standard-8",
        columns.GPU: "1× A100",
        columns.CREATED: "2025-12-28 00:00",
        columns.COST: "00.00 USD",
        columns.ERROR: "No GPU quota is left in the region, or some other reason",
        columns.RUN: "2025-12-28 00:00",
    }
)
"""What a column has room for to begin with; the others have room for words of ours."""
_HIDDEN = frozenset({columns.MACHINE, columns.SPOT, columns.KIND})
_LEAST_WIDTH, _MOST_WIDTH = 32, 2000
SIGN_SIZE = 14


class JobDelegate(SignDelegate):
    """Draws the state's sign, and the names of jobs that are not AutoVideo's less strongly."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Set a job that is not AutoVideo's apart."""
        super().initStyleOption(option, index)
        sign = index.data(SIGN_ROLE)
        if sign is not None and option.state & QStyle.StateFlag.State_Selected:
            option.icon = self._on_selection(Sign(sign), option)
        job = index.data(RECORD_ROLE)
        if index.column() == 0 and isinstance(job, Job) and not job.is_autovideo:
            font = QFont(option.font)
            font.setItalic(True)
            option.font = font
            option.palette.setColor(QPalette.ColorRole.Text, secondary_colour(option.palette))

    def _on_selection(self, sign: Sign, option: QStyleOptionViewItem) -> QIcon:
        """Return a sign in the colour of selected text: its own could hardly be seen there."""
        view = self.parent()
        ratio = view.devicePixelRatioF() if isinstance(view, QWidget) else 1.0
        picture = QPixmap(sign_pixmap(sign, SIGN_SIZE, dark=None, done=2, ratio=ratio))
        painter = QPainter(picture)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(picture.rect(), option.palette.color(QPalette.ColorRole.HighlightedText))
        painter.end()
        icon = QIcon()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
            icon.addPixmap(picture, mode)
        return icon

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return a comfortable row."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + STEP, hint.height())


class JobTable(QTableView):
    """Shows a `JobTableModel`, whichever environment's.

    Signals:
        selected: other jobs are selected.
        opened: Enter or a double click on a job.
        query_asked: the keyboard wants to go to the query line; the text is what was typed for it.
        cancel_asked: Del was pressed.
        menu_asked: the context menu is wanted, at that point of the screen.
    """

    selected = Signal()
    opened = Signal()
    query_asked = Signal(str)
    cancel_asked = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store: Store | None = None
        self._laying_out = False
        self.setAccessibleName(_("Jobs"))
        self.setItemDelegate(JobDelegate(self))
        self.setFont(scaled_font(1.0))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self.menu_asked.emit(self.viewport().mapToGlobal(at)))
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        self._set_up_headers()

    def _set_up_headers(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + STEP + STEP // 2)
        header = self.horizontalHeader()
        header.setAccessibleName(_("Columns"))
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(_LEAST_WIDTH)
        header.setSortIndicatorClearable(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(
            lambda at: self.column_menu().popup(self.horizontalHeader().mapToGlobal(at))
        )
        header.sectionMoved.connect(self._remember)
        header.sectionResized.connect(self._remember)
        header.sortIndicatorChanged.connect(self._remember)

    @property
    def jobs_model(self) -> JobTableModel:
        """The model that is shown."""
        model = self.model()
        assert isinstance(model, JobTableModel), "the page sets the model before anything is asked"
        return model

    def show_model(self, model: JobTableModel) -> None:
        """Show another environment's jobs, with the columns as they are."""
        first = self.model() is None
        before = None if first else self._layout()
        self._laying_out = True
        self.setModel(model)
        self.setSortingEnabled(False)
        self._take_layout(before or self._kept())
        self.setSortingEnabled(True)
        self._laying_out = False
        self.selectionModel().selectionChanged.connect(self.selected)
        self.selected.emit()

    def remember_in(self, store: Store) -> None:
        """Take up the columns as they were kept, and keep them from now on."""
        self._store = store
        if self.model() is not None:
            self._laying_out = True
            self._take_layout(self._kept())
            self._laying_out = False

    def selected_jobs(self) -> tuple[Job, ...]:
        """Return the selected jobs, from top to bottom."""
        if self.model() is None:
            return ()
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        found = (self.jobs_model.job_at(place) for place in places)
        return tuple(job for job in found if job is not None)

    def select_job(self, key: Key) -> bool:
        """Select one job and bring it into sight; return whether it is shown."""
        place = self.jobs_model.place_of(key)
        if place is None:
            return False
        self.selectRow(place)
        self.scrollTo(self.jobs_model.index(place, 0))
        return True

    def rows_in_sight(self) -> tuple[int, int]:
        """Return the first and the last row that can be seen."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return max(0, first), last if last >= 0 else self.jobs_model.rowCount() - 1

    def column_menu(self) -> QMenu:
        """Return the menu that shows and hides columns."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = [number for number in range(len(self.jobs_model.columns)) if not self.isColumnHidden(number)]
        for number, column in enumerate(self.jobs_model.columns):
            action = QAction(column.title, menu)
            action.setCheckable(True)
            action.setChecked(number in shown)
            action.setEnabled(shown != [number])
            action.toggled.connect(self._switcher(number))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(_("Columns as they were")).triggered.connect(self._reset_columns)
        return menu

    def copy_rows(self) -> None:
        """Copy the selected rows, the columns that are shown, parted by tabs."""
        header, model = self.horizontalHeader(), self.jobs_model
        visual = [header.logicalIndex(place) for place in range(header.count())]
        shown = [number for number in visual if not self.isColumnHidden(number)]
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        lines = ["\t".join(str(model.index(place, number).data() or "") for number in shown) for place in places]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the table's keys."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.cancel_asked.emit()
        elif event.text() == "/":
            self.query_asked.emit("")
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Let typed letters find in all that is known of the jobs, not in the first column alone."""
        if search.strip():
            self.query_asked.emit(search)

    def _switcher(self, number: int) -> Callable[[bool], None]:
        def switch(shown: bool) -> None:
            self.setColumnHidden(number, not shown)
            self._remember()

        return switch

    def _reset_columns(self) -> None:
        self._laying_out = True
        self._take_layout([])
        self._laying_out = False
        self._remember()

    def _layout(self) -> list[dict[str, object]]:
        """Return the columns from left to right as they are kept."""
        header = self.horizontalHeader()
        kept: list[dict[str, object]] = []
        for place in range(header.count()):
            number = header.logicalIndex(place)
            hidden = self.isColumnHidden(number)
            width = int(self._usual_widths.get(number, 0)) if hidden else header.sectionSize(number)
            kept.append({"name": self.jobs_model.columns[number].name, "width": width, "shown": not hidden})
        order, descending = self.jobs_model.order
        kept.append({"sort": order, "descending": descending})
        return kept

    @property
    def _usual_widths(self) -> Mapping[int, int]:
        metrics = self.fontMetrics()
        words = {
            columns.STATE: wording.job_state(JobState.PENDING),
            columns.QUEUED: wording.duration(3599),
            columns.RAN: wording.duration(3599),
        }
        room = {columns.STATE: SIGN_SIZE + STEP}
        return {
            number: max(
                metrics.horizontalAdvance(words.get(column.name) or _SAMPLES.get(column.name, "")),
                metrics.horizontalAdvance(column.title) + 2 * STEP,
            )
            + room.get(column.name, 0)
            + 2 * STEP
            for number, column in enumerate(self.jobs_model.columns)
        }

    def _kept(self) -> list[dict[str, object]]:
        text = None if self._store is None else self._store.value(COLUMNS_KEY)
        try:
            found = json.loads(text) if isinstance(text, str) else []
        except (ValueError, RecursionError):
            return []
        return [dict(wire.as_object(each)) for each in wire.as_list(found)]

    def _take_layout(self, kept: list[dict[str, object]]) -> None:
        """Show the columns as they were kept; those that were not known then come last, in their usual way."""
        header, model = self.horizontalHeader(), self.jobs_model
        known = {str(each.get("name")): each for each in kept if each.get("name")}
        usual = [column.name for column in model.columns]
        order = [name for name in known if name in usual] + [name for name in usual if name not in known]
        for place, name in enumerate(order):
            number = model.column_of(name)
            header.moveSection(header.visualIndex(number), place)
            each = known.get(name, {})
            width = wire.as_int(each.get("width")) or self._usual_widths[number]
            header.resizeSection(number, max(_LEAST_WIDTH, min(width, _MOST_WIDTH)))
            shown = wire.as_bool(each.get("shown"))
            self.setColumnHidden(number, name in _HIDDEN if shown is None else not shown)
        if all(self.isColumnHidden(number) for number in range(len(usual))):
            self.showColumn(0)
        self._take_order(next((each for each in kept if each.get("sort")), None))

    def _take_order(self, kept: Mapping[str, object] | None) -> None:
        name, descending = self.jobs_model.order
        if kept is not None and str(kept.get("sort")) in [column.name for column in self.jobs_model.columns]:
            name, descending = str(kept.get("sort")), wire.as_bool(kept.get("descending")) is True
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(self.jobs_model.column_of(name), order)

    def _remember(self, *_anything: object) -> None:
        if not self._laying_out and self._store is not None and self.model() is not None:
            self._store.setValue(COLUMNS_KEY, json.dumps(self._layout()))
