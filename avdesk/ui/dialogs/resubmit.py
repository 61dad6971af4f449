"""The form that changes a job's machine, place, capacity, limit and labels, and shows the job that comes of it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from avdesk.config.settings import Environment
from avdesk.core import wording
from avdesk.core.actions import ActionKind, ActionRequest
from avdesk.core.errors import UsageError
from avdesk.core.jobs import Job, hourly_rate_usd
from avdesk.core.snapshot import Snapshot, Trouble
from avdesk.i18n import _
from avdesk.services.machines import MACHINES, Machine, cautions, changes_of, retry_body
from avdesk.services.previews import new_request
from avdesk.ui.colours import Tone
from avdesk.ui.dialogs.asking import AskingDialog, Previewer, title_text
from avdesk.ui.jobs.hints import free_hint, quota_hint, region_hint
from avdesk.ui.jobs.label_lines import LabelsError, label_changes, label_text
from avdesk.ui.jobs.specification import masked_json
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.text import Role, Text

_SIZE = (560, 600)
_LABEL_ROWS = 4
_SPEC_ROWS = 9
_LONGEST_MIN = 7 * 24 * 60
_SPEEDS = {"t4": "1×", "l4": "1.5×", "cpu": "0.2×"}
"""Against a T4, as AutoVideo's authors plan with."""
_SHOWN_ID = "video-job-********"
"""Stands for the id that the new job gets when it is sent."""


