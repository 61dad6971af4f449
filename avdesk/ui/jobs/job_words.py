"""What the detail pane says of one job or of several, in words."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from avdesk.core import reasons, wording
from avdesk.core.jobs import Job, JobState
from avdesk.core.redact import redact
from avdesk.i18n import _, ngettext
from avdesk.ui.jobs.specification import SpecLine, safe_value
from avdesk.ui.models.job_columns import gpu_of


def headline(job: Job) -> str:
    """Return the job's state and where it is in it: ``Running on 1× L4, us-west1``."""
    state, machine = wording.job_state(job.state), gpu_of(job) if job.accelerator_type else wording.machine(job)
    where = machine if not job.region else _("{machine}, {region}").format(machine=machine, region=job.region)
    if job.state is JobState.RUNNING:
        return _("Running on {where}").format(where=where)
    return _("{state} · {where}").format(state=state, where=where)


def error_words(job: Job) -> tuple[str, str, str]:
    """Return why a job ended badly: what happened, what to do, and the raw text; empty texts where nothing did."""
    error = job.error
    if error is None or job.state is JobState.CANCELLED:
        return "", "", "" if error is None else redact(error.message)
    reason = reasons.explain(error.message)
    what = reason.what[:1].upper() + reason.what[1:]
    code = "" if error.code is None else _("code {code}").format(code=error.code)
    raw = redact(error.message)
    full = "\n".join(text for text in (code, raw) if text) if reason.known or raw != reason.what else ""
    return what, reason.advice, full


def label_lines(job: Job) -> tuple[SpecLine, ...]:
    """Return a job's labels, by name, the values of secret-looking names masked."""
    return tuple(SpecLine(name, safe_value(name, value) or "–") for name, value in sorted(job.labels.items()))


def capacity(job: Job) -> str:
    """Return the machine type and what kind of capacity it is of."""
    spot = {True: _("spot"), False: _("on demand"), None: ""}[job.spot]
    return " · ".join(text for text in (job.machine_type or "", spot) if text)


def selection_words(jobs: Sequence[Job], now: datetime) -> tuple[str, str]:
    """Return how many jobs are selected, and what they are: their states and what they cost together."""
    count = ngettext("{n} job selected", "{n} jobs selected", len(jobs)).format(n=len(jobs))
    states = Counter(job.state for job in jobs)
    parts = [
        _("{count}× {state}").format(count=number, state=wording.job_state(state))
        for state, number in states.most_common()
    ]
    costs = [cost for job in jobs if (cost := job.cost_usd(now)) is not None]
    if costs:
        parts.append(_("about {usd} USD in all").format(usd=f"{sum(costs):.2f}"))
    return count, "\n".join(parts)


def wants_raw_state(job: Job) -> bool:
    """Return whether Vertex AI's own name of the state says more than ours."""
    return job.state is JobState.UNKNOWN
