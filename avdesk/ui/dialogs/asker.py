"""From a wish to a request: says what an action means, asks where it must, and follows what came of several."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from avdesk.bridge.remembered import AuditTold, ExportTold
from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind, ActionPreview, ActionRecord, ActionRequest
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Snapshot, Trouble
from avdesk.services.previews import new_request, preview
from avdesk.ui.dialogs.asking import Previewer
from avdesk.ui.geometry import Store
from avdesk.ui.jobs.notes import bare_label
from avdesk.ui.wishes import Wishes

if TYPE_CHECKING:
    from avdesk.ui.dialogs.audit import AuditDialog
    from avdesk.ui.dialogs.resubmit import ResubmitDialog
    from avdesk.ui.dialogs.results import ResultsDialog

Snapshots = Mapping[str, Snapshot]

_ABOUT = "environment"
"""The property of a dialog that names what it is about."""


class Asker(QObject):
    """Opens the dialogs of one window, each imported when it is wanted: most windows are closed without any.

    Whatever is agreed to goes out as `Wishes.action_asked`.

    Signals:
        refused: why something cannot be done at all: the action's words, and the reason.
    """

    refused = Signal(str, str)

    def __init__(
        self,
        window: QWidget,
        environments: Mapping[str, Environment],
        wishes: Wishes,
        store: Store,
        snapshots: Snapshots,
    ) -> None:
        """Ask in front of `window`; `snapshots` are the last ones, by environment, and may change."""
        super().__init__(window)
        self._window = window
        self._environments = environments
        self._wishes = wishes
        self._store = store
        self._snapshots = snapshots
        self._previewer: Previewer | None = None
        self.dialogs: list[QDialog] = []
        self._results: list[ResultsDialog] = []
        self._resubmits: list[ResubmitDialog] = []
        self._audit: AuditDialog | None = None
        wishes.act_wanted.connect(self.ask)
        wishes.new_video_wanted.connect(self.ask_video)
        wishes.audit_wanted.connect(self.open_audit)

    def set_previewer(self, previewer: Previewer) -> None:
        """Take the words of what an action would do from somebody who knows the server."""
        self._previewer = previewer

    def ask(self, environment: str, kind: ActionKind, jobs: Sequence[Job]) -> None:
        """Ask for an action on `jobs`, none for one on the server."""
        known = self._environments.get(environment)
        if known is None:
            return
        if kind is ActionKind.GENERATE:
            self.ask_video(environment)
        elif kind is ActionKind.RESUBMIT:
            self._ask_resubmit(known, jobs[0])
        else:
            self._ask_plainly(known, kind, jobs)

    def ask_video(self, environment: str) -> None:
        """Open the form for a new video."""
        known = self._environments.get(environment)
        if known is None:
            return
        from avdesk.ui.dialogs.new_video import NewVideoDialog
        from avdesk.ui.dialogs.video_wishes import VideoWishes

        dialog = NewVideoDialog(known, VideoWishes(self._store), self._preview, self._window)
        dialog.asked.connect(self._wishes.action_asked)
        self._open(dialog, environment)

    def show_record(self, record: ActionRecord) -> bool:
        """Let open lists of results know; return whether one of them shows this action."""
        if self._audit is not None:
            self._audit.ask_again()
        shown = [results.show_record(record) for results in self._results]
        return any(shown)

    def dismiss(self, environments: Collection[str]) -> None:
        """Take back the questions about some environments: what they said would be done is not what would be."""
        for dialog in tuple(self.dialogs):
            if dialog.property(_ABOUT) in environments and dialog.isModal():
                dialog.reject()

    def open_audit(self, environment: str) -> None:
        """Show what was done, in front where it is shown already."""
        if self._audit is not None:
            self._audit.raise_()
            self._audit.activateWindow()
            return
        from avdesk.ui.dialogs.audit import AuditDialog

        audit = self._audit = AuditDialog(environment, self._window)
        audit.asked.connect(self._wishes.audit_asked)
        audit.export_asked.connect(self._wishes.audit_export_asked)
        audit.finished.connect(self._forget_audit)
        self._open(audit, environment, modal=False)
        audit.ask()

    def show_audit(self, told: AuditTold) -> None:
        """Hand the audit list on to the dialog that asked for it."""
        if self._audit is not None:
            self._audit.show_audit(told)

    def show_export(self, told: ExportTold) -> None:
        """Hand on how an export came out."""
        if self._audit is not None:
            self._audit.show_export(told)

    def show_specification(self, job: Job, raw: Mapping[str, object] | None, trouble: Trouble | None) -> None:
        """Hand a fetched specification to the forms that wait for it."""
        for form in self._resubmits:
            form.show_specification(job, raw, trouble)

    def _ask_plainly(self, environment: Environment, kind: ActionKind, jobs: Sequence[Job]) -> None:
        pairs: list[tuple[ActionRequest, Job | None]] = [
            (new_request(kind, environment.name, job), job) for job in jobs
        ] or [(new_request(kind, environment.name), None)]
        previews = [self._preview(request, job) for request, job in pairs]
        able = [each for each in previews if not each.refused]
        if not able:
            self.refused.emit(bare_label(kind), previews[0].refused)
            return
        able_jobs = [job for (_request, job), each in zip(pairs, previews, strict=True) if job and not each.refused]
        if len(pairs) == 1 and not _wants_asking(able[0]):
            self._wishes.action_asked.emit(able[0].request)
            return
        from avdesk.ui.dialogs.confirm import ConfirmDialog

        dialog = ConfirmDialog(able, able_jobs, environment, self._window)
        dialog.agreed.connect(lambda requests: self._send(requests, previews, environment.name))
        self._open(dialog, environment.name)

    def _ask_resubmit(self, environment: Environment, job: Job) -> None:
        from avdesk.ui.dialogs.resubmit import ResubmitDialog

        dialog = ResubmitDialog(job, environment, self._snapshots.get(environment.name), self._preview, self._window)
        dialog.asked.connect(self._wishes.action_asked)
        self._resubmits.append(dialog)
        dialog.finished.connect(lambda _code: self._resubmits.remove(dialog))
        self._open(dialog, environment.name)
        self._wishes.specification_asked.emit(environment.name, job)

    def _send(self, requests: Sequence[ActionRequest], previews: Sequence[ActionPreview], environment: str) -> None:
        if len(previews) > 1:
            from avdesk.ui.dialogs.results import ResultsDialog

            refused = {each.request.id: each.refused for each in previews if each.refused}
            results = ResultsDialog([each.request for each in previews], refused, environment, self._window)
            self._results.append(results)
            results.finished.connect(lambda _code: self._results.remove(results))
            self._open(results, environment, modal=False)
        for request in requests:
            self._wishes.action_asked.emit(request)

    def _preview(self, request: ActionRequest, job: Job | None) -> ActionPreview:
        if self._previewer is not None:
            return self._previewer(request, job)
        return preview(self._environments[request.environment], request, job)

    def _forget_audit(self) -> None:
        self._audit = None

    def _open(self, dialog: QDialog, environment: str, *, modal: bool = True) -> None:
        dialog.setProperty(_ABOUT, environment)
        if not self._window.isVisible():
            self._window.show()
        self.dialogs.append(dialog)
        dialog.finished.connect(lambda _code: self.dialogs.remove(dialog))
        if modal:
            dialog.setWindowModality(Qt.WindowModality.WindowModal)
            dialog.open()
        else:
            dialog.setModal(False)
            dialog.show()


def _wants_asking(preview_of_one: ActionPreview) -> bool:
    """Return whether somebody has to agree: where work is lost, and where there is something to be warned of."""
    return preview_of_one.needs_confirmation or preview_of_one.needs_typed_name or bool(preview_of_one.warnings)
