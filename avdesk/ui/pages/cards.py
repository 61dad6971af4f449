"""The cards of the Pipeline page: the render job, the server, the health checks."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from avdesk.core import wording
from avdesk.core.actions import ActionKind
from avdesk.core.health import CheckResult, Health, worst
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Snapshot
from avdesk.core.text import one_line
from avdesk.i18n import _, ngettext
from avdesk.ui import phrases, times
from avdesk.ui.colours import Tone, health_sign, job_sign
from avdesk.ui.jobs.offers import Offer, label
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.bar import ThinBar
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.fields import Fields
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Elided, Role, Text
from avdesk.ui.widgets.wrap import WrapRow

_SHORT = 160
"""Characters of a job's error that stand on the card; the rest is a click away."""
_NEARLY_ALL = 0.8
"""From this share of a limit on, its bar warns."""


class JobCard(Card):
    """The run's render job."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Render job"), parent)
        self._job: Job | None = None
        self.sign = SignView(16)
        self.state = Text()
        self.head.addWidget(self.sign)
        self.head.addWidget(self.state)
        self.fields = Fields()
        self.id = self.fields.add(_("Job"))
        self.gpu = self.fields.add(_("GPU"))
        self.machine = self.fields.add(_("Machine"))
        self.region = self.fields.add(_("Region"))
        self.waited = self.fields.add(_("Waited"))
        self.ran = self.fields.add(_("Ran"))
        self.limit = ThinBar()
        self.fields.add_wide(self.limit)
        self.cost = self.fields.add(_("Cost"))
        self.empty = Text(
            _("None now. A run's job appears here while its video is rendered."), Role.SECONDARY, wrap=True
        )
        self.note = Text("", wrap=True)
        self.full = Disclosure(_("Full text"))
        self.cancel = QPushButton(label(ActionKind.CANCEL))
        self.cancel.setAccessibleName(label(ActionKind.CANCEL))
        self.copy_id = _copy_button(_("Copy id"), lambda: self._job.id if self._job else "")
        self.copy_name = _copy_button(_("Copy resource name"), lambda: self._job.resource_name if self._job else "")
        self._buttons = WrapRow(STEP)
        for button in (self.cancel, self.copy_id, self.copy_name):
            self._buttons.flow.addWidget(button)
        self.body.addWidget(self.fields)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.note)
        self.body.addWidget(self.full)
        self.body.addStretch(1)
        self.body.addWidget(self._buttons)

    def show_job(self, snapshot: Snapshot, now: datetime) -> None:
        """Show the snapshot's job, or why there is none."""
        job = self._job = snapshot.job
        for part in (self.sign, self.state, self.fields):
            part.setVisible(job is not None)
        self.copy_id.setVisible(job is not None)
        self.copy_name.setVisible(job is not None and bool(job.resource_name))
        if job is not None:
            self._show_fields(job, now)
        self._show_note(snapshot, job)

    def show_offer(self, offer: Offer) -> None:
        """Offer to cancel the job while it is active, or say why that cannot be asked for."""
        job = self._job
        self.cancel.setVisible(job is not None and not job.state.ended)
        self.cancel.setEnabled(offer.open)
        self.cancel.setToolTip(offer.why_not or offer.hint)
        self.cancel.setAccessibleDescription(offer.why_not or offer.hint)

    def _show_fields(self, job: Job, now: datetime) -> None:
        show = self.fields.show_value
        self.sign.show_sign(job_sign(job.state), 1, 2)
        self.state.setText(wording.job_state(job.state))
        show(self.id, job.id, job.resource_name)
        gpu = wording.machine(job) if job.accelerator_type else _("none")
        show(self.gpu, gpu)
        spot = {True: _("spot"), False: _("on demand"), None: ""}[job.spot]
        show(self.machine, " · ".join(text for text in (job.machine_type or "", spot) if text))
        show(self.region, job.region)
        show(self.waited, wording.duration(job.queue_s(now)) if job.queue_s(now) is not None else None)
        show(self.ran, phrases.ran_words(job, now), times.exact_utc(job.started_at))
        show(self.cost, phrases.cost_words(job, now), _("By AutoVideo's own price table, without discounts."))
        ran, limit = job.run_s(now), job.time_limit_s
        self.limit.setVisible(ran is not None and bool(limit))
        if ran is not None and limit:
            share = ran / limit
            self.limit.show_share(share, Tone.WARN if share > _NEARLY_ALL and not job.state.ended else Tone.BUSY)

    def _show_note(self, snapshot: Snapshot, job: Job | None) -> None:
        short, full = phrases.vertex_trouble(snapshot.vertex)
        if job is not None and job.error is not None and job.error.message:
            short, full = one_line(job.error.message, _SHORT), job.error.message
        self.empty.setVisible(job is None and not short)
        self.note.show_text(short)
        self.full.show_text(full)


