"""Asks before something is done to jobs or to the server."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind, ActionPreview, ActionRequest
from avdesk.core.jobs import Job
from avdesk.core.summary import Sign
from avdesk.i18n import _, ngettext
from avdesk.ui.dialogs.asking import AskingDialog, title_text
from avdesk.ui.jobs.offers import label
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.titled import titled_row

_NAMED = 6
"""Jobs named one by one; more are counted, and listed a click away."""
_WIDTH = 460


class ConfirmDialog(AskingDialog):
    """Says what will be done to which jobs of which environment, and asks.

    Signals:
        agreed: the requests (a tuple of `ActionRequest`) that are to go out.
    """

    agreed = Signal(object)

    def __init__(
        self,
        previews: Sequence[ActionPreview],
        jobs: Sequence[Job],
        environment: Environment,
        parent: QWidget | None = None,
    ) -> None:
        """Ask for `previews`, of one verb and none refused, of the `jobs` in the same order (none: the server)."""
        super().__init__(environment.name, parent)
        kind = previews[0].request.kind
        self._requests: tuple[ActionRequest, ...] = tuple(preview.request for preview in previews)
        self.setWindowTitle(
            _("{action} — {environment}").format(action=label(kind).removesuffix("…"), environment=environment.name)
        )
        sign = SignView(32)
        sign.show_sign(Sign.ATTENTION if kind.destroys else Sign.RUNNING, 1, 4)
        self.question = title_text(question(kind, jobs, environment.name))
        self.which = Text(_named(jobs), Role.SECONDARY, wrap=True)
        self.all_jobs = Disclosure(_("All of them"))
        self.all_jobs.show_text("\n".join(job.id for job in jobs) if len(jobs) > _NAMED else "")
        self.consequences.show_previews(previews, _lost_by_all(kind) if len(jobs) > 1 else "")
        self.typed.need(needed=any(preview.needs_typed_name for preview in previews))
        self.typed.changed.connect(self._check)
        self.name_buttons(button_words(kind, jobs), leave_words(kind, jobs))
        self.accepted.connect(lambda: self.agreed.emit(self._requests))
        words = QVBoxLayout()
        words.setSpacing(STEP)
        for part in (self.which, self.all_jobs, self.consequences, self.typed):
            words.addWidget(part)
        self.which.setVisible(bool(self.which.text()))
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addLayout(titled_row(sign, self.question))
        column.addLayout(words)
        column.addStretch(1)
        column.addWidget(self.box)
        self.setMinimumWidth(_WIDTH)
        self._check()
        if not kind.destroys and not self.typed.needed:
            self.go.setDefault(True)
        first = self.go if self.go.isDefault() else self.leave
        (self.typed.edit if self.typed.needed else first).setFocus()

    def _check(self) -> None:
        self.hold_back(self.why_not_typed())


def question(kind: ActionKind, jobs: Sequence[Job], environment: str) -> str:
    """Return what is asked, with what it is done to and where."""
    if len(jobs) > 1:
        return _many(kind, len(jobs)).format(n=len(jobs), environment=environment)
    job = jobs[0].id if jobs else ""
    return {
        ActionKind.CANCEL: _("Cancel {job} in {environment}?"),
        ActionKind.RETRY: _("Retry {job} in {environment}?"),
        ActionKind.RESTART: _("Restart {job} in {environment}?"),
        ActionKind.RESUBMIT: _("Resubmit {job} in {environment}?"),
        ActionKind.GENERATE: _("Start a new video in {environment}?"),
        ActionKind.RENDER_VM: _("Render on a virtual machine in {environment}?"),
        ActionKind.RESET: _("Reset the state of {environment}'s server?"),
    }[kind].format(job=job, environment=environment)


def button_words(kind: ActionKind, jobs: Sequence[Job]) -> str:
    """Return the main button's words, which name what it acts on."""
    if len(jobs) > 1:
        return _many_button(kind, len(jobs)).format(n=len(jobs))
    job = jobs[0].id if jobs else ""
    return {
        ActionKind.CANCEL: _("Cancel {job}"),
        ActionKind.RETRY: _("Retry {job}"),
        ActionKind.RESTART: _("Restart {job}"),
        ActionKind.RESUBMIT: _("Resubmit {job}"),
        ActionKind.GENERATE: _("Start video"),
        ActionKind.RENDER_VM: _("Start virtual machine"),
        ActionKind.RESET: _("Reset the server"),
    }[kind].format(job=job)


def leave_words(kind: ActionKind, jobs: Sequence[Job]) -> str:
    """Return the words of the button that does nothing."""
    if kind not in (ActionKind.CANCEL, ActionKind.RESTART):
        return _("Do nothing")
    return _("Let them run") if len(jobs) > 1 else _("Let it run")


def _lost_by_all(kind: ActionKind) -> str:
    """Return what several jobs lose; empty where nothing is lost."""
    if kind is ActionKind.CANCEL:
        return _("What they have rendered so far is lost, and their videos are not made.")
    if kind is ActionKind.RESTART:
        return _("What they have rendered so far is lost; they begin anew.")
    return ""


def _many(kind: ActionKind, count: int) -> str:
    if kind is ActionKind.CANCEL:
        return ngettext("Cancel {n} job in {environment}?", "Cancel {n} jobs in {environment}?", count)
    if kind is ActionKind.RESTART:
        return ngettext("Restart {n} job in {environment}?", "Restart {n} jobs in {environment}?", count)
    return ngettext("Retry {n} job in {environment}?", "Retry {n} jobs in {environment}?", count)


def _many_button(kind: ActionKind, count: int) -> str:
    if kind is ActionKind.CANCEL:
        return ngettext("Cancel {n} job", "Cancel {n} jobs", count)
    if kind is ActionKind.RESTART:
        return ngettext("Restart {n} job", "Restart {n} jobs", count)
    return ngettext("Retry {n} job", "Retry {n} jobs", count)


def _named(jobs: Sequence[Job]) -> str:
    """Return which jobs, as far as they fit; a single one is in the question."""
    if len(jobs) < 2:
        return ""
    shown = ", ".join(job.id for job in jobs[:_NAMED])
    left = len(jobs) - _NAMED
    if left <= 0:
        return shown
    return ngettext("{jobs} and {n} more", "{jobs} and {n} more", left).format(jobs=shown, n=left)
