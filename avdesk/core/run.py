"""Runs of the pipeline, and looks at the server; `avdesk.core.follow` makes the one out of the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from avdesk.core import phases
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.status import ServerStatus, TextKind

START_TOLERANCE_S = 5.0
"""How far two derivations of one moment may lie apart: network delay and the server's own pauses."""

NO_TIMES: Mapping[str, float] = MappingProxyType({})


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the pipeline. Times are UTC, durations seconds; None is unknown.

    Attributes:
        id: AVDesk's own name for it, ``run-<8 hex>``.
        state: how it stands.
        phases: this run's phases, in order.
        current_phase: the phase it is in; `phase_started_at` since when.
        job_id: its render job, ``video-job-…``.
        vm_id: the virtual machine that renders it instead.
        error: why it failed, in the server's words.
        total_s: how long it took, once that is known.
        seen_running: whether AVDesk saw it run, or found only its end; `seen_at` when it last saw it run.
        baseline: the phase times that were there before it began, which are an earlier run's.
        fingerprint: what the server said last of it, to notice that something went by unseen.
        late_outcome: the outcome that came after the run had been cancelled.
    """

    id: str
    state: RunState
    phases: tuple[Phase, ...]
    started_at: datetime | None = None
    ended_at: datetime | None = None
    current_phase: str | None = None
    phase_started_at: datetime | None = None
    job_id: str | None = None
    vm_id: str | None = None
    error: str | None = None
    total_s: float | None = None
    seen_running: bool = False
    seen_at: datetime | None = None
    baseline: Mapping[str, float] = field(default_factory=lambda: NO_TIMES)
    fingerprint: str = ""
    late_outcome: TextKind | None = None

    @property
    def ended(self) -> bool:
        """Whether the server counts the run as over."""
        return self.state is not RunState.RUNNING

    def phase(self, name: str) -> Phase | None:
        """Return the phase of that name, None when the run has none."""
        return next((phase for phase in self.phases if phase.name == name), None)

    def phases_at(self, now: datetime) -> tuple[Phase, ...]:
        """Return the phases with the running one's duration as of `now`."""
        if self.ended or self.phase_started_at is None:
            return self.phases
        elapsed = max(0.0, (now - self.phase_started_at).total_seconds())
        return tuple(
            replace(phase, duration_s=elapsed) if phase.state is PhaseState.RUNNING else phase
            for phase in self.phases
        )


@dataclass(frozen=True, slots=True)
class Look:
    """One answer of ``/status`` and what is needed to place it in time.

    Attributes:
        status: the answer.
        at: when it was given (UTC, our clock).
        zone_offset_s: how far the server's local wall clock is ahead of UTC, None when not known.
        expected: the phases that a run on this server goes through, by experience.
    """

    status: ServerStatus
    at: datetime
    zone_offset_s: float | None = None
    expected: Sequence[str] = phases.EXPECTED

    @property
    def wall_time(self) -> datetime | None:
        """``last_generation_time`` as UTC, None when it or the server's zone is not known."""
        wall = self.status.wall_time
        if wall is None or self.zone_offset_s is None:
            return None
        moment = wall.replace(tzinfo=self.at.tzinfo) - timedelta(seconds=self.zone_offset_s)
        return moment if moment <= self.at + timedelta(seconds=START_TOLERANCE_S) else None
