"""The log that a server tells itself, counted against its rate limit, and the choice between it and Cloud Logging."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from avdesk.config.paths import find_paths
from avdesk.config.settings import Environment, Settings
from avdesk.core.errors import NotFoundError, PermissionDeniedError, RefusedError, UsageError
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.logline import LogLine
from avdesk.emulator.faults import Side
from avdesk.emulator.server import Emulator
from avdesk.services.clock import Clock
from avdesk.services.logs.clock_skew import Clocks
from avdesk.services.logs.opening import open_source
from avdesk.services.logs.server_logs import MOST, PAUSE_S
from avdesk.services.logs.source import LogSource, SourceView
from avdesk.services.runtime import Runtime
from tests.harness.fakeclock import FakeClock

READ = "/v2/entries:list"
APP, JOBS = LogChoice(LogKind.APP), LogChoice(LogKind.JOBS)


class Desk:
    """An emulated server on a clock that the test moves, and what opens its logs."""

    def __init__(self, folder: Path, revision: str = "planned") -> None:
        self.clock = FakeClock()
        self.emulator = Emulator(
            revision=revision, speed=60.0, seed=3, past_jobs=12, failure_rate=0.5, now=self.clock, utc_offset_s=0.0
        ).start()
        self._folder = folder
        self._open: list[LogSource] = []

    def source(self, *choices: LogChoice, since: datetime | None = None, **changes: object) -> LogSource:
        """Open a log of an environment that is as it is changed."""
        values: dict[str, object] = {
            "url": self.emulator.autovideo_url,
            "project": self.emulator.project,
            "regions": self.emulator.regions,
            "vertex": "rest",
            "google_endpoint": self.emulator.google_url,
        }
        environment = Environment("dev", **(values | changes))  # type: ignore[arg-type]
        settings = Settings("dev", {"dev": environment})
        runtime = Runtime(
            settings,
            find_paths(self._folder),
            clock=Clock(self.clock, self.clock),
            google_token=self.emulator.token,
        )
        source = open_source(runtime, "dev", *choices, since=since)
        self._open.append(source)
        return source

    def follow(self, source: LogSource, seconds: float) -> None:
        """Step as a thread would."""
        end = self.clock.time + seconds
        while self.clock.time < end:
            waits = source.step()
            self.clock.pass_by(min(max(waits, 0.05), max(0.01, end - self.clock.time)))

    def close(self) -> None:
        """Close all."""
        for source in self._open:
            source.close()
            source.book.close()
        self.emulator.stop()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Return a function that makes a desk."""
    desks: list[Desk] = []

    def make(revision: str = "planned") -> Desk:
        desks.append(Desk(tmp_path / f"home{len(desks)}", revision))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(make: Callable[..., Desk]) -> Desk:
    """A desk with the revision that tells its log."""
    return make()


def lines(source: LogSource) -> list[LogLine]:
    return source.book.lines(0, source.book.count())


def view(source: LogSource) -> SourceView:
    return source.view


def test_the_server_s_own_log_is_followed_seldom_and_without_doubles(desk: Desk) -> None:
    source = desk.source(APP, vertex="off")
    desk.follow(source, 5)
    desk.emulator.world.start_run("cats")
    desk.follow(source, 600)
    texts = [line.text for line in lines(source)]
    assert len(texts) == len(set(texts)) > 5
    assert view(source).way == "server"
    assert not view(source).older
    assert source.older() == 0
    asked = desk.emulator.asked("/logs")
    assert 600 / PAUSE_S - 2 <= len(asked) <= 600 / PAUSE_S + 2
    assert {each.status for each in asked} == {200}


def test_its_requests_are_counted_and_never_too_many(desk: Desk) -> None:
    source = desk.source(APP, vertex="off")
    for _second in range(400):
        source.hurry()
        source.step()
        desk.clock.pass_by(1.0)
    assert {each.status for each in desk.emulator.asked("/logs")} == {200}


def test_a_server_without_it_is_told_and_not_asked_again(make: Callable[..., Desk]) -> None:
    desk = make("b")
    source = desk.source(APP, vertex="off")
    desk.follow(source, 900)
    assert isinstance(view(source).trouble, NotFoundError)
    assert len(desk.emulator.asked("/logs")) == 1
    other = desk.source(APP, vertex="off")
    other.step()
    assert len(desk.emulator.asked("/logs")) == 1  # it is remembered


def test_a_server_s_wrong_clock_is_told_and_its_lines_are_moved_by_it(desk: Desk) -> None:
    since = datetime.fromtimestamp(desk.clock.time - 60, UTC)
    right = desk.source(APP, vertex="off", since=since)
    desk.follow(right, 70)
    desk.emulator.faults.add("autovideo:/logs=skew:300")
    wrong = desk.source(APP, vertex="off", since=since)
    desk.follow(wrong, 70)
    ahead = view(wrong).clock_ahead_s
    assert ahead is not None
    assert abs(ahead - 300) <= 1.0
    first, moved = lines(right)[0].time, lines(wrong)[0].time
    assert first is not None
    assert moved is not None
    assert abs(moved - first) < timedelta(seconds=2)


