"""Reading a CustomJob as Vertex AI answers it, over REST or printed by gcloud (the same JSON)."""

import re
from types import MappingProxyType

from avdesk.core import wire
from avdesk.core.jobs import DISPLAY_NAME_PREFIX, JOB_ID, Job, JobError, JobState
from avdesk.core.redact import redact
from avdesk.core.text import clean

RESOURCE_NAME = re.compile(r"projects/([a-z0-9:.\-]{1,64})/locations/([a-z0-9\-]{1,40})/customJobs/(\d{1,24})")
"""project id or number, region, job number."""

_RETRY_LABEL = "retry_of"


def read_custom_job(body: object, region: str | None = None) -> Job | None:
    """Return the job of one CustomJob object, None when it is no object or has no usable name.

    `region` is where it was asked for; the name's own location wins.
    """
    raw = wire.as_object(body)
    match = RESOURCE_NAME.fullmatch(str(raw.get("name", "")))
    if match is None:
        return None
    display_name = clean(raw.get("displayName"), 200)
    labels = {clean(k, 100): clean(v, 100) for k, v in wire.as_object(raw.get("labels")).items()}
    spec = wire.as_object(raw.get("jobSpec"))
    scheduling = wire.as_object(spec.get("scheduling"))
    pools = wire.as_list(spec.get("workerPoolSpecs"))
    machine = wire.as_object(wire.as_object(pools[0] if pools else None).get("machineSpec"))
    accelerator = wire.as_text(machine.get("acceleratorType"))
    count = wire.as_int(machine.get("acceleratorCount"))
    if accelerator is None or accelerator == "ACCELERATOR_TYPE_UNSPECIFIED":
        accelerator, count = None, 0
    vertex_state = clean(wire.as_text(raw.get("state")) or "JOB_STATE_UNSPECIFIED", 60)
    return Job(
        id=job_id_of(display_name, labels.get("job_id", "")) or match.group(3),
        display_name=display_name,
        resource_name=match.group(0),
        number=match.group(3),
        state=JobState.from_vertex(vertex_state),
        vertex_state=vertex_state,
        region=match.group(2) or region,
        machine_type=_name(machine.get("machineType")),
        accelerator_type=clean(accelerator, 60) if accelerator else None,
        accelerator_count=1 if accelerator and not count else max(0, count or 0),
        spot=_spot(scheduling.get("strategy"), labels.get("instance_type")),
        created_at=wire.as_time(raw.get("createTime")),
        started_at=wire.as_time(raw.get("startTime")),
        ended_at=wire.as_time(raw.get("endTime")),
        updated_at=wire.as_time(raw.get("updateTime")),
        error=_error(raw.get("error")),
        labels=MappingProxyType(labels),
        time_limit_s=wire.as_seconds(scheduling.get("timeout")),
        retry_of=labels.get(_RETRY_LABEL) or None,
    )


def job_id_of(display_name: str, label: str = "") -> str | None:
    """Return AutoVideo's id from a display name or a ``job_id`` label, None when neither holds one."""
    for text in (display_name.removeprefix(DISPLAY_NAME_PREFIX), label.replace("_", "-")):
        if JOB_ID.fullmatch(text):
            return text
    return None


def _name(value: object) -> str | None:
    text = wire.as_text(value)
    return clean(text, 60) if text else None


def _spot(strategy: object, label: str | None) -> bool | None:
    if strategy == "SPOT":
        return True
    if label in ("spot", "on_demand"):
        return label == "spot"
    return False if isinstance(strategy, str) or strategy is None else None


def _error(value: object) -> JobError | None:
    raw = wire.as_object(value)
    if not raw:
        return None
    return JobError(code=wire.as_int(raw.get("code")), message=redact(clean(raw.get("message"))))
