"""The phases of one run out of one answer of ``/status``, without those of an earlier run.

Revision A never clears ``phase_times``: a second run starts with the first one's times still in it. Only phases
before the current one count, and a time equal to the one at the run's start (its *baseline*) is the earlier run's.
"""

from collections.abc import Collection, Mapping, Sequence

from avdesk.core import phases
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.run import RunState
from avdesk.core.status import ServerStatus


def current_phase(status: ServerStatus) -> str | None:
    """Return the phase that the answer tells, by its field or by its text."""
    return status.current_phase or status.text_phase


def own_times(status: ServerStatus, baseline: Mapping[str, float]) -> dict[str, float]:
    """Return the phase times that were not already there before the run."""
    return {name: seconds for name, seconds in status.phase_times.items() if baseline.get(name) != seconds}


def times_so_far(status: ServerStatus, baseline: Mapping[str, float], upto: str | None) -> dict[str, float]:
    """Return the times of the finished phases of a run that has come as far as the phase `upto`.

    Where nothing says how far, times count only when the answer holds no earlier run's total beside them.
    """
    current = current_phase(status)
    reached = current or upto
    own = own_times(status, baseline)
    if reached is None:
        return {} if status.total_s is not None else own
    place = phases.position(reached)
    return {name: s for name, s in own.items() if name != current and phases.position(name) <= place}


def running_phases(status: ServerStatus, expected: Sequence[str], done: Mapping[str, float]) -> tuple[Phase, ...]:
    """Return the phases of a run that is on, of which those in `done` are finished."""
    current = current_phase(status)
    names = phases.in_order([*expected, *done, *([current] if current else [])])
    found: list[Phase] = []
    for name in names:
        if name == current:
            found.append(Phase(name, PhaseState.RUNNING, status.current_phase_s if status.current_phase else None))
        elif name in done:
            found.append(Phase(name, PhaseState.DONE, done[name]))
        elif current is not None and phases.position(name) < phases.position(current):
            found.append(Phase(name, PhaseState.SKIPPED))
        else:
            found.append(Phase(name, PhaseState.PENDING))
    return tuple(found)


def ended_phases(
    names: Sequence[str],
    times: Mapping[str, float],
    state: RunState,
    stopped_in: str | None,
    elapsed: float | None,
    *,
    done: Collection[str] = (),
) -> tuple[Phase, ...]:
    """Return the phases of a run that ended as `state`, in the phase `stopped_in` unless it came to its end.

    `elapsed` is the time that it had spent there; the phases in `done` are finished even where no time is known.
    """
    found: list[Phase] = []
    for name in names:
        if name == stopped_in:
            how = PhaseState.FAILED if state is RunState.FAILED else PhaseState.SKIPPED
            found.append(Phase(name, how, times.get(name, elapsed)))
        elif (name in times or name in done) and (
            stopped_in is None or phases.position(name) <= phases.position(stopped_in)
        ):
            found.append(Phase(name, PhaseState.DONE, times.get(name)))
        else:
            found.append(Phase(name, PhaseState.SKIPPED))
    return tuple(found)


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


def failed_phase(status: ServerStatus, known: str | None) -> str | None:
    """Return the phase in which a run ended badly: said, named in the text, remembered, or the last one begun."""
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
