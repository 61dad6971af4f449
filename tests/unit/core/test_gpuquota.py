"""GPU quotas as Compute Engine tells of them: missing is not zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.gpuquota import GpuQuota, any_free, read_quotas

REGION = "us-central1"


def quota(kind: str, limit: float, usage: float, *, spot: bool = False) -> GpuQuota:
    return GpuQuota(REGION, kind, spot, limit, usage)


def test_kinds_that_autovideo_uses_come_first_and_unused_others_not_at_all() -> None:
    quotas = [
        {"metric": "CPUS", "limit": 72, "usage": 3},
        {"metric": "NVIDIA_P100_GPUS", "limit": 0.0, "usage": 0.0},
        {"metric": "PREEMPTIBLE_NVIDIA_L4_GPUS", "limit": 16.0, "usage": 0.0},
        {"metric": "NVIDIA_A100_80GB_GPUS", "limit": "2", "usage": 1},
        {"metric": "NVIDIA_T4_GPUS", "limit": 4.0, "usage": 1.0},
        {"metric": "NVIDIA_L4_GPUS", "limit": 8.0, "usage": 8.0},
        {"metric": "NVIDIA_T4_VWS_GPUS", "limit": 1.0, "usage": 0.0},
    ]
    found = read_quotas(REGION, {"quotas": quotas})
    assert found == (
        quota("L4", 8.0, 8.0),
        quota("T4", 4.0, 1.0),
        quota("A100_80GB", 2.0, 1.0),
        quota("L4", 16.0, 0.0, spot=True),
    )
    assert (found[0].free, found[0].share, found[1].free) == (0.0, 1.0, 3.0)


def test_quotas_that_are_not_told_are_unknown_not_zero() -> None:
    assert read_quotas(REGION, {"name": REGION, "quotaStatusWarning": {"code": "QUOTA_INFO_UNAVAILABLE"}}) is None
    assert read_quotas(REGION, {"quotas": []}) == ()


def test_a_gpu_is_free_only_where_autovideo_can_use_it() -> None:
    assert any_free([quota("T4", 1.0, 0.0, spot=True)])
    assert not any_free([quota("K80", 4.0, 0.0), quota("L4", 2.0, 1.5)])


@pytest.mark.parametrize("body", [None, [], "x", {"quotas": "none"}, {"quotas": {"metric": 1}}])
def test_other_answers_mean_nothing(body: object) -> None:
    assert read_quotas(REGION, body) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.sampled_from(["NVIDIA_L4_GPUS", "-1", "nan"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["metric", "limit", "usage"]), inner),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=20))
def test_whatever_comes_numbers_are_sane(quotas: list[object]) -> None:
    for each in read_quotas(REGION, {"quotas": quotas}) or ():
        assert each.limit >= 0
        assert each.usage >= 0
        assert 0 <= each.share <= 1
