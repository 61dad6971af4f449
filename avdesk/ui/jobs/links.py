"""Where else a job can be seen, and how it is named elsewhere: addresses and commands, from checked parts alone."""

import json
import re
import shlex
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from avdesk.core.jobs import Job
from avdesk.core.report import job_report

CONSOLE = "https://console.cloud.google.com"
_PROJECT = re.compile(r"projects/([a-z0-9:.\-]{1,64})/")
_BUCKET_PATH = re.compile(r"gs://([a-z0-9][a-z0-9._\-]{1,221})(/[^\x00-\x1f?#]{0,800})?")


def console_url(job: Job, project: str) -> str:
    """Return the job's page in the cloud console; empty where it has none."""
    named = _project(job, project)
    if not (job.number and job.region and named):
        return ""
    region, number = quote(job.region, safe=""), quote(job.number, safe="")
    return f"{CONSOLE}/vertex-ai/locations/{region}/training/{number}/cpu?project={quote(named, safe='')}"


def output_url(prefix: str, project: str) -> str:
    """Return the console's page of a ``gs://`` folder; empty for anything else."""
    match = _BUCKET_PATH.fullmatch(prefix)
    if match is None:
        return ""
    folder = quote((match.group(2) or "").rstrip("/"))
    return f"{CONSOLE}/storage/browser/{match.group(1)}{folder}?project={quote(project, safe='')}"


def gcloud_command(job: Job, project: str) -> str:
    """Return the gcloud command that describes the job; empty where it cannot be named."""
    if not (job.number and job.region):
        return ""
    words = ["gcloud", "ai", "custom-jobs", "describe", job.number, f"--region={job.region}"]
    named = _project(job, project)
    if named:
        words.append(f"--project={named}")
    return shlex.join(words)


def avdesk_command(job: Job, environment: str) -> str:
    """Return AVDesk's own command that shows the job."""
    return shlex.join(["avdesk", "--env", environment, "jobs", "show", job.number or job.id])


def job_json(job: Job, now: datetime) -> str:
    """Return the job as ``jobs show --json`` has it."""
    return json.dumps(job_report(job, now), indent=2, ensure_ascii=False)


def copy_texts(job: Job, environment: str, project: str, now: datetime) -> Mapping[str, str]:
    """Return what can be copied of a job: ``id``, ``name``, ``json``, ``gcloud``, ``avdesk``; empty ones left out."""
    texts = {
        "id": job.id,
        "name": job.resource_name,
        "json": job_json(job, now),
        "gcloud": gcloud_command(job, project),
        "avdesk": avdesk_command(job, environment),
    }
    return {what: text for what, text in texts.items() if text}


def _project(job: Job, project: str) -> str:
    if project:
        return project
    match = _PROJECT.match(job.resource_name)
    return match.group(1) if match is not None else ""
