"""AutoVideo's machines, and the CustomJob that a retry is made of: the old job's own, with what was asked changed.

A retry keeps the whole jobSpec: the worker's input, its arguments and its output folder name the old job's id, so
they stay as they are, and only the new job's name and labels say that it is another one.
"""

import copy
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from avdesk.clients.names import check_region
from avdesk.core import wire
from avdesk.core.errors import ConfigError, UsageError
from avdesk.core.jobs import DISPLAY_NAME_PREFIX
from avdesk.core.text import one_line
from avdesk.i18n import _

RETRY_LABEL = "retry_of"
SPOT, ON_DEMAND = "SPOT", "STANDARD"
MAX_LABELS, MAX_NAME = 64, 128
SHORTEST_LIMIT_S, LONGEST_LIMIT_S = 60.0, 7 * 86_400.0

_LABEL_KEY = re.compile(r"[a-z][a-z0-9_\-]{0,62}")
_LABEL_VALUE = re.compile(r"[a-z0-9_\-]{0,63}")
_REGIONAL = ("persistentResourceId", "tensorboard", "reservedIpRanges")
"""What a jobSpec may name that lies in one region."""

NO_LABELS: Mapping[str, str | None] = MappingProxyType({})
GPU_LABELS = ("gpu_type", "gpu_count", "compute_type")


@dataclass(frozen=True, slots=True)
class Machine:
    """One kind of render machine.

    Attributes:
        name: ``l4``, ``t4`` or ``cpu``, as AutoVideo's authors and the command line say.
        accelerator_type: as Vertex AI names it; None without a GPU.
    """

    name: str
    machine_type: str
    accelerator_type: str | None = None


