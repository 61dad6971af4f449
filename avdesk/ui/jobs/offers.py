"""Which actions a selection of jobs allows, and why the others are not to be had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind
from avdesk.core.jobs import Job, JobState
from avdesk.core.snapshot import Reach, Snapshot
from avdesk.i18n import _, ngettext

JOB_KINDS = (ActionKind.CANCEL, ActionKind.RETRY, ActionKind.RESTART, ActionKind.RESUBMIT)
"""The verbs that act on jobs; the others act on the server."""
SERVER_KINDS = (ActionKind.GENERATE, ActionKind.RENDER_VM, ActionKind.RESET)

_ACTIVE = frozenset({JobState.QUEUED, JobState.PENDING, JobState.RUNNING, JobState.PAUSED, JobState.UPDATING})


@dataclass(frozen=True, slots=True)
class Offer:
    """One action as it is offered.

    Attributes:
        kind: the verb.
        jobs: the selected jobs that it would act on; empty for an action on the server.
        why_not: why it cannot be asked for; empty when it can.
        hint: what it does, for its tooltip.
    """

    kind: ActionKind
    jobs: tuple[Job, ...]
    why_not: str
    hint: str

    @property
    def open(self) -> bool:
        """Whether it can be asked for."""
        return not self.why_not


def label(kind: ActionKind) -> str:
    """Return what the action's button and menu entry say."""
    return {
        ActionKind.CANCEL: _("Cancel job"),
        ActionKind.RETRY: _("Retry job"),
        ActionKind.RESTART: _("Restart job"),
        ActionKind.RESUBMIT: _("Edit and resubmit…"),
        ActionKind.GENERATE: _("New video…"),
        ActionKind.RENDER_VM: _("Render on a VM instead"),
        ActionKind.RESET: _("Reset the server's state"),
    }[kind]


def offers(
    environment: Environment | None,
    jobs: Sequence[Job],
    snapshot: Snapshot | None,
    busy: Sequence[tuple[str, str]] = (),
) -> Mapping[ActionKind, Offer]:
    """Return every action as it is offered for the selected `jobs`.

    `busy` are the keys of the jobs that have an action under way.
    """
    found: dict[ActionKind, Offer] = {}
    general = _why_nothing(environment)
    for kind in JOB_KINDS:
        able = tuple(job for job in jobs if _allows(job, kind) and job.key not in busy)
        why = general or _why_no_vertex(environment) or ("" if able else _why_no_job(kind, jobs, busy))
        if not why and kind is ActionKind.RESUBMIT and len(jobs) > 1:
            why = _("Select a single job: each is edited by itself.")
        found[kind] = Offer(kind, able, why, _hint(kind, len(able), len(jobs)))
    for kind in SERVER_KINDS:
        why = general or _why_no_server(environment, kind, snapshot)
        found[kind] = Offer(kind, (), why, _hint(kind, 0, 0))
    return found


def _why_nothing(environment: Environment | None) -> str:
    if environment is None:
        return _("No environment is shown.")
    if environment.read_only:
        return _("{environment} is read only: no action can be taken on it from AVDesk.").format(
            environment=environment.name
        )
    return ""


def _why_no_vertex(environment: Environment | None) -> str:
    if environment is not None and (not environment.project or environment.vertex == "off"):
        return _("The configuration of {environment} does not say how its jobs are reached.").format(
            environment=environment.name
        )
    return ""


def _allows(job: Job, kind: ActionKind) -> bool:
    if kind is ActionKind.RESUBMIT:
        return bool(job.number) and (job.state.ended or "restart" in job.actions)
    return kind.value in job.actions


def _why_no_job(kind: ActionKind, jobs: Sequence[Job], busy: Sequence[tuple[str, str]]) -> str:
    if not jobs:
        return _("Select a job first.")
    if any(job.key in busy and _allows(job, kind) for job in jobs):
        return _("An action on this job is under way.")
    return _why_not_these(kind) if len(jobs) > 1 else _why_not_this(kind, jobs[0])


def _why_not_these(kind: ActionKind) -> str:
    return {
        ActionKind.CANCEL: _("None of the selected jobs is active."),
        ActionKind.RESTART: _("None of the selected jobs is active."),
        ActionKind.RETRY: _("None of the selected jobs has failed, been cancelled or expired."),
    }.get(kind, _("Select a single job: each is edited by itself."))


def _why_not_this(kind: ActionKind, job: Job) -> str:
    if job.state is JobState.CANCELLING:
        return _("The job is being cancelled. That takes some minutes.")
    if job.state is JobState.UNKNOWN:
        return _("The job's state is not known, so nothing is done to it.")
    if kind in (ActionKind.CANCEL, ActionKind.RESTART):
        return _("The job has ended already.")
    if kind is ActionKind.RETRY and job.state is JobState.SUCCEEDED:
        return _("The job is done: there is nothing to retry. Edit and resubmit runs it again.")
    if kind is ActionKind.RETRY and job.state in _ACTIVE:
        return _("The job is still active. Restart cancels it first, then retries it.")
    return _("Vertex AI has not told of this job itself yet.")


def _why_no_server(environment: Environment | None, kind: ActionKind, snapshot: Snapshot | None) -> str:
    if environment is None or not environment.url:
        return _("This environment has no server: its url is empty.")
    if snapshot is None:
        return _("Nothing is known of the server yet.")
    if snapshot.server.reach is Reach.NO:
        return _("The server cannot be reached now.")
    status = snapshot.server.status
    if kind is ActionKind.GENERATE and status is not None and status.is_generating:
        return _("The server makes a video already, and makes one at a time.")
    return ""


def _hint(kind: ActionKind, able: int, selected: int) -> str:
    text = {
        ActionKind.CANCEL: _("Ask Vertex AI to end the job. What it has rendered is lost."),
        ActionKind.RETRY: _("Create the job again, with the same specification and a new name."),
        ActionKind.RESTART: _("Cancel the job, wait until it has really ended, then retry it."),
        ActionKind.RESUBMIT: _("Create the job again with another machine, region, limit or labels."),
        ActionKind.GENERATE: _("Start a new video on the server."),
        ActionKind.RENDER_VM: _("Let the server render on a virtual machine of Compute Engine instead."),
        ActionKind.RESET: _("Set the server's state back. It forgets its run; nothing is cancelled by it."),
    }[kind]
    if selected > 1 and able:
        acts = ngettext(
            "Acts on {able} of {selected} selected jobs.", "Acts on {able} of {selected} selected jobs.", able
        )
        return f"{text}\n{acts.format(able=able, selected=selected)}"
    return text
