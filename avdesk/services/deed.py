"""One action under way: what it works with, and how far it has come."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from avdesk.clients.mishaps import aborted
from avdesk.clients.vertex import VertexClient
from avdesk.config.settings import Environment
from avdesk.core.actions import ActionRecord, ActionRequest, ActionState
from avdesk.core.errors import ConfigError, UsageError
from avdesk.core.jobs import Job
from avdesk.i18n import _
from avdesk.services.audit import Audit
from avdesk.services.clock import Clock
from avdesk.services.job_finding import find_job
from avdesk.services.server_calls import ServerCalls
from avdesk.store.memory import Memory

Report = Callable[[ActionRecord], None]


@dataclass(slots=True)
class Patience:
    """How long an action waits for the other side's state to confirm it, seconds.

    Attributes:
        cancel_s: a cancel; Vertex AI takes minutes.
        show_s: a new job or run to be seen.
        own_look_s: how long somebody else's look is waited for before a counted request is spent on an own one.
        first_pause_s, longest_pause_s: between two questions, growing.
        lookups_s: the pauses before each search for a job whose creation was not answered.
    """

    cancel_s: float = 1800.0
    show_s: float = 60.0
    own_look_s: float = 1.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 5.0
    lookups_s: tuple[float, ...] = (0.5, 2.0, 5.0)

    @classmethod
    def with_monitor(cls) -> "Patience":
        """Return the patience of the app, whose monitor looks by itself after an action."""
        return cls(own_look_s=12.0)


@dataclass(slots=True)
class Scene:
    """What actions of one environment work with; `memory` is the acting thread's own.

    Attributes:
        stop: set when AVDesk ends.
    """

    environment: Environment
    vertex_client: VertexClient | None
    server_calls: ServerCalls | None
    memory: Memory
    clock: Clock
    stop: threading.Event
    patience: Patience

    @property
    def vertex(self) -> VertexClient:
        """Vertex AI.

        Raises:
            ConfigError: it is not asked in this environment.
        """
        if self.vertex_client is None:
            raise ConfigError(
                _("The environment {name} does not say how its jobs are reached.").format(name=self.environment.name),
                _("Give it a project, and vertex = “auto”, in the configuration."),
            )
        return self.vertex_client

    @property
    def server(self) -> ServerCalls:
        """The AutoVideo server.

        Raises:
            ConfigError: there is none.
        """
        if self.server_calls is None:
            raise ConfigError(
                _("The environment {name} has no server.").format(name=self.environment.name),
                _("Give it a url in the configuration."),
            )
        return self.server_calls

    def find(self, request: ActionRequest) -> Job:
        """Return the job of a request as it is now.

        Raises:
            KnownError: there is none, or it cannot be asked for.
        """
        if request.region and request.number:
            return self.vertex.get_job(request.region, request.number)
        if not request.job_id:
            raise UsageError(_("No job was named."), _("Choose a job."))
        return find_job(self.vertex, self.environment.project, self.environment.regions, request.job_id)

    def pause(self, seconds: float) -> None:
        """Wait.

        Raises:
            AbortedError: AVDesk ends.
        """
        if self.stop.wait(max(0.0, seconds)):
            raise aborted()

    def pauses(self, within_s: float) -> "Pauses":
        """Return the pauses between questions for a time."""
        longest = self.patience.longest_pause_s
        if self.vertex_client is not None and self.vertex_client.way == "gcloud":
            longest *= 3  # each question is a process
        return Pauses(self, self.clock.mono() + within_s, self.patience.first_pause_s, longest)


class Pauses:
    """Pauses that grow, until the time is over."""

    def __init__(self, scene: Scene, until: float, first_s: float, longest_s: float) -> None:
        """Pause until the monotonic time `until`."""
        self._scene = scene
        self._until = until
        self._next_s = first_s
        self._longest_s = longest_s

    def pause(self) -> bool:
        """Wait once more; False when the time is over.

        Raises:
            AbortedError: AVDesk ends.
        """
        left = self._until - self._scene.clock.mono()
        if left <= 0:
            return False
        self._scene.pause(min(left, self._next_s))
        self._next_s = min(self._longest_s, self._next_s * 1.5)
        return True


class Progress:
    """How far an action has come: each step is written down, then reported."""

    def __init__(self, record: ActionRecord, audit: Audit, report: Report, clock: Clock) -> None:
        """Begin with `record`."""
        self._record = record
        self._audit = audit
        self._report = report
        self._clock = clock

    @property
    def record(self) -> ActionRecord:
        """The action as it stands."""
        return self._record

    @property
    def request(self) -> ActionRequest:
        """What was asked for."""
        return self._record.request

    @property
    def asked_at(self) -> datetime:
        """When it was asked for (UTC)."""
        return self._record.asked_at

    def move(self, state: ActionState, detail: str, advice: str = "", *, new_job_id: str | None = None) -> None:
        """Take the next step."""
        self._record = replace(
            self._record,
            state=state,
            changed_at=self._clock.now(),
            detail=detail,
            advice=advice,
            new_job_id=self._record.new_job_id if new_job_id is None else new_job_id,
        )
        self._record = replace(self._audit.add(self._record), request=self._record.request)
        self._report(self._record)

    def parameter(self, name: str) -> str:
        """Return a parameter of the request, empty where it was not given."""
        return self.request.parameters.get(name, "")