def test_clocks_are_reckoned_against_google_s_and_do_not_tremble() -> None:
    clocks, now = Clocks(), datetime(2026, 11, 23, tzinfo=UTC)
    assert clocks.ahead_s(Clocks.SERVER) is None
    assert clocks.ahead_of_google_s(Clocks.SERVER) == 0.0
    clocks.heard(Clocks.SERVER, now + timedelta(seconds=100), now)
    clocks.heard(Clocks.GOOGLE, now + timedelta(seconds=100), now)
    assert clocks.ahead_of_google_s(Clocks.SERVER) == 0.0  # this machine's clock is the wrong one
    known = clocks.ahead_s(Clocks.SERVER)
    clocks.heard(Clocks.SERVER, now + timedelta(seconds=101), now)
    assert clocks.ahead_s(Clocks.SERVER) == known
    clocks.heard(Clocks.SERVER, now, now)
    assert clocks.ahead_s(Clocks.SERVER) == 0.0


def test_more_lines_than_one_answer_holds_are_told_as_missed(desk: Desk) -> None:
    source = desk.source(APP, vertex="off")
    desk.follow(source, 5)
    with desk.emulator.world.lock:
        for index in range(MOST + 200):
            desk.emulator.world.app_log.line(desk.clock.time + 20 + index * 0.001, "main", "INFO", f"flood {index}")
    desk.follow(source, 70)
    assert view(source).missed


def test_app_and_jobs_are_read_from_cloud_logging_together(desk: Desk) -> None:
    source = desk.source(APP, JOBS)
    desk.follow(source, 30)
    assert view(source).way == "rest"
    assert {line.source.partition(":")[0] for line in lines(source)} == {"app", "job"}
    assert all(line.job for line in lines(source) if line.source != "app")
    assert not desk.emulator.asked("/logs")


def test_where_cloud_logging_is_denied_the_server_is_asked_and_where_it_fails_it_is_not(desk: Desk) -> None:
    desk.emulator.faults.add(f"google:{READ}=503")
    source = desk.source(JOBS)
    desk.follow(source, 30)
    assert not desk.emulator.asked("/logs")
    desk.emulator.faults.clear()
    desk.emulator.faults.add(f"google:{READ}=denied")
    denied = desk.source(JOBS)
    desk.follow(denied, 30)
    assert (view(denied).way, view(denied).trouble) == ("server", None)
    assert lines(denied)
    desk.emulator.faults.add("autovideo:/logs=500")
    neither = desk.source(JOBS)
    neither.step()
    assert isinstance(view(neither).trouble, PermissionDeniedError)


def test_one_job_s_log_ends_with_the_job(desk: Desk) -> None:
    with desk.emulator.world.lock:
        jobs = [job for region in desk.emulator.regions for job in desk.emulator.world.jobs(region)]
    job = next(job for job in jobs if job.state == "JOB_STATE_FAILED" and job.started is not None)
    source = desk.source(LogChoice(LogKind.JOB, job.number))
    desk.follow(source, 60)
    assert not source.book.growing
    assert {line.source for line in lines(source)} == {f"job:{job.labels['job_id']}"}
    filters = [str(each.request.json()) for each in desk.emulator.asked(READ, Side.GOOGLE)]
    assert all(f'resource.labels.job_id="{job.number}"' in text for text in filters)
    unknown = desk.source(LogChoice(LogKind.JOB, "video-job-00000000"))
    unknown.step()
    assert isinstance(view(unknown).trouble, NotFoundError)


def test_an_environment_without_a_server_is_read_as_a_job_on_cloud_run(desk: Desk) -> None:
    desk.follow(desk.source(APP, url=""), 5)
    assert "cloud_run_job" in str(desk.emulator.asked(READ, Side.GOOGLE)[-1].request.json())
    desk.follow(desk.source(LogChoice(LogKind.BATCH, "av-app-x7k2p")), 5)
    asked = str(desk.emulator.asked(READ, Side.GOOGLE)[-1].request.json())
    assert 'labels."run.googleapis.com/execution_name"="av-app-x7k2p"' in asked


def test_the_network_comes_back_over_real_http_without_a_lost_or_doubled_line(desk: Desk) -> None:
    source = desk.source(APP, JOBS, since=datetime.fromtimestamp(desk.clock.time - 1, UTC))
    desk.emulator.world.start_run("cats")
    desk.follow(source, 20)
    desk.emulator.faults.add("google:*=reset")
    desk.follow(source, 60)
    assert isinstance(view(source).trouble, RefusedError)
    desk.emulator.faults.clear()
    desk.follow(source, 400)
    assert view(source).trouble is None
    with desk.emulator.world.lock:
        written = {
            record.insert_id for record in desk.emulator.world.logs() if record.timestamp > desk.clock.time - 480
        }
    found = [line.insert_id for line in lines(source) if not line.continuation]
    assert len(found) == len(set(found))
    assert set(found) >= written
    times = [line.time for line in lines(source) if line.time is not None]
    assert times == sorted(times)


def test_what_cannot_be_read_together_is_refused(desk: Desk) -> None:
    for choices in ((), (LogChoice(LogKind.FILE, "/x"), APP), (APP, LogChoice(LogKind.OWN))):
        with pytest.raises(UsageError):
            desk.source(*choices)
