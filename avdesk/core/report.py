"""The JSON that scripts rely on: ``status --json``, jobs and health checks.

A promise to the outside: UTC times as RFC 3339 with ``Z``, durations in seconds with names ending in ``_s``, unknown
is null, keys never vanish. Built from a snapshot, so that the app and the command line say the same.
"""

from collections.abc import Mapping
from datetime import datetime

from avdesk.core import wire
from avdesk.core.health import CheckResult
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Reach, Snapshot
from avdesk.core.summary import Summary, summarise

SERVER, APP, CACHE = "server", "app", "cache"
"""Where a status came from: asked just now, told by the running app, or remembered."""

JsonObject = dict[str, object]


def status_report(snapshot: Snapshot, now: datetime, via: str) -> JsonObject:
    """Return the object of ``status --json``."""
    summary = summarise(snapshot, now)
    return {
        "environment": snapshot.environment,
        "observed_at": wire.rfc3339(snapshot.observed_at),
        "age_s": _rounded(snapshot.age_s(now)),
        "via": via,
        "summary": _summary(summary),
        "phases": [
            {"name": phase.name, "state": phase.state.value, "duration_s": _rounded(phase.duration_s)}
            for phase in summary.phases
        ],
        "job": None if snapshot.job is None else job_report(snapshot.job, now),
        "server": _server(snapshot),
        "rate_limit": _rate_limit(snapshot),
    }


def job_report(job: Job, now: datetime) -> JsonObject:
    """Return the JOB object."""
    return {
        "id": job.id,
        "display_name": job.display_name or None,
        "resource_name": job.resource_name or None,
        "state": job.state.value,
        "vertex_state": job.vertex_state,
        "region": job.region,
        "machine_type": job.machine_type,
        "accelerator_type": job.accelerator_type,
        "accelerator_count": job.accelerator_count,
        "spot": job.spot,
        "created_at": wire.rfc3339(job.created_at),
        "started_at": wire.rfc3339(job.started_at),
        "ended_at": wire.rfc3339(job.ended_at),
        "updated_at": wire.rfc3339(job.updated_at),
        "queue_s": _rounded(job.queue_s(now)),
        "run_s": _rounded(job.run_s(now)),
        "total_s": _rounded(job.total_s(now)),
        "error": None if job.error is None else {"code": job.error.code, "message": job.error.message or None},
        "labels": dict(job.labels),
        "cost_usd": job.cost_usd(now),
        "retry_of": job.retry_of,
        "actions": list(job.actions),
    }


def health_report(results: Mapping[str, CheckResult], now: datetime) -> JsonObject:
    """Return the object of ``health all --json``, keyed by check."""
    return {name: check_report(result, now) for name, result in results.items()}


def check_report(result: CheckResult, now: datetime) -> JsonObject:
    """Return one check's object."""
    age = None if result.checked_at is None else max(0.0, (now - result.checked_at).total_seconds())
    return {
        "status": result.status.value,
        "reported": result.reported,
        "http_status": result.http_status,
        "latency_s": _rounded(result.latency_s, 4),
        "checked_at": wire.rfc3339(result.checked_at),
        "age_s": _rounded(age),
        "detail": result.detail,
        "error": result.error,
    }


def _summary(summary: Summary) -> JsonObject:
    eta = summary.eta
    return {
        "state": summary.state.value,
        "sign": summary.sign.value,
        "headline": summary.headline,
        "advice": summary.advice or None,
        "phase": summary.phase,
        "phase_elapsed_s": _rounded(summary.phase_elapsed_s),
        "eta_s": None if eta is None else {"p50": _rounded(eta.p50_s), "p90": _rounded(eta.p90_s)},
        "started_at": wire.rfc3339(summary.started_at),
        "job_id": summary.job_id,
        "error": summary.error,
    }


def _server(snapshot: Snapshot) -> JsonObject:
    server = snapshot.server
    status = server.status
    reachable = {Reach.YES: True, Reach.NO: False}.get(server.reach)
    return {
        "reachable": reachable,
        "is_generating": status.is_generating if status else None,
        "is_initialized": status.is_initialized if status else None,
        "status_text": (status.text or None) if status else None,
        "trouble": None if server.trouble is None else server.trouble.message,
    }


def _rate_limit(snapshot: Snapshot) -> JsonObject:
    budget = snapshot.budget
    return {
        "limit": budget.limit if budget else None,
        "window_s": budget.window_s if budget else None,
        "used": budget.used if budget else None,
        "next_free_at": wire.rfc3339(budget.next_free_at) if budget else None,
    }


def _rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)
