"""What is said of an action under way or ended: in a job's row, in the detail pane, in the list of results."""

from datetime import datetime

from avdesk.core import wording
from avdesk.core.actions import ActionKind, ActionRecord, ActionState
from avdesk.core.jobs import Job
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui.jobs.offers import label

NOTED_FOR_S = 900.0
"""How long a row tells of an action that did not come about; the detail pane tells of it for good."""

LISTED_WITHIN_S = 90.0
"""How long the list of jobs may lag behind an action that was found to have taken effect."""

_SIGNS = {
    ActionState.WAITING: Sign.WAITING,
    ActionState.SENDING: Sign.WAITING,
    ActionState.REQUESTED: Sign.WAITING,
    ActionState.CONFIRMED: Sign.SUCCEEDED,
    ActionState.REFUSED: Sign.ATTENTION,
    ActionState.FAILED: Sign.FAILED,
    ActionState.UNCERTAIN: Sign.ATTENTION,
    ActionState.TIMED_OUT: Sign.ATTENTION,
}


def note_sign(state: ActionState) -> Sign:
    """Return the sign for how far an action has come."""
    return _SIGNS[state]


def state_word(state: ActionState) -> str:
    """Return the word for how far an action has come."""
    return {
        ActionState.WAITING: _("waits for its turn"),
        ActionState.SENDING: _("being sent"),
        ActionState.REQUESTED: _("requested"),
        ActionState.CONFIRMED: _("confirmed"),
        ActionState.REFUSED: _("refused"),
        ActionState.FAILED: _("failed"),
        ActionState.UNCERTAIN: _("not certain"),
        ActionState.TIMED_OUT: _("not confirmed in time"),
    }[state]


def doing(kind: ActionKind) -> str:
    """Return what happens while the action is under way."""
    return {
        ActionKind.CANCEL: _("Cancelling…"),
        ActionKind.RETRY: _("Retrying…"),
        ActionKind.RESTART: _("Restarting…"),
        ActionKind.RESUBMIT: _("Resubmitting…"),
        ActionKind.GENERATE: _("Starting a video…"),
        ActionKind.RENDER_VM: _("Starting a virtual machine…"),
        ActionKind.RESET: _("Resetting the server…"),
    }[kind]


def row_note(record: ActionRecord, job: Job | None, now: datetime) -> str:
    """Return what a job's row shows in place of its state: ``Cancelling… requested``.

    An action that did not come about is told beside the state, for some time; one that did leaves the state alone,
    as soon as the list of jobs shows it too.
    """
    if not record.state.ended or awaits_listing(record, job, now):
        return under_way(record)
    late = (now - record.changed_at).total_seconds() > NOTED_FOR_S
    if record.state.went_well or late or job is None:
        return ""
    return _("{state} · {note}").format(state=wording.job_state(job.state), note=headline(record))


def awaits_listing(record: ActionRecord, job: Job | None, now: datetime) -> bool:
    """Return whether a job was found to have ended as asked, and the list of jobs does not show that yet."""
    ends = record.request.kind in (ActionKind.CANCEL, ActionKind.RESTART)
    fresh = (now - record.changed_at).total_seconds() <= LISTED_WITHIN_S
    return ends and record.state.went_well and fresh and job is not None and not job.state.ended


def under_way(record: ActionRecord) -> str:
    """Return what goes on, and how far it has come: ``Cancelling… requested``."""
    return _("{doing} {state}").format(doing=doing(record.request.kind), state=state_word(record.state))


def headline(record: ActionRecord) -> str:
    """Return an action and how far it has come: ``Cancel job: requested``."""
    return _("{action}: {state}").format(action=bare_label(record.request.kind), state=state_word(record.state))


def sentence(record: ActionRecord) -> str:
    """Return what happened and what to do about it; may be empty."""
    return " ".join(text for text in (record.detail, record.advice) if text)


def bare_label(kind: ActionKind) -> str:
    """Return an action's label without the dots that stand for a form."""
    return label(kind).removesuffix("…")
