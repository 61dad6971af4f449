"""Holding answers against recorded ones: the same keys, types and texts; times and drawn ids only alike."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

_JOB_ID = re.compile(r"video-job-[0-9a-f]{8}")
_AFTER_START = re.compile(r"(\d+) s after the start")
_DURATIONS = frozenset({"current_phase_duration", "total_duration", "video_creation"})
DURATION_TOLERANCE_S = 0.5


def differences(recorded: object, answered: object, where: str = "") -> Iterator[str]:
    """Yield what differs between a recorded body and an answered one, one sentence each."""
    name = where.rpartition(".")[2]
    if type(recorded) is not type(answered):
        yield f"{where}: {type(answered).__name__} instead of {type(recorded).__name__}"
    elif isinstance(recorded, dict) and isinstance(answered, dict):
        if recorded.keys() != answered.keys():
            yield f"{where}: keys {sorted(answered)} instead of {sorted(recorded)}"
        for key in recorded.keys() & answered.keys():
            yield from differences(recorded[key], answered[key], f"{where}.{key}")
    elif isinstance(recorded, list) and isinstance(answered, list):
        if len(recorded) != len(answered):
            yield f"{where}: {len(answered)} entries instead of {len(recorded)}"
        for index, (one, other) in enumerate(zip(recorded, answered, strict=False)):
            yield from differences(one, other, f"{where}[{index}]")
    elif not _alike(recorded, answered, name):
        yield f"{where}: {answered!r} instead of {recorded!r}"


def _alike(recorded: object, answered: object, name: str) -> bool:
    """Whether two plain values are the same but for drawn job ids and the jitter of durations."""
    if isinstance(recorded, str) and isinstance(answered, str):
        return _JOB_ID.sub("video-job-*", recorded) == _JOB_ID.sub("video-job-*", answered)
    if isinstance(recorded, float) and isinstance(answered, float) and name in _DURATIONS:
        return abs(recorded - answered) <= DURATION_TOLERANCE_S
    return recorded == answered


def recorded_moment(body: object) -> float | None:
    """Return the time that a recorded body tells (the recorder's server kept UTC), None when it tells none."""
    stamp = body.get("timestamp") if isinstance(body, dict) else None
    if isinstance(stamp, str):
        return datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp()
    return stamp if isinstance(stamp, float) else None


def seconds_after_start(note: str) -> float | None:
    """Return the seconds of a note such as ``187 s after the start``, None for any other."""
    match = _AFTER_START.fullmatch(note)
    return float(match.group(1)) if match else None
