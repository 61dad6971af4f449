"""What the tray shows of a snapshot: one plain object, worked out without Qt."""

from dataclasses import dataclass
from datetime import datetime

from avdesk.core import wording
from avdesk.core.jobs import Job
from avdesk.core.phases import EXPECTED, Phase, PhaseState
from avdesk.core.snapshot import Snapshot
from avdesk.core.summary import Sign, State, summarise
from avdesk.core.text import one_line
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


@dataclass(frozen=True, slots=True)
class TrayState:
    """Everything that the tray shows.

    Attributes:
        environment: of which environment.
        sign: the icon; `done` of `total` segments of its ring are filled.
        headline: the first line of the menu.
        phases: a line for each phase; empty without a run.
        eta, job: a line each, empty when there is nothing to say.
        tooltip: environment, headline and age of the data.
        paused: asking is paused.
        cancellable: the most recent jobs that can be cancelled, newest first.
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


def tray_state(snapshot: Snapshot, now: datetime) -> TrayState:
    """Return what the tray shows of `snapshot` at `now`."""
    summary = summarise(snapshot, now)
    phases = summary.phases
    over = sum(phase.state in (PhaseState.DONE, PhaseState.SKIPPED) for phase in phases)
    headline = one_line(summary.headline, HEADLINE_LIMIT)
    age = wording.age(snapshot.age_s(now))
    if snapshot.paused:
        age = _("{age}, paused").format(age=age)
    tooltip = _("{environment}: {headline}\n{age}").format(
        environment=snapshot.environment, headline=headline, age=age
    )
    running = summary.state is State.RUNNING
    job = snapshot.job
    return TrayState(
        environment=snapshot.environment,
        sign=summary.sign,
        done=over,
        total=len(phases) or len(EXPECTED),
        headline=headline,
        phases=tuple(phase_line(phase) for phase in phases[:PHASES_SHOWN]),
        eta=_eta_line(snapshot) if running else "",
        job=job_line(job) if job is not None and (running or job.state.active) else "",
        tooltip=tooltip.translate(_NO_MARKUP),
        paused=snapshot.paused,
        cancellable=tuple(job for job in snapshot.jobs if job.number and "cancel" in job.actions)[:JOBS_SHOWN],
    )


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
