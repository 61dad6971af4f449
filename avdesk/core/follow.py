"""Following a run: what the answers of ``/status``, one after the other, tell of the run that is on.

The server gives a run no id and says little of when it began, so AVDesk follows it: `follow` is a pure function of
the run as it was last known and one new look. The traps it knows, all observed:

* An earlier run's phase times may still be there (`avdesk.core.runphases`).
* ``/cancel`` clears flags alone: the worker goes on, and so do its texts and phases. The run then is *cancelled*,
  and a ``completed`` or ``error`` that comes late changes nothing of that.
* Between two looks a run can end, or a whole run can pass.
* The texts and times of a run's end are not written at one moment: what is added late begins no new run.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from avdesk.core import phases
from avdesk.core.phases import PhaseState
from avdesk.core.run import NO_TIMES, START_TOLERANCE_S, Look, Run, RunState
from avdesk.core.runphases import (
    current_phase,
    ended_phases,
    failed_phase,
    own_times,
    running_phases,
    times_so_far,
)
from avdesk.core.status import ServerStatus, TextKind

PAUSES_S = 300.0
"""A run may spend so long between its phases, which no phase time tells."""

SAME_TIME_S = 0.001


def follow(run: Run | None, look: Look, earlier: ServerStatus | None = None) -> Run | None:
    """Return the run as it stands after one more look; None when the server has none to tell of.

    `run` is the last run known, `earlier` the answer before this one (None for the first look).
    """
    status = look.status
    if status.generating:
        if run is not None and not run.ended and not _is_another(run, look):
            return _go_on(run, look)
        return _begin(look, _baseline(run, earlier))
    if run is not None and not run.ended:
        return _end(run, look)
    return _at_rest(run, look, earlier)


def _baseline(run: Run | None, earlier: ServerStatus | None) -> Mapping[str, float]:
    if earlier is not None:
        return earlier.phase_times
    return run.baseline if run is not None else NO_TIMES


def _is_another(run: Run, look: Look) -> bool:
    """Whether the look shows another run than `run`: it went back, or began anew, between two looks."""
    status = look.status
    known = {p.name: p.duration_s for p in run.phases if p.state is PhaseState.DONE and p.duration_s is not None}
    for name, seconds in known.items():
        now = status.phase_times.get(name)
        if now is None or (
            phases.position(name) < phases.position(phases.VIDEO) and abs(now - seconds) > SAME_TIME_S
        ):
            return True
    now_in = status.current_phase or (status.text_phase if run.phase_started_at is None else None)
    if now_in is None or run.current_phase is None:
        return False
    if phases.position(now_in) < phases.position(run.current_phase):
        return True
    return not known and _began_later(run, look, now_in)


def _began_later(run: Run, look: Look, now_in: str) -> bool:
    """Whether a run of which no finished phase was known has ended and another begun, by the times alone."""
    begun, seen = _phase_start(look), run.seen_at
    if begun is None or run.phase_started_at is None:
        return False
    tolerance = timedelta(seconds=START_TOLERANCE_S)
    if now_in == run.current_phase:
        return begun > run.phase_started_at + tolerance
    if seen is None:
        return False
    done = times_so_far(look.status, run.baseline, None)
    took = done.get(run.current_phase or "")
    if took is not None and run.phase_started_at + timedelta(seconds=took) < seen - tolerance:
        return True
    return begun - timedelta(seconds=sum(done.values())) > seen + timedelta(seconds=PAUSES_S)


def _begin(look: Look, baseline: Mapping[str, float]) -> Run:
    status = look.status
    current = current_phase(status)
    begun = _phase_start(look)
    ahead = {
        name: seconds
        for name, seconds in status.phase_times.items()
        if current is not None and phases.position(name) >= phases.position(current)
    }
    baseline = MappingProxyType({**baseline, **ahead})
    done = times_so_far(status, baseline, None)
    started = begun - timedelta(seconds=sum(done.values())) if begun is not None else None
    return Run(
        id=_run_id(started or look.at, status),
        state=RunState.RUNNING,
        phases=running_phases(status, look.expected, done),
        started_at=started,
        current_phase=current,
        phase_started_at=begun,
        job_id=status.job_id if _in_video(status) else None,
        vm_id=status.vm_id,
        seen_running=True,
        seen_at=look.at,
        baseline=baseline,
        fingerprint=status.fingerprint,
    )


def _go_on(run: Run, look: Look) -> Run:
    status = look.status
    current = current_phase(status)
    begun = _phase_start(look)
    same = run.current_phase == current
    if begun is None:
        begun = run.phase_started_at if same else None
    elif (
        same
        and run.phase_started_at is not None
        and abs((begun - run.phase_started_at).total_seconds()) <= START_TOLERANCE_S
    ):
        begun = min(begun, run.phase_started_at)
    done = times_so_far(status, run.baseline, run.current_phase)
    started = run.started_at
    if started is None and begun is not None:
        started = begun - timedelta(seconds=sum(done.values()))
    return replace(
        run,
        phases=running_phases(status, look.expected, done),
        started_at=started,
        current_phase=current,
        phase_started_at=begun,
        job_id=(status.job_id if _in_video(status) else None) or run.job_id,
        vm_id=status.vm_id or run.vm_id,
        seen_at=look.at,
        fingerprint=status.fingerprint,
    )


def _end(run: Run, look: Look) -> Run:
    status = look.status
    state = _outcome(status)
    failed_in = failed_phase(status, run.current_phase) if state is RunState.FAILED else None
    ended = _end_time(run, look)
    times = own_times(status, run.baseline)
    for phase in run.phases:
        if phase.state is PhaseState.DONE and phase.duration_s is not None:
            times.setdefault(phase.name, phase.duration_s)
    stopped_in = failed_in or (run.current_phase if state is not RunState.SUCCEEDED else None)
    done = {phase.name for phase in run.phases if phase.state in (PhaseState.DONE, PhaseState.RUNNING)}
    elapsed = _time_in(status, stopped_in, times)
    names = phases.in_order([*(phase.name for phase in run.phases), *times, *([stopped_in] if stopped_in else [])])
    return replace(
        run,
        state=state,
        phases=ended_phases(names, times, state, stopped_in, elapsed, done=done),
        ended_at=ended,
        current_phase=None,
        phase_started_at=None,
        job_id=status.job_id or run.job_id,
        vm_id=status.vm_id or run.vm_id,
        error=status.error if state is RunState.FAILED else None,
        total_s=max(0.0, (ended - run.started_at).total_seconds()) if run.started_at is not None else status.total_s,
        fingerprint=status.fingerprint,
    )


def _at_rest(run: Run | None, look: Look, earlier: ServerStatus | None) -> Run | None:
    """Return the run while nothing is on: the known one, one that passed unseen, or none after a reset."""
    status = look.status
    if run is not None and run.fingerprint == status.fingerprint:
        return run
    if run is not None and earlier is not None and _same_end(run, status, earlier):
        return _amended(run, status)
    if run is not None and run.state is RunState.CANCELLED and run.late_outcome is None:
        if _is_outcome(status):
            run = replace(run, late_outcome=status.kind)
            return replace(run, job_id=status.job_id or run.job_id, fingerprint=status.fingerprint)
        if _works_on(status) and not _wall_moved(status, earlier):
            return replace(run, job_id=status.job_id or run.job_id, fingerprint=status.fingerprint)
    if _is_outcome(status) or _flags_cleared(status):
        return _passed(look, earlier)
    if status.kind in (TextKind.READY, TextKind.RESET, TextKind.INITIALIZING):
        return None
    return run


def _works_on(status: ServerStatus) -> bool:
    """Whether the text is one of a worker that knows nothing of its cancelling."""
    return status.kind.working or status.kind is TextKind.INITIALIZING


def _wall_moved(status: ServerStatus, earlier: ServerStatus | None) -> bool:
    """Whether the server's own time has moved on since the answer before: another run has begun or ended."""
    if earlier is None or earlier.wall_time is None or status.wall_time is None:
        return False
    return abs((status.wall_time - earlier.wall_time).total_seconds()) > START_TOLERANCE_S


