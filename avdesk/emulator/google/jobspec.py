"""What a CustomJob may hold (aiplatform v1) and what the service refuses at creation."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from avdesk.core import wire
from avdesk.emulator.google.envelope import bad_request
from avdesk.emulator.google.schema import Choice, Kind, MapOf, Message, Repeated, Scalar, read_message

_LABEL_KEY = re.compile(r"[^\W\d][\w-]{0,62}")
_LABEL_VALUE = re.compile(r"[\w-]{0,63}")
_MAX_LABELS = 64
_MAX_DISPLAY_NAME = 128
_V1 = "google.cloud.aiplatform.v1"

JOB_STATES = tuple(
    f"JOB_STATE_{name}"
    for name in (
        *("UNSPECIFIED", "QUEUED", "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLING", "CANCELLED"),
        *("PAUSED", "EXPIRED", "UPDATING", "PARTIALLY_SUCCEEDED"),
    )
)
ENDED_STATES = frozenset(
    {
        "JOB_STATE_SUCCEEDED",
        "JOB_STATE_FAILED",
        "JOB_STATE_CANCELLED",
        "JOB_STATE_EXPIRED",
        "JOB_STATE_PARTIALLY_SUCCEEDED",
    }
)


def _message(**fields: Kind) -> Message:
    return Message(MappingProxyType(fields))


_TEXT, _TEXTS, _BOOL = Scalar.STRING, Repeated(Scalar.STRING), Scalar.BOOL

_ACCELERATOR = Choice(
    f"{_V1}.AcceleratorType",
    (
        "ACCELERATOR_TYPE_UNSPECIFIED",
        *(f"NVIDIA_TESLA_{name}" for name in ("K80", "P100", "V100", "P4", "T4", "A100")),
        *(f"NVIDIA_{name}" for name in ("A100_80GB", "L4", "H100_80GB", "H100_MEGA_80GB", "H200_141GB", "B200")),
        *("TPU_V2", "TPU_V3", "TPU_V4_POD", "TPU_V5_LITEPOD"),
    ),
)
_STRATEGY = Choice(
    f"{_V1}.Scheduling.Strategy",
    ("STRATEGY_UNSPECIFIED", "ON_DEMAND", "LOW_COST", "STANDARD", "SPOT", "FLEX_START"),
)
_AFFINITY = Choice(
    f"{_V1}.ReservationAffinity.Type",
    ("TYPE_UNSPECIFIED", "NO_RESERVATION", "ANY_RESERVATION", "SPECIFIC_RESERVATION"),
)
_ENV = Repeated(_message(name=_TEXT, value=_TEXT))
_POOL = _message(
    machineSpec=_message(
        machineType=_TEXT,
        acceleratorType=_ACCELERATOR,
        acceleratorCount=Scalar.INT32,
        tpuTopology=_TEXT,
        reservationAffinity=_message(reservationAffinityType=_AFFINITY, key=_TEXT, values=_TEXTS),
    ),
    replicaCount=Scalar.INT64,
    diskSpec=_message(bootDiskType=_TEXT, bootDiskSizeGb=Scalar.INT32),
    nfsMounts=Repeated(_message(server=_TEXT, path=_TEXT, mountPoint=_TEXT)),
    containerSpec=_message(imageUri=_TEXT, command=_TEXTS, args=_TEXTS, env=_ENV),
    pythonPackageSpec=_message(executorImageUri=_TEXT, packageUris=_TEXTS, pythonModule=_TEXT, args=_TEXTS, env=_ENV),
)
JOB_SPEC = _message(
    workerPoolSpecs=Repeated(_POOL),
    scheduling=_message(
        timeout=Scalar.DURATION,
        restartJobOnWorkerRestart=_BOOL,
        strategy=_STRATEGY,
        maxWaitDuration=Scalar.DURATION,
        disableRetries=_BOOL,
    ),
    serviceAccount=_TEXT,
    network=_TEXT,
    reservedIpRanges=_TEXTS,
    baseOutputDirectory=_message(outputUriPrefix=_TEXT),
    tensorboard=_TEXT,
    enableWebAccess=_BOOL,
    enableDashboardAccess=_BOOL,
    experiment=_TEXT,
    experimentRun=_TEXT,
    models=_TEXTS,
    persistentResourceId=_TEXT,
    protectedArtifactLocationId=_TEXT,
)
CUSTOM_JOB = Message(
    MappingProxyType(
        {
            "displayName": _TEXT,
            "jobSpec": JOB_SPEC,
            "labels": MapOf(),
            "encryptionSpec": _message(kmsKeyName=_TEXT),
            # Set by the service: a request may carry them, and they count for nothing.
            **dict.fromkeys(
                ("name", "state", "error", "webAccessUris", "satisfiesPzs", "satisfiesPzi"), Scalar.IGNORED
            ),
            **dict.fromkeys(("createTime", "startTime", "endTime", "updateTime"), Scalar.IGNORED),
        }
    )
)


def read_new_job(body: object) -> tuple[str, Mapping[str, object], Mapping[str, str]]:
    """Return display name, jobSpec and labels of a creation's body.

    Raises ApiError (400) for whatever Vertex AI would refuse.
    """
    job = read_message(CUSTOM_JOB, body, "custom_job")
    display_name = wire.as_text(job.get("displayName")) or ""
    if not 0 < len(display_name) <= _MAX_DISPLAY_NAME:
        raise bad_request(
            f"CustomJob.display_name must have between 1 and {_MAX_DISPLAY_NAME} characters.",
            "custom_job.display_name",
        )
    labels = {key: str(value) for key, value in wire.as_object(job.get("labels")).items()}
    _check_labels(labels)
    spec = wire.as_object(job.get("jobSpec"))
    _check_pools(wire.as_list(spec.get("workerPoolSpecs")))
    return display_name, spec, labels


def shown_spec(spec: Mapping[str, object]) -> Mapping[str, object]:
    """Return a jobSpec as it is answered, whatever form it was kept in."""
    return read_message(JOB_SPEC, spec, strict=False)


def _check_labels(labels: Mapping[str, str]) -> None:
    if len(labels) > _MAX_LABELS:
        raise bad_request(f"A resource may have at most {_MAX_LABELS} labels.", "custom_job.labels")
    for key, value in labels.items():
        lower = key == key.lower() and value == value.lower()
        if not lower or not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(value):
            raise bad_request(
                f"Invalid label {key[:80]!r}: {value[:80]!r}. Keys and values hold at most 63 lower-case letters, "
                "digits, underscores and dashes; keys begin with a letter.",
                "custom_job.labels",
            )


def _check_pools(pools: list[object]) -> None:
    place = "custom_job.job_spec.worker_pool_specs"
    if not pools:
        raise bad_request("At least one worker pool spec is required.", place)
    for index, pool in enumerate(map(wire.as_object, pools)):
        if not pool and index:
            continue  # an empty pool leaves its role out
        machine = wire.as_object(pool.get("machineSpec"))
        if not machine.get("machineType"):
            raise bad_request("Machine type is required.", f"{place}[{index}].machine_spec.machine_type")
        if ("acceleratorType" in machine) != ("acceleratorCount" in machine):
            raise bad_request(
                "Accelerator type and accelerator count must be set together.", f"{place}[{index}].machine_spec"
            )
        if ("containerSpec" in pool) == ("pythonPackageSpec" in pool):
            raise bad_request(
                "Exactly one of container_spec and python_package_spec must be set.", f"{place}[{index}]"
            )
        container = wire.as_object(pool.get("containerSpec"))
        if "containerSpec" in pool and not container.get("imageUri"):
            raise bad_request("The container image is required.", f"{place}[{index}].container_spec.image_uri")
