"""Runs of the pipeline: what the answers of ``/status``, one after the other, tell of the run that is on.

The server gives a run no id and says little of when it began, so AVDesk follows it: `follow` is a pure function of
the run as it was last known and one new look. The traps it knows, all observed:

* Revision A never clears ``phase_times``: a second run starts with the first one's times still in it. Only phases
  before the current one count, and a time equal to the one at the run's start is the earlier run's.
* ``/cancel`` clears flags alone. The run then is *cancelled*, and a ``completed`` or ``error`` that comes late
  changes nothing of that.
* Between two looks a run can end, or a whole run can pass.
"""

import hashlib
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
        seen_running: whether AVDesk saw it run, or found only its end.
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


def follow(run: Run | None, look: Look, earlier: ServerStatus | None = None) -> Run | None:
    """Return the run as it stands after one more look; None when the server has none to tell of.

    `run` is the last run known, `earlier` the answer before this one (None for the first look).
    """
    status = look.status
    if status.generating:
        if run is not None and not run.ended and not _restarted(run, look):
            return _go_on(run, look)
        return _begin(look, _baseline(run, earlier))
    if run is not None and not run.ended:
        return _end(run, look)
    return _at_rest(run, look)


def _baseline(run: Run | None, earlier: ServerStatus | None) -> Mapping[str, float]:
    if earlier is not None:
        return earlier.phase_times
    return run.baseline if run is not None else NO_TIMES


def _restarted(run: Run, look: Look) -> bool:
    """Whether the look shows another run than `run`: it went back, or began anew, between two looks."""
    status = look.status
    now_in = status.current_phase or status.text_phase
    if now_in is None or run.current_phase is None:
        return False
    if phases.position(now_in) < phases.position(run.current_phase):
        return True
    if now_in != run.current_phase or status.current_phase_s is None or run.phase_started_at is None:
        return False
    begun = look.at - timedelta(seconds=status.current_phase_s)
    first = run.phases[0].name if run.phases else now_in
    return now_in == first and (begun - run.phase_started_at).total_seconds() > START_TOLERANCE_S


def _begin(look: Look, baseline: Mapping[str, float]) -> Run:
    status = look.status
    found = _running_phases(look, baseline)
    begun = _phase_start(look)
    known = [phase.duration_s for phase in found if phase.state is PhaseState.DONE and phase.duration_s is not None]
    started = begun - timedelta(seconds=sum(known)) if begun is not None else None
    anchor = started or look.at
    return Run(
        id=_run_id(anchor, status),
        state=RunState.RUNNING,
        phases=found,
        started_at=started,
        current_phase=_current(status),
        phase_started_at=begun,
        job_id=status.job_id if _in_video(status) else None,
        vm_id=status.vm_id,
        seen_running=True,
        baseline=MappingProxyType(dict(baseline)),
        fingerprint=status.fingerprint,
    )


def _go_on(run: Run, look: Look) -> Run:
    status = look.status
    begun = _phase_start(look)
    same = run.current_phase == _current(status)
    if begun is None:
        begun = run.phase_started_at if same else None
    elif (
        same
        and run.phase_started_at is not None
        and abs((begun - run.phase_started_at).total_seconds()) <= START_TOLERANCE_S
    ):
        begun = min(begun, run.phase_started_at)
    started = run.started_at
    found = _running_phases(look, run.baseline)
    if started is None and begun is not None:
        started = begun - timedelta(seconds=sum(p.duration_s or 0.0 for p in found if p.state is PhaseState.DONE))
    return replace(
        run,
        phases=found,
        started_at=started,
        current_phase=_current(status),
        phase_started_at=begun,
        job_id=(status.job_id if _in_video(status) else None) or run.job_id,
        vm_id=status.vm_id or run.vm_id,
        fingerprint=status.fingerprint,
    )


def _end(run: Run, look: Look) -> Run:
    status = look.status
    state = _outcome(status)
    failed_in = _failed_phase(status, run.current_phase) if state is RunState.FAILED else None
    ended = _end_time(run, look)
    names = [phase.name for phase in run.phases]
    times = _own_times(status, run.baseline)
    for phase in run.phases:
        if phase.state is PhaseState.DONE and phase.duration_s is not None:
            times.setdefault(phase.name, phase.duration_s)
    stopped_in = failed_in or (run.current_phase if state is not RunState.SUCCEEDED else None)
    elapsed = status.current_phase_s if status.current_phase == stopped_in else None
    total = _total(run, ended, status)
    return replace(
        run,
        state=state,
        phases=_ended_phases(phases.in_order([*names, *times]), times, state, stopped_in, elapsed),
        ended_at=ended,
        current_phase=None,
        phase_started_at=None,
        job_id=status.job_id or run.job_id,
        error=status.error if state is RunState.FAILED else None,
        total_s=total,
        fingerprint=status.fingerprint,
    )


def _at_rest(run: Run | None, look: Look) -> Run | None:
    """Return the run while nothing is on: the known one, one that passed unseen, or none after a reset."""
    status = look.status
    if run is not None and run.fingerprint == status.fingerprint:
        return run
    if run is not None and run.state is RunState.CANCELLED and run.late_outcome is None and _is_outcome(status):
        return replace(run, late_outcome=status.kind, fingerprint=status.fingerprint)
    if _is_outcome(status) or _flags_cleared(status):
        return _passed(look)
    if status.kind in (TextKind.READY, TextKind.RESET, TextKind.INITIALIZING):
        return None
    return run


