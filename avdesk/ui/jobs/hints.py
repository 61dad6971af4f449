"""What helps to choose a region and a machine: how long jobs waited lately, and what the server says of quota."""

from collections.abc import Sequence
from datetime import datetime

from avdesk.core import wording
from avdesk.core.gpuquota import GpuQuota
from avdesk.core.jobs import Job
from avdesk.core.median import median
from avdesk.core.snapshot import Snapshot
from avdesk.i18n import _, ngettext
from avdesk.ui import times

RECENT_S = 7 * 86_400.0
"""Waits of jobs made longer ago say little of today."""
_QUOTA = "quota"


def recent_waits(jobs: Sequence[Job], now: datetime) -> dict[tuple[str, str], list[float]]:
    """Return the seconds that recent jobs waited for their machine, by region and GPU (empty for none).

    A job that waits still counts with its time so far: a queue that nobody leaves would not be seen otherwise.
    """
    waits: dict[tuple[str, str], list[float]] = {}
    for job in jobs:
        waited = job.queue_s(now)
        if waited is None or job.created_at is None or (now - job.created_at).total_seconds() > RECENT_S:
            continue
        if job.started_at is not None or job.state.waiting:
            waits.setdefault((job.region or "", job.accelerator_type or ""), []).append(waited)
    return waits


def region_hint(region: str, accelerator: str | None, jobs: Sequence[Job], now: datetime) -> str:
    """Return how long jobs with that GPU waited in a region lately; empty where none did."""
    waits = recent_waits(jobs, now).get((region, accelerator or ""), [])
    if not waits:
        return ""
    return ngettext("{n} job waited about {time} lately", "{n} jobs waited about {time} lately", len(waits)).format(
        n=len(waits), time=wording.rough_duration(median(waits))
    )


def free_hint(region: str, accelerator: str | None, *, spot: bool, quotas: Sequence[GpuQuota]) -> str:
    """Return how many GPUs of that kind Compute Engine's quota leaves in a region; empty where that is not known.

    A hint: Vertex AI's jobs are charged to a quota of its own, which usually follows this one.
    """
    kind = (accelerator or "").removeprefix("NVIDIA_").removeprefix("TESLA_")
    found = [quota for quota in quotas if (quota.region, quota.kind, quota.spot) == (region, kind, spot)]
    if not found:
        return ""
    left, limit = f"{found[0].free:g}", f"{found[0].limit:g}"
    return _("{free} of {limit} {kind} free").format(free=left, limit=limit, kind=kind)


def quota_hint(snapshot: Snapshot | None, now: datetime) -> str:
    """Return what the server's last check of GPU quota said, with its age; empty where it never was asked."""
    result = None if snapshot is None else snapshot.checks.get(_QUOTA)
    if result is None or result.checked_at is None or result.absent:
        return ""
    said = result.error or result.detail or wording.health_state(result.status)
    return _("The server's check of GPU quota, {when}: {said}").format(
        when=times.ago(result.checked_at, now), said=said
    )