MACHINES: Mapping[str, Machine] = MappingProxyType(
    {
        "l4": Machine("l4", "g2-standard-8", "NVIDIA_L4"),
        "t4": Machine("t4", "n1-standard-4", "NVIDIA_TESLA_T4"),
        "cpu": Machine("cpu", "n1-standard-8"),
    }
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new job has different from the one that it retries; None: nothing.

    Attributes:
        labels: label → new value, None to leave it out.
    """

    region: str | None = None
    machine: Machine | None = None
    spot: bool | None = None
    time_limit_s: float | None = None
    labels: Mapping[str, str | None] = field(default_factory=lambda: NO_LABELS)

    @property
    def none(self) -> bool:
        """Whether everything stays as it was."""
        same = self.region is None and self.machine is None and self.spot is None and self.time_limit_s is None
        return same and not self.labels


def changes_of(parameters: Mapping[str, str]) -> Changes:
    """Return what an action's parameters ask for.

    Raises:
        UsageError: one of them cannot be used; the message names it.
    """
    gpu = parameters.get("gpu", "").strip().lower()
    machine = MACHINES.get(gpu)
    if gpu and machine is None:
        raise UsageError(
            _("“{gpu}” is no machine of AutoVideo’s.").format(gpu=one_line(gpu, 40)),
            _("Choose one of {names}.").format(names=", ".join(MACHINES)),
        )
    region = parameters.get("region", "").strip()
    if region:
        try:
            check_region(region)
        except ConfigError as error:
            raise UsageError(error.message, _("Name a region like us-west1.")) from None
    return Changes(
        region=region or None,
        machine=machine,
        spot=_spot(parameters.get("spot", "")),
        time_limit_s=_time_limit(parameters.get("time_limit_s", "")),
        labels=_labels(parameters.get("labels", "")),
    )


def new_job_id() -> str:
    """Return an id for a new job, ``video-job-<8 hex>``."""
    return f"video-job-{secrets.token_hex(4)}"


def retry_body(
    raw: Mapping[str, object], *, old_id: str, new_id: str, region: str, changes: Changes
) -> dict[str, object]:
    """Return the CustomJob to create, out of the one that is retried.

    `raw` is the old CustomJob as Vertex AI answers it, `region` where it ran.

    Raises:
        UsageError: it cannot be made into one that Vertex AI would take.
    """
    spec = copy.deepcopy(dict(wire.as_object(raw.get("jobSpec"))))
    if changes.machine is not None:
        _set_machine(spec, changes.machine)
    if changes.spot is not None or changes.time_limit_s is not None:
        _set_scheduling(spec, changes)
    body: dict[str, object] = {
        "displayName": new_name(raw, new_id),
        "jobSpec": spec,
        "labels": _new_labels(raw, old_id, new_id, changes.region or region, changes),
    }
    if raw.get("encryptionSpec"):
        body["encryptionSpec"] = copy.deepcopy(raw["encryptionSpec"])
    found = problems(body)
    if found:
        raise UsageError(
            _("The new job cannot be sent: {problem}.").format(problem=found[0]),
            _("Look at what the job holds with “avdesk jobs show”, and change what is wrong."),
        )
    return body


def new_name(raw: Mapping[str, object], new_id: str) -> str:
    """Return the display name of a job that retries `raw`: AutoVideo's own jobs are named by AutoVideo's rule."""
    if _is_autovideo(raw):
        return DISPLAY_NAME_PREFIX + new_id
    old = wire.as_text(raw.get("displayName")) or "job"
    mark = f"-retry-{new_id.rpartition('-')[2]}"
    return old[: MAX_NAME - len(mark)] + mark


def _is_autovideo(raw: Mapping[str, object]) -> bool:
    name = wire.as_text(raw.get("displayName")) or ""
    labels = wire.as_object(raw.get("labels"))
    return name.startswith(DISPLAY_NAME_PREFIX) or labels.get("pipeline") == "autovideo"


def problems(body: Mapping[str, object]) -> tuple[str, ...]:
    """Return what Vertex AI would refuse in the body of a new CustomJob, each half a sentence."""
    found: list[str] = []
    labels = wire.as_object(body.get("labels"))
    if len(labels) > MAX_LABELS:
        found.append(_("it has more than {count} labels").format(count=MAX_LABELS))
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key) or not isinstance(value, str) or not _LABEL_VALUE.fullmatch(value):
            found.append(_("the label {name} has characters that are not allowed").format(name=one_line(key, 60)))
    pools = wire.as_list(wire.as_object(body.get("jobSpec")).get("workerPoolSpecs"))
    if not pools:
        found.append(_("its specification names no worker pool"))
    for place, each in enumerate(pools):
        pool = wire.as_object(each)
        if pool or not place:
            found += _pool_problems(pool)
    return tuple(found)


def cautions(raw: Mapping[str, object], region: str, changes: Changes) -> tuple[str, ...]:
    """Return what the old job names that may not be had in the new one's region, one sentence each."""
    if changes.region in (None, region):
        return ()
    spec = wire.as_object(raw.get("jobSpec"))
    names = [name for name in _REGIONAL if spec.get(name)]
    if wire.as_object(raw.get("encryptionSpec")).get("kmsKeyName"):
        names.append("encryptionSpec.kmsKeyName")
    return tuple(
        _("The job names a {name} that may lie in {region} alone.").format(name=name, region=region) for name in names
    )


def _pool_problems(pool: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    machine = wire.as_object(pool.get("machineSpec"))
    if not wire.as_text(machine.get("machineType")):
        found.append(_("a worker pool names no machine type"))
    if bool(machine.get("acceleratorType")) != bool(wire.as_int(machine.get("acceleratorCount"))):
        found.append(_("a worker pool names a GPU without a count, or a count without a GPU"))
    if bool(pool.get("containerSpec")) == bool(pool.get("pythonPackageSpec")):
        found.append(_("a worker pool names no program, or two"))
    elif pool.get("containerSpec") and not wire.as_text(wire.as_object(pool["containerSpec"]).get("imageUri")):
        found.append(_("a worker pool names no container image"))
    return found


def _set_machine(spec: dict[str, object], machine: Machine) -> None:
    """Put another machine into the first worker pool; what belonged to the old machine goes with it."""
    pools = [dict(wire.as_object(pool)) for pool in wire.as_list(spec.get("workerPoolSpecs"))]
    if not pools:
        return
    fresh: dict[str, object] = {"machineType": machine.machine_type}
    if machine.accelerator_type is not None:
        fresh |= {"acceleratorType": machine.accelerator_type, "acceleratorCount": 1}
    pools[0]["machineSpec"] = fresh
    spec["workerPoolSpecs"] = pools


def _set_scheduling(spec: dict[str, object], changes: Changes) -> None:
    scheduling = dict(wire.as_object(spec.get("scheduling")))
    if changes.spot is not None:
        scheduling["strategy"] = SPOT if changes.spot else ON_DEMAND
        scheduling.pop("maxWaitDuration", None)  # it belongs to FLEX_START
    if changes.time_limit_s is not None:
        scheduling["timeout"] = f"{changes.time_limit_s:.0f}s"
    spec["scheduling"] = scheduling


def _new_labels(raw: Mapping[str, object], old_id: str, new_id: str, region: str, changes: Changes) -> dict[str, str]:
    """Return the old job's labels, of which those that tell of region and machine say what the new job has."""
    labels = {key: str(value) for key, value in wire.as_object(raw.get("labels")).items()}
    for key, value in changes.labels.items():
        if value is None:
            labels.pop(key, None)
        else:
            labels[key] = value
    labels[RETRY_LABEL] = old_id
    if not _is_autovideo(raw):
        return labels
    labels["job_id"] = new_id
    labels["region"] = region.replace("-", "_")
    if changes.machine is not None:
        for name in GPU_LABELS:
            labels.pop(name, None)
        gpu = changes.machine.accelerator_type
        labels |= {"gpu_type": gpu.lower(), "gpu_count": "1"} if gpu is not None else {"compute_type": "cpu"}
    if changes.spot is not None:
        labels["instance_type"] = "spot" if changes.spot else "on_demand"
    return labels


def _spot(text: str) -> bool | None:
    if not text:
        return None
    if text not in ("true", "false"):
        raise UsageError(
            _("“{value}” does not say whether to use spot capacity.").format(value=one_line(text, 40)),
            _("Write true or false."),
        )
    return text == "true"


def _time_limit(text: str) -> float | None:
    if not text:
        return None
    seconds = wire.as_number(text)
    if seconds is None or not SHORTEST_LIMIT_S <= seconds <= LONGEST_LIMIT_S:
        raise UsageError(
            _("“{value}” is no time limit for a job.").format(value=one_line(text, 40)),
            _("Write seconds, from {low:.0f} to {high:.0f}.").format(low=SHORTEST_LIMIT_S, high=LONGEST_LIMIT_S),
        )
    return seconds


def _labels(text: str) -> Mapping[str, str | None]:
    if not text:
        return {}
    advice = _("Write a JSON object of texts: lower-case letters, digits, dashes and underscores, at most 63.")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(_("The labels are no JSON object."), advice) from None
    if not isinstance(found, dict):
        raise UsageError(_("The labels are no JSON object."), advice)
    for key, value in found.items():
        wrong = value is not None and (not isinstance(value, str) or not _LABEL_VALUE.fullmatch(value))
        if wrong or not _LABEL_KEY.fullmatch(key):
            raise UsageError(_("The label {name} cannot be used.").format(name=one_line(key, 60)), advice)
    return found
