"""Jobs that ended before the emulator was started: as many as asked for, made only when somebody looks.

Number, id, region and time of each follow from its place alone (0 is the newest), so that a hundred thousand cost
nothing until they are listed, and are the same for the same seed.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from avdesk.emulator import failures
from avdesk.emulator.hardware import CPU, L4, T4, Hardware, median_queue_s
from avdesk.emulator.jobspec import DISPLAY_NAME_PREFIX, render_labels, render_spec, scheduling_of
from avdesk.emulator.plans import JobPlan, draw_job
from avdesk.emulator.records import CustomJobRecord

_NUMBER_BITS, _ID_BITS = 62, 32
_NUMBER_FACTOR, _ID_FACTOR = 0x1B8A5C3F9E2D4671, 0x9E3779B1
"""Odd, hence invertible modulo a power of two: consecutive places get numbers that look drawn."""
_NUMBER_BASE = 1 << _NUMBER_BITS
LONGEST_SPAN_S = 3 * 365 * 86400.0
USUAL_GAP_S = 5400.0
QUIET_S = 4 * 3600.0
"""Before the start nothing new began for this long: what is past has ended."""


@dataclass(frozen=True, slots=True)
class _Fate:
    state: str
    failure: failures.JobFailure | None = None
    ran: bool = True
    has_end: bool = True


_FATES = (
    (_Fate("JOB_STATE_SUCCEEDED"), 62),
    (_Fate("JOB_STATE_FAILED", failures.NO_MOVIEPY), 5),
    (_Fate("JOB_STATE_FAILED", failures.OUT_OF_MEMORY), 5),
    (_Fate("JOB_STATE_FAILED", failures.NO_QUOTA, ran=False), 10),
    (_Fate("JOB_STATE_FAILED", failures.NO_PERMISSION, ran=False), 2),
    (_Fate("JOB_STATE_FAILED", failures.TIMED_OUT), 3),
    (_Fate("JOB_STATE_CANCELLED"), 4),
    (_Fate("JOB_STATE_CANCELLED", ran=False), 6),
    (_Fate("JOB_STATE_EXPIRED", ran=False, has_end=False), 2),
    (_Fate("JOB_STATE_PARTIALLY_SUCCEEDED"), 1),
)


class PastJobs:
    """The jobs before the start.

    Attributes:
        made: how many records exist so far.
    """

    def __init__(
        self, count: int, regions: Sequence[str], project: str, start: float, speed: float, seed: int
    ) -> None:
        self.count = count
        self.made = 0
        self._regions = tuple(regions)
        self._project = project
        self._start = start
        self._speed = speed
        rng = random.Random(f"past:{seed}")  # noqa: S311 - a simulation, nothing secret
        self._salt = rng.getrandbits(31)
        self._number_offset = rng.getrandbits(_NUMBER_BITS)
        self._id_offset = rng.getrandbits(_ID_BITS)
        self._gap = min(USUAL_GAP_S, LONGEST_SPAN_S / count) if count else USUAL_GAP_S
        weights = [len(self._regions) - index for index in range(len(self._regions))]
        self._placed = rng.choices(range(len(self._regions)), weights, k=count)
        self.places: dict[str, list[int]] = {region: [] for region in self._regions}
        for place, region in enumerate(self._placed):
            self.places[self._regions[region]].append(place)
        self._records: dict[int, CustomJobRecord] = {}
        self._failures: dict[int, failures.JobFailure] = {}

    def record(self, place: int) -> CustomJobRecord:
        """Return the job at a place, 0 being the newest; always the same object."""
        known = self._records.get(place)
        if known is None:
            known = self._records[place] = self._make(place)
            self.made += 1
        return known

    def place_of_number(self, number: str) -> int | None:
        """Return the place of the job with that number, None when none has it."""
        if not number.isdecimal() or len(number) > 20:
            return None
        steps = int(number) - _NUMBER_BASE - self._number_offset
        place = steps * pow(_NUMBER_FACTOR, -1, 1 << _NUMBER_BITS) % (1 << _NUMBER_BITS)
        return place if place < self.count and self._number(place) == number else None

    def place_of_id(self, job_id: str) -> int | None:
        """Return the place of the job called ``video-job-<8 hex>``, None when none is."""
        try:
            value = int(job_id.removeprefix("video-job-"), 16)
        except ValueError:
            return None
        place = (value - self._id_offset) * pow(_ID_FACTOR, -1, 1 << _ID_BITS) % (1 << _ID_BITS)
        return place if place < self.count and self._job_id(place) == job_id else None

    def region_of(self, place: int) -> str:
        """Return where the job at a place was."""
        return self._regions[self._placed[place]]

    def failure_of(self, place: int) -> failures.JobFailure | None:
        """Return how the job at a place failed, None when it did not fail."""
        self.record(place)
        return self._failures.get(place)

    def forget(self, place: int) -> None:
        """Remove a job."""
        places = self.places[self.region_of(place)]
        if place in places:
            places.remove(place)

    def _number(self, place: int) -> str:
        mixed = (place * _NUMBER_FACTOR + self._number_offset) % (1 << _NUMBER_BITS)
        return str(_NUMBER_BASE + mixed)

    def _job_id(self, place: int) -> str:
        return f"video-job-{(place * _ID_FACTOR + self._id_offset) % (1 << _ID_BITS):08x}"

    def _make(self, place: int) -> CustomJobRecord:
        rng = random.Random(place * 2_147_483_659 + self._salt)  # noqa: S311
        region = self.region_of(place)
        hardware = rng.choices((L4, T4, CPU), (5, 4, 1))[0]
        spot = hardware is not CPU and rng.random() < 0.5
        fate = rng.choices([fate for fate, _ in _FATES], [weight for _, weight in _FATES])[0]
        plan = draw_job(rng, region, hardware, spot=spot, failure_rate=0.0)
        created = self._start - QUIET_S - (place + rng.uniform(0.1, 0.9)) * self._gap
        job_id = self._job_id(place)
        labels = render_labels(job_id, region, hardware, spot=spot)
        if rng.random() < 0.03:
            del labels["region"]
        record = CustomJobRecord(
            number=self._number(place),
            region=region,
            display_name=DISPLAY_NAME_PREFIX + job_id,
            spec=render_spec(self._project, job_id, hardware, spot=spot),
            labels=labels,
            state=fate.state,
            created=created,
            updated=created,
        )
        self._end(record, fate, plan, hardware, rng)
        if fate.failure is not None:
            self._failures[place] = fate.failure
        return record

    def _end(
        self, record: CustomJobRecord, fate: _Fate, plan: JobPlan, hardware: Hardware, rng: random.Random
    ) -> None:
        queue = min(plan.queue_s, 2.5 * median_queue_s(hardware, record.region))
        if not fate.ran:
            queue = rng.uniform(8.0, 25.0) if fate.failure is not None else queue * rng.uniform(0.1, 1.0)
        moment = record.created + queue / self._speed
        if fate.ran:
            record.started = moment
            moment += self._run_s(record, fate, plan, rng) / self._speed
        record.updated = moment
        record.ended = moment if fate.has_end else None
        if fate.failure is not None:
            record.error = error_of(fate.failure, record, self._project, hardware)
        elif fate.state == "JOB_STATE_CANCELLED":
            record.error = cancelled_error()

    @staticmethod
    def _run_s(record: CustomJobRecord, fate: _Fate, plan: JobPlan, rng: random.Random) -> float:
        if fate.failure is failures.TIMED_OUT:
            return 3600.0
        if fate.failure is failures.NO_MOVIEPY:
            return rng.uniform(15.0, 40.0)
        whole = fate.failure is None and record.state != "JOB_STATE_CANCELLED"
        return plan.render_s if whole else plan.render_s * rng.uniform(0.1, 0.9)


def error_of(
    failure: failures.JobFailure, job: CustomJobRecord, project: str, hardware: Hardware
) -> dict[str, object]:
    """Return the google.rpc.Status of a job that failed so."""
    metric = f"custom_model_training_{hardware.accelerator_type.lower() or 'cpus'}"
    message = failure.message.format(
        project=project,
        job=job.number,
        timeout=scheduling_of(job.spec).get("timeout"),
        metric=metric + ("_gpus" if hardware.accelerator_type else ""),
    )
    return {"code": failure.code, "message": message}


def cancelled_error() -> dict[str, object]:
    """Return the google.rpc.Status of a job that was cancelled."""
    return {"code": failures.CANCELLED, "message": "CANCELED"}
