"""Doing what somebody asked for: to a job, a run or the server. Everything that changes something goes through here.

Whatever happens is told as an `ActionRecord` and written into the audit list, step by step. An environment that is
read-only refuses before anything is opened or sent.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from avdesk.clients.vertex import AnswerLostError, VertexClient
from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind, ActionPreview, ActionRecord, ActionRequest, ActionState
from avdesk.core.errors import (
    AbortedError,
    KnownError,
    ReadOnlyError,
    UnreachableError,
)
from avdesk.core.jobs import Job, JobState
from avdesk.i18n import _
from avdesk.services import cancel_action, previews, retry_action, server_actions
from avdesk.services.audit import Audit, who
from avdesk.services.deed import Patience, Progress, Report, Scene
from avdesk.services.job_finding import find_job
from avdesk.services.runtime import Links, Runtime
from avdesk.services.server_calls import ServerCalls, known_endpoints
from avdesk.store.ledger import Ledger
from avdesk.store.memory import Memory

__all__ = ["CLI", "NOTIFICATION", "TRAY", "WINDOW", "Actions", "Outcome"]

log = logging.getLogger(__name__)

WINDOW, TRAY, NOTIFICATION, CLI = "window", "tray", "notification", "cli"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an action came out.

    Attributes:
        record: as it stands in the end.
        error: why it did not come about; None when it did.
        job: the job that it is about now: the new one of a retry.
    """

    record: ActionRecord
    error: KnownError | None = None
    job: Job | None = None


