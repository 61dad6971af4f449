"""Failures that users meet: found, explained, and the line of a log that says why."""

import pytest

from avdesk.core.failure_line import failure_line
from avdesk.core.failure_searches import ALL_FAILURES, FAILURE_SEARCHES, failure_in
from avdesk.core.logline import LogLine, Severity
from avdesk.core.logsearch import Case, Wanted
from avdesk.emulator.failures import JOB_FAILURES, PHASE_FAILURES
from avdesk.services.logs.pattern import compiled

MET = {
    "openai-limit": "openai.RateLimitError: Error code: 429 - {'error': {'code': 'rate_limit_exceeded'}}",
    "openai-timeout": "openai.APITimeoutError: Request timed out.",
    "elevenlabs": "elevenlabs ApiError: status_code: 401, body: {'detail': {'status': 'quota_exceeded'}}",
    "moviepy": "ModuleNotFoundError: No module named 'moviepy.editor'",
    "gpu-quota": "RESOURCE_EXHAUSTED: The following quota metrics exceed quota limits: nvidia_t4_gpus",
    "time-limit": "Job did not complete within 3600 seconds",
    "permission": "403 Permission 'aiplatform.customJobs.create' denied on resource",
    "vertex-service": "RuntimeError: VertexGPUJobService not initialized",
    "tts-credentials": "DefaultCredentialsError: Your default credentials were not found.",
}
EXITED = "The replica workerpool0-0 exited with a non-zero status of 1. Termination reason: Error."


def line(text: str, severity: Severity = Severity.ERROR, **more: object) -> LogLine:
    return LogLine(0, None, severity, "job:video-job-ab12cd34", text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("key", "text"), MET.items())
def test_each_known_failure_is_found_by_its_search_alone_and_explained(key: str, text: str) -> None:
    found = {
        search.key
        for search in FAILURE_SEARCHES
        if compiled(Wanted(search.pattern, regex=True, case=Case.INSENSITIVE)).within(text)
    }
    assert found == {key}
    told = failure_in(text)
    assert told is not None
    assert told.reason.known
    assert told.reason.advice


def test_any_of_them_is_found_by_one_expression() -> None:
    pattern = compiled(Wanted(ALL_FAILURES, regex=True, case=Case.INSENSITIVE))
    assert all(pattern.within(text) for text in MET.values())
    assert not pattern.within("Rendering 12 frames, quota fine")


def test_an_ordinary_line_is_no_failure() -> None:
    assert failure_in("INFO - Uploaded gs://bucket/final.mp4") is None


def test_what_the_emulated_server_says_of_its_failures_is_known() -> None:
    texts = [failure.exception for failure in PHASE_FAILURES if "content_policy" not in failure.text]
    assert [text for text in texts if failure_in(text) is None] == []


@pytest.mark.parametrize(
    ("texts", "error", "told"),
    [
        (["Job is running.", MET["moviepy"], f"Job failed. {EXITED}"], EXITED, 1),
        (["t:  70%|███   | 70/100 [00:12, 9it/s]", "Error opening encoder", f"Job failed. {EXITED}"], EXITED, 1),
        (["ffmpeg version 6.1.1 Copyright (c)", f"Job failed. {EXITED}"], EXITED, 1),
        (["ValueError: bad frame", "warning: slow disk"], "Job failed: 'ValueError: bad frame'", 0),
        (["KeyError: 'a'", "t:  70%|██ | 7/10 [00:12]"], "", 0),
        (["t:  70%|██ | 7/10 [00:12]"], "", None),
        ([], EXITED, None),
    ],
)
def test_the_line_that_says_why_is_found(texts: list[str], error: str, told: int | None) -> None:
    lines = [line(text) for text in texts]
    found = failure_line(lines, error)
    assert (None if found is None else lines.index(found)) == told


def test_the_head_of_a_line_is_not_looked_at() -> None:
    text = "2025-05-05 12:57:20,315 - error - INFO - all well"
    assert failure_line([line(text, Severity.INFO, head=38)]) is None


@pytest.mark.parametrize("failure", [each for each in JOB_FAILURES if each.traceback])
def test_what_the_container_wrote_comes_before_what_the_service_repeats(failure: object) -> None:
    traceback, message = failure.traceback, failure.message  # type: ignore[attr-defined]  # a JobFailure
    lines = [line(text, continuation=place > 0) for place, text in enumerate(traceback.split("\n"))]
    lines.append(line(f"Job failed. {message}"))
    assert failure_line(lines, message) is lines[-2]
