"""The embedded AutoVideo answers every recorded request as the recorded servers did."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from avdesk.emulator.server import Emulator
from tests.harness.fakeclock import FakeClock
from tests.harness.recordings import differences, recorded_moment, seconds_after_start

RECORDINGS = Path(__file__).parent / "recordings"
SPEED = 20.0
"""The recorded runs were sped up so: 37 s became 1.85, the limit of 3600 s became 180."""


@dataclass(frozen=True)
class Circumstances:
    """What surrounded a recorded server: arranged before the replay."""

    file: str
    revision: str
    start: float
    arrange: Callable[[Emulator], None]


def arrange_a(emulator: Emulator) -> None:
    """No cloud behind it, no gcloud account, and a render job that never gets its GPU."""
    emulator.world.circumstances.failing = {"openai", "vertex-ai", "quota", "vm-status"}
    emulator.world.circumstances.sees_jobs = False
    emulator.plan_next(
        story_s=1.85031 * SPEED,
        images_s=2.950357 * SPEED,
        voiceover_s=1.800165 * SPEED,
        staging_s=0.82,
        queue_s=math.inf,
        refused_regions=0,
        failure=None,
    )


def arrange_b(emulator: Emulator) -> None:
    """No cloud behind it, and Veo, which should make the videos, is missing."""
    emulator.world.circumstances.failing = {"openai", "vertex-ai", "quota", "machine-types"}
    emulator.world.circumstances.backend = "veo-missing"
    emulator.plan_next(story_s=1.851061 * SPEED, failure=None)


CASES = (
    Circumstances("autovideo-2025-05-29.json", "a", 1_795_469_672.3, arrange_a),
    Circumstances("autovideo-2025-06-08.json", "b", 1_795_469_879.3, arrange_b),
)


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """A client that follows no redirects and keeps its connection."""
    with requests.Session() as session:
        yield session


def exchanges(file: str) -> list[dict[str, Any]]:
    """Return a recording's exchanges."""
    found: list[dict[str, Any]] = json.loads((RECORDINGS / file).read_text())["exchanges"]
    return found


class Replay:
    """Asks what was recorded, at the recorded times, and tells what differs."""

    def __init__(self, emulator: Emulator, clock: FakeClock, http: requests.Session) -> None:
        self.emulator = emulator
        self.clock = clock
        self.http = http
        self.started = clock.time
        self.one_client = False

    def ask(self, exchange: dict[str, Any]) -> list[str]:
        """Replay one exchange; return its differences."""
        request, expected, note = exchange["request"], exchange["response"], exchange["note"]
        self._set_clock(note, recorded_moment(expected["body"]))
        self._set_limit(note)
        reply = self.http.request(
            request["method"],
            self.emulator.autovideo_url + request["path"],
            json=request["json"],
            allow_redirects=False,
            timeout=30,
        )
        if note in ("start a run", "a second start"):
            self.started = self.clock.time
        body = reply.json() if reply.headers["Content-Type"] == "application/json" else reply.text
        answered = {
            "status": reply.status_code,
            "content_type": reply.headers["Content-Type"],
            "retry_after": reply.headers.get("Retry-After"),
            "body": body,
        }
        where = f"{request['method']} {request['path']} ({note})"
        return [f"{where} {found}" for found in differences(expected, answered)]

    def _set_clock(self, note: str, told: float | None) -> None:
        after = seconds_after_start(note)
        if told is not None:
            self.clock.time = max(self.clock.time, told)
        elif after is not None:
            # A moment later, as the recorder's own requests took time.
            self.clock.time = self.started + after + 0.003

    def _set_limit(self, note: str) -> None:
        """The recorder asked under ever new addresses until it came to the limit itself."""
        if not self.one_client:
            self.emulator.limiter.forget()
        if note.startswith("request 10 "):
            self.one_client = True
            for _ in range(9):
                self.http.get(self.emulator.autovideo_url + "/status", timeout=30)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_every_recorded_exchange_is_answered_as_it_was(case: Circumstances, http: requests.Session) -> None:
    clock = FakeClock(case.start)
    emulator = Emulator(revision=case.revision, speed=SPEED, now=clock, utc_offset_s=0.0)
    case.arrange(emulator)
    with emulator:
        replay = Replay(emulator, clock, http)
        found = [difference for exchange in exchanges(case.file) for difference in replay.ask(exchange)]
    assert found == []


def test_a_recording_against_the_other_revision_differs(http: requests.Session) -> None:
    """The comparison above can fail."""
    clock = FakeClock(CASES[0].start)
    with Emulator(revision="b", speed=SPEED, now=clock, utc_offset_s=0.0) as emulator:
        replay = Replay(emulator, clock, http)
        found = [difference for exchange in exchanges(CASES[0].file) for difference in replay.ask(exchange)]
    assert len(found) > 20


@pytest.mark.parametrize(
    ("recorded", "answered"),
    [
        ({"a": 1}, {"a": 1.0}),
        ({"a": None}, {}),
        ({"a": True}, {"a": 1}),
        ([1], [1, 2]),
        ("error: one", "error: other"),
        ({"total_duration": 1.0}, {"total_duration": 1.6}),
    ],
)
def test_differences_are_found(recorded: object, answered: object) -> None:
    assert list(differences(recorded, answered))


def test_drawn_job_ids_may_differ() -> None:
    assert not list(differences("job video-job-ab12cd34 runs", "job video-job-00000000 runs"))
