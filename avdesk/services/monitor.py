"""The monitor of one environment: asks what is due, makes the next snapshot, tells what happened in between.

`Monitor.step` is called again and again by whoever owns the thread; between two calls it says how long to wait. All
that it asks goes through the watches, which keep the rate limit; all that it concludes comes from pure functions of
the core. What was last known is remembered, so that a restart shows it, with its age, and announces no old news.
"""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType

from avdesk.config.settings import Environment
from avdesk.core.cadence import Situation, next_look_s
from avdesk.core.cancelling import as_cancelled
from avdesk.core.diff import diff
from avdesk.core.errors import AbortedError, KnownError, RateLimitedError
from avdesk.core.eta import estimate
from avdesk.core.events import Event, EventKind
from avdesk.core.follow import follow
from avdesk.core.jobs import DEFAULT_TIME_LIMIT_S, Job, JobState
from avdesk.core.run import Look, Run, RunState
from avdesk.core.snapshot import Reach, ServerView, Snapshot
from avdesk.core.status import ServerStatus
from avdesk.core.tie import job_ahead, job_of_run, tied
from avdesk.services.cancelled_jobs import cancelled_jobs
from avdesk.services.check_courses import CheckCourses
from avdesk.services.check_watch import CheckWatch
from avdesk.services.checking import Checking
from avdesk.services.clock import Clock
from avdesk.services.learning import Learning
from avdesk.services.own_checks import OwnChecks
from avdesk.services.server_watch import ServerWatch
from avdesk.services.stuck import StuckWatch
from avdesk.services.vertex_watch import VertexWatch
from avdesk.store.memory import Memory

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 30.0
SHORTEST_WAIT_S = 0.2
EVENTS_SHOWN = 30
RUNS_SHOWN = 10
TOLD_WITHIN_S = 60.0
"""Vertex AI's word on a job counts as live for so long."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step brought.

    Attributes:
        snapshot: the state now.
        events: what happened since the step before.
        wait_s: how long to wait before the next step; a wish may cut it short.
    """

    snapshot: Snapshot
    events: tuple[Event, ...]
    wait_s: float


@dataclass(slots=True)
class Watches:
    """What a monitor asks through, for one environment; `own`: None makes no checks of AVDesk's own."""

    server: ServerWatch
    vertex: VertexWatch
    checks: CheckWatch
    own: OwnChecks | None = field(default=None, kw_only=True)


