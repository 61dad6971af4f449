"""How many GPUs a project may use in a region by Compute Engine's quotas: a hint only.

Vertex AI's jobs are charged to a quota of Vertex AI's own, which usually follows this one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from avdesk.core import wire

MOST = 40
"""Quotas of one region that are read."""

_METRIC = re.compile(r"(PREEMPTIBLE_)?NVIDIA_([A-Z0-9_]{1,20})_GPUS")
_USED_BY_AUTOVIDEO = ("L4", "T4", "A100")


@dataclass(frozen=True, slots=True)
class GpuQuota:
    """A quota.

    Attributes:
        region: where it holds.
        kind: the GPU, as ``L4`` or ``A100_80GB``.
        spot: whether it is that of spot (preemptible) machines.
        limit, usage: numbers of GPUs.
    """

    region: str
    kind: str
    spot: bool
    limit: float
    usage: float

    @property
    def free(self) -> float:
        """How many are left."""
        return max(0.0, self.limit - self.usage)

    @property
    def share(self) -> float:
        """How much of it is used, 0 to 1; all of it where there is none."""
        return min(1.0, max(0.0, self.usage / self.limit)) if self.limit > 0 else 1.0


def read_quotas(region: str, body: object) -> tuple[GpuQuota, ...] | None:
    """Return the GPU quotas of a region as Compute Engine tells of it; None where it does not tell them.

    Those that no AutoVideo job uses are left out while they are zero.
    """
    raw = wire.as_object(body).get("quotas")
    if not isinstance(raw, list):
        return None
    found = []
    for each in raw[:1000]:
        fields = wire.as_object(each)
        match = _METRIC.fullmatch(wire.as_text(fields.get("metric")) or "")
        limit, usage = wire.as_number(fields.get("limit")), wire.as_number(fields.get("usage"))
        if match is None or limit is None or usage is None or match[2].endswith("_VWS"):
            continue
        quota = GpuQuota(region, match[2], bool(match[1]), max(0.0, limit), max(0.0, usage))
        if quota.limit or quota.usage or (quota.kind in _USED_BY_AUTOVIDEO[:2] and not quota.spot):
            found.append(quota)
    return tuple(sorted(found, key=_order)[:MOST])


def any_free(quotas: Sequence[GpuQuota]) -> bool:
    """Whether a GPU of a kind that AutoVideo uses is left anywhere."""
    return any(quota.free >= 1 and quota.kind in _USED_BY_AUTOVIDEO for quota in quotas)


def _order(quota: GpuQuota) -> tuple[bool, int, str]:
    usual = _USED_BY_AUTOVIDEO.index(quota.kind) if quota.kind in _USED_BY_AUTOVIDEO else len(_USED_BY_AUTOVIDEO)
    return quota.spot, usual, quota.kind
