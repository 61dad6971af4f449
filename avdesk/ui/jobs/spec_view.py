"""A job's specification in the detail pane: fetched when it is asked for, since it costs a request."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from avdesk.core.jobs import Job
from avdesk.core.snapshot import Trouble
from avdesk.i18n import _
from avdesk.ui.jobs.named_lines import Sections
from avdesk.ui.jobs.specification import masked_json, output_folder, sections
from avdesk.ui.theme import HALF
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.text import Role, Text


class SpecView(QWidget):
    """A button first, then the specification, or why it could not be had.

    Signals:
        asked: the specification of the shown job is wanted.
        folder_known: the folder that the job writes to, empty for none.
    """

    asked = Signal()
    folder_known = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key: tuple[str, str] | None = None
        self._known: dict[tuple[str, str], Mapping[str, object]] = {}
        self.title = Text(_("Specification"), Role.TITLE)
        self.button = QPushButton(_("Show specification"))
        self.button.setAccessibleName(_("Show specification"))
        self.button.setToolTip(_("Worker pools, image, arguments and variables. Asks Vertex AI once."))
        self.button.clicked.connect(self._ask)
        self.message = Text("", Role.SECONDARY, wrap=True)
        self.sections = Sections()
        self.full = Disclosure(_("As JSON"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        for part in (self.title, self.button, self.message, self.sections, self.full):
            if part is self.button:
                column.addWidget(part, 0, Qt.AlignmentFlag.AlignLeading)
            else:
                column.addWidget(part)

    def show_job(self, job: Job) -> None:
        """Show what is known of the job's specification: what was fetched before, or the button."""
        if job.key == self._key:
            return
        self._key = job.key
        self.message.show_text("" if job.number else _("Vertex AI has not told of this job itself yet."))
        self._show(self._known.get(job.key))
        self.button.setVisible(bool(job.number) and job.key not in self._known)

    def show_specification(self, job: Job, raw: Mapping[str, object] | None, trouble: Trouble | None) -> None:
        """Take a fetched specification, or why there is none, and show it where its job is shown."""
        if raw is not None:
            self._known = {**self._known, job.key: raw} if len(self._known) < _KEPT else {job.key: raw}
        if job.key != self._key:
            return
        self.button.setEnabled(True)
        self.button.setVisible(raw is None)
        self.message.show_text("" if trouble is None else f"{trouble.message} {trouble.advice}".strip())
        self._show(raw)

    def _show(self, raw: Mapping[str, object] | None) -> None:
        self.button.setEnabled(True)
        self.sections.show_sections(() if raw is None else sections(raw))
        self.full.show_text("" if raw is None else masked_json(raw))
        self.folder_known.emit("" if raw is None else output_folder(raw))

    def _ask(self) -> None:
        self.button.setEnabled(False)
        self.message.show_text(_("Asking Vertex AI…"))
        self.asked.emit()


_KEPT = 50
"""Specifications remembered; each may be some kilobytes."""