class Monitor:
    """Watches one environment. `step` and `close` belong to one thread; the wishes may come from any."""

    def __init__(
        self,
        environment: Environment,
        watches: Watches,
        memory: Memory,
        clock: Clock,
        *,
        abort: Callable[[], None],
        close: Callable[[], None],
    ) -> None:
        self.environment = environment
        self._watches = watches
        self._memory = memory
        self._clock = clock
        self._abort = abort
        self._close = close
        self._hurry = threading.Event()
        self._woken = threading.Event()
        self._paused = threading.Event()
        self._aborted = threading.Event()
        self._learning = Learning(environment.name, memory)
        self._stuck = StuckWatch(environment.name, memory)
        self._checking = Checking(watches.server, watches.vertex, watches.checks, watches.own)
        self._courses = CheckCourses(environment.name, memory)
        self._last_status: ServerStatus | None = None
        self._run: Run | None = None
        self._snapshot = self._restored()

    @property
    def snapshot(self) -> Snapshot:
        """The last snapshot."""
        return self._snapshot

    def hurry(self) -> None:
        """Ask at the next step, with what is kept for the user's own wishes."""
        self._hurry.set()

    def check(self, names: Collection[str]) -> None:
        """Ask some health checks at the next step, by hand; without names all that there are."""
        self._checking.want(names)

    def woke(self) -> None:
        """Forget back-off at the next step: the machine or the network is back."""
        self._woken.set()

    def pause(self, paused: bool) -> None:
        """Stop asking, or go on."""
        if paused:
            self._paused.set()
        else:
            self._paused.clear()

    def abort(self) -> None:
        """Make whatever is in flight fail soon; the monitor is of no use afterwards."""
        self._aborted.set()
        self._abort()

    def close(self) -> None:
        """Close what it asks through and remembers with. From the thread that steps."""
        self._close()

    def step(self) -> Step:
        """Ask whatever is due now, and return the new state.

        Raises:
            AbortedError: `abort` was called.
        """
        if self._paused.is_set():
            return self._advance(ask=False, wait_s=LONGEST_WAIT_S)
        if self._woken.is_set():
            self._woken.clear()
            self._watches.server.woke()
            self._watches.vertex.woke()
        by_hand = self._hurry.is_set()
        self._hurry.clear()
        self._checking.begin_wanted()
        self._ask(by_hand=by_hand)
        self._checking.step()
        return self._advance(ask=True, wait_s=self._wait_s())

    def look(self) -> KnownError | None:
        """Ask for the state once, by hand: one counted request, the jobs, and ``/health`` where that failed.

        Returns why the server's status could not be had, None when it could; `snapshot` is new in any case.
        """
        error: KnownError | None = None
        server = self._watches.server
        if server.watched:
            try:
                server.ask_status(by_hand=True)
            except KnownError as failed:
                away = server.ask_alive()
                error = away if away is not None and isinstance(failed, RateLimitedError) else failed
        self._watches.vertex.ask()
        self._advance(ask=True, wait_s=0.0)
        return error

    def _ask(self, *, by_hand: bool) -> None:
        server, vertex = self._watches.server, self._watches.vertex
        if server.watched and (by_hand or server.alive_due_s() <= 0):
            server.ask_alive()
        if by_hand or vertex.due_s(active=self._active()) <= 0:
            vertex.ask()
        if server.watched and (by_hand or self._status_due_s() <= 0):
            try:
                server.ask_status(by_hand=by_hand)
            except AbortedError:
                raise
            except KnownError as error:
                log.info("%s: status not known: %s", self.environment.name, error)
        if server.watched and server.view.reach is Reach.YES:
            self._watches.checks.ask_due(busy=self._active(), free=server.free())
        if self._aborted.is_set():
            raise AbortedError("the monitor was told to stop")

    def _status_due_s(self) -> float:
        server = self._watches.server
        if server.view.reach is Reach.NO or server.failing:
            return float("inf")  # /health finds out for free when it is back
        wanted = next_look_s(self._situation(), self._learning.experience())
        return max(wanted, server.wait_s(), server.status_retry_s())

    def _situation(self) -> Situation:
        server, vertex = self._watches.server, self._watches.vertex
        run, now = self._run, self._clock.now()
        job = self._snapshot.job
        running = run is not None and not run.ended
        elapsed = 0.0
        if run is not None and run.phase_started_at is not None and server.view.status_at is not None:
            elapsed = max(0.0, (server.view.status_at - run.phase_started_at).total_seconds())
        ended: float | None = None
        if running and job is not None and job.state.ended:
            ended = max(0.0, (now - job.ended_at).total_seconds()) if job.ended_at is not None else 0.0
        return Situation(
            since_status_s=server.since_status_s(),
            running=running,
            phase=run.current_phase if run is not None else None,
            phase_elapsed_s=elapsed,
            vertex_tells=job is not None and vertex.tells(TOLD_WITHIN_S, job.region),
            job_ended_s=ended,
            limit_left_s=self._limit_left_s(job) if running else None,
            job_is_new=job_ahead(run, vertex.jobs, server.view.status_at) and vertex.tells(TOLD_WITHIN_S),
            free=server.free(),
            pace=server.pace(),
        )

    def _limit_left_s(self, job: Job | None) -> float | None:
        """Return the seconds from the last status to the moment at which the server gives its job up."""
        told = self._watches.server.view.status_at
        if job is None or told is None:
            return None
        attempts = [
            other.created_at for other in self._watches.vertex.jobs if other.id == job.id and other.created_at
        ]
        begun = min(attempts, default=job.created_at)
        if begun is None:
            return None
        limit = timedelta(seconds=job.time_limit_s or DEFAULT_TIME_LIMIT_S)
        return (begun + limit - told).total_seconds()

    def _wait_s(self) -> float:
        server, vertex = self._watches.server, self._watches.vertex
        waits = [vertex.due_s(active=self._active()), self._checking.wait_s(), LONGEST_WAIT_S]
        if server.watched:
            waits += [server.alive_due_s(), self._status_due_s()]
        return max(SHORTEST_WAIT_S, min(waits))

    def _active(self) -> bool:
        running = self._run is not None and not self._run.ended
        return running or any(job.state.active and job.is_autovideo for job in self._watches.vertex.jobs)

    def _advance(self, *, ask: bool, wait_s: float) -> Step:
        """Make the next snapshot out of what the watches know now."""
        old = self._snapshot
        view = self._watches.server.view
        self._follow(view)
        jobs = self._watches.vertex.jobs
        job = job_of_run(self._run, view.status, jobs)
        if self._run is not None:
            self._run = tied(self._run, job)
        new = self._make_snapshot(job, jobs)
        events = (*diff(old, new), *self._stuck.watch(new, self._learning.experience()))
        self._remember(old, new, events)
        planned = self._clock.now() + timedelta(seconds=self._wait_s() if ask else LONGEST_WAIT_S)
        self._snapshot = replace(
            new,
            next_look_at=None if self._paused.is_set() else planned,
            events=self._memory.events(self.environment.name, EVENTS_SHOWN) if events else old.events,
            past_runs=self._memory.runs(self.environment.name, RUNS_SHOWN) if events else old.past_runs,
        )
        return Step(self._snapshot, tuple(events), wait_s if not ask else self._wait_s())

    def _follow(self, view: ServerView) -> None:
        status = view.status
        if status is None or status is self._last_status:
            return
        look = Look(
            status=status,
            at=view.status_at or self._clock.now(),
            zone_offset_s=self._watches.server.zone_offset_s,
            expected=self._learning.experience().expected,
        )
        self._run = follow(self._run, look, self._last_status)
        if self._run is not None and self._run.ended:
            done = {job.id for job in self._watches.vertex.jobs if job.state is JobState.SUCCEEDED}
            self._run = as_cancelled(self._run, cancelled_jobs(self._memory, self.environment.name) - done)
        self._last_status = status

    def _make_snapshot(self, job: Job | None, jobs: tuple[Job, ...]) -> Snapshot:
        now = self._clock.now()
        server = self._watches.server
        checks, own = self._checking.results()
        self._courses.note((*checks.values(), *own.values()), now)
        return Snapshot(
            environment=self.environment.name,
            at=now,
            server=server.view,
            vertex=self._watches.vertex.view,
            run=self._run,
            job=job,
            jobs=jobs,
            checks=MappingProxyType(checks),
            absent_checks=self._watches.checks.absent,
            own_checks=MappingProxyType(own),
            courses=self._courses.courses,
            asking=self._checking.asking,
            queued=self._watches.checks.queued,
            gpu_quotas=self._checking.quotas,
            budget=server.budget(),
            eta=estimate(self._run, job, now, self._learning.experience()),
            paused=self._paused.is_set(),
            events=self._snapshot.events,
            past_runs=self._snapshot.past_runs,
        )

    def _remember(self, old: Snapshot, new: Snapshot, events: tuple[Event, ...]) -> None:
        name, now = self.environment.name, new.at
        if new.server.status is not None and new.server.status_at != old.server.status_at:
            self._memory.keep(name, "server", replace(new.server, trouble=None), now)
            if self._watches.server.zone_offset_s is not None:
                self._memory.keep(name, "zone_offset_s", self._watches.server.zone_offset_s, now)
            if new.run is not None:
                self._memory.keep(name, "run", new.run, now)
            else:
                self._memory.forget(name, "run")
        if new.jobs != old.jobs:
            self._memory.keep(name, "jobs", KeptJobs(new.jobs), now)
        self._learning.learn(old, new)
        self._memory.add_events(events)
        for run in (old.run, new.run):
            if run is not None and run.ended and run.state is not RunState.UNKNOWN and (run is new.run or events):
                if run is new.run and old.run is not None and old.run == run:
                    continue
                self._memory.add_run(name, run, now)
        if any(event.kind is EventKind.RUN_STARTED for event in events):
            self._memory.prune(now)

    def _restored(self) -> Snapshot:
        """Return the state as it was last known, of which nothing counts as reached."""
        name = self.environment.name
        server = self._watches.server
        kept_view = self._memory.recall(name, "server", ServerView)
        kept_zone = self._memory.recall(name, "zone_offset_s", float)
        kept_run = self._memory.recall(name, "run", Run)
        kept_jobs = self._memory.recall(name, "jobs", KeptJobs)
        if kept_view is not None and server.watched:
            server.restore(kept_view[0], kept_zone[0] if kept_zone else None)
            self._last_status = server.view.status
            self._run = kept_run[0] if kept_run is not None else None
        if kept_jobs is not None and self._watches.vertex.watched:
            self._watches.vertex.restore(kept_jobs[0].jobs)
        self._watches.checks.restore()
        jobs = self._watches.vertex.jobs
        return Snapshot(
            environment=name,
            at=self._clock.now(),
            server=server.view,
            vertex=self._watches.vertex.view,
            run=self._run,
            job=job_of_run(self._run, server.view.status, jobs),
            jobs=jobs,
            checks=MappingProxyType(self._watches.checks.results(server.main_check)),
            absent_checks=self._watches.checks.absent,
            courses=self._courses.courses,
            budget=server.budget(),
            events=self._memory.events(name, EVENTS_SHOWN),
            past_runs=self._memory.runs(name, RUNS_SHOWN),
        )


@dataclass(frozen=True, slots=True)
class KeptJobs:
    """The jobs last known, as they are remembered."""

    jobs: tuple[Job, ...] = ()
