"""What was done: the audit list as a table, and its export."""

from datetime import datetime

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from avdesk.bridge.remembered import AuditTold, ExportTold
from avdesk.core.actions import ActionRecord
from avdesk.core.summary import Sign
from avdesk.i18n import _, ngettext
from avdesk.ui.colours import Tone
from avdesk.ui.dialogs.asking import title_text
from avdesk.ui.jobs import notes
from avdesk.ui.models.rows import Column, RowsModel
from avdesk.ui.theme import GAP, STEP, scaled_font
from avdesk.ui.times import exact_utc, local_moment
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.listing import RowsView, SignDelegate
from avdesk.ui.widgets.text import Role, Text

MOST_SHOWN = 1000
"""Records in the table; the export has all."""

_REREAD_MS = 400
"""The twenty cancels of a bulk action are read once."""


class AuditDialog(QDialog):
    """Shows the records of one environment or of all, newest first.

    Signals:
        asked: read the list of that environment (empty: of all), at most so many records.
        export_asked: write the list of that environment (empty: of all) to the file of that path.
    """

    asked = Signal(str, int)
    export_asked = Signal(str, str)

    def __init__(self, environment: str, parent: QWidget | None = None) -> None:
        """Show what was done in `environment`; `ask` has it read."""
        super().__init__(parent)
        self._environment = environment
        self.setWindowTitle(_("What was done — {environment}").format(environment=environment))
        self.headline = title_text(_("What was done"))
        self.sum = Text(_("Reading…"), Role.SECONDARY, wrap=True)
        self.all = QCheckBox(_("All environments"))
        self.all.setAccessibleName(_("All environments"))
        self.model: RowsModel[ActionRecord] = RowsModel(_columns(), key=lambda record: record.request.id)
        self.view = RowsView()
        self.whole = Disclosure(_("Full text"))
        self.box = QDialogButtonBox()
        self.export = QPushButton(_("Export…"))
        self.export.setAccessibleName(_("Export…"))
        self.export.setToolTip(_("Write the whole list to a file, as JSON lines or CSV."))
        self.export.setAutoDefault(False)
        self.box.addButton(self.export, QDialogButtonBox.ButtonRole.ActionRole)
        close = self.box.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAccessibleName(_("Close"))
        close.setDefault(True)
        self.files: QFileDialog | None = None
        self._again = QTimer(self, interval=_REREAD_MS, singleShot=True)
        self._set_up_view()
        self._lay_out()
        self._again.timeout.connect(self.ask)
        self.all.toggled.connect(self.ask)
        self.export.clicked.connect(self._ask_file)
        self.box.rejected.connect(self.reject)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def ask(self) -> None:
        """Have the list read."""
        self._again.stop()
        self.asked.emit(self._wanted, MOST_SHOWN)

    def ask_again(self) -> None:
        """Have the list read soon: something was done meanwhile."""
        self._again.start()

    def show_audit(self, told: AuditTold) -> None:
        """Show the list as it was read; one that is not wanted any more is left alone."""
        if (told.environment or "") != self._wanted:
            return
        if told.trouble is not None:
            self._say(f"{told.trouble.message} {told.trouble.advice}".strip(), bad=True)
            return
        self.model.update(told.records)
        self.export.setEnabled(bool(told.records))
        self._say(_sum(told))
        self._show_whole()

    def show_export(self, told: ExportTold) -> None:
        """Say how an export came out."""
        if told.trouble is not None:
            self._say(f"{told.trouble.message} {told.trouble.advice}".strip(), bad=True)
            return
        text = ngettext("{n} action is now in {file}.", "{n} actions are now in {file}.", told.count)
        self._say(text.format(n=f"{told.count:,}", file=told.file))

    @property
    def _wanted(self) -> str:
        return "" if self.all.isChecked() else self._environment

    def _ask_file(self) -> None:
        lines, table = _("JSON lines (*.jsonl)"), _("CSV (*.csv)")
        files = QFileDialog(self, _("Export what was done"))
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.setNameFilters([lines, table])
        files.setDefaultSuffix("jsonl")
        files.selectFile("avdesk-actions.jsonl")
        files.filterSelected.connect(lambda chosen: files.setDefaultSuffix("csv" if chosen == table else "jsonl"))
        files.fileSelected.connect(lambda file: self.export_asked.emit(self._wanted, file))
        files.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.files = files
        files.open()

    def _say(self, text: str, *, bad: bool = False) -> None:
        self.sum.setText(text)
        self.sum.set_tone(Tone.WARN if bad else None)

    def _show_whole(self) -> None:
        index = self.view.currentIndex()
        self.whole.show_text(notes.sentence(self.model.rows[index.row()]) if index.isValid() else "")

    def _set_up_view(self) -> None:
        view = self.view
        view.setAccessibleName(_("What was done"))
        view.setModel(self.model)
        view.setItemDelegate(SignDelegate(view))
        view.setFont(scaled_font(1.0))
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAllColumnsShowFocus(True)
        view.setTabKeyNavigation(False)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for column in range(self.model.columnCount() - 1):
            view.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        view.header().setStretchLastSection(True)
        selection = view.selectionModel()
        assert isinstance(selection, QItemSelectionModel), "a view with a model has a selection"
        selection.currentChanged.connect(self._show_whole)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.headline, 1)
        head.addWidget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        column.addLayout(head)
        column.addWidget(self.sum)
        column.addWidget(self.view, 1)
        column.addWidget(self.whole)
        column.addWidget(self.box)
        self.resize(920, 460)


def _columns() -> tuple[Column[ActionRecord], ...]:
    return (
        Column(_("When"), _when, hint=lambda record: exact_utc(record.asked_at)),
        Column(_("Who"), lambda record: record.who or "–"),
        Column(_("Via"), lambda record: via_word(record.via)),
        Column(_("What"), _what),
        Column(_("Result"), lambda record: notes.state_word(record.state), sign=_sign),
        Column(_("What happened"), lambda record: notes.sentence(record).replace("\n", " ") or "–"),
    )


def via_word(via: str) -> str:
    """Return the word for how an action was asked for; one that is not known stands as it is."""
    return {
        "window": _("window"),
        "tray": _("tray"),
        "notification": _("notification"),
        "cli": _("command line"),
    }.get(via, via)


def _when(record: ActionRecord) -> str:
    return local_moment(record.asked_at, datetime.now(record.asked_at.tzinfo))


def _what(record: ActionRecord) -> str:
    request = record.request
    about = " · ".join(text for text in (request.job_id, request.environment) if text)
    return _("{action}: {about}").format(action=notes.bare_label(request.kind), about=about)


def _sign(record: ActionRecord) -> Sign:
    return notes.note_sign(record.state)


def _sum(told: AuditTold) -> str:
    count = len(told.records)
    if not count:
        return _("Nothing was done from AVDesk yet.")
    if count >= told.limit:
        return _("The newest {n} actions; the export has all.").format(n=f"{count:,}")
    return ngettext("{n} action", "{n} actions", count).format(n=f"{count:,}")