def _same_end(run: Run, status: ServerStatus, earlier: ServerStatus) -> bool:
    """Whether the answer tells of the same end as the one before, more of it or in other words."""
    if run.fingerprint != earlier.fingerprint or not _is_outcome(status) or status.kind is not earlier.kind:
        return False
    if _wall_moved(status, earlier) or (earlier.total_s is not None and status.total_s != earlier.total_s):
        return False
    if any(status.phase_times.get(name) != seconds for name, seconds in earlier.phase_times.items()):
        return False
    if status.text == earlier.text:
        return True
    timing = (status.phase_times, status.total_s, status.wall_time)
    return any(timing) and timing == (earlier.phase_times, earlier.total_s, earlier.wall_time)


def _amended(run: Run, status: ServerStatus) -> Run:
    times = own_times(status, run.baseline)
    return replace(
        run,
        phases=tuple(
            replace(phase, duration_s=times.get(phase.name))
            if phase.state is PhaseState.DONE and phase.duration_s is None
            else phase
            for phase in run.phases
        ),
        error=status.error if run.state is RunState.FAILED else run.error,
        total_s=run.total_s if run.total_s is not None else status.total_s,
        fingerprint=status.fingerprint,
    )


def _passed(look: Look, earlier: ServerStatus | None) -> Run:
    """Return a run of which only the end was seen."""
    status = look.status
    state = _outcome(status)
    times = own_times(status, earlier.phase_times if earlier is not None else NO_TIMES)
    stopped_in = failed_phase(status, None) if state is not RunState.SUCCEEDED else None
    names = phases.in_order([*look.expected, *times, *([stopped_in] if stopped_in else [])])
    elapsed = _time_in(status, stopped_in, times)
    if _is_outcome(status):
        ended, total = look.wall_time, status.total_s
        started = ended - timedelta(seconds=total) if ended is not None and total is not None else None
    else:  # flags cleared: the server's time is that of the run's start, its total an earlier run's
        started, ended, total = look.wall_time, None, None
    return Run(
        id=_run_id(ended or started or look.at, status),
        state=state,
        phases=ended_phases(names, times, state, stopped_in, elapsed),
        started_at=started,
        ended_at=ended,
        job_id=status.job_id,
        vm_id=status.vm_id,
        error=status.error if state is RunState.FAILED else None,
        total_s=total,
        fingerprint=status.fingerprint,
    )


