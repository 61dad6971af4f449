"""Actions off the GUI thread: one at a time for a job, several jobs side by side, as long as the app lives.

What an action does is decided in the services; here is only when, on which thread, and who is told. The window may
close meanwhile: the actions go on, and their records reach whoever is connected then.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from avdesk.core.actions import ActionRecord, ActionRequest, ActionState
from avdesk.core.errors import KnownError
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Trouble
from avdesk.core.text import one_line
from avdesk.i18n import _

MOST_AT_ONCE = 24
"""Actions side by side. Most of the time they wait for a job's end, which costs nothing but a thread."""

MOST_WAITING = 500

log = logging.getLogger(__name__)

Key = tuple[str, str, str]
_Waiting = tuple[Key, ActionRequest, str, int]


class ActionsLike(Protocol):
    """What acts on one environment; all may be called from any thread, `close` when nothing is under way."""

    def carry_out(self, request: ActionRequest, report: Callable[[ActionRecord], None], *, via: str) -> object: ...
    def spec(self, region: str, number: str) -> Mapping[str, object]: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


ActionsMaker = Callable[[str], ActionsLike]
"""Makes what acts on the environment of that name; called off the GUI thread, because it is slow."""


class ActionRunner(QObject):
    """Carries out what is asked for.

    Signals:
        changed: an `ActionRecord`, for each step of an action.
        specified: a `Job`, its whole CustomJob or None, and the `Trouble` that kept it from being had or None.
        crashed: an environment's name, and what AVDesk itself did wrong.
    """

    changed = Signal(object)
    specified = Signal(object, object, object)
    crashed = Signal(str, str)

    environment = "actions"
    """What it is called where watches are stopped."""

    def __init__(self, make: ActionsMaker, *, at_once: int = MOST_AT_ONCE) -> None:
        """Act by what `make` makes; nothing runs yet."""
        super().__init__()
        self._make = make
        self._at_once = at_once
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._actors: dict[str, ActionsLike] = {}
        self._retired: list[ActionsLike] = []
        self._waiting: deque[_Waiting] = deque()
        self._busy: dict[Key, int] = {}
        self._threads: set[threading.Thread] = set()
        self._terms: dict[str, int] = {}
        """Environment → how often its terms have changed: nothing is done under others than were agreed to."""
        self._stopping = False

    # From the GUI thread

    def ask(self, request: ActionRequest, via: str = "window") -> None:
        """Carry out a request, after those that concern the same job."""
        key = key_of(request)
        now = datetime.now(UTC)
        record = ActionRecord(request, "", via, now, now, ActionState.SENDING)
        with self._lock:
            if self._stopping:
                return
            full = len(self._waiting) >= MOST_WAITING
            if not full:
                if key in self._busy or any(key == waiting[0] for waiting in self._waiting):
                    record = replace(record, state=ActionState.WAITING, detail=_("Another action comes first."))
                self._waiting.append((key, request, via, self._terms.get(request.environment, 0)))
        if full:
            record = replace(record, state=ActionState.REFUSED, detail=_("Too many actions wait already."))
            self.changed.emit(record)
            return
        self.changed.emit(record)
        self._start_threads()

    def fetch_specification(self, environment: str, job: Job) -> None:
        """Fetch a job's whole CustomJob; the answer comes by `specified`."""
        self._run(lambda: self._fetch(environment, job), f"specification {job.id}")

    def forget(self, environments: Collection[str]) -> None:
        """Take note that some environments are gone, or are acted upon under other terms from now on.

        What is under way goes on to its end, as it was agreed to. What only waits for its turn is refused: it was
        agreed to under terms that hold no more.
        """
        with self._lock:
            late = [entry for entry in self._waiting if entry[1].environment in environments]
            self._waiting = deque(entry for entry in self._waiting if entry not in late)
            for name in environments:
                actor = self._actors.pop(name, None)
                if actor is not None:
                    self._retired.append(actor)
                self._terms[name] = self._terms.get(name, 0) + 1
        for _key, request, via, _terms in late:
            self._refuse(request, via)

    @property
    def under_way(self) -> int:
        """How many actions have not ended."""
        with self._lock:
            return len(self._waiting) + sum(self._busy.values())

    def ask_to_stop(self) -> None:
        """Begin nothing more, and give up what is in flight."""
        with self._lock:
            self._stopping = True
            self._waiting.clear()
            actors = [*self._actors.values(), *self._retired]
        for actor in actors:
            actor.abort()

    def wait(self, seconds: float) -> bool:
        """Wait for the threads to end, at most so long; return whether they have."""
        deadline = time.monotonic() + max(0.0, seconds)
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in threads):
            return False
        for actor in (*self._actors.values(), *self._retired):
            actor.close()
        self._actors.clear()
        self._retired.clear()
        return True

    # In threads of its own

    def _start_threads(self) -> None:
        with self._lock:
            idle = min(self._at_once - sum(self._busy.values()), len(self._waiting))
        for _number in range(max(0, idle)):
            self._run(self._work, "action")

    def _run(self, work: Callable[[], None], name: str) -> None:
        def run() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._threads.discard(thread)

        thread = threading.Thread(target=run, name=name, daemon=True)
        with self._lock:
            if self._stopping:
                return
            self._threads.add(thread)
        thread.start()

    def _work(self) -> None:
        while (next_one := self._take()) is not None:
            key, request, via, terms = next_one
            try:
                self._carry_out(request, via, terms)
            finally:
                with self._lock:
                    del self._busy[key]

    def _take(self) -> _Waiting | None:
        """Return the next request whose job no other action is at."""
        with self._lock:
            if self._stopping or len(self._busy) >= self._at_once:
                return None
            for place, waiting in enumerate(self._waiting):
                if waiting[0] not in self._busy:
                    del self._waiting[place]
                    self._busy[waiting[0]] = 1
                    return waiting
        return None

    def _carry_out(self, request: ActionRequest, via: str, terms: int) -> None:
        try:
            actor = self._actor(request.environment)
        except KnownError as error:
            now = datetime.now(UTC)
            self.changed.emit(
                ActionRecord(request, "", via, now, now, ActionState.REFUSED, error.message, error.advice)
            )
            return
        with self._lock:
            stale = terms != self._terms.get(request.environment, 0)
        if stale:
            self._refuse(request, via)
            return
        try:
            actor.carry_out(request, self._tell, via=via)
        except Exception as error:
            log.exception("the action %s failed", request.kind)
            self.crashed.emit(request.environment, one_line(f"{type(error).__name__}: {error}"))

    def _refuse(self, request: ActionRequest, via: str) -> None:
        """Say that something was not done, since it was agreed to under other terms."""
        now = datetime.now(UTC)
        detail = _("The configuration of {environment} was changed first.").format(environment=request.environment)
        advice = _("Ask again, if it is still wanted.")
        self._tell(ActionRecord(request, "", via, now, now, ActionState.REFUSED, detail, advice))

    def _tell(self, record: ActionRecord) -> None:
        if not self._stopping:  # by then it may be that nobody is there any more
            self.changed.emit(record)

    def _fetch(self, environment: str, job: Job) -> None:
        try:
            raw = self._actor(environment).spec(job.region or "", job.number)
        except KnownError as error:
            self.specified.emit(job, None, Trouble.of(error))
        except Exception:
            log.exception("the specification of %s could not be fetched", job.id)
            self.specified.emit(job, None, Trouble("BugError", _("AVDesk itself failed."), ""))
        else:
            self.specified.emit(job, raw, None)

    def _actor(self, environment: str) -> ActionsLike:
        with self._making:
            actor = self._actors.get(environment)
            if actor is None:
                terms = self._terms.get(environment, 0)
                actor = self._make(environment)
                with self._lock:
                    if terms == self._terms.get(environment, 0):
                        self._actors[environment] = actor
                    else:
                        self._retired.append(actor)
                    stopping = self._stopping
                if stopping:
                    actor.abort()
            return actor


def key_of(request: ActionRequest) -> Key:
    """Return what one action at a time is allowed on: a job, or the environment's server."""
    if request.number:
        return (request.environment, request.region, request.number)
    return (request.environment, "", request.job_id)
