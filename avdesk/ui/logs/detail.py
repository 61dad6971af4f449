"""The details of one line: its whole entry, what it means, and its payload."""

import json

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QTabWidget, QToolButton, QVBoxLayout, QWidget

from avdesk.bridge.log_export import MOST_SHOWN
from avdesk.core.ansi import styled
from avdesk.core.failure_searches import FoundFailure, failure_in
from avdesk.core.logline import LogLine, Severity
from avdesk.core.logmask import masked_payload
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui import times
from avdesk.ui.logs.looks import Set, source_label
from avdesk.ui.theme import GAP, HALF, STEP
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.titled import titled_row
from avdesk.ui.widgets.wrap import WrapRow

MOST_EXPLAINED = 20_000
"""Characters at the end of an entry in which a known failure is looked for."""

LEAST_WIDTH = 220
"""Pixels that details need to be of use."""


class LineDetail(QWidget):
    """What there is to know about a line.

    Signals:
        closed: the pane is not wanted any more.
        job_asked: show this job's lines alone.
    """

    closed = Signal()
    job_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Details of the line"))
        self._line: LogLine | None = None
        self.sign = SignView(16)
        self.headline = Text("", Role.TITLE, wrap=True)
        self.when = Text("", Role.SECONDARY, wrap=True)
        self.reason = Text("", wrap=True)
        self.advice = Text("", wrap=True)
        self.text = _plain(_("Text of the entry"))
        self.payload = _plain(_("Payload"))
        self.tabs = QTabWidget()
        self.copy = QPushButton(_("Copy"))
        self.copy.setAccessibleName(_("Copy what is shown of the line"))
        self.only_job = QPushButton(_("Only this job"))
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setAutoRaise(True)
        self.close_button.setAccessibleName(_("Hide details"))
        self.close_button.clicked.connect(self.closed)
        self.copy.clicked.connect(self._copy)
        self.only_job.clicked.connect(self._ask_job)
        self._lay_out()
        self.show_line(None, None)

    @property
    def number(self) -> int:
        """The number of the line that is shown; -1 without any."""
        return -1 if self._line is None else self._line.number

    def show_line(self, line: LogLine | None, made: Set | None) -> None:
        """Show a line as far as it is at hand; its whole text comes by `show_text`."""
        self._line = line
        self._show_reason(None if made is None else made.failure)
        if line is None:
            self.headline.setText(_("No line selected"))
            self.when.show_text("")
        else:
            self.headline.setText(f"{line.severity.label} · {source_label(line.source)}")
            moment = "" if line.time is None else f"{line.time.astimezone():%Y-%m-%d %H:%M:%S.%f}"[:-3]
            beside = " · ".join(part for part in (times.exact_utc(line.time), line.job) if part)
            self.when.show_text(" · ".join(part for part in (moment, beside) if part))
        self.sign.setVisible(line is not None)
        self.sign.show_sign(_sign(line))
        self.text.setPlainText("" if line is None else styled(line.text).text)
        payload = "" if line is None or line.payload is None else pretty(line.payload)
        self.payload.setPlainText(payload)
        self.tabs.setTabVisible(1, bool(payload))
        self.tabs.tabBar().setVisible(bool(payload))
        self.copy.setEnabled(line is not None)
        self.only_job.setVisible(line is not None and line.job is not None)

    def show_text(self, number: int, text: str) -> None:
        """Show the whole text of a line's entry, and explain it where it tells of a known failure."""
        if number != self.number or not text:
            return
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
        if self.reason.isHidden():
            known = (failure_in(line) for line in reversed(text[-MOST_EXPLAINED:].split("\n")))
            self._show_reason(next((failure for failure in known if failure is not None), None))

    def _show_reason(self, failure: FoundFailure | None) -> None:
        reason = "" if failure is None else failure.reason.what
        self.reason.show_text(reason[:1].upper() + reason[1:] + "." if reason else "")
        self.advice.show_text("" if failure is None else failure.reason.advice)

    def _copy(self) -> None:
        shown = self.payload if self.tabs.currentIndex() == 1 else self.text
        QGuiApplication.clipboard().setText(shown.toPlainText())

    def _ask_job(self) -> None:
        if self._line is not None and self._line.job is not None:
            self.job_asked.emit(self._line.job)

    def _lay_out(self) -> None:
        self.tabs.addTab(self.text, _("Text"))
        self.tabs.addTab(self.payload, _("Payload"))
        self.tabs.setDocumentMode(True)
        self.setMinimumWidth(LEAST_WIDTH)
        head = titled_row(self.sign, self.headline)
        head.addWidget(self.close_button)
        buttons = WrapRow(HALF)
        buttons.flow.addWidget(self.copy)
        buttons.flow.addWidget(self.only_job)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, HALF, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(head)
        for part in (self.when, self.reason, self.advice):
            column.addWidget(part)
        column.addSpacing(HALF)
        column.addWidget(self.tabs, 1)
        column.addWidget(buttons)


def pretty(payload: object) -> str:
    """Return a payload as it is read: indented, its secrets masked."""
    return json.dumps(masked_payload(payload), indent=2, ensure_ascii=False, default=str)[:MOST_SHOWN]


def _sign(line: LogLine | None) -> Sign:
    if line is None or line.severity < Severity.WARNING:
        return Sign.IDLE
    return Sign.FAILED if line.severity >= Severity.ERROR else Sign.ATTENTION


def _plain(name: str) -> QPlainTextEdit:
    edit = QPlainTextEdit()
    edit.setReadOnly(True)
    edit.setAccessibleName(name)
    edit.setTabChangesFocus(True)
    edit.setMinimumHeight(2 * edit.fontMetrics().lineSpacing() + STEP)
    edit.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    return edit
