"""How long things usually take: what was learnt of an environment, before that what AutoVideo's users observed.

The figures to start with: story ≈ 37 s, images ≈ 59 s, voiceover ≈ 36 s, steady within ten per cent; the video takes
minutes to the job's limit of 3600 s, most of it waiting for a GPU.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from avdesk.core import phases
from avdesk.core.jobs import Job

ENOUGH = 5
"""From so many learnt durations on, they alone count."""

FRESHEST = 24
"""The newest learnt durations that count: a server that has changed is believed soon."""

_STEPS = (0.90, 0.92, 0.94, 0.96, 0.98, 1.00, 1.02, 1.04, 1.06, 1.08, 1.10)
_QUEUE_S = (20.0, 60.0, 120.0, 180.0, 300.0, 420.0, 600.0, 900.0, 1500.0, 2400.0)
_RENDER_T4_S = (900.0, 1200.0, 1500.0, 1800.0, 2100.0, 2400.0, 2700.0, 3000.0, 3300.0)
_VIDEO_S = (480.0, 720.0, 960.0, 1200.0, 1500.0, 1800.0, 2200.0, 2600.0, 3000.0, 3400.0, 3650.0)
_FINISH_S = (2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0)
_UPLOAD_S = (10.0, 15.0, 20.0, 30.0, 45.0, 60.0)

QUEUE, RENDER, FINISH = "queue", "render", "finish"
"""What is learnt beside the phases: waiting and rendering on a kind of machine, and job's end to run's end."""

_SPEED = MappingProxyType({"NVIDIA_TESLA_T4": 1.0, "NVIDIA_L4": 1.5, "NVIDIA_TESLA_A100": 8.0, "": 0.2})
"""Against a T4, as AutoVideo's authors plan with; ``""`` is a CPU machine."""

NOTHING_LEARNT: Mapping[str, tuple[float, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Experience:
    """Durations by thing: phase names, and ``queue``, ``render`` and ``finish``, the first two by machine.

    Attributes:
        learnt: thing → durations in seconds, newest first.
        expected: the phases that a run goes through here.
    """

    learnt: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: NOTHING_LEARNT)
    expected: tuple[str, ...] = phases.EXPECTED

    def samples(self, thing: str) -> tuple[float, ...]:
        """Return durations, in ascending order, that stand for what is to be expected; never empty."""
        learnt = self.learnt.get(thing, ())[:FRESHEST]
        if len(learnt) >= ENOUGH:
            return tuple(sorted(learnt))
        return tuple(sorted((*learnt, *_prior(thing))))

    def remaining(self, thing: str, elapsed_s: float) -> tuple[float, ...]:
        """Return what is left of `thing` after `elapsed_s`, as ascending samples.

        Once it has taken longer than ever, what is left is guessed in proportion to what has passed.
        """
        left = tuple(sample - elapsed_s for sample in self.samples(thing) if sample > elapsed_s)
        if left:
            return left
        scale = max(5.0, elapsed_s * 0.1)
        return tuple(scale * share for share in (0.2, 0.5, 1.0, 2.0, 4.0))


def machine_thing(thing: str, job: Job) -> str:
    """Return the name under which `queue` or `render` is learnt for a job's machine."""
    return f"{thing}:{job.accelerator_type or ''}"


def _prior(thing: str) -> tuple[float, ...]:
    steady = {phases.STORY: 37.0, phases.PROMPTS: 5.0, phases.IMAGES: 59.0, phases.VOICE: 36.0}.get(thing)
    if steady is not None:
        return tuple(steady * step for step in _STEPS)
    kind, _colon, machine = thing.partition(":")
    if kind == RENDER:
        return tuple(min(3600.0, seconds / _SPEED.get(machine, 1.0)) for seconds in _RENDER_T4_S)
    fixed = {QUEUE: _QUEUE_S, phases.VIDEO: _VIDEO_S, FINISH: _FINISH_S, phases.UPLOAD: _UPLOAD_S}
    return fixed.get(kind, _UPLOAD_S)
