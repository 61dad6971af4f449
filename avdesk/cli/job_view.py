"""Jobs as lines for people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from avdesk.cli.lines import Line, Style, line
from avdesk.cli.symbols import sign_mark
from avdesk.core import reasons, wording
from avdesk.core.jobs import Job, JobState
from avdesk.core.redact import redact
from avdesk.core.summary import Sign
from avdesk.core.text import one_line
from avdesk.i18n import _

_SIGNS: Mapping[JobState, Sign] = MappingProxyType(
    {
        JobState.QUEUED: Sign.WAITING,
        JobState.PENDING: Sign.WAITING,
        JobState.RUNNING: Sign.RUNNING,
        JobState.SUCCEEDED: Sign.SUCCEEDED,
        JobState.FAILED: Sign.FAILED,
        JobState.EXPIRED: Sign.FAILED,
        JobState.CANCELLED: Sign.IDLE,
        JobState.CANCELLING: Sign.ATTENTION,
        JobState.PARTIALLY_SUCCEEDED: Sign.ATTENTION,
        JobState.UNKNOWN: Sign.STALE,
    }
)
_LONGEST_CELL = 40


def table(jobs: Sequence[Job], now: datetime) -> list[Line]:
    """Return one line a job below a line of names."""
    if not jobs:
        return [line(_("No jobs."))]
    names = (_("State"), _("Job"), _("Region"), _("Machine"), _("Created"), _("Queued"), _("Ran"), _("Cost"))
    rows = [_row(job, now) for job in jobs]
    widths = [max(len(row[place]) for row in (names, *rows)) for place in range(len(names))]
    lines = [line(("  " + _padded(names, widths), Style.FAINT))]
    for job, row in zip(jobs, rows, strict=True):
        symbol, style = _mark(job)
        lines.append(line((f"{symbol} ", style), _padded(row, widths), f"  {_why(job, reasons.SHORT)}".rstrip()))
    return lines


def details(job: Job, now: datetime) -> list[Line]:
    """Return everything that is known of a job."""
    symbol, style = _mark(job)
    title = line(
        (f"{symbol} {_state(job)}", style), (f" · {job.id}", Style.STRONG), (f" · {job.region or '–'}", Style.FAINT)
    )
    cost = job.cost_usd(now)
    rows = (
        (_("Name"), job.display_name),
        (_("Resource"), job.resource_name),
        (_("Machine"), f"{job.machine_type or '–'}, {wording.machine(job)}{_(', spot') if job.spot else ''}"),
        (_("Created"), _moment(job.created_at)),
        (_("Started"), _moment(job.started_at)),
        (_("Ended"), _moment(job.ended_at)),
        (_("Queued"), wording.duration(job.queue_s(now))),
        (_("Ran"), wording.duration(job.run_s(now))),
        (_("Limit"), wording.duration(job.time_limit_s)),
        (_("Cost"), "–" if cost is None else f"{cost:.2f} $"),
        (_("Retries"), job.retry_of or ""),
        (_("Error"), _why(job, 2000)),
        (_("Labels"), ", ".join(f"{name}={value}" for name, value in job.labels.items())),
        (_("Actions"), ", ".join(job.actions)),
    )
    width = max(len(name) for name, _value in rows)
    return [title, Line(), *(line((f"  {name.ljust(width)}  ", Style.FAINT), value) for name, value in rows if value)]


def state_line(job: Job, now: datetime) -> Line:
    """Return one line of how a job stands."""
    symbol, style = _mark(job)
    told = f" {job.id}: {_state(job)}"
    if job.state.waiting:
        told += _(", for {time} so far").format(time=wording.duration(job.queue_s(now)))
    elif job.state.ended and job.run_s(now) is not None:
        told += _(", after {time}").format(time=wording.duration(job.run_s(now)))
    why = _why(job, 500)
    return line((symbol, style), told + (f". {why}" if why else ""))


def _row(job: Job, now: datetime) -> tuple[str, ...]:
    cost = job.cost_usd(now)
    created = "–"
    if job.created_at is not None:
        since_s = max(0.0, (now - job.created_at).total_seconds())
        created = _("{time} ago").format(time=wording.rough_duration(since_s))
    return (
        _state(job),
        one_line(job.id, _LONGEST_CELL),
        job.region or "–",
        one_line(f"{wording.machine(job)}{_(', spot') if job.spot else ''}", _LONGEST_CELL),
        created,
        wording.duration(job.queue_s(now)),
        wording.duration(job.run_s(now)),
        "–" if cost is None else f"{cost:.2f} $",
    )


def _state(job: Job) -> str:
    return wording.job_state(job.state) if job.state is not JobState.UNKNOWN else one_line(job.vertex_state, 30)


def _mark(job: Job) -> tuple[str, Style]:
    return sign_mark(_SIGNS.get(job.state, Sign.WAITING))


def _why(job: Job, limit: int) -> str:
    """Return why a job ended badly; a cancelled one carries an error too, which is none."""
    if job.error is None or job.state in (JobState.CANCELLED, JobState.CANCELLING):
        return ""
    return one_line(redact(job.error.message), limit) or _("no reason was given")


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment is not None else "–"


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
