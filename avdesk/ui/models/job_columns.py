"""The columns of the job table: what each shows, how it is ordered, what it says on hover."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
Words = Callable[[JobFacts, Surroundings], str]


@dataclass(frozen=True, slots=True)
class JobColumn:
    """One column.

    Attributes:
        name: for settings; never shown.
        title: its header.
        text: what it shows.
        value: what it is ordered by; None comes last either way.
        hint: its tooltip; None: the text itself.
        numeric: the values are numbers, not text.
        right: it is set to the right.
        ticks: whether it changes by itself while a job is on.
    """

    name: str
    title: str
    text: Words
    value: Callable[[JobFacts, Surroundings], Value]
    hint: Words | None = None
    numeric: bool = False
    right: bool = False
    ticks: bool = False


def job_columns() -> tuple[JobColumn, ...]:
    """Return the columns in their usual order."""
    return (
        JobColumn(NAME, _("Name"), lambda row, _s: title_of(row.job), lambda row, _s: row.job.id, _whole_name),
        JobColumn(STATE, _("State"), _state, _state_rank, _state_hint, numeric=True),
        JobColumn(REGION, _("Region"), lambda row, _s: row.job.region or "–", lambda row, _s: row.job.region or None),
        JobColumn(MACHINE, _("Machine"), lambda row, _s: row.job.machine_type or "–", _machine_value),
        JobColumn(GPU, _("GPU"), lambda row, _s: gpu_of(row.job), _gpu_value),
        JobColumn(SPOT, _("Spot"), _spot, lambda row, _s: None if row.job.spot is None else str(row.job.spot)),
        JobColumn(
            CREATED, _("Created"), _created, lambda row, _s: row.created, _created_hint, numeric=True, right=True
        ),
        JobColumn(
            QUEUED,
            _("Queued for"),
            lambda row, around: wording.duration(row.queued(around.now)),
            lambda row, around: row.queued(around.now),
            lambda row, _s: _from_to(row.job.created_at, row.job.started_at),
            numeric=True,
            right=True,
            ticks=True,
        ),
        JobColumn(
            RAN,
            _("Ran for"),
            lambda row, around: wording.duration(row.ran(around.now)),
            lambda row, around: row.ran(around.now),
            lambda row, _s: _from_to(row.job.started_at, row.job.ended_at),
            numeric=True,
            right=True,
            ticks=True,
        ),
        JobColumn(
            COST,
            _("Cost"),
            _cost,
            lambda row, around: row.cost(around.now),
            _cost_hint,
            numeric=True,
            right=True,
            ticks=True,
        ),
        JobColumn(ERROR, _("Error"), _error, _error_value, _whole_error),
        JobColumn(RUN, _("Run"), _run, _run_value, _run_hint),
        JobColumn(KIND, _("Made by"), _kind, _kind_rank, numeric=True),
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


def _state_rank(row: JobFacts, _around: Surroundings) -> Value:
    return _STATE_ORDER.index(row.job.state)


def _state_hint(row: JobFacts, around: Surroundings) -> str:
    lines = [f"{wording.job_state(row.job.state)} ({row.job.vertex_state})"]
    if around.notes and row.job.key in around.notes:
        lines.insert(0, around.notes[row.job.key])
    if row.job.updated_at is not None:
        lines.append(_("changed {time}").format(time=times.exact_utc(row.job.updated_at)))
    return "\n".join(lines)


def _machine_value(row: JobFacts, _around: Surroundings) -> Value:
    return row.job.machine_type or None


def _gpu_value(row: JobFacts, _around: Surroundings) -> Value:
    job = row.job
    return None if job.accelerator_type is None else f"{job.accelerator_type} {job.accelerator_count:04}"


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


def _error_value(row: JobFacts, _around: Surroundings) -> Value:
    error = row.job.error
    return None if error is None else error.message[:80].casefold()


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


def _run_value(row: JobFacts, around: Surroundings) -> Value:
    run = around.runs.get(row.job.id)
    return None if run is None else (run.started_at or run.ended_at or around.now).isoformat()


def _run_hint(row: JobFacts, around: Surroundings) -> str:
    run = around.runs.get(row.job.id)
    if run is None:
        return _("no run that AVDesk has seen")
    return "\n".join(part for part in (run.id, run_outcome(run), times.exact_utc(run.started_at)) if part)


def _kind(row: JobFacts, _around: Surroundings) -> str:
    return _("AutoVideo") if row.job.is_autovideo else _("other")


def _kind_rank(row: JobFacts, _around: Surroundings) -> Value:
    return 0 if row.autovideo else 1