def _passed(look: Look) -> Run:
    """Return a run of which only the end was seen."""
    status = look.status
    state = _outcome(status)
    times = dict(status.phase_times)
    failed_in = _failed_phase(status, None) if state is not RunState.SUCCEEDED else None
    names = phases.in_order([*look.expected, *times, *([failed_in] if failed_in else [])])
    elapsed = status.current_phase_s if status.current_phase == failed_in else None
    ended = look.wall_time
    started = ended - timedelta(seconds=status.total_s) if ended is not None and status.total_s is not None else None
    return Run(
        id=_run_id(ended or look.at, status),
        state=state,
        phases=_ended_phases(names, times, state, failed_in, elapsed),
        started_at=started,
        ended_at=ended,
        job_id=status.job_id,
        vm_id=status.vm_id,
        error=status.error if state is RunState.FAILED else None,
        total_s=status.total_s,
        fingerprint=status.fingerprint,
    )


def _current(status: ServerStatus) -> str | None:
    return status.current_phase or status.text_phase


def _in_video(status: ServerStatus) -> bool:
    current = _current(status)
    return current is None or phases.position(current) >= phases.position(phases.VIDEO)


def _phase_start(look: Look) -> datetime | None:
    elapsed = look.status.current_phase_s
    if elapsed is None or look.status.current_phase is None:
        return None
    return look.at - timedelta(seconds=elapsed)


def _own_times(status: ServerStatus, baseline: Mapping[str, float]) -> dict[str, float]:
    return {name: seconds for name, seconds in status.phase_times.items() if baseline.get(name) != seconds}


def _running_phases(look: Look, baseline: Mapping[str, float]) -> tuple[Phase, ...]:
    status = look.status
    current = _current(status)
    own = _own_times(status, baseline)
    if current is not None:
        own = {n: s for n, s in own.items() if n != current and phases.position(n) <= phases.position(current)}
    names = phases.in_order([*look.expected, *own, *([current] if current else [])])
    found: list[Phase] = []
    for name in names:
        if name == current:
            found.append(Phase(name, PhaseState.RUNNING, status.current_phase_s))
        elif name in own:
            found.append(Phase(name, PhaseState.DONE, own[name]))
        elif current is not None and phases.position(name) < phases.position(current):
            found.append(Phase(name, PhaseState.SKIPPED))
        else:
            found.append(Phase(name, PhaseState.PENDING))
    return tuple(found)


def _ended_phases(
    names: Sequence[str], times: Mapping[str, float], state: RunState, stopped_in: str | None, elapsed: float | None
) -> tuple[Phase, ...]:
    found: list[Phase] = []
    for name in names:
        if name == stopped_in:
            how = PhaseState.FAILED if state is RunState.FAILED else PhaseState.SKIPPED
            found.append(Phase(name, how, times.get(name, elapsed)))
        elif name in times and (stopped_in is None or phases.position(name) <= phases.position(stopped_in)):
            found.append(Phase(name, PhaseState.DONE, times[name]))
        else:
            found.append(Phase(name, PhaseState.SKIPPED))
    return tuple(found)


def _is_outcome(status: ServerStatus) -> bool:
    return status.kind in (TextKind.COMPLETED, TextKind.ERROR)


def _flags_cleared(status: ServerStatus) -> bool:
    """Whether the answer is that of a server on which a run was cancelled: a working text, but no run."""
    if status.kind is TextKind.INITIALIZING:
        return status.is_initialized is False and status.wall_time is not None
    return status.kind.working


def _outcome(status: ServerStatus) -> RunState:
    if status.kind is TextKind.COMPLETED:
        return RunState.SUCCEEDED
    if status.kind is TextKind.ERROR:
        return RunState.FAILED
    if status.kind is TextKind.RESET or status.kind is TextKind.INITIALIZING or status.kind.working:
        return RunState.CANCELLED
    return RunState.UNKNOWN


_PHASE_WORDS = (
    ("story", phases.STORY),
    ("prompt", phases.PROMPTS),
    ("voiceover", phases.VOICE),
    ("tts", phases.VOICE),
    ("elevenlabs", phases.VOICE),
    ("upload", phases.UPLOAD),
    ("youtube", phases.UPLOAD),
    ("video creation", phases.VIDEO),
    ("vertex", phases.VIDEO),
    ("render", phases.VIDEO),
    ("image", phases.IMAGES),
)


def _failed_phase(status: ServerStatus, known: str | None) -> str | None:
    """Return the phase in which a run ended badly: said, remembered, named in the text, or the last one begun."""
    if status.current_phase is not None:
        return status.current_phase
    words = (status.error or "").lower()
    head = words.partition(":")[0]
    for text in (head, words):
        for word, name in _PHASE_WORDS:
            if word in text:
                return name
    if known is not None:
        return known
    if status.text_phase is not None:
        return status.text_phase
    done = phases.in_order(status.phase_times)
    return done[-1] if done else None


def _end_time(run: Run, look: Look) -> datetime:
    status = look.status
    if look.wall_time is not None and (run.started_at is None or look.wall_time >= run.started_at):
        return look.wall_time
    last = run.current_phase
    if last is not None and run.phase_started_at is not None:
        took = _own_times(status, run.baseline).get(last)
        if took is None and status.current_phase == last:
            took = status.current_phase_s
        if took is not None:
            return min(look.at, run.phase_started_at + timedelta(seconds=took))
    return look.at


def _total(run: Run, ended: datetime, status: ServerStatus) -> float | None:
    if run.started_at is not None:
        return max(0.0, (ended - run.started_at).total_seconds())
    return status.total_s


def _run_id(anchor: datetime, status: ServerStatus) -> str:
    seed = f"{anchor.timestamp():.0f}|{status.job_id}|{sorted(status.phase_times.items())}"
    return "run-" + hashlib.sha256(seed.encode()).hexdigest()[:8]