def _in_video(status: ServerStatus) -> bool:
    current = current_phase(status)
    return current is None or phases.position(current) >= phases.position(phases.VIDEO)


def _phase_start(look: Look) -> datetime | None:
    elapsed = look.status.current_phase_s
    if elapsed is None or look.status.current_phase is None:
        return None
    return look.at - timedelta(seconds=elapsed)


def _is_outcome(status: ServerStatus) -> bool:
    return status.kind in (TextKind.COMPLETED, TextKind.ERROR)


def _flags_cleared(status: ServerStatus) -> bool:
    """Whether the answer is that of a server on which a run was cancelled: a working text, but no run.

    A rendering machine that was started by itself is no cancelled run.
    """
    if status.kind is TextKind.INITIALIZING:
        return status.is_initialized is False and status.wall_time is not None
    return status.kind.working and status.kind is not TextKind.RENDER_VM


def _outcome(status: ServerStatus) -> RunState:
    if status.kind is TextKind.COMPLETED:
        return RunState.SUCCEEDED
    if status.kind is TextKind.ERROR:
        return RunState.FAILED
    if status.kind is TextKind.RESET or status.kind is TextKind.INITIALIZING or status.kind.working:
        return RunState.CANCELLED
    return RunState.UNKNOWN


def _time_in(status: ServerStatus, phase: str | None, times: Mapping[str, float]) -> float | None:
    """Return how long a run was in the phase that it stopped in: revision A goes on counting after a failure."""
    if phase is None or status.current_phase != phase or status.current_phase_s is None:
        return None
    if status.total_s is None:
        return status.current_phase_s
    before = sum(s for name, s in times.items() if phases.position(name) < phases.position(phase))
    return min(status.current_phase_s, max(0.0, status.total_s - before))


def _end_time(run: Run, look: Look) -> datetime:
    """Return when a run ended: told by the server, reckoned from its times, or by now."""
    status = look.status
    if not _is_outcome(status):  # the server's times are then those of the run's start, or an earlier run's
        return look.at
    earliest = (run.seen_at or look.at) - timedelta(seconds=START_TOLERANCE_S)
    if look.wall_time is not None and look.wall_time >= earliest:
        return max(look.wall_time, run.started_at or look.wall_time)
    guesses: list[datetime] = []
    if run.started_at is not None and status.total_s is not None:
        guesses.append(run.started_at + timedelta(seconds=status.total_s))
    took = own_times(status, run.baseline).get(run.current_phase or "")
    if took is not None and run.phase_started_at is not None:
        guesses.append(run.phase_started_at + timedelta(seconds=took))
    likely = [guess for guess in guesses if earliest <= guess <= look.at]
    return max(likely) if likely else look.at


def _run_id(anchor: datetime, status: ServerStatus) -> str:
    seed = f"{anchor.timestamp():.0f}|{status.job_id}|{sorted(status.phase_times.items())}"
    return "run-" + hashlib.sha256(seed.encode()).hexdigest()[:8]
