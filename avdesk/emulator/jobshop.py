"""The emulated Vertex AI's CustomJobs and the lives they live."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, overload

from avdesk.emulator import failures
from avdesk.emulator.clock import Agenda, Process, Signal, Steps
from avdesk.emulator.hardware import Hardware
from avdesk.emulator.history import PastJobs, cancelled_error, error_of
from avdesk.emulator.joblog import JobLog
from avdesk.emulator.jobspec import hardware_of, scheduling_of, seconds_of
from avdesk.emulator.plans import JobPlan, refused
from avdesk.emulator.records import CustomJobRecord

ENDED = frozenset(
    {
        "JOB_STATE_SUCCEEDED",
        "JOB_STATE_FAILED",
        "JOB_STATE_CANCELLED",
        "JOB_STATE_EXPIRED",
        "JOB_STATE_PARTIALLY_SUCCEEDED",
    }
)


class GpusExhausted(Protocol):
    """Tells whether a region has no GPU left at the moment."""

    def __call__(self, region: str, *, job_asks: bool) -> bool:
        """Return whether it has none; `job_asks`: a job wants one, not just somebody to know."""


DEFAULT_TIMEOUT_S = 7 * 86400.0
QUEUED_S = 1.5
"""From creation to PENDING, at speed 1."""
CANCELLING_S = (4.0, 12.0)


class NewestFirst(Sequence[CustomJobRecord]):
    """A region's jobs, newest first: those of this session, then the past ones, made when they are reached."""

    def __init__(self, live: Sequence[CustomJobRecord], past: PastJobs, places: Sequence[int]) -> None:
        self._live = live
        self._past = past
        self._places = places

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._live) + len(self._places)

    @overload
    def __getitem__(self, index: int) -> CustomJobRecord: ...

    @overload
    def __getitem__(self, index: slice) -> list[CustomJobRecord]: ...

    def __getitem__(self, index: int | slice) -> CustomJobRecord | list[CustomJobRecord]:
        """Return one job, or a list of those of a slice."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        if index < len(self._live):
            return self._live[len(self._live) - 1 - index]
        return self._past.record(self._places[index - len(self._live)])

    def __iter__(self) -> Iterator[CustomJobRecord]:
        """Go through them, newest first."""
        yield from reversed(self._live)
        for place in self._places:
            yield self._past.record(place)


class JobShop:
    """Creates, runs, cancels and finds CustomJobs; whoever calls holds the world's lock."""

    def __init__(
        self,
        agenda: Agenda,
        past: PastJobs,
        log: JobLog,
        project: str,
        speed: float,
        rng: random.Random,
        exhausted: GpusExhausted,
    ) -> None:
        self._agenda = agenda
        self._past = past
        self._log = log
        self._project = project
        self._speed = speed
        self._rng = rng
        self._exhausted = exhausted
        self._live: dict[str, list[CustomJobRecord]] = {}
        self._by_number: dict[str, CustomJobRecord] = {}
        self._processes: dict[str, Process] = {}
        self._ends: dict[str, Signal] = {}

    def create(
        self,
        region: str,
        display_name: str,
        spec: Mapping[str, object],
        labels: Mapping[str, str],
        plan: JobPlan,
    ) -> CustomJobRecord:
        """Create a job, which fares as planned unless it is cancelled or the region has no GPU left."""
        now = self._agenda.time
        number = str(self._rng.randrange(1 << 60, 1 << 62))
        job = CustomJobRecord(number, region, display_name, spec, labels, "JOB_STATE_QUEUED", now, now)
        self._live.setdefault(region, []).append(job)
        self._by_number[number] = job
        self._ends[number] = Signal()
        hardware = hardware_of(spec)
        if hardware.accelerator_type and self._exhausted(region, job_asks=True):
            plan = refused(self._rng)
        self._log.service(job, now, "Waiting for job to be provisioned.")
        self._processes[number] = self._agenda.run(self._live_on(job, hardware, plan))
        return job

    def jobs(self, region: str) -> Sequence[CustomJobRecord]:
        """Return the region's jobs, newest first."""
        return NewestFirst(self._live.get(region, ()), self._past, self._past.places.get(region, ()))

    def of_this_session(self) -> Iterator[CustomJobRecord]:
        """Go through the jobs that were created since the start, oldest first."""
        yield from self._by_number.values()

    def find(self, region: str, number: str) -> CustomJobRecord | None:
        """Return the job with that number in the region, None when there is none."""
        live = self._by_number.get(number)
        if live is not None:
            return live if live.region == region else None
        place = self._past.place_of_number(number)
        if place is None or self._past.region_of(place) != region or place not in self._past.places[region]:
            return None
        return self._past.record(place)

    def named(self, job_id: str) -> CustomJobRecord | None:
        """Return the newest job called ``video-job-<8 hex>`` in any region, None when there is none."""
        for job in reversed(self._by_number.values()):
            if job.display_name.endswith(job_id):
                return job
        place = self._past.place_of_id(job_id)
        return None if place is None else self._past.record(place)

    def ended(self, job: CustomJobRecord) -> Signal:
        """Return what fires when the job has ended."""
        return self._ends[job.number]

    def running(self, region: str, hardware: Hardware) -> int:
        """Return how many jobs of the region hold a machine of that kind."""
        return sum(
            1
            for job in self._live.get(region, ())
            if job.state in ("JOB_STATE_RUNNING", "JOB_STATE_CANCELLING")
            and job.started is not None
            and hardware_of(job.spec) is hardware
        )

    def cancel(self, job: CustomJobRecord) -> None:
        """Begin cancelling a job; no effect on one that has ended or is being cancelled."""
        if job.state in ENDED or job.state == "JOB_STATE_CANCELLING":
            return
        self._processes[job.number].stop()
        self._log.withdraw(job, self._agenda.time)
        self._enter(job, "JOB_STATE_CANCELLING")
        self._log.service(job, self._agenda.time, "Cancelling the job.", "NOTICE")
        self._processes[job.number] = self._agenda.run(self._cancelled(job))

    def delete(self, job: CustomJobRecord) -> None:
        """Remove a job, ending it if it still lives."""
        if job.number not in self._by_number:
            place = self._past.place_of_number(job.number)
            if place is not None:
                self._past.forget(place)
            return
        self._processes[job.number].stop()
        self._log.withdraw(job, self._agenda.time)
        del self._by_number[job.number], self._processes[job.number]
        self._live[job.region].remove(job)
        self._ends.pop(job.number).fire()

    def _live_on(self, job: CustomJobRecord, hardware: Hardware, plan: JobPlan) -> Steps:
        yield QUEUED_S / self._speed
        self._enter(job, "JOB_STATE_PENDING")
        if plan.failure is not None and plan.failure.when == "waiting":
            yield plan.queue_s / self._speed
            self._fail(job, hardware, plan.failure)
            return
        longest = self._longest_wait_s(job)
        yield min(plan.queue_s, longest) / self._speed
        if plan.queue_s > longest:
            self._end(job, "JOB_STATE_EXPIRED")
            return
        self._begin(job)
        if plan.preempted:
            yield plan.render_s * 0.3 / self._speed
            self._log.service(job, self._agenda.time, "Worker was preempted, restarting the job.", "WARNING")
            self._enter(job, "JOB_STATE_PENDING")
            yield min(plan.queue_s, 120.0) / self._speed
            self._begin(job)
        yield from self._render(job, hardware, plan)

    def _render(self, job: CustomJobRecord, hardware: Hardware, plan: JobPlan) -> Steps:
        limit = seconds_of(scheduling_of(job.spec).get("timeout"), DEFAULT_TIMEOUT_S)
        failure = plan.failure
        seconds = plan.render_s
        if failure is not None:
            seconds = min(seconds, 30.0) if failure is failures.NO_MOVIEPY else seconds * 0.75
        self._log.container(job, self._agenda.time, seconds / self._speed, hardware, failure)
        yield min(seconds, limit) / self._speed
        if seconds > limit:
            self._log.withdraw(job, self._agenda.time)
            self._fail(job, hardware, failures.TIMED_OUT)
        elif failure is not None:
            self._fail(job, hardware, failure)
        else:
            self._log.service(job, self._agenda.time, "Job completed successfully.")
            self._end(job, "JOB_STATE_SUCCEEDED")

    def _cancelled(self, job: CustomJobRecord) -> Steps:
        yield self._rng.uniform(*CANCELLING_S) / self._speed
        job.error = cancelled_error()
        self._end(job, "JOB_STATE_CANCELLED")

    def _begin(self, job: CustomJobRecord) -> None:
        if job.started is None:
            job.started = self._agenda.time
        self._enter(job, "JOB_STATE_RUNNING")
        self._log.service(job, self._agenda.time, "Job is running.")

    def _fail(self, job: CustomJobRecord, hardware: Hardware, failure: failures.JobFailure) -> None:
        job.error = error_of(failure, job, self._project, hardware)
        self._log.service(job, self._agenda.time, f"Job failed. {job.error['message']}", "ERROR")
        self._end(job, "JOB_STATE_FAILED")

    def _end(self, job: CustomJobRecord, state: str) -> None:
        self._enter(job, state)
        if state != "JOB_STATE_EXPIRED":
            job.ended = self._agenda.time
        self._ends[job.number].fire()

    def _enter(self, job: CustomJobRecord, state: str) -> None:
        job.state = state
        job.updated = self._agenda.time

    @staticmethod
    def _longest_wait_s(job: CustomJobRecord) -> float:
        scheduling = scheduling_of(job.spec)
        if scheduling.get("strategy") != "FLEX_START":
            return float("inf")
        wait = seconds_of(scheduling.get("maxWaitDuration"), 86400.0)
        return wait if wait > 0 else float("inf")
