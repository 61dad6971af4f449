"""AVDesk's words for what the domain holds: phases, states, durations, ages. Shared by window and terminal."""

from datetime import datetime

from avdesk.core import phases
from avdesk.core.events import Event, EventKind
from avdesk.core.health import Health
from avdesk.core.jobs import Job, JobState
from avdesk.i18n import _, ngettext

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400


def duration(seconds: float | None) -> str:
    """Return ``37 s``, ``12 min 40 s``, ``1 h 05 min`` or ``1 d 3 h``; a dash for unknown."""
    if seconds is None:
        return "–"
    whole = max(0, round(seconds))
    if whole < MINUTE_S:
        return _("{s} s").format(s=whole)
    if whole < HOUR_S:
        minutes, rest = divmod(whole, MINUTE_S)
        return _("{min} min {s} s").format(min=minutes, s=rest) if rest else _("{min} min").format(min=minutes)
    if whole < DAY_S:
        return _("{h} h {min:02d} min").format(h=whole // HOUR_S, min=whole % HOUR_S // MINUTE_S)
    return _("{d} d {h} h").format(d=whole // DAY_S, h=whole % DAY_S // HOUR_S)


def rough_duration(seconds: float | None) -> str:
    """Return a duration to the minute, for what is estimated or stands in a headline."""
    if seconds is None:
        return "–"
    if seconds < MINUTE_S:
        return _("{s} s").format(s=max(0, round(seconds)))
    return duration(round(seconds / MINUTE_S) * MINUTE_S)


def age(seconds: float | None) -> str:
    """Return ``updated 8 s ago``; data that was never there says so."""
    if seconds is None:
        return _("not updated yet")
    return _("updated {time} ago").format(time=rough_duration(seconds))


def eta_range(p50_s: float, p90_s: float) -> str:
    """Return ``about 14–38 min`` for the time that is left."""
    if p90_s < MINUTE_S:
        return _("under a minute")
    low, high = round(p50_s / MINUTE_S), max(1, round(p90_s / MINUTE_S))
    if low == high:
        return _("about {min} min").format(min=high)
    return _("about {low}–{high} min").format(low=low, high=high)


def phase_name(name: str) -> str:
    """Return a phase's short name; one that is not known is shown as the server writes it."""
    names = {
        phases.STORY: _("Story"),
        phases.PROMPTS: _("Prompts"),
        phases.IMAGES: _("Images"),
        phases.VOICE: _("Voiceover"),
        phases.VIDEO: _("Video"),
        phases.UPLOAD: _("Upload"),
    }
    return names.get(name, name.replace("_", " "))


def phase_activity(name: str | None) -> str:
    """Return what happens in a phase, as a headline has it."""
    if name is None:
        return _("Making video")
    activities = {
        phases.STORY: _("Writing the story"),
        phases.PROMPTS: _("Extracting the image prompts"),
        phases.IMAGES: _("Making the images"),
        phases.VOICE: _("Recording the voiceover"),
        phases.VIDEO: _("Creating the video"),
        phases.UPLOAD: _("Uploading to YouTube"),
    }
    return activities.get(name, name.replace("_", " ").capitalize())


def job_state(state: JobState) -> str:
    """Return the word for a job's state."""
    return {
        JobState.QUEUED: _("Queued"),
        JobState.PENDING: _("Waiting for a machine"),
        JobState.RUNNING: _("Running"),
        JobState.SUCCEEDED: _("Done"),
        JobState.FAILED: _("Failed"),
        JobState.CANCELLING: _("Cancelling"),
        JobState.CANCELLED: _("Cancelled"),
        JobState.PAUSED: _("Paused"),
        JobState.EXPIRED: _("Expired"),
        JobState.UPDATING: _("Updating"),
        JobState.PARTIALLY_SUCCEEDED: _("Partly done"),
        JobState.UNKNOWN: _("Unknown"),
    }[state]


def health_state(status: Health) -> str:
    """Return the word for a check's status."""
    return {
        Health.HEALTHY: _("Healthy"),
        Health.DEGRADED: _("Degraded"),
        Health.UNHEALTHY: _("Unhealthy"),
        Health.DISABLED: _("Disabled"),
        Health.RETIRED: _("Retired"),
        Health.UNKNOWN: _("Unknown"),
    }[status]


def check_name(name: str) -> str:
    """Return a health check's name for people."""
    names = {
        "main": _("Server"),
        "openai": _("OpenAI"),
        "vertex_ai": _("Vertex AI"),
        "quota": _("GPU quota"),
        "service_account": _("Service account"),
        "machine_types": _("Machine types"),
        "veo": _("Veo"),
        "vertex_minimal": _("Vertex AI client"),
        "tts": _("Text to speech"),
        "image_gen": _("Image generation"),
        "deployment": _("Deployment"),
        "own.vertex": _("Vertex AI jobs"),
        "own.logging": _("Cloud Logging"),
        "own.credentials": _("Google credentials"),
        "own.token": _("Server token"),
        "own.gcloud": _("gcloud"),
        "own.quota": _("GPUs by region"),
        "own.clock": _("Server's clock"),
    }
    if name.startswith("own.vertex."):
        return _("Vertex AI · {region}").format(region=name.removeprefix("own.vertex."))
    return names.get(name, name.replace("_", " "))


def machine(job: Job) -> str:
    """Return what a job runs on: ``1× NVIDIA_TESLA_T4``, a machine type, or nothing known."""
    if job.accelerator_type:
        return f"{job.accelerator_count}× {job.accelerator_type}"
    return job.machine_type or _("unknown machine")


def allowance(used: int, limit: int) -> str:
    """Return ``allowance 4 of 10 used``."""
    return ngettext("{used} of {limit} request used", "{used} of {limit} requests used", limit).format(
        used=used, limit=limit
    )


def event(happened: Event) -> str:
    """Return one event as a sentence without its time and environment."""
    took = duration(happened.duration_s)
    subject, detail = happened.subject, happened.detail
    words = {
        EventKind.RUN_STARTED: _("Run started"),
        EventKind.PHASE_ENDED: _("{phase} done in {time}").format(phase=phase_name(subject), time=took),
        EventKind.RUN_SUCCEEDED: _("Run done in {time}").format(time=took),
        EventKind.RUN_FAILED: _("Run failed: {reason}").format(reason=detail),
        EventKind.RUN_CANCELLED: _("Run cancelled"),
        EventKind.RUN_LOST: _("Run ended, its outcome is not known"),
        EventKind.JOB_QUEUED: _("{job} waits for a machine").format(job=subject),
        EventKind.JOB_STARTED: _("{job} started after waiting {time}").format(job=subject, time=took),
        EventKind.JOB_STUCK: _("{job} has waited {time}").format(job=subject, time=took),
        EventKind.JOB_SUCCEEDED: _("{job} done").format(job=subject),
        EventKind.JOB_FAILED: _("{job} failed: {reason}").format(job=subject, reason=detail),
        EventKind.JOB_CANCELLED: _("{job} cancelled").format(job=subject),
        EventKind.HEALTH_CHANGED: _("{check}: {state}").format(check=check_name(subject), state=detail),
        EventKind.HEALTH_LOST: _("{check} is unhealthy: {reason}").format(check=check_name(subject), reason=detail),
        EventKind.HEALTH_REGAINED: _("{check} is healthy again").format(check=check_name(subject)),
        EventKind.HEALTH_FLAPS: _("{check} comes and goes").format(check=check_name(subject)),
        EventKind.SERVER_LOST: _("Server not reachable: {reason}").format(reason=detail),
        EventKind.SERVER_REGAINED: _("Server is back after {time}").format(time=took),
        EventKind.VERTEX_LOST: _("Vertex AI not reachable: {reason}").format(reason=detail),
        EventKind.VERTEX_REGAINED: _("Vertex AI is back"),
        EventKind.RATE_LIMITED: _("Server's rate limit reached"),
    }
    return words[happened.kind]


def clock_time(moment: datetime) -> str:
    """Return a local time of day, ``14:02``."""
    return f"{moment.astimezone():%H:%M}"
