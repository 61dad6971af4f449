"""The Pipeline page: the run now, its job, the server, what happened lately."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind, ActionRecord
from avdesk.core.snapshot import Snapshot
from avdesk.core.summary import summarise
from avdesk.i18n import _
from avdesk.ui import phrases
from avdesk.ui.jobs.offers import offers
from avdesk.ui.models.recent import events_model, runs_model
from avdesk.ui.pages.cards import HealthCard, JobCard, ServerCard
from avdesk.ui.pages.headline import Headline
from avdesk.ui.pages.page import Page
from avdesk.ui.pages.timeline import Timeline
from avdesk.ui.theme import GAP
from avdesk.ui.widgets.flow import ColumnFlow
from avdesk.ui.widgets.listing import Listing
from avdesk.ui.wishes import Wishes

_CARD_WIDTH = 256
_LIST_WIDTH = 288


class PipelinePage(Page):
    """What one environment's pipeline does, at one look."""

    def __init__(self, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self._environment: Environment | None = None
        self._snapshot: Snapshot | None = None
        self._busy: dict[str, ActionRecord] = {}
        self._now = datetime.now(UTC)
        self.headline = Headline(wishes)
        self.timeline = Timeline()
        self.job = JobCard()
        self.server = ServerCard()
        self.health = HealthCard()
        self.events_model = events_model(lambda: self._now)
        self.runs_model = runs_model(lambda: self._now)
        self.events = Listing(_("Recent events"), _("Nothing has happened yet."), self.events_model)
        self.runs = Listing(_("Last runs"), _("No run has ended yet."), self.runs_model)
        self.job.cancel.clicked.connect(self._cancel)
        self._lay_out()

    def show_environment(self, environment: Environment | None) -> None:
        """Show another environment from now on."""
        self._environment = environment
        self.headline.show_environment(environment)

    def show_action(self, record: ActionRecord) -> None:
        """Take note of an action: a job that one is under way for is not offered another."""
        self._busy.pop(record.request.id, None)
        if not record.state.ended:
            self._busy[record.request.id] = record
        if self._snapshot is not None:
            self._show(self._snapshot, self._now)

    def show_snapshot(self, snapshot: Snapshot, now: datetime) -> None:
        """Show a new snapshot."""
        self._snapshot = snapshot
        self._now = now
        self.events_model.update(snapshot.events)
        self.runs_model.update(snapshot.past_runs)
        self._show(snapshot, now)

    def tick(self, now: datetime) -> None:
        """Let durations and ages go on."""
        if self._snapshot is None:
            return
        if self._now.astimezone().date() != now.astimezone().date():
            self._now = now
            self.events_model.refresh()
            self.runs_model.refresh()
        self._now = now
        self._show(self._snapshot, now)

    def _show(self, snapshot: Snapshot, now: datetime) -> None:
        summary = summarise(snapshot, now)
        self.headline.show_summary(snapshot, summary, now)
        usual = phrases.usual_times(snapshot.past_runs)
        self.timeline.show_phases(summary.phases, usual, summary.sign)
        self.job.show_job(snapshot, now)
        self._offer_cancel(snapshot)
        self.server.show_server(snapshot, now)
        self.health.show_checks(snapshot, now)

    def _offer_cancel(self, snapshot: Snapshot) -> None:
        jobs = () if snapshot.job is None else (snapshot.job,)
        busy = [
            (record.request.region, record.request.number or record.request.job_id)
            for record in self._busy.values()
            if record.request.environment == snapshot.environment
        ]
        self.job.show_offer(offers(self._environment, jobs, snapshot, busy)[ActionKind.CANCEL])

    def _cancel(self) -> None:
        snapshot = self._snapshot
        if snapshot is not None and snapshot.job is not None:
            self._wishes.act_wanted.emit(snapshot.environment, ActionKind.CANCEL, (snapshot.job,))

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addWidget(self.headline)
        column.addWidget(self.timeline)
        column.addWidget(_side_by_side(_CARD_WIDTH, self.job, self.server, self.health))
        column.addWidget(_side_by_side(_LIST_WIDTH, self.events, self.runs), 1)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)


def _side_by_side(least_width: int, *widgets: QWidget) -> QWidget:
    row = QWidget()
    flow = ColumnFlow(least_width, GAP, row)
    for widget in widgets:
        flow.addWidget(widget)
    return row
