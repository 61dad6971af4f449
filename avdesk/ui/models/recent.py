"""The two lists of the Pipeline page: what happened lately, and the last runs."""

from collections.abc import Callable
from datetime import datetime

from avdesk.core import reasons, wording
from avdesk.core.events import Event, EventKind
from avdesk.core.run import Run, RunState
from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui import times
from avdesk.ui.colours import run_sign
from avdesk.ui.models.rows import Column, RowsModel
from avdesk.ui.phrases import run_outcome

Clock = Callable[[], datetime]

_EVENT_SIGNS = {
    EventKind.RUN_STARTED: Sign.RUNNING,
    EventKind.PHASE_ENDED: Sign.SUCCEEDED,
    EventKind.RUN_SUCCEEDED: Sign.SUCCEEDED,
    EventKind.RUN_FAILED: Sign.FAILED,
    EventKind.RUN_CANCELLED: Sign.IDLE,
    EventKind.RUN_LOST: Sign.ATTENTION,
    EventKind.JOB_QUEUED: Sign.WAITING,
    EventKind.JOB_STARTED: Sign.RUNNING,
    EventKind.JOB_STUCK: Sign.ATTENTION,
    EventKind.JOB_SUCCEEDED: Sign.SUCCEEDED,
    EventKind.JOB_FAILED: Sign.FAILED,
    EventKind.JOB_CANCELLED: Sign.IDLE,
    EventKind.HEALTH_CHANGED: Sign.ATTENTION,
    EventKind.HEALTH_LOST: Sign.FAILED,
    EventKind.HEALTH_REGAINED: Sign.SUCCEEDED,
    EventKind.HEALTH_FLAPS: Sign.ATTENTION,
    EventKind.SERVER_LOST: Sign.OFFLINE,
    EventKind.SERVER_REGAINED: Sign.SUCCEEDED,
    EventKind.VERTEX_LOST: Sign.OFFLINE,
    EventKind.VERTEX_REGAINED: Sign.SUCCEEDED,
    EventKind.RATE_LIMITED: Sign.ATTENTION,
}


def events_model(clock: Clock) -> RowsModel[Event]:
    """Return the model of the recent events: when, what."""
    return RowsModel(
        (
            Column(
                _("When"),
                lambda event: times.local_moment(event.at, clock()),
                hint=lambda event: times.exact_utc(event.at),
                numeric=True,
            ),
            Column(_("What happened"), wording.event, sign=lambda event: _EVENT_SIGNS[event.kind]),
        ),
        key=lambda event: (event.kind, event.at, event.subject, event.run_id),
    )


def runs_model(clock: Clock) -> RowsModel[Run]:
    """Return the model of the last runs: when, how long, how it ended."""
    return RowsModel(
        (
            Column(
                _("When"),
                lambda run: "–" if run.ended_at is None else times.local_moment(run.ended_at, clock()),
                hint=lambda run: times.exact_utc(run.ended_at),
                numeric=True,
            ),
            Column(
                _("Duration"),
                lambda run: wording.duration(run.total_s),
                numeric=True,
            ),
            Column(_("Outcome"), _outcome, hint=_whole_outcome, sign=lambda run: run_sign(run.state)),
        ),
        key=lambda run: run.id,
    )


def _outcome(run: Run) -> str:
    if run.state is not RunState.FAILED:
        return run_outcome(run)
    return _("Failed: {reason}").format(reason=reasons.explain(run.error).what)


def _whole_outcome(run: Run) -> str:
    if run.state is not RunState.FAILED or not run.error:
        return _outcome(run)
    return f"{_outcome(run)}\n{run.error}"
