"""What the tray shows of a snapshot: one plain object, worked out without Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from avdesk.core import wording
from avdesk.core.jobs import Job
from avdesk.core.phases import EXPECTED, Phase, PhaseState
from avdesk.core.snapshot import Snapshot
from avdesk.core.summary import Sign, State, Summary, summarise
from avdesk.core.text import one_line
from avdesk.core.worst import standing, worst
from avdesk.i18n import _

HEADLINE_LIMIT = 120
LINE_LIMIT = 80
PHASES_SHOWN = 10
JOBS_SHOWN = 5

_MARKS = {
    PhaseState.DONE: "✔",
    PhaseState.RUNNING: "◐",
    PhaseState.PENDING: "○",
    PhaseState.FAILED: "✖",
    PhaseState.SKIPPED: "–",
}
# Some hosts read a tooltip as rich text and some don't: without these it is the same for both.
_NO_MARKUP = str.maketrans({"<": "‹", ">": "›", "&": "+"})

NO_SIGNS: Mapping[str, Sign] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TrayState:
    """Everything that the tray shows.

    Attributes:
        environment: of which environment.
        sign: the icon, of the environment that needs a look most; `done` of `total` segments of its ring are filled.
        headline: the first line of the menu.
        phases: a line for each phase; empty without a run.
        eta, job: a line each, empty when there is nothing to say.
        tooltip: environment, headline and age of the data; first of what needs a look, then of what is looked at.
        paused: asking is paused.
        cancellable: the most recent jobs that can be cancelled, newest first.
        logged: the job whose log can be shown: the run's, else the newest; None without any.
        alarm: what needs a look elsewhere, a line; `alarm_environment` is where. Empty when nothing does.
        signs: environment → how it stands; empty where there is one alone.
    """

    environment: str
    sign: Sign
    done: int
    total: int
    headline: str
    phases: tuple[str, ...]
    eta: str
    job: str
    tooltip: str
    paused: bool
    cancellable: tuple[Job, ...] = ()
    logged: Job | None = None
    alarm: str = ""
    alarm_environment: str = ""
    signs: Mapping[str, Sign] = field(default_factory=lambda: NO_SIGNS)


def tray_state(snapshot: Snapshot, now: datetime, others: Sequence[Snapshot] = ()) -> TrayState:
    """Return what the tray shows of `snapshot` at `now`, and of the `others` where they need a look."""
    summary = summarise(snapshot, now)
    phases = summary.phases
    headline = one_line(summary.headline, HEADLINE_LIMIT)
    first = worst((snapshot, *others), snapshot.environment, now) or standing(snapshot, now)
    elsewhere = first.snapshot.environment != snapshot.environment
    tooltip = _told_of(first.snapshot, first.summary, now)
    if elsewhere:
        tooltip = f"{tooltip}\n{_line_of(snapshot, summary)}"
    shown = first.summary.phases
    over = sum(phase.state in (PhaseState.DONE, PhaseState.SKIPPED) for phase in shown)
    running = summary.state is State.RUNNING
    job = snapshot.job
    return TrayState(
        environment=snapshot.environment,
        sign=first.summary.sign,
        done=over,
        total=len(shown) or len(EXPECTED),
        headline=headline,
        alarm=_line_of(first.snapshot, first.summary) if elsewhere and first.bad else "",
        alarm_environment=first.snapshot.environment if elsewhere and first.bad else "",
        signs={each.environment: summarise(each, now).sign for each in (snapshot, *others)} if others else NO_SIGNS,
        phases=tuple(phase_line(phase) for phase in phases[:PHASES_SHOWN]),
        eta=_eta_line(snapshot) if running else "",
        job=job_line(job) if job is not None and (running or job.state.active) else "",
        tooltip=tooltip.translate(_NO_MARKUP),
        paused=snapshot.paused,
        logged=_logged(snapshot),
        cancellable=tuple(job for job in snapshot.jobs if job.number and "cancel" in job.actions)[:JOBS_SHOWN],
    )


def _logged(snapshot: Snapshot) -> Job | None:
    jobs = (snapshot.job, *snapshot.jobs) if snapshot.job is not None else snapshot.jobs
    return next((job for job in jobs if job.number), None)


def _told_of(snapshot: Snapshot, summary: Summary, now: datetime) -> str:
    """Return environment, headline and age of the data, on two lines."""
    age = wording.age(snapshot.age_s(now))
    if snapshot.paused:
        age = _("{age}, paused").format(age=age)
    headline = one_line(summary.headline, HEADLINE_LIMIT)
    return _("{environment}: {headline}\n{age}").format(environment=snapshot.environment, headline=headline, age=age)


def _line_of(snapshot: Snapshot, summary: Summary) -> str:
    headline = one_line(summary.headline, HEADLINE_LIMIT)
    return _("{environment}: {headline}").format(environment=snapshot.environment, headline=headline)


def phase_line(phase: Phase) -> str:
    """Return ``✔ Story · 37 s``: mark, name, and the duration where one is known."""
    mark, name = _MARKS[phase.state], one_line(wording.phase_name(phase.name), LINE_LIMIT)
    if phase.duration_s is None:
        return f"{mark} {name}"
    return f"{mark} {name} · {wording.duration(phase.duration_s)}"


def job_line(job: Job) -> str:
    """Return what job it is, how it stands and on what."""
    parts = [job.id, wording.job_state(job.state), wording.machine(job), job.region or ""]
    return one_line(" · ".join(part for part in parts if part), LINE_LIMIT * 2)


def _eta_line(snapshot: Snapshot) -> str:
    if snapshot.eta is None:
        return ""
    left = wording.eta_range(snapshot.eta.p50_s, snapshot.eta.p90_s)
    return _("{time} left").format(time=left)
