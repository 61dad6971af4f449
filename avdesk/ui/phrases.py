"""What the Pipeline page says of a snapshot, in words: pure, so that every state can be tested without a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from avdesk.core import wording
from avdesk.core.jobs import Job
from avdesk.core.median import median
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import Eta, Reach, Snapshot, VertexView
from avdesk.core.summary import Sign, State, Summary
from avdesk.i18n import _, ngettext
from avdesk.ui import times


@dataclass(frozen=True, slots=True)
class PhaseWords:
    """One phase in words.

    Attributes:
        name: for people.
        time: the main line: its duration, or what there is to say instead.
        note: a second line, as the usual time; may be empty.
        share: how far it has come, 0 to 1; None is unknown.
    """

    name: str
    time: str
    note: str
    share: float | None


def usual_times(past_runs: Sequence[Run]) -> dict[str, float]:
    """Return the median duration of each phase in the last runs, seconds."""
    seen: dict[str, list[float]] = {}
    for run in past_runs:
        for phase in run.phases:
            if phase.state is PhaseState.DONE and phase.duration_s:
                seen.setdefault(phase.name, []).append(phase.duration_s)
    return {name: median(durations) for name, durations in seen.items()}


def phase_words(phase: Phase, usual_s: float | None, *, known_now: bool = True) -> PhaseWords:
    """Return what to say of one phase.

    `usual_s` is how long it takes as a rule, None when not known; `known_now` whether the state is of now.
    """
    name = wording.phase_name(phase.name)
    took = wording.duration(phase.duration_s)
    usually = _("usually {time}").format(time=wording.rough_duration(usual_s)) if usual_s else ""
    match phase.state:
        case PhaseState.DONE:
            return PhaseWords(name, took if phase.duration_s is not None else _("done"), "", 1.0)
        case PhaseState.RUNNING:
            if not known_now:
                return PhaseWords(name, took, _("running when last seen"), None)
            if phase.duration_s is None:
                return PhaseWords(name, _("running"), usually, None)
            share = None if not usual_s else phase.duration_s / usual_s
            if share is not None and share > 1.25:
                usually = _("longer than the usual {time}").format(time=wording.rough_duration(usual_s))
            return PhaseWords(name, took, usually, share)
        case PhaseState.FAILED:
            after = _("failed after {time}").format(time=took) if phase.duration_s is not None else _("failed")
            return PhaseWords(name, after, "", 1.0)
        case PhaseState.SKIPPED:
            after = _("stopped after {time}").format(time=took) if phase.duration_s is not None else _("skipped")
            return PhaseWords(name, after, "", None)
        case PhaseState.PENDING:
            return PhaseWords(name, _("to come"), usually, 0.0)


def progress(phases: Sequence[Phase]) -> tuple[int, int]:
    """Return how many segments of the running ring are filled, and how many there are."""
    over = sum(phase.state in (PhaseState.DONE, PhaseState.SKIPPED) for phase in phases)
    return (over, len(phases)) if phases else (0, 4)


def eta_words(eta: Eta | None, passed_s: float) -> str:
    """Return ``about 14–38 min left``, `passed_s` seconds after the estimate was made; empty without one."""
    if eta is None:
        return ""
    low, high = max(0.0, eta.p50_s - passed_s), max(0.0, eta.p90_s - passed_s)
    if high == 0.0:
        return _("longer than usual")
    if high >= wording.MINUTE_S > 2 * low:
        return _("up to {min} min left").format(min=round(high / wording.MINUTE_S))
    return _("{range} left").format(range=wording.eta_range(low, high))


def advice(snapshot: Snapshot, summary: Summary, now: datetime) -> str:
    """Return the sentence below the headline: what it means and the one next step."""
    if summary.advice:
        return summary.advice
    if snapshot.paused:
        return _("Asking is paused.")
    if summary.state is State.UNKNOWN and snapshot.observed_at is None:
        return _("The first answer is on its way.")
    if summary.state is not State.IDLE:
        return ""
    if snapshot.server.batch and snapshot.server.reach is Reach.NO:
        return _("It starts with the next run. Render jobs are followed at Vertex AI meanwhile.")
    last = snapshot.past_runs[0] if snapshot.past_runs else None
    if last is None:
        return _("No runs yet. A run's phases appear here as soon as one starts.")
    if last.ended_at is None:
        return _("The last run: {outcome}.").format(outcome=run_outcome(last).lower())
    return _("The last run: {outcome}, {when}.").format(
        outcome=run_outcome(last).lower(), when=times.ago(last.ended_at, now)
    )


def since_words(summary: Summary, now: datetime) -> str:
    """Return ``running for 14 min 40 s`` for a run that is on; empty otherwise."""
    if summary.state is not State.RUNNING or summary.started_at is None:
        return ""
    seconds = (now - summary.started_at).total_seconds()
    return _("running for {time}").format(time=wording.duration(seconds))


def run_outcome(run: Run) -> str:
    """Return the word for how a run stands."""
    return {
        RunState.RUNNING: _("Running"),
        RunState.SUCCEEDED: _("Done"),
        RunState.FAILED: _("Failed"),
        RunState.CANCELLED: _("Cancelled"),
        RunState.UNKNOWN: _("Not known"),
    }[run.state]


def sign_word(sign: Sign) -> str:
    """Return the word for a sign."""
    return {
        Sign.IDLE: _("Idle"),
        Sign.RUNNING: _("Making video"),
        Sign.WAITING: _("Waiting"),
        Sign.SUCCEEDED: _("Done"),
        Sign.ATTENTION: _("Needs a look"),
        Sign.FAILED: _("Failed"),
        Sign.STALE: _("Not updated"),
        Sign.OFFLINE: _("Not reachable"),
    }[sign]


def server_state(snapshot: Snapshot, now: datetime) -> tuple[Sign, str]:
    """Return the sign and the words for whether the server answers."""
    server = snapshot.server
    if server.reach is Reach.YES:
        return Sign.SUCCEEDED, _("Answers")
    if server.reach is Reach.OFF:
        return Sign.IDLE, _("Not asked")
    if server.reach is Reach.UNKNOWN:
        return Sign.STALE, _("Not asked yet")
    if server.batch:
        return Sign.IDLE, _("Off between runs")
    if server.since is None:
        return Sign.OFFLINE, _("Not reachable")
    return Sign.OFFLINE, _("Away since {time}").format(time=times.local_moment(server.since, now))


def vertex_state(vertex: VertexView, now: datetime) -> str:
    """Return whether Vertex AI answers, in words."""
    if vertex.reach is Reach.OFF:
        return _("Not asked")
    if vertex.reach is Reach.UNKNOWN:
        return _("Not asked yet")
    if vertex.reach is Reach.NO:
        refused = any(trouble.kind.startswith(("Permission", "Credentials")) for trouble in vertex.troubles.values())
        return _("Refuses") if refused else _("Not reachable")
    if vertex.troubles:
        return ngettext("{count} region away", "{count} regions away", len(vertex.troubles)).format(
            count=len(vertex.troubles)
        )
    if vertex.asked_at is None:
        return _("Answers")
    seconds = max(0.0, (now - vertex.asked_at).total_seconds())
    return _("answered {time} ago").format(time=wording.rough_duration(seconds))


def vertex_trouble(vertex: VertexView) -> tuple[str, str]:
    """Return what is wrong with Vertex AI, in short and in full; two empty texts when nothing is."""
    if not vertex.troubles:
        return "", ""
    region, first = next(iter(vertex.troubles.items()))
    short = f"{region}: {first.message}" if region else first.message
    lines = []
    for name, trouble in vertex.troubles.items():
        lines += [f"{name or 'Vertex AI'}: {trouble.kind}", trouble.message, trouble.advice, ""]
    return f"{short} {first.advice}".strip(), "\n".join(lines).strip()


def allowance_note(snapshot: Snapshot, now: datetime) -> str:
    """Return when the server takes the next request; empty while it does now."""
    budget = snapshot.budget
    if budget is None or budget.next_free_at is None or budget.next_free_at <= now:
        return ""
    wait = (budget.next_free_at - now).total_seconds()
    return _("in {time}").format(time=wording.duration(wait))


def ran_words(job: Job, now: datetime) -> str | None:
    """Return how long a job has run, of its limit where that is known; None for one that never ran."""
    ran = job.run_s(now)
    if ran is None:
        return None
    if job.time_limit_s is None:
        return wording.duration(ran)
    return _("{time} of {limit}").format(time=wording.duration(ran), limit=wording.rough_duration(job.time_limit_s))


def cost_words(job: Job, now: datetime) -> str | None:
    """Return what a job has cost by AutoVideo's own price table; None where that is not known."""
    cost = job.cost_usd(now)
    if cost is None:
        return None
    return _("about {usd} USD").format(usd=f"{cost:.2f}")


def status_line(snapshot: Snapshot | None, now: datetime) -> str:
    """Return what AVDesk is doing, one thing."""
    if snapshot is None:
        return _("Waiting for the first answer.")
    if snapshot.paused:
        return _("Asking is paused.")
    if snapshot.next_look_at is None:
        return ""
    wait = (snapshot.next_look_at - now).total_seconds()
    if wait < 1.0:
        return _("Asking now…")
    return _("Next look in {time}.").format(time=wording.duration(wait))
