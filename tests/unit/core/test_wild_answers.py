"""Whatever JSON comes from outside: nothing raises but `BadAnswerError`, and the promises hold."""

import json
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from avdesk.core import wire
from avdesk.core.customjob import read_custom_job
from avdesk.core.diff import diff
from avdesk.core.errors import BadAnswerError
from avdesk.core.eta import estimate
from avdesk.core.experience import Experience
from avdesk.core.follow import follow
from avdesk.core.health import CHECKS, Health, read_check
from avdesk.core.phases import PhaseState
from avdesk.core.reasons import explain
from avdesk.core.redact import MASK, redact
from avdesk.core.report import job_report, status_report
from avdesk.core.run import Look, Run
from avdesk.core.snapshot import Reach, ServerView, Snapshot, VertexView
from avdesk.core.status import ServerStatus, TextKind, read_status, read_text
from avdesk.core.text import clean, one_line, without_controls
from avdesk.core.tie import job_of_run

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["1e999", "-3", "12.5s", "nan"]),
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
phase_names = st.sampled_from(
    [
        "story_generation",
        "prompt_extraction",
        "image_generation",
        "voiceover_generation",
        "video_creation",
        "youtube_upload",
        "mixing",
    ]
)
texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "ready", "initializing", "generating", "generating story",
            "generating voiceover using google (batch mode)",
            "creating video via Vertex AI", "Vertex AI job running: video-job-ab12cd34", "launching fast render VM",
            "fast render VM active: av-render-1f", "fast render VM launched successfully",
            "fast render launch failed: x",
            "uploading to YouTube", "completed", "reset", "error: Video {'a': \"b\"}\nfailed", "error:",
            "shuffling cards",
        ]
    ),
)  # fmt: skip
seconds = st.one_of(anything, st.floats(0, 4000), st.sampled_from([1e12, 1e300, -1.0, "37.5", 9e14]))
dates = st.one_of(
    anything,
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.sampled_from(
        [
            "Mon, 23 Nov 2026 21:38:02 GMT",
            "Mon, 01 Jan 0001 00:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 -1200",
            "0001-01-01T00:00:00Z",
        ]
    ),
)
job_states = st.sampled_from(
    [
        "JOB_STATE_RUNNING",
        "JOB_STATE_PENDING",
        "JOB_STATE_FAILED",
        "JOB_STATE_CANCELLING",
        "JOB_STATE_EXPIRED",
        "JOB_STATE_NEW",
        "",
    ]
)
reported_jobs = st.fixed_dictionaries(
    {},
    optional={
        "job_id": st.sampled_from(["video-job-ab12cd34", "video-job-00000000", 7, None]),
        "state": job_states | anything,
        "region": st.sampled_from(["us_central1", "unknown"]) | anything,
        "accelerator_type": anything,
        "accelerator_count": anything,
        "create_time": dates,
        "start_time": dates,
        "end_time": dates,
        "duration": st.dictionaries(st.sampled_from(["queue_duration", "run_duration", "total_duration"]), seconds)
        | anything,
        "resource_name": anything,
        "error": anything,
    },
)
statuses = st.fixed_dictionaries(
    {},
    optional={
        "is_generating": st.booleans() | anything,
        "is_initialized": anything,
        "last_generation_status": texts | anything,
        "last_generation_time": dates,
        "timing_metrics": st.fixed_dictionaries(
            {},
            optional={
                "phase_times": st.dictionaries(phase_names, seconds, max_size=5) | anything,
                "current_phase": phase_names | anything,
                "current_phase_duration": seconds,
                "total_duration": seconds,
            },
        )
        | anything,
        "vertex_ai_job": reported_jobs | anything,
        "error": anything,
    },
)
custom_jobs = st.fixed_dictionaries(
    {"name": st.sampled_from(["projects/p/locations/us-central1/customJobs/4611686018427387904"]) | anything},
    optional={
        "displayName": st.sampled_from(["av-video-render-video-job-ab12cd34"]) | anything,
        "state": job_states | anything,
        "createTime": dates,
        "startTime": dates,
        "endTime": dates,
        "updateTime": dates,
        "labels": st.dictionaries(st.text(max_size=9), anything, max_size=3) | anything,
        "jobSpec": anything,
        "error": st.fixed_dictionaries({}, optional={"code": anything, "message": anything}) | anything,
    },
)


def status_or_none(answer: object) -> ServerStatus | None:
    try:
        return read_status(answer)
    except BadAnswerError:
        return None


def harmless(text: str | None) -> bool:
    return text is None or all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") for c in text)


@given(anything | statuses)
def test_any_answer_to_status_is_read_or_refused(answer: object) -> None:
    status = status_or_none(answer)
    if status is None:
        return
    assert harmless(status.text)
    assert harmless(status.error)
    assert status.error != ""
    assert status.kind in TextKind
    assert all(0 <= seconds < 1e10 for seconds in status.phase_times.values())
    assert len(status.fingerprint) == 16


@given(custom_jobs | anything)
def test_any_custom_job_is_read_or_is_none(answer: object) -> None:
    job = read_custom_job(answer)
    if job is None:
        return
    report = job_report(job, NOW)
    json.dumps(report, allow_nan=False)
    assert job.region == "us-central1"
    assert report["id"]
    for name in ("queue_s", "run_s", "total_s", "cost_usd"):
        value = report[name]
        assert value is None or (isinstance(value, int | float) and value >= 0)