class ServerCard(Card):
    """Whether server and Vertex AI answer, and what the server still allows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Server"), parent)
        self.sign = SignView(16)
        self.state = Text()
        self.head.addWidget(self.sign)
        self.head.addWidget(self.state)
        self.fields = Fields()
        self.latency = self.fields.add(_("Answers in"))
        self.seen = self.fields.add(_("Last answer"))
        self.allowance = self.fields.add(_("Allowance"))
        self.used = ThinBar()
        self.fields.add_wide(self.used)
        self.next_free = self.fields.add(_("Next free"))
        self.vertex = self.fields.add(_("Vertex AI"))
        self.note = Text("", wrap=True)
        self.body.addWidget(self.fields)
        self.body.addWidget(self.note)
        self.body.addStretch(1)

    def show_server(self, snapshot: Snapshot, now: datetime) -> None:
        """Show the server of a snapshot."""
        show, server, budget = self.fields.show_value, snapshot.server, snapshot.budget
        sign, word = phrases.server_state(snapshot, now)
        self.sign.show_sign(sign)
        self.state.setText(word)
        latency = None
        if server.trouble is None and server.latency_s is not None:
            latency = _("{ms} ms").format(ms=round(server.latency_s * 1000))
        show(self.latency, latency)
        seen = None if server.answered_at is None else times.ago(server.answered_at, now)
        show(self.seen, seen, times.exact_utc(server.answered_at))
        self.used.setVisible(budget is not None)
        show(self.allowance, None)
        if budget is not None:
            show(
                self.allowance,
                _("{used} of {limit} used").format(used=budget.used, limit=budget.limit),
                _("The server takes {limit} requests in {time}.").format(
                    limit=budget.limit, time=wording.duration(budget.window_s)
                ),
            )
            share = budget.used / max(1, budget.limit)
            self.used.show_share(share, Tone.WARN if share > _NEARLY_ALL else Tone.BUSY)
        show(self.next_free, phrases.allowance_note(snapshot, now))
        asked = times.exact_utc(snapshot.vertex.asked_at)
        show(self.vertex, phrases.vertex_state(snapshot.vertex, now), asked)
        self.note.show_text(server.trouble.message if server.trouble is not None and not server.batch else "")


class HealthCard(Card):
    """The health checks, worst first."""

    MOST = 7
    """Checks shown; the others are healthier."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Health"), parent)
        self.sign = SignView(16)
        self.state = Text()
        self.head.addWidget(self.sign)
        self.head.addWidget(self.state)
        self._rows: list[tuple[SignView, Elided, Text, Text]] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(STEP)
        self._grid.setVerticalSpacing(HALF)
        self._grid.setColumnStretch(1, 1)
        self.empty = Text("", Role.SECONDARY, wrap=True)
        self.body.addLayout(self._grid)
        self.body.addWidget(self.empty)
        self.body.addStretch(1)

    def show_checks(self, snapshot: Snapshot, now: datetime) -> None:
        """Show the checks of a snapshot."""
        present = [result for result in snapshot.checks.values() if not result.absent]
        present.sort(key=lambda result: _WORST_FIRST.index(result.status))
        overall = worst([result for result in present if result.checked_at is not None])
        self.sign.show_sign(health_sign(overall))
        self.state.setText(wording.health_state(overall))
        shown, left = present[: self.MOST], len(present[self.MOST :])
        self._make_rows(len(shown))
        for parts, result in zip(self._rows, shown, strict=False):
            _show_check(parts, result, now)
        if not present:
            self.empty.show_text(_("No check has been asked yet."))
        elif left:
            self.empty.show_text(ngettext("and {count} more", "and {count} more", left).format(count=left))
        else:
            self.empty.show_text("")

    def _make_rows(self, count: int) -> None:
        while len(self._rows) < count:
            parts = (SignView(14), Elided(), Text(), Text("", Role.SECONDARY))
            parts[3].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, part in enumerate(parts):
                self._grid.addWidget(part, len(self._rows), column)
            self._rows.append(parts)
        for place, parts in enumerate(self._rows):
            for part in parts:
                part.setVisible(place < count)


_WORST_FIRST = (
    Health.UNHEALTHY,
    Health.DEGRADED,
    Health.HEALTHY,
    Health.UNKNOWN,
    Health.DISABLED,
    Health.RETIRED,
)


def _show_check(parts: tuple[SignView, Elided, Text, Text], result: CheckResult, now: datetime) -> None:
    sign, name, word, age = parts
    sign.show_sign(health_sign(result.status))
    name.setText(wording.check_name(result.name))
    word.setText(wording.health_state(result.status))
    hint = result.error or result.detail or ""
    name.set_hint(hint)
    word.setToolTip(hint)
    asked = result.checked_at
    age.setText(_("never") if asked is None else wording.rough_duration((now - asked).total_seconds()))
    age.setToolTip(times.exact_utc(asked))


def _copy_button(label: str, text: Callable[[], str]) -> QPushButton:
    button = QPushButton(label)
    button.setAccessibleName(label)
    button.clicked.connect(lambda: QGuiApplication.clipboard().setText(text()))
    return button
