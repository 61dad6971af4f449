"""The body of GET /status, with all that is wrong with it."""

import re

from avdesk.emulator.flasklike import mislabelled_date, vertex_time
from avdesk.emulator.jobspec import DISPLAY_NAME_PREFIX, machine_of
from avdesk.emulator.records import CustomJobRecord
from avdesk.emulator.world import World

_LOOKED_UP_IN = "us-central1"
"""The only region where the server looks for its job."""
_JOB_ID = re.compile(r"video-job-[0-9a-f]{8}")


def status_body(world: World) -> dict[str, object]:
    """Return what /status says now; whoever calls holds the world's lock."""
    state = world.pipeline.state
    around = world.circumstances
    phase = state.current_phase
    last = state.last_time
    batch = around.batch_mode and state.is_generating
    body: dict[str, object] = {
        "is_generating": state.is_generating,
        "is_initialized": state.is_initialized,
        "last_generation_status": state.status + (" (batch mode)" if batch else ""),
        "last_generation_time": None if last is None else mislabelled_date(last, around.utc_offset_s),
        "timing_metrics": {
            "current_phase": phase,
            "current_phase_duration": None if phase is None else round(world.time - state.phase_started, 6),
            "phase_times": dict(state.phase_times),
            "total_duration": state.total_duration,
        },
    }
    job = job_seen_by_server(world)
    if job is not None:
        details = _job_details(world, job)
        body["vertex_ai_job"] = details
        body["enhanced_status"] = _enhanced(details)
        if details["error"] is not None:
            body["error"] = details["error"]
    return body


def job_seen_by_server(world: World) -> CustomJobRecord | None:
    """Return the job that the status text names, if the server's look into us-central1 finds one."""
    status = world.pipeline.state.status
    match = _JOB_ID.search(status)
    if "job" not in status or match is None or not world.circumstances.sees_jobs:
        return None
    for job in reversed(world.jobs_of_this_session()):
        if job.region == _LOOKED_UP_IN and job.display_name.endswith(match.group()):
            return job
    return None


def _job_details(world: World, job: CustomJobRecord) -> dict[str, object]:
    machine, accelerator, count = machine_of(job.spec)
    duration: dict[str, float] = {}
    if job.started is not None:
        duration["queue_duration"] = round(job.started - job.created, 6)
        duration["run_duration"] = round((world.time if job.ended is None else job.ended) - job.started, 6)
    duration["total_duration"] = round((world.time if job.ended is None else job.ended) - job.created, 6)
    return {
        "job_id": job.display_name.removeprefix(DISPLAY_NAME_PREFIX),
        "display_name": job.display_name,
        "state": job.state,
        "region": job.labels.get("region", "unknown").replace("_", "-"),
        "machine_type": machine,
        "accelerator_type": accelerator,
        "accelerator_count": count,
        "create_time": vertex_time(job.created),
        "start_time": vertex_time(job.started),
        "end_time": vertex_time(job.ended),
        "duration": duration,
        "resource_name": f"projects/{world.project_number}/locations/{job.region}/customJobs/{job.number}",
        "error": None if job.error is None else str(job.error.get("message", "")),
    }


def _enhanced(details: dict[str, object]) -> str:
    gpu = f" + {details['accelerator_count']}x {details['accelerator_type']}" if details["accelerator_type"] else ""
    duration = details["duration"]
    total = duration.get("total_duration", 0.0) if isinstance(duration, dict) else 0.0
    return (
        f"Vertex AI {details['state']}: {details['job_id']} on {details['machine_type']}{gpu} "
        f"in {details['region']} ({total / 60:.1f}m total)"
    )
