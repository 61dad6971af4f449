"""Past runs of one environment: finding some among them, and what they come down to."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from avdesk.core import phases, reasons
from avdesk.core.phases import PhaseState
from avdesk.core.run import Run, RunState

ENDED = (RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED, RunState.UNKNOWN)
"""How a run may have ended, in the order in which it is offered."""

NOTHING_LEARNT: Mapping[str, tuple[float, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PastRuns:
    """What is remembered of an environment's runs.

    Attributes:
        environment: whose.
        runs: those that have ended, newest first; at most `limit`.
        learnt: thing → the last durations in seconds that estimates are made of, newest first.
    """

    environment: str
    runs: tuple[Run, ...]
    limit: int
    learnt: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: NOTHING_LEARNT)


@dataclass(frozen=True, slots=True)
class Usual:
    """How long something takes: half of the `count` times within `median_s`, nine of ten within `p90_s` seconds."""

    thing: str
    count: int
    median_s: float
    p90_s: float


def usual(thing: str, durations: Collection[float]) -> Usual | None:
    """Return how long something took; None where it was never seen."""
    ordered = sorted(seconds for seconds in durations if math.isfinite(seconds) and seconds >= 0)
    if not ordered:
        return None
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return Usual(thing, len(ordered), median, ordered[math.ceil(0.9 * len(ordered)) - 1])


def usual_total(runs: Iterable[Run]) -> Usual | None:
    """Return how long the runs took that came to a good end; None where there is none."""
    return usual("", [run.total_s for run in runs if run.state is RunState.SUCCEEDED and run.total_s is not None])


def usual_phases(runs: Iterable[Run]) -> tuple[Usual, ...]:
    """Return how long the phases took that were finished, in the order of a run."""
    seen: dict[str, list[float]] = {}
    for run in runs:
        for phase in run.phases:
            if phase.state is PhaseState.DONE and phase.duration_s is not None:
                seen.setdefault(phase.name, []).append(phase.duration_s)
    found = (usual(name, seen[name]) for name in phases.in_order(seen))
    return tuple(each for each in found if each is not None)


def success_share(runs: Iterable[Run]) -> float | None:
    """Return the share of done runs among those that were done or failed; None without any.

    A run that was cancelled, or whose end nobody told, says nothing of how reliable the pipeline is.
    """
    states = [run.state for run in runs if run.state in (RunState.SUCCEEDED, RunState.FAILED)]
    return states.count(RunState.SUCCEEDED) / len(states) if states else None


def counts(runs: Iterable[Run]) -> Mapping[RunState, int]:
    """Return how many runs ended in each way."""
    found = dict.fromkeys(ENDED, 0)
    for run in runs:
        if run.state in found:
            found[run.state] += 1
    return MappingProxyType(found)


def matching(runs: Sequence[Run], outcomes: Collection[RunState], text: str) -> tuple[Run, ...]:
    """Return the runs with one of these outcomes (any: none given) that hold every word of `text`."""
    words = text.casefold().split()
    return tuple(
        run for run in runs if (not outcomes or run.state in outcomes) and (not words or _holds(searched(run), words))
    )


def searched(run: Run) -> str:
    """Return everything of a run that a search looks at."""
    failed = run.state is RunState.FAILED
    reason = reasons.explain(run.error) if failed else None
    moment = run.started_at or run.ended_at
    parts = [
        run.id,
        run.job_id,
        run.vm_id,
        run.error,
        reason.what if reason is not None else None,
        None if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}",
    ]
    return " ".join(part for part in parts if part).casefold()


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)
