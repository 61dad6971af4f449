"""Noticing a job that waits for a machine far longer than usual; said once a job."""

from avdesk.core import wording
from avdesk.core.events import Event, EventKind
from avdesk.core.experience import QUEUE, Experience, machine_thing
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Snapshot
from avdesk.i18n import _
from avdesk.store.memory import Memory

LEAST_S = 900.0
FACTOR = 1.5
"""Stuck is more than so many times what nine in ten jobs waited, and at least `LEAST_S`."""

_FACT = "stuck_job"


class StuckWatch:
    """Remembers which job was said to be stuck."""

    def __init__(self, environment: str, memory: Memory) -> None:
        self._environment = environment
        self._memory = memory
        kept = memory.recall(environment, _FACT, str)
        self._said = kept[0] if kept is not None else ""

    def watch(self, snapshot: Snapshot, experience: Experience) -> tuple[Event, ...]:
        """Return the event that the snapshot's job is stuck, once."""
        job = snapshot.job
        if job is None or not job.state.waiting or _mark(job) == self._said:
            return ()
        waited = job.queue_s(snapshot.at)
        usual = experience.samples(machine_thing(QUEUE, job))
        if waited is None or waited < max(LEAST_S, FACTOR * usual[len(usual) * 9 // 10]):
            return ()
        self._said = _mark(job)
        self._memory.keep(self._environment, _FACT, self._said, snapshot.at)
        run_id = snapshot.run.id if snapshot.run is not None else None
        why = _why(job, usual[len(usual) // 2])
        return (
            Event(EventKind.JOB_STUCK, self._environment, snapshot.at, job.id, run_id, duration_s=waited, detail=why),
        )


def _why(job: Job, usual_s: float) -> str:
    return _("Usual for {machine} in {region}: {time}.").format(
        machine=wording.machine(job),
        region=job.region or _("unknown region"),
        time=wording.rough_duration(usual_s),
    )


def _mark(job: Job) -> str:
    """Return what tells jobs apart, also one of which only the server told."""
    return job.number or job.id
