"""What came of an action on several jobs: one line each, live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHeaderView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from avdesk.core.actions import ActionKind, ActionRecord, ActionRequest, ActionState
from avdesk.core.summary import Sign
from avdesk.i18n import _, ngettext
from avdesk.ui.dialogs.asking import title_text
from avdesk.ui.jobs import notes
from avdesk.ui.models.rows import Column, RowsModel
from avdesk.ui.theme import GAP, STEP, scaled_font
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.listing import RowsView, SignDelegate
from avdesk.ui.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line.

    Attributes:
        request: what was asked for.
        state: how far it has come; None before anything was told of it.
        words: what happened and what to do.
    """

    request: ActionRequest
    state: ActionState | None = None
    words: str = ""


class ResultsDialog(QDialog):
    """Follows actions to their ends; it may be closed before, and they go on."""

    def __init__(
        self, requests: Sequence[ActionRequest], refused: Mapping[str, str], environment: str, parent: QWidget | None
    ) -> None:
        """Follow `requests`; `refused` holds why some of them were not sent, by their ids."""
        super().__init__(parent)
        kind = requests[0].kind
        self._outcomes = {
            request.id: Outcome(
                request, ActionState.REFUSED if request.id in refused else None, refused.get(request.id, "")
            )
            for request in requests
        }
        self.setWindowTitle(
            _("{action} — {environment}").format(action=notes.bare_label(kind), environment=environment)
        )
        self.headline = title_text(_title(kind, len(requests)))
        self.sum = Text("", wrap=True)
        self.model = RowsModel(_columns(), key=lambda outcome: outcome.request.id)
        self.view = RowsView()
        self._set_up_view()
        self.whole = Disclosure(_("Full text"))
        self.box = QDialogButtonBox()
        self.copy = QPushButton(_("Copy results"))
        self.copy.setAccessibleName(_("Copy results"))
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        self.box.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        close = self.box.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAccessibleName(_("Close"))
        close.setDefault(True)
        self.box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        for part in (self.headline, self.sum):
            column.addWidget(part)
        column.addWidget(self.view, 1)
        column.addWidget(self.whole)
        column.addWidget(self.box)
        self.resize(600, 380)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._show()

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The lines, in the order of the requests."""
        return tuple(self._outcomes.values())

    def show_record(self, record: ActionRecord) -> bool:
        """Take note of how far an action has come; return whether it is one of these."""
        known = self._outcomes.get(record.request.id)
        if known is None:
            return False
        self._outcomes[record.request.id] = replace(known, state=record.state, words=notes.sentence(record))
        self._show()
        return True

    def _show(self) -> None:
        self.model.update(self.outcomes)
        self.sum.setText(_sum(self.outcomes))
        self._show_whole()

    def _show_whole(self) -> None:
        index = self.view.currentIndex()
        self.whole.show_text(self.outcomes[index.row()].words if index.isValid() else "")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(
            "\n".join(f"{_job(each)}\t{_state(each)}\t{each.words}" for each in self.outcomes)
        )

    def _set_up_view(self) -> None:
        view = self.view
        view.setAccessibleName(_("Results"))
        view.setModel(self.model)
        view.setItemDelegate(SignDelegate(view))
        view.setFont(scaled_font(1.0))
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAllColumnsShowFocus(True)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setTabKeyNavigation(False)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        view.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        view.header().setStretchLastSection(True)
        selection = view.selectionModel()
        assert isinstance(selection, QItemSelectionModel), "a view with a model has a selection"
        selection.currentChanged.connect(self._show_whole)


def _columns() -> tuple[Column[Outcome], ...]:
    return (
        Column(_("Job"), _job),
        Column(_("Result"), _state, sign=_sign),
        Column(_("What happened"), lambda outcome: outcome.words.replace("\n", " ") or "–"),
    )


def _job(outcome: Outcome) -> str:
    return outcome.request.job_id


def _state(outcome: Outcome) -> str:
    return _("asked for") if outcome.state is None else notes.state_word(outcome.state)


def _sign(outcome: Outcome) -> Sign:
    return Sign.WAITING if outcome.state is None else notes.note_sign(outcome.state)


def _title(kind: ActionKind, count: int) -> str:
    text = {
        ActionKind.CANCEL: ngettext("Cancelling {n} job", "Cancelling {n} jobs", count),
        ActionKind.RESTART: ngettext("Restarting {n} job", "Restarting {n} jobs", count),
    }.get(kind, ngettext("Retrying {n} job", "Retrying {n} jobs", count))
    return text.format(n=count)


def _sum(outcomes: Sequence[Outcome]) -> str:
    """Return ``3 of 5 confirmed, 1 failed, 1 under way``."""
    confirmed = sum(each.state is ActionState.CONFIRMED for each in outcomes)
    under_way = sum(each.state is None or not each.state.ended for each in outcomes)
    bad = len(outcomes) - confirmed - under_way
    parts = [_("{n} of {all} confirmed").format(n=confirmed, all=len(outcomes))]
    if under_way:
        parts.append(_("{n} under way").format(n=under_way))
    if bad:
        parts.append(_("{n} not done").format(n=bad))
    return ", ".join(parts) + "."
