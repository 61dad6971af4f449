"""What is shown of a specification, and what never is."""

import json

import pytest

from avdesk.core.redact import MASK
from avdesk.ui.jobs.specification import (
    looks_secret,
    masked_json,
    output_folder,
    safe_arguments,
    safe_value,
    sections,
)
from tests.harness.job_lists import raw_job
from tests.harness.snapshots import job

HIDDEN = "verysecret"


def test_pools_variables_and_scheduling_are_told() -> None:
    told = {section.title: {line.name: line.value for line in section.lines} for section in sections(raw_job(job()))}
    assert told["Worker pool"]["GPU"] == "1× NVIDIA_TESLA_T4"
    assert told["Worker pool"]["Image"] == "gcr.io/av-8675309/av-gpu-job"
    assert told["Worker pool"]["Replicas"] == "1"
    assert told["Environment variables"] == {
        "JOB_ID": "video-job-ab12cd34",
        "OPENAI_API_KEY": MASK,
        "EMPTY": "(empty)",
    }
    assert told["Scheduling"]["Time limit"] == "1 h 00 min"


def test_no_secret_is_shown_anywhere() -> None:
    raw = raw_job(job())
    assert HIDDEN in json.dumps(raw)
    assert HIDDEN not in masked_json(raw, whole=True)
    assert "alsosecret" not in masked_json(raw, whole=True)
    shown = "".join(line.value for section in sections(raw) for line in section.lines)
    assert HIDDEN not in shown
    assert "alsosecret" not in shown


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--api-key", "abc", "--fast"], f"--api-key {MASK} --fast"),
        (["--token=abc"], f"--token={MASK}"),
        (["--password", "--verbose"], "--password --verbose"),
        (["--quality=high", 3], "--quality=high 3"),
    ],
)
def test_the_values_of_secret_flags_are_masked(arguments: list[object], shown: str) -> None:
    assert safe_arguments(arguments) == shown


@pytest.mark.parametrize("name", ["HF_TOKEN", "db_password", "PRIVATE_PEM", "AWS_SECRET", "X-Auth", "apikey"])
def test_names_that_look_secret(name: str) -> None:
    assert looks_secret(name)
    assert safe_value(name, "abc") == MASK


def test_a_secret_under_a_harmless_name_is_masked_by_its_looks() -> None:
    assert "sk-aaaaaaaaaaaaaaaaaaaaaaaa" not in safe_value("NOTE", "use sk-aaaaaaaaaaaaaaaaaaaaaaaa please")


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"jobSpec": None},
        {"jobSpec": {"workerPoolSpecs": "x"}},
        {"jobSpec": {"workerPoolSpecs": [None, {}, {"containerSpec": {"env": ["x", {"value": "y"}], "args": "z"}}]}},
        {"jobSpec": {"scheduling": {"timeout": 5, "strategy": ["SPOT"]}}},
        {"jobSpec": {"baseOutputDirectory": ["gs://x"]}},
    ],
)
def test_a_strange_specification_is_shown_as_far_as_it_goes(raw: dict[str, object]) -> None:
    assert isinstance(sections(raw), tuple)
    assert isinstance(masked_json(raw), str)
    assert isinstance(output_folder(raw), str)


def test_a_deep_specification_ends_somewhere() -> None:
    deep: dict[str, object] = {}
    for _turn in range(200):
        deep = {"more": deep}
    assert "…" in masked_json({"jobSpec": deep})
