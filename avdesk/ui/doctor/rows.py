"""The doctor's findings as rows: what, how it stands, what was found, what to do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from avdesk.core.finding_words import finding_name, verdict_word
from avdesk.core.findings import Finding, Verdict
from avdesk.core.redact import redact
from avdesk.core.summary import Sign
from avdesk.core.text import clean
from avdesk.i18n import _
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text

_SIGNS = {
    Verdict.OK: Sign.SUCCEEDED,
    Verdict.WARNING: Sign.ATTENTION,
    Verdict.BAD: Sign.FAILED,
    Verdict.UNKNOWN: Sign.STALE,
}
_NAME_WIDTH = 150


class FindingRow(QWidget):
    """One thing that is looked at; first that it is, then what was found.

    Attributes:
        finding: None while it is being looked at.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding: Finding | None = None
        self.sign = SignView(16)
        self.sign.show_sign(Sign.WAITING)
        self.name = Text(finding_name(name), Role.TITLE, wrap=True)
        self.name.setFixedWidth(_NAME_WIDTH)
        self.detail = Text(_("Looking…"), wrap=True)
        self.advice = Text("", Role.SECONDARY, wrap=True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.advice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, HALF, 0, HALF)
        grid.setHorizontalSpacing(STEP)
        grid.setVerticalSpacing(HALF)
        grid.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.sign, 0, 0, top)
        grid.addWidget(self.name, 0, 1, top)
        grid.addWidget(self.detail, 0, 2)
        grid.addWidget(self.advice, 1, 2)
        self.advice.hide()
        self.setAccessibleName(self.name.text())

    @property
    def needs_look(self) -> bool:
        """Whether somebody should look at it."""
        return self.finding is not None and self.finding.status in (Verdict.WARNING, Verdict.BAD)

    def show_finding(self, finding: Finding) -> None:
        """Show what was found."""
        self.finding = finding
        self.sign.show_sign(_SIGNS[finding.status])
        self.detail.setText(redact(clean(finding.detail, 2000)))
        self.advice.show_text(redact(clean(finding.advice, 1000)) if finding.advice else "")
        self.setAccessibleDescription(f"{verdict_word(finding.status)}: {finding.detail}")
