"""Learning how long things take in one environment, from what the snapshots show to have ended."""

from avdesk.core import phases
from avdesk.core.experience import FINISH, FRESHEST, QUEUE, RENDER, Experience, machine_thing
from avdesk.core.jobs import Job, JobState
from avdesk.core.phases import PhaseState
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import Snapshot
from avdesk.store.memory import Memory

RECENT_RUNS = 3
"""The phases of the last so many finished runs are those that the next one is expected to have."""


class Learning:
    """What one environment has taught, kept in the memory."""

    def __init__(self, environment: str, memory: Memory) -> None:
        self._environment = environment
        self._memory = memory
        self._experience: Experience | None = None

    def experience(self) -> Experience:
        """Return what is known now."""
        if self._experience is None:
            self._experience = self._recall()
        return self._experience

    def learn(self, old: Snapshot, new: Snapshot) -> None:
        """Keep the durations of whatever ended between two snapshots."""
        found = [*_phase_durations(old.run, new.run), *_job_durations(old, new), *_finish(old, new)]
        for thing, seconds in found:
            self._memory.learn(self._environment, thing, seconds, new.at)
        if found or (new.run is not None and new.run.ended and (old.run is None or not old.run.ended)):
            self._experience = None

    def _recall(self) -> Experience:
        things = [*phases.ORDER, FINISH]
        things += [
            f"{kind}:{machine}"
            for kind in (QUEUE, RENDER)
            for machine in ("", "NVIDIA_TESLA_T4", "NVIDIA_L4", "NVIDIA_TESLA_A100")
        ]
        learnt = {thing: self._memory.durations(self._environment, thing, FRESHEST) for thing in things}
        runs = [run for run in self._memory.runs(self._environment, 20) if run.state is RunState.SUCCEEDED]
        done = {phase.name for run in runs[:RECENT_RUNS] for phase in run.phases if phase.state is PhaseState.DONE}
        expected = tuple(phases.in_order(done)) if done else phases.EXPECTED
        return Experience(learnt, expected)


def _phase_durations(before: Run | None, after: Run | None) -> list[tuple[str, float]]:
    if after is None:
        return []
    known = before if before is not None and before.id == after.id else None
    found: list[tuple[str, float]] = []
    for phase in after.phases:
        if phase.state is not PhaseState.DONE or not phase.duration_s:
            continue
        earlier = known.phase(phase.name) if known is not None else None
        new = earlier is None or earlier.state is not PhaseState.DONE
        if new and (known is not None or after.seen_running):
            found.append((phase.name, phase.duration_s))
    return found


def _job_durations(old: Snapshot, new: Snapshot) -> list[tuple[str, float]]:
    before = {(job.id, job.number): job for job in old.all_jobs}
    found: list[tuple[str, float]] = []
    for job in new.all_jobs:
        earlier = before.get((job.id, job.number))
        if earlier is None or earlier.state is job.state or not job.is_autovideo:
            continue
        found += _job_change(earlier, job, new)
    return found


def _job_change(earlier: Job, job: Job, new: Snapshot) -> list[tuple[str, float]]:
    queue, run = job.queue_s(new.at), job.run_s(new.at)
    if job.state is JobState.RUNNING and earlier.state.waiting and queue is not None:
        return [(machine_thing(QUEUE, job), queue)]
    if job.state is JobState.SUCCEEDED and run is not None:
        return [(machine_thing(RENDER, job), run)]
    return []


def _finish(old: Snapshot, new: Snapshot) -> list[tuple[str, float]]:
    """Return how long after its job's end a run ended."""
    run, job = new.run, new.job
    if run is None or job is None or not run.ended or old.run is None or old.run.ended or old.run.id != run.id:
        return []
    if run.ended_at is None or job.ended_at is None or run.ended_at < job.ended_at:
        return []
    return [(FINISH, (run.ended_at - job.ended_at).total_seconds())]
