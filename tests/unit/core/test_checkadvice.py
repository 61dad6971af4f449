"""What to do about a check: said for whatever is not well, and for nothing else."""

import pytest

from avdesk.core.checkadvice import advise
from avdesk.core.health import CHECKS, Check, CheckResult, Health, read_check
from tests.harness.statuses import at

NOW = at(0)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_that_fails_has_advice(check: Check) -> None:
    assert advise(CheckResult(check.name, Health.UNHEALTHY, "error", 500, 0.1, NOW, error="boom"))


@pytest.mark.parametrize("status", [Health.HEALTHY, Health.RETIRED])
def test_what_is_well_or_gone_needs_none(status: Health) -> None:
    assert advise(CheckResult("openai", status, checked_at=NOW)) == ""
    assert advise(CheckResult("veo", absent=True, http_status=404, checked_at=NOW)) == ""
    assert advise(CheckResult("veo")) == ""


def test_what_the_check_itself_knows_comes_first() -> None:
    assert advise(CheckResult("own.quota", Health.UNHEALTHY, advice="Ask the owner.")) == "Ask the owner."


@pytest.mark.parametrize(
    ("name", "http_status", "body", "words"),
    [
        ("quota", 200, {"status": "no_gpu_quota"}, "No GPU is left"),
        ("quota", 200, {"status": "limited_quota"}, "One kind of GPU"),
        ("quota", 200, {"status": "error", "error": "list index out of range"}, "GPUs by region"),
        ("machine_types", 500, {"status": "unhealthy", "error": "VertexGPUJobService not initialized"}, "restart"),
        ("openai", 500, {"status": "error", "error": "Connection error."}, "OPENAI_API_KEY"),
        ("vertex_ai", 500, {"status": "error", "details": {"api_call_error": "503 errors"}}, "AVDesk's own"),
        ("openai", 200, {"status": "splendid"}, "means nothing"),
    ],
)
def test_answers_as_servers_give_them_are_explained(
    name: str, http_status: int, body: dict[str, object], words: str
) -> None:
    result = read_check(name, http_status, body, latency_s=0.1, at=NOW)
    assert words in advise(result)


def test_silence_asks_for_another_try() -> None:
    assert advise(CheckResult("openai", error="Nothing answers."))
