"""The machines that AutoVideo renders on, and what is known of them in each region."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

REGIONS = ("us-central1", "us-west1", "us-east1", "europe-west1", "asia-southeast1")
"""Where AutoVideo tries to render, in this order."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """One kind of render machine.

    Attributes:
        key: short name, ``l4``, ``t4`` or ``cpu``.
        accelerator_type: as Vertex AI names it, empty for none.
        render_speed: against a T4.
        quota_metric: its Compute quota, empty for none.
        median_queue_s: how long a job usually waits for it in us-central1, seconds.
    """

    key: str
    machine_type: str
    accelerator_type: str
    render_speed: float
    quota_metric: str
    median_queue_s: float


L4 = Hardware("l4", "g2-standard-8", "NVIDIA_L4", 1.5, "NVIDIA_L4_GPUS", 2300.0)
T4 = Hardware("t4", "n1-standard-4", "NVIDIA_TESLA_T4", 1.0, "NVIDIA_T4_GPUS", 2100.0)
CPU = Hardware("cpu", "n1-standard-8", "", 0.2, "", 90.0)
KINDS: Mapping[str, Hardware] = MappingProxyType({kind.key: kind for kind in (L4, T4, CPU)})

T4_RENDER_S = 480.0
"""How long a T4 renders a video of usual length."""

_WAIT: Mapping[str, float] = MappingProxyType(
    {"us-central1": 1.0, "us-west1": 0.75, "us-east1": 1.15, "europe-west1": 0.85, "asia-southeast1": 0.6}
)
_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "us-central1": (8.0, 4.0),
        "us-west1": (4.0, 4.0),
        "us-east1": (2.0, 4.0),
        "europe-west1": (4.0, 1.0),
        "asia-southeast1": (1.0, 1.0),
    }
)


def median_queue_s(hardware: Hardware, region: str) -> float:
    """Return the usual wait for a machine in a region, seconds."""
    return hardware.median_queue_s * _WAIT.get(region, 1.0)


def quota_limit(hardware: Hardware, region: str) -> float:
    """Return how many of a GPU a region allows."""
    l4, t4 = _LIMITS.get(region, (1.0, 1.0))
    return l4 if hardware is L4 else t4