@given(st.sampled_from([check.name for check in CHECKS]), st.integers(100, 599), anything)
def test_any_answer_of_a_check_is_read(name: str, code: int, answer: object) -> None:
    result = read_check(name, code, answer, latency_s=0.1, at=NOW)
    assert result.status in Health
    assert result.reported != ""
    assert harmless(result.detail)
    assert harmless(result.error)


@given(
    st.lists(st.tuples(st.floats(0.1, 5000), statuses), min_size=1, max_size=8),
    st.sampled_from([None, 0.0, 19_800.0]),
)
def test_any_sequence_of_looks_can_be_followed_summed_up_and_reported(
    looks: Sequence[tuple[float, object]], zone_s: float | None
) -> None:
    run: Run | None = None
    earlier: ServerStatus | None = None
    snapshot = Snapshot("dev", NOW)
    moment = NOW
    for wait, answer in looks:
        moment += timedelta(seconds=wait)
        status = status_or_none(answer)
        if status is None:
            continue
        run = follow(run, Look(status, moment, zone_s), earlier)
        earlier = status
        job = job_of_run(run, status, ())
        eta = estimate(run, job, moment, Experience())
        server = ServerView(Reach.YES, NOW, moment, status, moment)
        new = Snapshot("dev", moment, server, VertexView(), run, job, eta=eta)
        diff(snapshot, new)
        assert diff(new, new) == ()
        json.dumps(status_report(new, moment, "server"), allow_nan=False)
        if run is not None:
            assert run.ended != status.generating
            running = [phase for phase in run.phases if phase.state is PhaseState.RUNNING]
            assert len(running) <= (0 if run.ended else 1)
            assert len({phase.name for phase in run.phases}) == len(run.phases)
            assert all(phase.duration_s is None or phase.duration_s >= 0 for phase in run.phases)
            assert run.total_s is None or run.total_s >= 0
        assert eta is None or 0 <= eta.p50_s <= eta.p90_s
        snapshot = new


@given(anything)
def test_wire_reads_anything_and_keeps_its_bounds(value: object) -> None:
    number, whole, span = wire.as_number(value), wire.as_int(value), wire.as_seconds(value)
    assert number is None or abs(number) < 1e15
    assert whole is None or whole == number
    assert span is None or span >= 0
    assert wire.as_text(value) != ""
    wire.as_bool(value)
    wire.as_object(value)
    wire.as_list(value)


@given(dates)
def test_times_are_read_as_utc_of_a_sensible_year_or_not_at_all(value: object) -> None:
    for moment in (wire.as_time(value), wire.as_http_date(value)):
        if moment is not None:
            assert moment.utcoffset() == timedelta(0)
            assert 1969 <= moment.year < 2201
            assert datetime.fromisoformat(wire.rfc3339(moment) or "") - moment < timedelta(milliseconds=1)
    naive = wire.as_naive_time(value)
    assert naive is None or naive.tzinfo is None


@given(
    st.integers(86_400 * 10**6, 7_258_000_000 * 10**6),
    st.integers(0, 9),
    st.sampled_from(["Z", "+02:00", "-0530"]),
)
def test_timestamps_of_every_precision_are_read(micros: int, digits: int, zone: str) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    fraction = f"{moment.microsecond:06d}000"[:digits]
    text = f"{moment:%Y-%m-%dT%H:%M:%S}" + (f".{fraction}" if digits else "") + zone
    read = wire.as_time(text)
    assert read is not None
    ahead = {"Z": 0.0, "+02:00": 7200.0, "-0530": -19_800.0}[zone]
    kept = moment.replace(microsecond=int(fraction[:6].ljust(6, "0")) if digits else 0)
    assert read == kept - timedelta(seconds=ahead)


@given(st.text(max_size=300) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")), st.integers(1, 200))
def test_cleaned_text_is_harmless_bounded_and_stable(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert harmless(cleaned)
    assert len(cleaned) <= limit
    assert clean(cleaned, limit) == cleaned
    line = one_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert harmless(without_controls(text, limit))


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(
    st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=20, max_size=40),
    st.sampled_from(
        [
            "Authorization: Bearer {}",
            "?X-Goog-Signature={}&x=1",
            "https://storage/x?Expires=1&Signature={}",
            '{{"access_token": "{}"}}',
            '{{\\"private_key\\": \\"{}\\"}}',
            "api_key={}",
            "ELEVENLABS_API_KEY={}",
            "OPENAI-API-KEY: '{}'",
            "https://user:{}@host/x",
            "client_secret = {}",
            "sk-{}",
            "ya29.{}",
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\n{}",
        ]
    ),
)
def test_secrets_do_not_survive_redacting(secret: str, where: str) -> None:
    assert secret not in redact(where.format(secret))
    assert MASK in redact(where.format(secret))


@given(st.text(max_size=400))
def test_any_failure_has_an_explanation_of_one_line(text: str) -> None:
    reason = explain(text)
    assert reason.what.strip()
    assert "\n" not in reason.what
    assert len(reason.what) <= 200


@given(texts.filter(lambda text: bool(text.strip())))
def test_any_text_is_understood_the_same_with_the_batch_suffix(text: str) -> None:
    kind, phase, _batch = read_text(text.strip())
    assert read_text(text.strip().removesuffix(" (batch mode)") + " (batch mode)") == (kind, phase, True)
