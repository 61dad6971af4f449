"""The runs that are remembered of an environment: reading them, and writing them to a file. A disk may be slow."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from avdesk.core import phases, reasons, wire
from avdesk.core.history import PastRuns
from avdesk.core.redact import redact
from avdesk.core.report import JsonObject
from avdesk.core.run import Run, RunState
from avdesk.core.text import clean
from avdesk.services.audit import cell
from avdesk.services.learning import Learning
from avdesk.store.memory import Memory

MOST = 5000


def past_runs(memory: Memory, environment: str, limit: int) -> PastRuns:
    """Return the most recent runs that have ended, and what was learnt of how long things take.

    Raises:
        StoreError: the memory cannot be read.
    """
    if memory.trouble is not None:
        raise memory.trouble
    limit = min(limit, MOST)
    learnt = Learning(environment, memory).experience().learnt
    return PastRuns(environment, memory.runs(environment, limit), limit, {k: v for k, v in learnt.items() if v})


def run_report(run: Run) -> JsonObject:
    """Return a run for the outside: every key always there, unknown null, durations in seconds."""
    failed = run.state is RunState.FAILED
    reason = reasons.explain(run.error) if failed else None
    return {
        "id": run.id,
        "state": run.state.value,
        "started_at": wire.rfc3339(run.started_at),
        "ended_at": wire.rfc3339(run.ended_at),
        "total_s": run.total_s,
        "job_id": run.job_id,
        "vm_id": run.vm_id,
        "reason": reason.what if reason is not None else None,
        "error": redact(clean(run.error)) if run.error else None,
        "phases": [
            {"name": phase.name, "state": phase.state.value, "duration_s": phase.duration_s} for phase in run.phases
        ],
    }


def as_json(environment: str, runs: Sequence[Run]) -> str:
    """Return one JSON object that holds the runs."""
    report: JsonObject = {
        "environment": environment,
        "exported_at": wire.rfc3339(datetime.now(UTC)),
        "runs": [run_report(run) for run in runs],
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def as_csv(runs: Sequence[Run]) -> str:
    """Return a table with a line of names and a column a phase; no cell begins as a spreadsheet's formula does."""
    names = phases.in_order(phase.name for run in runs for phase in run.phases)
    text = io.StringIO()
    writer = csv.writer(text)
    plain = [key for key in run_report(Run("", RunState.UNKNOWN, ())) if key != "phases"]
    writer.writerow([*plain, *(f"{name}_s" for name in names)])
    for run in runs:
        report = run_report(run)
        durations = {phase.name: phase.duration_s for phase in run.phases}
        writer.writerow([*(cell(report[key]) for key in plain), *(cell(durations.get(name)) for name in names)])
    return text.getvalue()