class ResubmitDialog(AskingDialog):
    """Asks what is to be different in a new job, and checks it before anything is sent.

    Signals:
        asked: the request (`ActionRequest`) that is to go out.
    """

    asked = Signal(object)

    def __init__(
        self,
        job: Job,
        environment: Environment,
        snapshot: Snapshot | None,
        previewer: Previewer,
        parent: QWidget | None = None,
    ) -> None:
        """Begin with `job` as it was; its specification comes by `show_specification`."""
        super().__init__(environment.name, parent)
        self._job = job
        self._environment = environment
        self._snapshot = snapshot
        self._previewer = previewer
        self._raw: Mapping[str, object] | None = None
        self._trouble = ""
        self._request: ActionRequest | None = None
        self.setWindowTitle(_("Edit and resubmit — {environment}").format(environment=environment.name))
        self._make_form()
        self.why = Text("", wrap=True)
        self.why.set_tone(Tone.WARN)
        self.name_buttons(_("Send new job"), _("Back"))
        self._lay_out()
        for combo in (self.machine, self.capacity):
            combo.currentIndexChanged.connect(self._show_hints)
        for combo in (self.machine, self.region, self.capacity):
            combo.currentIndexChanged.connect(self._check)
        self.limit.valueChanged.connect(self._check)
        self.labels.textChanged.connect(self._check)
        self.typed.changed.connect(self._check)
        self.accepted.connect(self._send)
        self._show_hints()
        self._check()

    def show_specification(self, job: Job, raw: Mapping[str, object] | None, trouble: Trouble | None) -> None:
        """Take the specification of the job, or why there is none; another job's is none of ours."""
        if job.key == self._job.key:
            self._raw = raw
            self._trouble = "" if trouble is None else f"{trouble.message} {trouble.advice}".strip()
            self._check()

    def parameters(self) -> dict[str, str]:
        """Return what is to be different, as an action's parameters. Raises LabelsError."""
        changed: dict[str, str] = {}
        for name, combo in (("gpu", self.machine), ("region", self.region), ("spot", self.capacity)):
            if combo.currentData():
                changed[name] = str(combo.currentData())
        if self.limit.value():
            changed["time_limit_s"] = str(self.limit.value() * 60)
        labels = label_changes(self._job.labels, self.labels.toPlainText())
        if labels:
            changed["labels"] = json.dumps(labels)
        return changed

    def _make_form(self) -> None:
        job, now = self._job, self._now()
        self.machine = _combo(_("Machine"))
        self.machine.addItem(_("As it was: {machine}").format(machine=wording.machine(job)), "")
        for machine in MACHINES.values():
            self.machine.addItem(_machine_words(machine), machine.name)
        self.region = _combo(_("Region"))
        self.region.addItem(_("As it was: {region}").format(region=job.region or _("not known")), "")
        for region in self._environment.regions:
            if region != job.region:
                self.region.addItem(region, region)
        self.capacity = _combo(_("Capacity"))
        was = {True: _("spot"), False: _("on demand"), None: _("not known")}[job.spot]
        self.capacity.addItem(_("As it was: {capacity}").format(capacity=was), "")
        self.capacity.addItem(_("Spot: cheaper, may be taken away"), "true")
        self.capacity.addItem(_("On demand"), "false")
        self.limit = QSpinBox()
        self.limit.setAccessibleName(_("Time limit"))
        self.limit.setRange(0, _LONGEST_MIN)
        self.limit.setSingleStep(15)
        self.limit.setSuffix(_(" min"))
        limit = wording.duration(job.time_limit_s) if job.time_limit_s else _("Vertex AI's own")
        self.limit.setSpecialValueText(_("As it was: {limit}").format(limit=limit))
        self.labels = _text_box(_("Labels"), _LABEL_ROWS)
        self.labels.setPlainText(label_text(job.labels))
        self.labels.setToolTip(_("One label a line, as name=value. A line that is taken away leaves the label out."))
        self.quota = Text(quota_hint(self._snapshot, now), Role.SECONDARY, wrap=True)
        self.quota.setVisible(bool(self.quota.text()))
        self.spec = _text_box(_("The new job"), _SPEC_ROWS)
        self.spec.setReadOnly(True)

    def _show_hints(self) -> None:
        """Tell at each region what is free and how long jobs waited, for the machine that is chosen."""
        snapshot, now = self._snapshot, self._now()
        if snapshot is None:
            return
        chosen = MACHINES.get(str(self.machine.currentData()))
        accelerator = self._job.accelerator_type if chosen is None else chosen.accelerator_type
        spot = {"true": True, "false": False}.get(str(self.capacity.currentData()), bool(self._job.spot))
        for place in range(self.region.count()):
            region = str(self.region.itemData(place)) or self._job.region or ""
            hints = (
                free_hint(region, accelerator, spot=spot, quotas=snapshot.gpu_quotas),
                region_hint(region, accelerator, snapshot.jobs, now),
            )
            told = " · ".join(hint for hint in hints if hint)
            self.region.setItemData(place, told, Qt.ItemDataRole.ToolTipRole)
            if place:
                self.region.setItemText(place, f"{region} · {told}" if told else region)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(STEP)
        grid.setColumnStretch(1, 1)
        fields: tuple[tuple[str, QWidget], ...] = (
            (_("Machine"), self.machine),
            (_("Region"), self.region),
            (_("Capacity"), self.capacity),
            (_("Time limit"), self.limit),
            (_("Labels"), self.labels),
            (_("The new job"), self.spec),
        )
        for row, (name, field) in enumerate(fields):
            label = Text(name, Role.SECONDARY)
            label.setBuddy(field)
            tall = isinstance(field, QPlainTextEdit)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop if tall else Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(field, row, 1)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, STEP, 0)
        inner.setSpacing(STEP)
        inner.addLayout(grid)
        for part in (self.quota, self.consequences):
            inner.addWidget(part)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addWidget(
            title_text(
                _("Resubmit {job} in {environment}").format(job=self._job.id, environment=self._environment.name)
            )
        )
        column.addWidget(scroll, 1)
        column.addWidget(self.why)
        column.addWidget(self.typed)
        column.addWidget(self.box)
        self.resize(*_SIZE)

    def _check(self) -> None:
        problem = ""
        parameters: dict[str, str] = {}
        try:
            parameters = self.parameters()
            changes = changes_of(parameters)
            if self._raw is not None:
                body = retry_body(
                    self._raw,
                    old_id=self._job.id,
                    new_id=_SHOWN_ID.replace("*", "0"),
                    region=self._job.region or "",
                    changes=changes,
                )
                self.spec.setPlainText(masked_json(body, whole=True).replace(_SHOWN_ID.replace("*", "0"), _SHOWN_ID))
        except UsageError as error:
            problem = f"{error.message} {error.advice}"
        except LabelsError as error:
            problem = str(error)
        self._show_check(parameters, problem)

    def _show_check(self, parameters: Mapping[str, str], problem: str) -> None:
        self._request = new_request(ActionKind.RESUBMIT, self._environment.name, self._job, parameters)
        told = self._previewer(self._request, self._job)
        self.typed.need(needed=told.needs_typed_name)
        self.consequences.show_previews([told])
        if self._raw is None:
            waiting = self._trouble or _("Asking Vertex AI for the job's specification…")
            self.spec.setPlainText(waiting)
            problem = problem or waiting
        elif not problem:
            found = cautions(self._raw, self._job.region or "", changes_of(parameters))
            self.why.show_text("\n".join(found))
        refusal = told.refused or problem
        if refusal:
            self.why.show_text(refusal)
        self.hold_back(refusal or self.why_not_typed())

    def _send(self) -> None:
        if self._request is not None:
            self.asked.emit(self._request)

    def _now(self) -> datetime:
        return self._snapshot.at if self._snapshot is not None else datetime.now(UTC)


def _machine_words(machine: Machine) -> str:
    rate = hourly_rate_usd(machine.machine_type, machine.accelerator_type)
    name = machine.accelerator_type or _("no GPU")
    return _("{name} on {machine} · {rate} USD/h · {speed} a T4's speed").format(
        name=name, machine=machine.machine_type, rate=f"{rate or 0:.2f}", speed=_SPEEDS.get(machine.name, "–")
    )


def _combo(name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(20)
    return combo


def _text_box(name: str, rows: int) -> QPlainTextEdit:
    box = QPlainTextEdit()
    box.setAccessibleName(name)
    box.setTabChangesFocus(True)
    box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    box.setFixedHeight(rows * box.fontMetrics().lineSpacing() + 2 * STEP)
    return box
