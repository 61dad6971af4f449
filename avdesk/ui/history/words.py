"""What the History page says of past runs: pure, so that every state can be tested without a window."""

from collections.abc import Collection
from datetime import datetime

from avdesk.core import reasons, wording
from avdesk.core.experience import ENOUGH, FINISH, QUEUE, RENDER
from avdesk.core.history import PastRuns, success_share, usual_total
from avdesk.core.phases import PhaseState
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import Trouble
from avdesk.core.summary import Sign
from avdesk.i18n import _, ngettext
from avdesk.ui import times
from avdesk.ui.jobs.states import NextStep, Notice
from avdesk.ui.phrases import run_outcome

NOTHING = "–"


def moment(run: Run, now: datetime) -> str:
    """Return when a run began, else when it ended."""
    at = run.started_at or run.ended_at
    return NOTHING if at is None else times.local_moment(at, now)


def exact_moment(run: Run) -> str:
    """Return both moments exactly, as far as they are known."""
    began, ended = times.exact_utc(run.started_at), times.exact_utc(run.ended_at)
    lines = []
    if began:
        lines.append(_("Started {time}").format(time=began))
    if ended:
        lines.append(_("Ended {time}").format(time=ended))
    return "\n".join(lines) or _("It is not known when.")


def phase_cell(run: Run, name: str) -> str:
    """Return how long a phase of a run took; marked where it did not come to its end."""
    phase = run.phase(name)
    if phase is None or (phase.state is not PhaseState.DONE and phase.duration_s is None):
        return "" if phase is None or phase.state is not PhaseState.FAILED else "✖"
    text = wording.duration(phase.duration_s) if phase.duration_s is not None else "✔"
    return text if phase.state is PhaseState.DONE else f"✖ {text}"


def reason(run: Run) -> str:
    """Return why a run failed, in short; empty for one that did not."""
    return reasons.explain(run.error).what if run.state is RunState.FAILED else ""


def sentence(run: Run, now: datetime) -> str:
    """Return the headline of one run: when, how it ended, after how long."""
    when, outcome = moment(run, now), run_outcome(run)
    if run.total_s is None:
        return _("{when} · {outcome}").format(when=when, outcome=outcome)
    took = wording.duration(run.total_s)
    return _("{when} · {outcome} after {time}").format(when=when, outcome=outcome, time=took)


def explanation(run: Run) -> str:
    """Return what a run's end means and what to do about it; empty where there is nothing to say."""
    if run.state is RunState.FAILED:
        found = reasons.explain(run.error)
        what = found.what[:1].upper() + found.what[1:]
        return f"{what.rstrip('.')}. {found.advice}".strip()
    if run.state is RunState.UNKNOWN:
        return _("The server spoke no more of it; it may have been restarted.")
    return ""


def phases_line(run: Run) -> str:
    """Return the phases with their durations, in a line."""
    parts = [(wording.phase_name(phase.name), phase_cell(run, phase.name)) for phase in run.phases]
    return "  ·  ".join(f"{name} {text}" for name, text in parts if text)


def summary(runs: Collection[Run], *, full: bool) -> str:
    """Return what the runs shown come down to; `full`: there are more than were read."""
    count = len(runs)
    head = ngettext("{n} run", "{n} runs", count).format(n=f"{count:,}")
    if full:
        head = _("The newest {n} runs").format(n=f"{count:,}")
    parts = [head]
    share, usual = success_share(runs), usual_total(runs)
    if share is not None:
        parts.append(_("{percent} % done").format(percent=round(share * 100)))
    if usual is not None:
        parts.append(_("usually {time}").format(time=wording.duration(usual.median_s)))
    return " · ".join(parts)


def thing_name(thing: str) -> str:
    """Return the name of what was learnt: a phase, or waiting and rendering on a machine."""
    kind, _colon, machine = thing.partition(":")
    machine = machine.removeprefix("NVIDIA_").replace("TESLA_", "") or _("CPU")
    if kind == QUEUE:
        return _("Waiting for {machine}").format(machine=machine)
    if kind == RENDER:
        return _("Rendering on {machine}").format(machine=machine)
    return _("Finishing") if kind == FINISH else wording.phase_name(kind)


def learnt_hint(count: int) -> str:
    """Return from how many times a duration was learnt, and what that means for estimates."""
    text = ngettext("Learnt from {n} time.", "Learnt from {n} times.", count).format(n=count)
    if count >= ENOUGH:
        return text
    return text + " " + _("Until there are {n}, estimates go by what AutoVideo usually takes, too.").format(n=ENOUGH)


def notice(past: PastRuns | None, trouble: Trouble | None, *, shown: int, narrowed: bool) -> Notice | None:
    """Return what to say in place of the runs; None while there are any."""
    if past is None:
        return Notice(Sign.STALE, _("Reading past runs"), _("This takes a moment."))
    if trouble is not None:
        advice = f"{trouble.message} {trouble.advice}".strip()
        return Notice(Sign.ATTENTION, _("The past runs cannot be read"), advice, trouble.kind)
    if shown:
        return None
    if past.runs and narrowed:
        known = ngettext("{n} run is known.", "{n} runs are known.", len(past.runs)).format(n=f"{len(past.runs):,}")
        return Notice(Sign.IDLE, _("No run fits"), known, step=NextStep.CLEAR)
    return Notice(
        Sign.IDLE,
        _("No runs yet"),
        _("Each run that AVDesk sees on this environment is listed here when it has ended, for half a year."),
        step=NextStep.VIDEO,
    )
