"""The columns of the job table: what each shows, how it is ordered, what it says on hover."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from avdesk.core import reasons, wording
from avdesk.core.jobfacts import JobFacts
from avdesk.core.jobs import Job, JobState
from avdesk.core.run import Run
from avdesk.i18n import _
from avdesk.ui import times
from avdesk.ui.phrases import run_outcome

_STATE_ORDER = (
    JobState.RUNNING,
    JobState.UPDATING,
    JobState.CANCELLING,
    JobState.PENDING,
    JobState.QUEUED,
    JobState.PAUSED,
    JobState.UNKNOWN,
    JobState.FAILED,
    JobState.EXPIRED,
    JobState.PARTIALLY_SUCCEEDED,
    JobState.CANCELLED,
    JobState.SUCCEEDED,
)
"""What needs somebody's attention comes first."""

_LAST_FIRST = _STATE_ORDER[::-1]
"""The states of most jobs are found soonest that way."""

_RANK_OF_LAST = len(_STATE_ORDER) - 1
_SPOT_WORDS: Mapping[bool | None, str | None] = MappingProxyType({None: None, True: "True", False: "False"})

NO_RUNS: Mapping[str, Run] = MappingProxyType({})
NO_NOTES: Mapping[tuple[str, str], str] = MappingProxyType({})

NAME = "name"
STATE = "state"
REGION = "region"
MACHINE = "machine"
GPU = "gpu"
SPOT = "spot"
CREATED = "created"
QUEUED = "queued"
RAN = "ran"
COST = "cost"
ERROR = "error"
RUN = "run"
KIND = "kind"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the cells of a table depend on besides their job.

    Attributes:
        now: the time (UTC).
        runs: the pipeline's runs by the id of their job.
        notes: job key → what to say in place of its state, as that its end was requested.
    """

    now: datetime
    runs: Mapping[str, Run] = field(default_factory=lambda: NO_RUNS)
    notes: Mapping[tuple[str, str], str] = field(default_factory=lambda: NO_NOTES)


Value = float | str | None
Values = Callable[[Sequence[JobFacts], Surroundings], list[Value]]
Words = Callable[[JobFacts, Surroundings], str]


@dataclass(frozen=True, slots=True)
class JobColumn:
    """One column.

    Attributes:
        name: for settings; never shown.
        title: its header.
        text: what it shows.
        values: what rows are ordered by, of many rows at once: a call for each would take longer than what it reads.
            None comes last either way.
        hint: its tooltip; None: the text itself.
        numeric: the values are numbers, not text.
        right: it is set to the right.
        ticks: whether it changes by itself while a job is on.
    """

    name: str
    title: str
    text: Words
    values: Values
    hint: Words | None = None
    numeric: bool = False
    right: bool = False
    ticks: bool = False

    def value(self, row: JobFacts, around: Surroundings) -> Value:
        """Return what a row is ordered by."""
        return self.values((row,), around)[0]


def job_columns() -> tuple[JobColumn, ...]:
    """Return the columns in their usual order."""
    return (
        JobColumn(NAME, _("Name"), lambda row, _s: title_of(row.job), _ids, _whole_name),
        JobColumn(STATE, _("State"), _state, _state_ranks, _state_hint, numeric=True),
        JobColumn(REGION, _("Region"), lambda row, _s: row.job.region or "–", _regions),
        JobColumn(MACHINE, _("Machine"), lambda row, _s: row.job.machine_type or "–", _machines),
        JobColumn(GPU, _("GPU"), lambda row, _s: gpu_of(row.job), _gpus),
        JobColumn(SPOT, _("Spot"), _spot, _spots),
        JobColumn(CREATED, _("Created"), _created, _creations, _created_hint, numeric=True, right=True),
        JobColumn(
            QUEUED,
            _("Queued for"),
            lambda row, around: wording.duration(row.queued(around.now)),
            lambda rows, around: [row.queued(around.now) if row.live else row.queued_then for row in rows],
            lambda row, _s: _from_to(row.job.created_at, row.job.started_at),
            numeric=True,
            right=True,
            ticks=True,
        ),
        JobColumn(
            RAN,
            _("Ran for"),
            lambda row, around: wording.duration(row.ran(around.now)),
            lambda rows, around: [row.ran(around.now) if row.live else row.ran_then for row in rows],
            lambda row, _s: _from_to(row.job.started_at, row.job.ended_at),
            numeric=True,
            right=True,
            ticks=True,
        ),
        JobColumn(
            COST,
            _("Cost"),
            _cost,
            lambda rows, around: [row.cost(around.now) if row.live else row.cost_then for row in rows],
            _cost_hint,
            numeric=True,
            right=True,
            ticks=True,
        ),
        JobColumn(ERROR, _("Error"), _error, _errors, _whole_error),
        JobColumn(RUN, _("Run"), _run, _runs, _run_hint),
        JobColumn(KIND, _("Made by"), _kind, _kind_ranks, numeric=True),
    )


def title_of(job: Job) -> str:
    """Return what a job is called: AutoVideo's id, or the display name of another's."""
    return job.id if job.is_autovideo else job.display_name or job.id


def gpu_of(job: Job) -> str:
    """Return ``1× T4``; the maker's name is the same for all."""
    if job.accelerator_type is None:
        return "–"
    kind = job.accelerator_type.removeprefix("NVIDIA_").removeprefix("TESLA_").replace("_", " ")
    return f"{job.accelerator_count}× {kind}"