class Actions:
    """Acts on one environment. May be used from several threads at once; each action blocks its own."""

    def __init__(self, runtime: Runtime, environment: str, *, via: str, patience: Patience | None = None) -> None:
        """Prepare; nothing is opened yet. `via`: how the user asks, unless an action says otherwise."""
        self._runtime = runtime
        self._environment = runtime.settings.environments[environment]
        self._via = via
        self._patience = patience or (Patience() if via == CLI else Patience.with_monitor())
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._links: Links | None = None
        self._ledger: Ledger | None = None
        self._calls: ServerCalls | None = None

    @property
    def environment(self) -> Environment:
        """Where it acts."""
        return self._environment

    @property
    def vertex(self) -> VertexClient:
        """The environment's Vertex AI.

        Raises:
            ConfigError: it is not asked there.
        """
        memory = Memory(self._runtime.paths.database)
        try:
            return self._scene(memory).vertex
        finally:
            memory.close()

    def find(self, text: str) -> Job:
        """Return the job that somebody means by `text`, as it is now. Raises KnownError as `find_job`."""
        return find_job(self.vertex, self._environment.project, self._environment.regions, text)

    def preview(self, request: ActionRequest, job: Job | None) -> ActionPreview:
        """Return what an action would do; nothing is asked of anybody."""
        memory = Memory(self._runtime.paths.database)
        try:
            known = known_endpoints(memory, self._environment).serves(request.kind, self._runtime.clock.now())
        finally:
            memory.close()
        return previews.preview(self._environment, request, job, by_server=known)

    def check_allowed(self) -> None:
        """Refuse where nothing may be done.

        Raises:
            ReadOnlyError: the environment is read-only.
        """
        if self._environment.read_only:
            raise ReadOnlyError(
                _("{environment} is read only: no action can be taken on it from AVDesk.").format(
                    environment=self._environment.name
                ),
                _("Set read_only = false for it in the configuration, if that is meant."),
            )

    def perform(self, request: ActionRequest, report: Report) -> ActionRecord:
        """Do what is asked for, telling `report` of every step; return how it came out. Never raises `KnownError`."""
        return self.carry_out(request, report).record

    def carry_out(
        self, request: ActionRequest, report: Report = lambda _record: None, *, wait: bool = True, via: str = ""
    ) -> Outcome:
        """Do what is asked for, as `perform`.

        Args:
            request: what is asked for.
            report: told of every step, in this thread.
            wait: whether a cancel waits until the job has ended.
            via: how the user asked, where it differs from what the actions were made for.
        """
        memory = Memory(self._runtime.paths.database)
        now = self._runtime.clock.now()
        record = ActionRecord(request, who(), via or self._via, now, now, ActionState.SENDING)
        progress = Progress(record, Audit(memory), report, self._runtime.clock)
        try:
            self.check_allowed()
            job = self._do(self._scene(memory), progress, wait=wait)
        except KnownError as error:
            self._note_failure(progress, error)
            return Outcome(progress.record, error)
        except Exception as error:
            progress.move(
                ActionState.UNCERTAIN if progress.record.detail else ActionState.FAILED,
                _("AVDesk itself failed ({kind}).").format(kind=type(error).__name__),
                _("Look at the jobs before asking again; more is in AVDesk’s log."),
            )
            raise
        finally:
            memory.close()
        return Outcome(progress.record, None, job)

    def records(self, limit: int = 1000) -> tuple[ActionRecord, ...]:
        """Return the audit list of this environment, newest first."""
        memory = Memory(self._runtime.paths.database)
        try:
            return Audit(memory).records(limit, self._environment.name)
        finally:
            memory.close()

    def spec(self, region: str, number: str) -> Mapping[str, object]:
        """Return a job's whole CustomJob, for showing it or editing it. Raises KnownError."""
        return self.vertex.raw_job(region, number)

    def abort(self) -> None:
        """Make everything under way end soon; from any thread. Of no use afterwards."""
        self._stop.set()
        with self._lock:
            links = self._links
        if links is not None:
            links.abort()

    def close(self) -> None:
        """Close what was opened, once no action is under way."""
        with self._lock:
            if self._links is not None:
                self._links.close()
            if self._ledger is not None:
                self._ledger.close()
            self._links = self._ledger = self._calls = None

    def _scene(self, memory: Memory) -> Scene:
        with self._lock:
            if self._links is None:
                self._links = self._runtime.links(self._environment.name)
                if self._links.server is not None:
                    self._ledger = self._runtime.ledger()
                    self._calls = ServerCalls(
                        self._environment, self._links.server, self._ledger, self._runtime.clock
                    )
                if self._stop.is_set():
                    self._links.abort()
            links, calls = self._links, self._calls
        clock = self._runtime.clock
        return Scene(self._environment, links.vertex, calls, memory, clock, self._stop, self._patience)

    def _do(self, scene: Scene, progress: Progress, *, wait: bool) -> Job | None:
        match progress.request.kind:
            case ActionKind.CANCEL:
                return _cancel(scene, progress, wait=wait)
            case ActionKind.RETRY | ActionKind.RESUBMIT:
                return retry_action.retry(scene, progress)
            case ActionKind.RESTART:
                return _restart(scene, progress)
            case ActionKind.GENERATE:
                server_actions.generate(scene, progress)
            case ActionKind.RENDER_VM:
                server_actions.render_vm(scene, progress)
            case ActionKind.RESET:
                server_actions.reset(scene, progress)
        return None

    def _note_failure(self, progress: Progress, error: KnownError) -> None:
        state = ActionState.REFUSED
        if isinstance(error, AnswerLostError) or (
            isinstance(error, AbortedError)
            and progress.record.state is ActionState.SENDING
            and progress.record.detail
        ):
            state = ActionState.UNCERTAIN
        elif isinstance(error, AbortedError) and progress.record.state is ActionState.REQUESTED:
            state = ActionState.REQUESTED  # it goes on without us
        elif isinstance(error, UnreachableError):
            state = ActionState.FAILED
        progress.move(state, error.message, error.advice)


def _cancel(scene: Scene, progress: Progress, *, wait: bool) -> Job:
    job = cancel_action.cancel(scene, progress, wait=wait)
    cancel_action.confirm_cancelled(scene, progress, job)
    if wait and not job.state.ended:
        cancel_action.timed_out(progress, job)
    return job


def _restart(scene: Scene, progress: Progress) -> Job:
    """Cancel, wait until it has really ended, retry."""
    retry_action.check_changes(scene, progress)
    job = cancel_action.cancel(scene, progress, wait=True)
    if not job.state.ended:
        cancel_action.timed_out(progress, job)
        return job
    if job.state is JobState.SUCCEEDED:
        cancel_action.confirm_cancelled(scene, progress, job)
    return retry_action.retry(scene, progress)
