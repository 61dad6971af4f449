"""AVDesk's own checks: against the embedded Google, beside the steps, and without a counted request."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.grants import FixedSource
from avdesk.clients.transport import Transport
from avdesk.config.settings import Environment, Polling
from avdesk.core.alerts import alert_of
from avdesk.core.checkcourse import CheckCourse, follow
from avdesk.core.diff import diff
from avdesk.core.errors import PermissionDeniedError, UnreachableError
from avdesk.core.health import CHECKS, CheckResult, Health
from avdesk.core.ownchecks import (
    CLOCK,
    CREDENTIALS,
    GCLOUD,
    LOGGING,
    QUOTA,
    TOKEN,
    VERTEX,
    clock_result,
    region_check,
)
from avdesk.core.snapshot import Reach, ServerView, Snapshot, VertexView
from avdesk.emulator.server import Emulator
from avdesk.services.clock import Clock
from avdesk.services.monitor import Monitor
from avdesk.services.own_checks import FIRST_AFTER_S, OwnChecks
from avdesk.services.own_probes import OwnProbes, Probed
from avdesk.services.token_probe import look_at_token
from avdesk.store.session_secrets import SESSION
from tests.harness.acting import Bench
from tests.harness.fakeclock import FakeClock
from tests.harness.waiting import wait_until

COUNTED = {check.path for check in CHECKS if check.counted}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(utc_offset_s=0.0) as running:
        yield running


@pytest.fixture
def probes(emulator: Emulator, tmp_path: Path) -> Iterator[OwnProbes]:
    transport = Transport()
    environment = Bench(emulator, tmp_path / "home").environment
    credentials = GoogleCredentials(transport, only=FixedSource(emulator.token))
    yield OwnProbes(environment, transport, credentials, Clock())
    transport.close()


@pytest.fixture
def monitor(emulator: Emulator, tmp_path: Path) -> Iterator[Monitor]:
    polling = Polling(health_sweep_s=0.0)
    made = Bench(emulator, tmp_path / "home", polling=polling).runtime.monitor("dev")
    yield made
    made.abort()
    made.close()


def seen(monitor: Monitor, names: list[str], condition: Callable[[Snapshot], object]) -> Snapshot:
    """Ask checks by hand, and step until a condition holds."""
    monitor.check(names)

    def look() -> object:
        return condition(monitor.step().snapshot)

    wait_until(look, f"{names} have answered")
    return monitor.snapshot


def test_quotas_come_by_region_and_kind(probes: OwnProbes, emulator: Emulator) -> None:
    found = probes.quotas()
    assert found.result.status is Health.HEALTHY
    assert found.quotas is not None
    assert {quota.region for quota in found.quotas} == set(emulator.regions)
    assert {"L4", "T4"} <= {quota.kind for quota in found.quotas}
    assert all(quota.limit >= quota.usage >= 0 for quota in found.quotas)


def test_one_region_that_fails_blanks_no_other(probes: OwnProbes, emulator: Emulator) -> None:
    emulator.faults.add("google:*/regions/us-west1=denied")
    found = probes.quotas()
    assert found.result.status is Health.DEGRADED
    assert found.result.error is not None
    assert found.result.error.startswith("us-west1: ")
    assert found.quotas
    assert "us-west1" not in {quota.region for quota in found.quotas}


def test_quotas_that_nobody_may_read_say_why(probes: OwnProbes, emulator: Emulator) -> None:
    emulator.faults.add("google:*/regions/*=denied")
    with pytest.raises(PermissionDeniedError):
        probes.quotas()


def test_cloud_logging_is_asked_for_one_line(probes: OwnProbes, emulator: Emulator) -> None:
    found = probes.logging().result
    assert (found.status, found.http_status) == (Health.HEALTHY, 200)
    assert found.latency_s is not None
    [asked] = [each.request for each in emulator.requests if each.request.path == "/v2/entries:list"]
    assert asked.json()["pageSize"] == 1  # type: ignore[index]


def test_all_are_part_of_the_snapshot_and_cost_the_server_nothing(monitor: Monitor, emulator: Emulator) -> None:
    names = [LOGGING, QUOTA, CREDENTIALS, GCLOUD]
    snapshot = seen(monitor, names, lambda s: all(s.own_checks[name].checked_at for name in names) and not s.asking)
    own = snapshot.own_checks
    assert {name for name, result in own.items() if result.status is Health.HEALTHY} >= {
        LOGGING,
        QUOTA,
        CREDENTIALS,
        CLOCK,
        *map(region_check, emulator.regions),
    }
    assert own[region_check("us-central1")].latency_s is not None
    assert snapshot.gpu_quotas
    assert snapshot.courses[QUOTA].known is Health.HEALTHY
    assert not COUNTED & {each.request.path for each in emulator.requests}
    assert "own" not in "".join(snapshot.checks)


def test_a_region_that_refuses_has_a_card_of_its_own_that_says_why(monitor: Monitor, emulator: Emulator) -> None:
    emulator.faults.add("google:/v1/*/us-west1/*=denied")
    name = region_check("us-west1")
    snapshot = seen(monitor, [name], lambda s: s.own_checks[name].error)
    assert snapshot.own_checks[name].status is Health.UNHEALTHY
    assert snapshot.own_checks[name].advice
    assert snapshot.own_checks[region_check("us-east1")].status is Health.HEALTHY


def test_a_server_whose_clock_is_wrong_is_told_of(monitor: Monitor, emulator: Emulator) -> None:
    emulator.faults.add("/health=skew:7200")
    snapshot = seen(monitor, [CLOCK], lambda s: s.own_checks[CLOCK].status is Health.UNHEALTHY)
    assert "ahead" in (snapshot.own_checks[CLOCK].detail or "")


@pytest.mark.parametrize(
    ("offset", "status"),
    [(None, Health.UNKNOWN), (0.0, Health.HEALTHY), (-20.0, Health.HEALTHY), (45.0, Health.DEGRADED)],
)
def test_a_small_difference_of_clocks_is_no_fault(offset: float | None, status: Health) -> None:
    view = ServerView(Reach.YES, answered_at=Clock().now(), clock_offset_s=offset)
    found = clock_result(view)
    assert found is not None
    assert found.status is status
    assert clock_result(ServerView(Reach.OFF)) is None


class Asked:
    """Probes that count, and fail as they are told."""

    def __init__(self, clock: FakeClock) -> None:
        self.count: dict[str, int] = {}
        self.error: Exception | None = None
        self._clock = clock

    def probes(self) -> dict[str, Callable[[], Probed]]:
        """Return them."""
        return {name: lambda name=name: self._probe(name) for name in (LOGGING, QUOTA, CREDENTIALS, GCLOUD)}  # type: ignore[misc]

    def _probe(self, name: str) -> Probed:
        self.count[name] = self.count.get(name, 0) + 1
        if self.error is not None:
            raise self.error
        return Probed(CheckResult(name, Health.HEALTHY, checked_at=Clock(self._clock, self._clock).now()))


def stepped(own: OwnChecks, clock: FakeClock, seconds: float) -> None:
    """Let time pass, step, and let all that began come to its end."""
    clock.pass_by(seconds)
    own.step()

    def done() -> bool:
        own.collect()
        return not own.under_way

    wait_until(done, "all errands are done")


def test_they_begin_after_the_pipelines_state_and_are_asked_seldom() -> None:
    clock = FakeClock()
    asked = Asked(clock)
    environment = Environment("dev", project="av-8675309")
    own = OwnChecks(environment, lambda: asked, Clock(clock, clock))
    stepped(own, clock, FIRST_AFTER_S / 2)
    assert asked.count == {}
    for _turn in range(120):  # an hour
        stepped(own, clock, 30.0)
    assert asked.count[LOGGING] == asked.count[QUOTA] == 2
    assert asked.count[GCLOUD] == 1
    assert 10 <= asked.count[CREDENTIALS] <= 13


def test_what_fails_is_unknown_with_its_reason_and_tried_again_sooner() -> None:
    clock = FakeClock()
    asked = Asked(clock)
    own = OwnChecks(Environment("dev", project="av-8675309"), lambda: asked, Clock(clock, clock))
    asked.error = UnreachableError("Google gave no answer.", "Try again.")
    stepped(own, clock, FIRST_AFTER_S + 1)
    found = own.results(ServerView(Reach.OFF), VertexView(Reach.UNKNOWN))
    assert (found[LOGGING].status, found[LOGGING].error) == (Health.UNKNOWN, "Google gave no answer.")
    asked.error = None
    stepped(own, clock, 301.0)
    assert own.results(ServerView(Reach.OFF), VertexView(Reach.UNKNOWN))[LOGGING].status is Health.HEALTHY


def test_asking_only_by_hand_holds_for_google_too() -> None:
    clock = FakeClock()
    asked = Asked(clock)
    environment = Environment("dev", project="av-8675309", polling=Polling(health_sweep_s=0.0))
    own = OwnChecks(environment, lambda: asked, Clock(clock, clock))
    stepped(own, clock, 60.0)
    assert set(asked.count) == {CREDENTIALS, GCLOUD}
    own.begin([QUOTA])
    assert own.asking <= {QUOTA}
    stepped(own, clock, 1.0)
    assert asked.count[QUOTA] == 1


def test_without_vertex_ai_nothing_of_google_is_asked() -> None:
    clock = FakeClock()
    own = OwnChecks(Environment("dev"), None, Clock(clock, clock))
    clock.pass_by(3600)
    own.step()
    own.begin([QUOTA, LOGGING])
    found = own.results(ServerView(Reach.YES), VertexView(Reach.OFF))
    assert set(found) == {VERTEX, CLOCK}
    assert found[VERTEX].status is Health.DISABLED
    assert found[VERTEX].advice


@pytest.mark.parametrize(
    ("claims", "status", "words"),
    [
        ({"iat": -86_400 * 20, "exp": 86_400 * 30}, Health.HEALTHY, "ends in 30 d"),
        ({"iat": -86_400 * 20, "exp": 86_400 * 2 + 60}, Health.DEGRADED, "ends in 2 d"),
        ({"iat": -86_400 * 20, "exp": -120}, Health.UNHEALTHY, "ended 2 min ago"),
        (None, Health.UNHEALTHY, ""),
    ],
)
def test_the_token_that_a_server_wants_tells_before_it_ends(
    tmp_path: Path, claims: dict[str, int] | None, status: Health, words: str
) -> None:
    environment = Environment("guarded", auth="bearer")
    if claims is not None:
        now = Clock().wall()
        body = json.dumps({name: int(now + ahead) for name, ahead in claims.items()}).encode()
        parts = [
            base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (b'{"alg":"none"}', body, b"signed")
        ]
        SESSION.hold("guarded", "bearer", ".".join(parts))
    try:
        own = OwnChecks(environment, None, Clock(), lambda: look_at_token(environment, tmp_path, Clock()))
        own.begin([TOKEN])
        stepped(own, FakeClock(), 0.0)
    finally:
        SESSION.drop("guarded", "bearer")
    found = own.results(ServerView(Reach.YES), VertexView(Reach.OFF))[TOKEN]
    assert found.status is status
    assert words in f"{found.detail} {found.error}"
    assert bool(found.advice) is (status is not Health.HEALTHY)


def test_a_token_that_will_end_is_announced_before_it_does() -> None:
    steps = []
    course = CheckCourse()
    for place, status in enumerate((Health.HEALTHY, Health.DEGRADED)):
        moment = Clock().now() + timedelta(minutes=place)
        result = CheckResult(TOKEN, status, checked_at=moment, detail="in the keyring · ends in 2 d 23 h")
        course = follow(course, result, moment)
        steps.append(Snapshot("prod", moment, own_checks={TOKEN: result}, courses={TOKEN: course}))
    [event] = diff(*steps)
    alert = alert_of(event, event.at, ())
    assert alert is not None
    assert (alert.title, alert.body) == ("Server token needs a look · prod", "in the keyring · ends in 2 d 23 h")