def _whole_name(row: JobFacts, _around: Surroundings) -> str:
    return "\n".join(part for part in (row.job.display_name, row.job.resource_name) if part) or row.job.id


def _state(row: JobFacts, around: Surroundings) -> str:
    note = around.notes.get(row.job.key) if around.notes else None
    return note or wording.job_state(row.job.state)


def _state_ranks(rows: Sequence[JobFacts], _around: Surroundings) -> list[Value]:
    return [_RANK_OF_LAST - _LAST_FIRST.index(row.kind.state) for row in rows]


def _state_hint(row: JobFacts, around: Surroundings) -> str:
    lines = [f"{wording.job_state(row.job.state)} ({row.job.vertex_state})"]
    if around.notes and row.job.key in around.notes:
        lines.insert(0, around.notes[row.job.key])
    if row.job.updated_at is not None:
        lines.append(_("changed {time}").format(time=times.exact_utc(row.job.updated_at)))
    return "\n".join(lines)


def _ids(rows: Sequence[JobFacts], _around: Surroundings) -> list[Value]:
    return [row.job.id for row in rows]


def _regions(rows: Sequence[JobFacts], _around: Surroundings) -> list[Value]:
    return [row.kind.job.region or None for row in rows]


def _machines(rows: Sequence[JobFacts], _around: Surroundings) -> list[Value]:
    return [row.kind.job.machine_type or None for row in rows]


def _gpus(rows: Sequence[JobFacts], _around: Surroundings) -> list[Value]:
    return [_gpu_value(row.kind.job.accelerator_type, row.kind.job.accelerator_count) for row in rows]


@lru_cache(maxsize=256)
def _gpu_value(kind: str | None, count: int) -> str | None:
    return None if kind is None else f"{kind} {count:04}"


def _spots(rows: Sequence[JobFacts], _around: Surroundings) -> list[Value]:
    return [_SPOT_WORDS[row.kind.job.spot] for row in rows]


def _creations(rows: Sequence[JobFacts], _around: Surroundings) -> list[Value]:
    return [row.created for row in rows]


def _spot(row: JobFacts, _around: Surroundings) -> str:
    if row.job.spot is None:
        return "–"
    return _("yes") if row.job.spot else _("no")


def _created(row: JobFacts, around: Surroundings) -> str:
    made = row.job.created_at
    return "–" if made is None else times.local_moment(made, around.now)


def _created_hint(row: JobFacts, _around: Surroundings) -> str:
    return times.exact_utc(row.job.created_at)


def _from_to(start: datetime | None, end: datetime | None) -> str:
    if start is None:
        return ""
    if end is None:
        return _("since {time}").format(time=times.exact_utc(start))
    return f"{times.exact_utc(start)} – {times.exact_utc(end)}"


def _cost(row: JobFacts, around: Surroundings) -> str:
    cost = row.cost(around.now)
    return "–" if cost is None else _("{usd} USD").format(usd=f"{cost:.2f}")


def _cost_hint(row: JobFacts, around: Surroundings) -> str:
    cost = row.cost(around.now)
    if cost is None:
        return _("not known: the machine is not in AutoVideo’s price table")
    return _("about {usd} USD by AutoVideo’s price table").format(usd=f"{cost:.4f}")


def _error(row: JobFacts, _around: Surroundings) -> str:
    error = row.job.error
    return "" if error is None else reasons.explain(error.message).what


def _errors(rows: Sequence[JobFacts], _around: Surroundings) -> list[Value]:
    return [None if row.kind.job.error is None else row.kind.job.error.message[:80].casefold() for row in rows]


def _whole_error(row: JobFacts, _around: Surroundings) -> str:
    error = row.job.error
    if error is None:
        return ""
    code = _("code {code}").format(code=error.code) if error.code is not None else ""
    return "\n".join(part for part in (error.message, code) if part)


def _run(row: JobFacts, around: Surroundings) -> str:
    run = around.runs.get(row.job.id)
    if run is None:
        return "–"
    moment = run.started_at or run.ended_at
    return run_outcome(run) if moment is None else times.local_moment(moment, around.now)


def _runs(rows: Sequence[JobFacts], around: Surroundings) -> list[Value]:
    found = [around.runs.get(row.job.id) for row in rows]
    return [None if run is None else (run.started_at or run.ended_at or around.now).isoformat() for run in found]


def _run_hint(row: JobFacts, around: Surroundings) -> str:
    run = around.runs.get(row.job.id)
    if run is None:
        return _("no run that AVDesk has seen")
    return "\n".join(part for part in (run.id, run_outcome(run), times.exact_utc(run.started_at)) if part)


def _kind(row: JobFacts, _around: Surroundings) -> str:
    return _("AutoVideo") if row.job.is_autovideo else _("other")


def _kind_ranks(rows: Sequence[JobFacts], _around: Surroundings) -> list[Value]:
    return [0 if row.kind.autovideo else 1 for row in rows]
