"""The doctor's window: what works here and what does not, coming in as it is found."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from avdesk.bridge.doctor import ExaminationBegan, ExaminationEnded, Found, Planned
from avdesk.core.findings import Finding, Verdict
from avdesk.core.summary import Sign
from avdesk.i18n import _, ngettext
from avdesk.ui.dialogs.asking import title_text
from avdesk.ui.doctor.rows import FindingRow
from avdesk.ui.theme import GAP, HALF, STEP
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.titled import titled_row

SIZE = (760, 600)


class DoctorDialog(QDialog):
    """Shows the findings, this machine's first, then each environment's.

    Signals:
        asked: examine.
        bundle_asked: put the diagnostics together.
    """

    asked = Signal()
    bundle_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._running = False
        self.rows: dict[Planned, FindingRow] = {}
        self._titles: dict[str | None, Text] = {}
        self.setWindowTitle(_("Doctor"))
        self.sign = SignView(24)
        self.headline = title_text(_("The doctor"))
        self.sum = Text("", Role.SECONDARY, wrap=True)
        self.only = QCheckBox(_("Show only what needs a look"))
        self.only.setAccessibleName(self.only.text())
        self.content = QWidget()
        self.content.setAccessibleName(_("Findings"))
        self.list = QVBoxLayout(self.content)
        self.box = QDialogButtonBox()
        self.again = self._button(_("Run again"))
        self.copy = self._button(_("Copy as text"))
        self.bundle = self._button(_("Save diagnostics…"))
        self.bundle.setToolTip(_("Shows first, file by file, what would be written."))
        close = self.box.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAccessibleName(_("Close"))
        close.setDefault(True)
        self._lay_out()
        self.again.clicked.connect(self.ask)
        self.copy.clicked.connect(self._copy)
        self.bundle.clicked.connect(self.bundle_asked)
        self.only.toggled.connect(self._filter)
        self.box.rejected.connect(self.reject)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def ask(self) -> None:
        """Have all of it examined anew."""
        self._running = True
        self._text = ""
        self._say(Sign.WAITING, _("Looking…"))
        self._enable()
        self.asked.emit()

    def show_began(self, told: ExaminationBegan) -> None:
        """Have a row for all that is looked at."""
        self._clear()
        for planned in told.planned:
            name, environment = planned
            if environment not in self._titles:
                title = _("This machine") if environment is None else environment
                self._titles[environment] = Text(title, Role.SECONDARY)
                self._titles[environment].setContentsMargins(0, STEP if len(self._titles) > 1 else 0, 0, 0)
                self.list.addWidget(self._titles[environment])
            row = self.rows[planned] = FindingRow(name)
            self.list.addWidget(row)
        self.list.addStretch(1)
        self._running = True
        self._show_progress()

    def show_found(self, told: Found) -> None:
        """Show one finding."""
        row = self.rows.get((told.finding.name, told.finding.environment))
        if row is not None:
            row.show_finding(told.finding)
            self._filter()
            self._show_progress()

    def show_ended(self, told: ExaminationEnded) -> None:
        """Say how it all stands."""
        self._running = False
        self._text = told.text
        self._enable()
        if told.trouble is not None:
            self._say(Sign.FAILED, f"{told.trouble.message} {told.trouble.advice}".strip())
            return
        findings = self.findings
        bad = sum(finding.status is Verdict.BAD for finding in findings)
        warned = sum(finding.status is Verdict.WARNING for finding in findings)
        parts = []
        if bad:
            parts.append(ngettext("{n} thing does not work", "{n} things do not work", bad).format(n=bad))
        if warned:
            parts.append(ngettext("{n} thing needs a look", "{n} things need a look", warned).format(n=warned))
        sign = Sign.FAILED if bad else Sign.ATTENTION if warned else Sign.SUCCEEDED
        self._say(sign, " · ".join(parts) or _("All that was looked at works."))

    @property
    def findings(self) -> Sequence[Finding]:
        """What has been found so far."""
        return [row.finding for row in self.rows.values() if row.finding is not None]

    def say(self, text: str) -> None:
        """Say something about the diagnostics."""
        self.sum.show_text(text)

    def _show_progress(self) -> None:
        if self._running:
            done, total = len(self.findings), len(self.rows)
            self._say(Sign.WAITING, _("{done} of {total} looked at…").format(done=done, total=total))

    def _say(self, sign: Sign, text: str) -> None:
        self.sign.show_sign(sign)
        self.sum.show_text(text)

    def _enable(self) -> None:
        self.again.setEnabled(not self._running)
        self.copy.setEnabled(bool(self._text))
        self.bundle.setEnabled(not self._running)

    def _filter(self) -> None:
        for (_name, environment), row in self.rows.items():
            row.setVisible(not self.only.isChecked() or row.needs_look)
            title = self._titles.get(environment)
            if title is not None:
                inside = [each for (_n, where), each in self.rows.items() if where == environment]
                title.setVisible(not self.only.isChecked() or any(each.needs_look for each in inside))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.say(_("Copied. Look through it before you give it away."))

    def _clear(self) -> None:
        while (item := self.list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows.clear()
        self._titles.clear()

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text)
        button.setAutoDefault(False)
        self.box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button

    def _lay_out(self) -> None:
        self.list.setContentsMargins(0, 0, STEP, 0)
        self.list.setSpacing(HALF)
        scroll = QScrollArea()
        scroll.setWidget(self.content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(_("Findings"))
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        column.addLayout(titled_row(self.sign, self.headline))
        column.addWidget(self.sum)
        column.addWidget(self.only)
        column.addWidget(scroll, 1)
        column.addWidget(self.box)
        self.resize(*SIZE)
