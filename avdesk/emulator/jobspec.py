"""CustomJobs as AutoVideo creates them: names, labels and the jobSpec."""

from collections.abc import Mapping

from avdesk.emulator.hardware import CPU, L4, T4, Hardware

DISPLAY_NAME_PREFIX = "av-video-render-"
TIME_LIMIT_S = 3600
"""``VERTEX_JOB_TIMEOUT_S``, AutoVideo's default."""


def render_spec(project: str, job_id: str, hardware: Hardware, *, spot: bool) -> dict[str, object]:
    """Return the jobSpec of a render job."""
    machine: dict[str, object] = {"machineType": hardware.machine_type}
    if hardware.accelerator_type:
        machine |= {"acceleratorType": hardware.accelerator_type, "acceleratorCount": 1}
    variables = {
        "JOB_ID": job_id,
        "PROJECT_ID": project,
        "GCS_BUCKET": f"{project}-av",
        "INPUT_URI": f"gs://{project}-av/jobs/{job_id}/assets.tar.gz",
        "VERTEX_JOB_TIMEOUT_S": str(TIME_LIMIT_S),
    }
    return {
        "workerPoolSpecs": [
            {
                "machineSpec": machine,
                "replicaCount": "1",
                "diskSpec": {"bootDiskType": "pd-ssd", "bootDiskSizeGb": 100},
                "containerSpec": {
                    "imageUri": f"gcr.io/{project}/av-gpu-job",
                    "env": [{"name": name, "value": value} for name, value in variables.items()],
                },
            }
        ],
        "scheduling": {
            "timeout": f"{TIME_LIMIT_S}s",
            "restartJobOnWorkerRestart": False,
            "strategy": "SPOT" if spot else "STANDARD",
        },
        "serviceAccount": f"av@{project}.iam.gserviceaccount.com",
        "baseOutputDirectory": {"outputUriPrefix": f"gs://{project}-av/jobs/{job_id}"},
    }


def render_labels(job_id: str, region: str, hardware: Hardware, *, spot: bool) -> dict[str, str]:
    """Return the labels of a render job; label values may hold no upper case."""
    labels = {
        "pipeline": "autovideo",
        "phase": "gpu",
        "service": "av-app",
        "job_id": job_id,
        "region": region.replace("-", "_"),
        "environment": "production",
        "instance_type": "spot" if spot else "on_demand",
    }
    if hardware.accelerator_type:
        return labels | {"gpu_type": hardware.accelerator_type.lower(), "gpu_count": "1"}
    return labels | {"compute_type": "cpu"}


def machine_of(spec: Mapping[str, object]) -> tuple[str, str, int]:
    """Return machine type, accelerator type (empty for none) and accelerator count of a jobSpec."""
    pools = spec.get("workerPoolSpecs")
    pool = pools[0] if isinstance(pools, list) and pools else {}
    machine = pool.get("machineSpec") if isinstance(pool, dict) else {}
    if not isinstance(machine, dict):
        return "", "", 0
    accelerator = str(machine.get("acceleratorType") or "")
    count = machine.get("acceleratorCount")
    number = int(count) if isinstance(count, int | str) and str(count).isdecimal() else 0
    return str(machine.get("machineType") or ""), accelerator, number


def hardware_of(spec: Mapping[str, object]) -> Hardware:
    """Return the kind of machine that a jobSpec asks for; GPUs that AutoVideo does not use behave like an L4."""
    accelerator = machine_of(spec)[1]
    if accelerator == T4.accelerator_type:
        return T4
    return L4 if accelerator else CPU


def scheduling_of(spec: Mapping[str, object]) -> Mapping[str, object]:
    """Return the scheduling object of a jobSpec, empty without one."""
    scheduling = spec.get("scheduling")
    return scheduling if isinstance(scheduling, dict) else {}


def seconds_of(duration: object, default: float) -> float:
    """Return the seconds of a JSON duration (``3600s``), `default` for anything else."""
    if isinstance(duration, str) and duration.endswith("s"):
        try:
            return float(duration[:-1])
        except ValueError:
            return default
    return default


def with_job_id(spec: Mapping[str, object], old: str, new: str) -> dict[str, object]:
    """Return a copy of `spec` in which every text names the job `new` instead of `old`."""

    def renamed(value: object) -> object:
        if isinstance(value, str):
            return value.replace(old, new)
        if isinstance(value, list):
            return [renamed(item) for item in value]
        if isinstance(value, dict):
            return {key: renamed(item) for key, item in value.items()}
        return value

    return {key: renamed(item) for key, item in spec.items()}
