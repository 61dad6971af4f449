"""What can be done to a job, a run or the server, as values: what is asked for, and how far it has come.

An action is *requested* until the other side's own state confirms it; nothing here claims more than was seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})


class ActionKind(StrEnum):
    """The verbs."""

    CANCEL = "cancel"
    RETRY = "retry"
    RESTART = "restart"
    """Cancel, wait until it has really ended, retry."""
    RESUBMIT = "resubmit"
    """Retry with an edited specification."""
    GENERATE = "generate"
    RENDER_VM = "render_vm"
    """Let the server render on a virtual machine instead (``/render-fallback``)."""
    RESET = "reset"
    """Set the server's state back."""

    @property
    def destroys(self) -> bool:
        """Whether work that is under way is lost, so that it asks first."""
        return self in (ActionKind.CANCEL, ActionKind.RESTART, ActionKind.RESET)


class ActionState(StrEnum):
    """How far an action has come."""

    WAITING = "waiting"
    """Another action of the same job comes first."""
    SENDING = "sending"
    REQUESTED = "requested"
    """Sent and accepted; the other side's state does not show it yet."""
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    """Nothing was done: not allowed, not possible any more, or declined."""
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """The answer was lost, and looking it up did not tell whether it took effect."""
    TIMED_OUT = "timed_out"
    """Accepted, but the state did not show it within the time allowed."""

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self not in (ActionState.WAITING, ActionState.SENDING, ActionState.REQUESTED)

    @property
    def went_well(self) -> bool:
        """Whether it did what was asked for."""
        return self is ActionState.CONFIRMED


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """What somebody asked for.

    Attributes:
        id: AVDesk's own, ``action-<8 hex>``.
        kind: the verb.
        environment: where.
        job_id: the job's id (``video-job-…`` or its number); empty for an action on the server.
        region, number: which CustomJob exactly; empty where there is none.
        parameters: what goes with it, as text: ``region``, ``gpu`` (l4, t4, cpu), ``spot`` (true, false),
            ``time_limit_s``, ``labels`` (JSON) for a new job; ``topic``, ``max_length``, ``tts`` for a new video;
            ``video_length_s`` for a virtual machine.
    """

    id: str
    kind: ActionKind
    environment: str
    job_id: str = ""
    region: str = ""
    number: str = ""
    parameters: Mapping[str, str] = field(default_factory=lambda: NO_PARAMETERS)


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """An action at one moment, and in the audit list in the end.

    Attributes:
        request: what was asked for.
        who: the user of this machine who asked.
        via: ``window``, ``tray``, ``notification`` or ``cli``.
        asked_at: when; `changed_at` when `state` last changed (UTC).
        state: how far it has come.
        detail: one sentence of what happened, in words for people.
        advice: what to do about it; may be empty.
        new_job_id: the id of the job that came of it; empty without one.
    """

    request: ActionRequest
    who: str
    via: str
    asked_at: datetime
    changed_at: datetime
    state: ActionState
    detail: str = ""
    advice: str = ""
    new_job_id: str = ""


@dataclass(frozen=True, slots=True)
class ActionPreview:
    """What an action would do, before it is sent.

    Attributes:
        request: the action.
        sends: the requests that would go out, in order, each one line (``POST …:cancel``).
        loses: what is lost, one sentence; empty when nothing is.
        warnings: what else to know, such as that the run on the server will not pick the result up.
        needs_confirmation: whether it asks; `needs_typed_name` whether by typing the environment's name.
        refused: why it cannot be done at all; empty when it can.
    """

    request: ActionRequest
    sends: tuple[str, ...] = ()
    loses: str = ""
    warnings: tuple[str, ...] = ()
    needs_confirmation: bool = False
    needs_typed_name: bool = False
    refused: str = ""
