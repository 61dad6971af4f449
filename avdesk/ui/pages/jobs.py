"""The Jobs page: all CustomJobs of the environment's regions, and what can be done to them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from avdesk.bridge.job_archive import OlderTold
from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind, ActionRecord
from avdesk.core.jobchange import Key
from avdesk.core.jobquery import JobQuery
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Reach, Snapshot, Trouble
from avdesk.i18n import _
from avdesk.ui.geometry import Store
from avdesk.ui.jobs import notes, states
from avdesk.ui.jobs.action_bar import ActionBar
from avdesk.ui.jobs.detail import Around, DetailPane, copy_titles
from avdesk.ui.jobs.notice_view import NoticeView
from avdesk.ui.jobs.offers import JOB_KINDS, SERVER_KINDS, offers
from avdesk.ui.jobs.older import MORE, Loading, OlderJobs, loading_of
from avdesk.ui.jobs.query_line import QueryLine
from avdesk.ui.jobs.states import NextStep
from avdesk.ui.jobs.table import JobTable
from avdesk.ui.jobs.view_chips import ViewChips
from avdesk.ui.jobs.views import Views
from avdesk.ui.models.job_table import JobTableModel
from avdesk.ui.pages.page import Page
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.text import Text
from avdesk.ui.wishes import Wishes

QUERY_KEY, DETAIL_KEY, WIDTH_KEY = "jobs/query", "jobs/detail", "jobs/detail-width"
_LEAST_DETAIL, _MOST_DETAIL = 232, 340
_DETAIL_SHARE = 0.3


class JobsPage(Page):
    """Query line, views, table, details, actions."""

    def __init__(self, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self._environment: Environment | None = None
        self._snapshot: Snapshot | None = None
        self._store: Store | None = None
        self._now = datetime.now(UTC)
        self._models: dict[str, JobTableModel] = {}
        self._records: dict[str, dict[Key, ActionRecord]] = {}
        self._loading: dict[str, Loading] = {}
        self._detail_width = 0
        self._placed = False
        self._sought: Key | None = None
        self.query = QueryLine()
        self.chips = ViewChips()
        self.actions_bar = ActionBar()
        self.caution = Text("", wrap=True)
        self.caution_full = Disclosure(_("Full text"))
        self.table = JobTable()
        self.notice = NoticeView()
        self.detail = DetailPane()
        self.older = OlderJobs()
        self.details_button = QPushButton(_("Details"))
        self.stack = QStackedWidget()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._connect()
        self._use_model("")

    # What the window tells

    def restore(self, store: Store) -> None:
        """Take up views, columns, query and detail pane as they were, and keep them from now on."""
        self._store = store
        self.chips.use(Views(store))
        self.table.remember_in(store)
        width = str(store.value(WIDTH_KEY) or "")
        if width.isdecimal():
            self._detail_width = max(_LEAST_DETAIL, min(int(width), 2000))
        self.details_button.setChecked(str(store.value(DETAIL_KEY)) != "hidden")
        query = store.value(QUERY_KEY)
        if isinstance(query, str):
            self.query.set_text(query)

    def show_environment(self, environment: Environment | None) -> None:
        """Show another environment's jobs, as far as they are known."""
        self._environment = environment
        self._snapshot = None
        self._use_model("" if environment is None else environment.name)

    def forget(self, environment: str) -> None:
        """Drop an environment's jobs and what was done to them."""
        self._records.pop(environment, None)
        self._loading.pop(environment, None)
        model = self._models.pop(environment, None)
        if model is None:
            return
        if self.table.model() is model:
            self._use_model("")
        model.deleteLater()

    def show_snapshot(self, snapshot: Snapshot, now: datetime) -> None:
        """Show the jobs of a new snapshot: rows change, nothing else moves."""
        self._now = now
        self._snapshot = snapshot
        model = self._use_model(snapshot.environment)
        model.show_jobs(snapshot.jobs)
        model.show_runs([*((snapshot.run,) if snapshot.run is not None else ()), *snapshot.past_runs])
        self._show_notes(snapshot.environment)
        self.query.edit.know(model.known_values())
        self._show_rest()

    def tick(self, now: datetime) -> None:
        """Let durations go on."""
        self._now = now
        self.table.jobs_model.tick(*self.table.rows_in_sight())
        self.detail.tick(now)
        self._show_caution()

    def show_action(self, record: ActionRecord) -> None:
        """Show in its job's row how far an action has come."""
        request = record.request
        if not request.number and not request.job_id:
            return
        known = self._records.setdefault(request.environment, {})
        known[request.region, request.number or request.job_id] = record
        if request.environment in self._models:
            self._show_notes(request.environment)
        self._show_selection()

    def show_older_jobs(self, told: OlderTold) -> None:
        """Show older jobs beside those that are watched, and how far their loading has come."""
        self._loading[told.environment] = loading_of(told)
        if told.jobs:
            self._model(told.environment).add_older(told.jobs)
        self._show_rest()

    def show_specification(self, job: Job, raw: Mapping[str, object] | None, trouble: Trouble | None) -> None:
        """Show a job's specification that was asked for, or why there is none."""
        self.detail.job.specification.show_specification(job, raw, trouble)

    def show_job(self, key: Key) -> bool:
        """Select a job as soon as the table holds it, without a query that hides it; False: it is not known."""
        model = self.table.jobs_model
        self._sought = None
        if self.table.select_job(key):
            return True
        if model.job_of(key) is not None:
            self.query.set_text("")
        elif not model.busy:
            return False
        self._sought = key
        self._show_sought()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Give the details their width: as it was kept, else a share of the page."""
        super().showEvent(event)
        if not self._placed:
            self._placed = True
            usual = max(_LEAST_DETAIL, min(round(self.width() * _DETAIL_SHARE), _MOST_DETAIL))
            width = self._detail_width or usual
            self.splitter.setSizes([max(1, self.width() - width), width])

    # Models

    def _model(self, environment: str) -> JobTableModel:
        model = self._models.get(environment)
        if model is None:
            model = self._models[environment] = JobTableModel(environment, lambda: self._now, self)
            model.settled.connect(self._show_sought)
            model.settled.connect(_caller(self._show_notes, environment))
            model.settled.connect(self._show_rest)
            model.set_query(self.query.query)
        return model

    def _use_model(self, environment: str) -> JobTableModel:
        model = self._model(environment)
        if self.table.model() is not model:
            self.table.show_model(model)
            model.set_query(self.query.query)
            self._show_notes(environment)
            self._show_rest()
        return model

    def _set_query(self, query: JobQuery) -> None:
        for model in self._models.values():
            model.set_query(query)
        self.chips.show_query(query.text)
        self._keep(QUERY_KEY, query.text)
        self._show_rest()

    # What is shown beside the rows

    def _show_sought(self) -> None:
        """Select the job that was asked for, once the table has taken in everything."""
        if self._sought is not None and not self.table.jobs_model.busy:
            key, self._sought = self._sought, None
            self.table.select_job(key)

    def _show_rest(self) -> None:
        model = self.table.jobs_model
        told = states.notice(
            self._environment,
            self._snapshot,
            total=model.total,
            shown=model.rowCount(),
            query=self.query.query.text,
        )
        if told is None or model.busy:
            self.stack.setCurrentWidget(self.table)
        else:
            self.notice.show_notice(told)
            self.stack.setCurrentWidget(self.notice)
        name = "" if self._snapshot is None else self._snapshot.environment
        can_load = self._snapshot is not None and self._snapshot.vertex.reach is Reach.YES
        self.older.show_state(model.total, model.rowCount(), self._loading.get(name, Loading()), can_load=can_load)
        self._show_caution()
        self._show_selection()

    def _show_caution(self) -> None:
        shown = self.stack.currentWidget() is self.table
        short, full = states.caution(self._snapshot, self._now) if shown else ("", "")
        self.caution.show_text(short)
        self.caution_full.show_text(full)

    def _show_selection(self) -> None:
        jobs = self.table.selected_jobs()
        records = {} if self._snapshot is None else self._records.get(self._snapshot.environment, {})
        model = self.table.jobs_model
        busy = [
            key
            for key, record in records.items()
            if not record.state.ended or notes.awaits_listing(record, model.job_of(key), self._now)
        ]
        self.actions_bar.show_offers(offers(self._environment, jobs, self._snapshot, busy))
        self.detail.show_jobs(jobs, Around(self._environment, self._snapshot, records), self._now)

    def _show_notes(self, environment: str) -> None:
        records, model = self._records.get(environment, {}), self._models.get(environment)
        if model is None:
            return
        words = {key: notes.row_note(record, model.job_of(key), self._now) for key, record in records.items()}
        model.show_notes({key: text for key, text in words.items() if text})

    # What the user does

    def _ask(self, kind: ActionKind) -> None:
        offer = self.actions_bar.offers[kind]
        if self._environment is None or not offer.open:
            return
        self._wishes.act_wanted.emit(self._environment.name, kind, offer.jobs)

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        self.actions_bar.add_to(menu, JOB_KINDS)
        menu.addSeparator()
        single = len(self.table.selected_jobs()) == 1
        for what, title in (("log", _("Show log")), ("console", _("Open in console"))):
            action = menu.addAction(title)
            button = self.detail.job.log if what == "log" else self.detail.job.console
            action.setEnabled(single and button.isEnabled())
            action.setToolTip(button.toolTip() if single else _("Select a single job."))
            do = self.detail.job.show_log if what == "log" else _caller(self.detail.job.open_link, what)
            action.triggered.connect(do)
        copies = menu.addMenu(_("Copy"))
        copies.addAction(_("Copy rows")).triggered.connect(self.table.copy_rows)
        for what, title in copy_titles().items() if single else ():
            copies.addAction(title).triggered.connect(_caller(self.detail.job.copy, what))
        menu.addSeparator()
        self.actions_bar.add_to(menu, SERVER_KINDS)
        self.actions_bar.add_audit(menu)
        menu.popup(at)

    def _go_to_query(self, typed: str) -> None:
        self.query.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if typed:
            self.query.edit.setText(f"{self.query.edit.text()} {typed}".lstrip())

    def _leave_query(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.table.jobs_model.rowCount() and not self.table.selected_jobs():
            self.table.selectRow(0)

    def _open_detail(self) -> None:
        self.details_button.setChecked(True)
        if self.table.selected_jobs():
            self.detail.job.log.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_step(self, step: NextStep) -> None:
        name = "" if self._environment is None else self._environment.name
        if step is NextStep.CLEAR:
            self.query.set_text("")
            self.query.edit.setFocus()
        elif step is NextStep.CHECK:
            self._wishes.check_now.emit(name)
        elif step is NextStep.VIDEO:
            self._wishes.new_video_wanted.emit(name)

    def _load_more(self) -> None:
        if self._environment is None:
            return
        name = self._environment.name
        known = self._loading.get(name, Loading())
        limit = max(known.limit, known.loaded, self._model(name).total) + MORE
        self._loading[name] = replace(known, begun=True, running=True, limit=limit, trouble="")
        self._wishes.more_jobs_asked.emit(name, limit)
        self._show_rest()

    def _show_log(self, job: Job) -> None:
        if self._environment is not None:
            self._wishes.log_wanted.emit(self._environment.name, job)

    def _show_audit(self) -> None:
        if self._environment is not None:
            self._wishes.audit_wanted.emit(self._environment.name)

    def _stop_loading(self) -> None:
        if self._environment is not None:
            self._wishes.loading_stopped.emit(self._environment.name)

    def _ask_specification(self) -> None:
        if self._environment is not None and self.detail.job.shown is not None:
            self._wishes.specification_asked.emit(self._environment.name, self.detail.job.shown)

    def _show_detail(self, shown: bool) -> None:
        self.detail.setVisible(shown)
        self._keep(DETAIL_KEY, "shown" if shown else "hidden")

    def _keep(self, key: str, value: str) -> None:
        if self._store is not None:
            self._store.setValue(key, value)

    def _connect(self) -> None:
        self.query.changed.connect(self._set_query)
        self.query.left.connect(self._leave_query)
        self.query.save.clicked.connect(lambda: self.chips.ask_name(self.query.edit.text().strip()))
        self.chips.chosen.connect(self.query.set_text)
        self.actions_bar.asked.connect(self._ask)
        self.actions_bar.audit_asked.connect(self._show_audit)
        self.table.selected.connect(self._show_selection)
        self.table.opened.connect(self._open_detail)
        self.table.query_asked.connect(self._go_to_query)
        self.table.cancel_asked.connect(lambda: self._ask(ActionKind.CANCEL))
        self.table.menu_asked.connect(self._show_menu)
        self.notice.step_taken.connect(self._take_step)
        self.older.more_asked.connect(self._load_more)
        self.older.stop_asked.connect(self._stop_loading)
        self.detail.job.log_asked.connect(self._show_log)
        self.detail.job.specification.asked.connect(self._ask_specification)
        self.details_button.toggled.connect(self._show_detail)
        self.splitter.splitterMoved.connect(lambda: self._keep(WIDTH_KEY, str(self.splitter.sizes()[1])))
        slash = QShortcut(QKeySequence("Ctrl+F"), self)
        slash.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        slash.activated.connect(lambda: self._go_to_query(""))

    def _lay_out(self) -> None:
        self.details_button.setAccessibleName(_("Show details"))
        self.details_button.setToolTip(_("Show or hide the details of the selected job (Enter shows them)."))
        self.details_button.setCheckable(True)
        self.details_button.setChecked(True)
        self.query.row.addWidget(self.details_button)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.notice)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addWidget(self.stack, 1)
        column.addWidget(self.older)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.detail)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP, GAP, GAP, STEP)
        page.setSpacing(STEP)
        for part in (self.query, self.chips, self.actions_bar, self.caution, self.caution_full):
            page.addWidget(part)
        page.addWidget(self.splitter, 1)


def _caller(do: Callable[[str], object], what: str) -> Callable[[], None]:
    def call() -> None:
        do(what)

    return call
