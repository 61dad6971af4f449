"""One past run below the table: what happened, why, and the way to its job."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from avdesk.core.run import Run
from avdesk.i18n import _
from avdesk.ui.colours import run_sign
from avdesk.ui.history import words
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text


class RunCard(Card):
    """The run that is selected.

    Signals:
        job_wanted: the id of the run's job is to be shown.
    """

    job_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Run"), parent)
        self._run: Run | None = None
        self.sign = SignView(16)
        self.why = Text("", wrap=True)
        self.phases = Text("", Role.SECONDARY, wrap=True)
        self.full = Disclosure(_("The server’s own words"))
        self.job = QPushButton(_("Show job"))
        self.job.setAccessibleName(_("Show job"))
        self.job.clicked.connect(self._want_job)
        self.head.insertWidget(0, self.sign)
        self.head.addWidget(self.job)
        self.body.addWidget(self.why)
        self.body.addWidget(self.phases)
        self.body.addWidget(self.full)
        self.hide()

    def show_run(self, run: Run | None, now: datetime) -> None:
        """Show a run, None: take no room."""
        self._run = run
        self.setVisible(run is not None)
        if run is None:
            return
        self.sign.show_sign(run_sign(run.state))
        self.title.setText(words.sentence(run, now))
        self.title.set_hint(words.exact_moment(run))
        self.why.show_text(words.explanation(run))
        self.phases.show_text(words.phases_line(run))
        self.full.show_text(run.error or "")
        self.job.setVisible(bool(run.job_id))
        self.job.setToolTip(run.job_id or "")
        self.job.setAccessibleDescription(run.job_id or "")

    def _want_job(self) -> None:
        if self._run is not None and self._run.job_id:
            self.job_wanted.emit(self._run.job_id)
