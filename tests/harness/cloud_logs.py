"""The emulated Cloud Logging without a network: its own query language and pages, entries that a test writes."""

import dataclasses
import json
import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from avdesk.clients.cloud_logging import EntriesPage, Search, stale_page
from avdesk.core import wire
from avdesk.core.errors import KnownError, RateLimitedError, ServerFailedError
from avdesk.core.logentry import read_entries
from avdesk.core.logquery import AppLog, JobLogs
from avdesk.emulator.exchange import Request
from avdesk.emulator.google.cloudlogging import Logging
from avdesk.emulator.google.envelope import ApiError
from avdesk.emulator.records import CustomJobRecord, LogRecord
from avdesk.services.clock import Clock
from avdesk.services.logs.cloud import CloudSource, Target
from avdesk.services.logs.job_names import JobNames
from avdesk.services.logs.memorybook import MemoryBook
from avdesk.services.logs.read_quota import ReadQuota
from avdesk.store.ledger import Ledger
from tests.harness.fakeclock import FakeClock

PROJECT = "p-1"
Failing = Callable[[], KnownError | None]


class LogWorld:
    """What the emulated Cloud Logging needs of a world: entries that are there once they are received."""

    def __init__(self, clock: FakeClock) -> None:
        self.project, self.project_number = PROJECT, "424242424242"
        self.regions: Sequence[str] = ("us-central1",)
        self.token = ""
        self.lock = threading.RLock()
        self.now: Callable[[], float] = clock
        self.written: list[LogRecord] = []

    def write(self, text: str, at: float, delay_s: float = 0.2, **changes: object) -> LogRecord:
        """Write an entry of the moment `at`, which is received so much later."""
        record = LogRecord(
            insert_id=f"id-{len(self.written):06d}",
            timestamp=at,
            received=at + delay_s,
            severity="INFO",
            resource_type="ml_job",
            resource_labels={"job_id": "77", "task_name": "workerpool0-0"},
            log_name="workerpool0-0",
            text=text,
        )
        record = dataclasses.replace(record, **changes)  # type: ignore[arg-type]
        self.written.append(record)
        return record

    def logs(self) -> Sequence[LogRecord]:
        """Return what was received by now."""
        return [record for record in self.written if record.received <= self.now()]

    def advance(self) -> None:
        """Nothing happens by itself here."""

    def jobs(self, region: str) -> Sequence[CustomJobRecord]:
        """Return no job."""
        del region
        return ()

    def find_job(self, region: str, number: str) -> CustomJobRecord | None:
        """Find none."""
        del region, number
        return None

    def create_job(
        self, region: str, display_name: str, spec: Mapping[str, object], labels: Mapping[str, str]
    ) -> CustomJobRecord:
        """Make none."""
        raise NotImplementedError

    def cancel_job(self, job: CustomJobRecord) -> None:
        """Cancel none."""

    def delete_job(self, job: CustomJobRecord) -> None:
        """Delete none."""

    def gpu_usage(self, region: str) -> Mapping[str, tuple[float, float]]:
        """Use none."""
        del region
        return {}


class EmulatedReader:
    """A `LogReader` that asks the emulated Cloud Logging directly.

    Attributes:
        asked: what was asked for, in order.
        fails: tells how the next request fails; None: it doesn't.
        ahead_s: how far its clock is ahead; None: it does not tell it.
    """

    way = "rest"

    def __init__(
        self, world: LogWorld, *, page: int = 1000, scan_limit: int = 2000, reads_per_minute: int | None = None
    ) -> None:
        self._world = world
        self._page = page
        self._route = Logging(world, reads_per_minute=reads_per_minute, scan_limit=scan_limit).routes()[0]
        self.asked: list[Search] = []
        self.fails: Failing = lambda: None
        self.ahead_s: float | None = 0.0

    def read(self, search: Search) -> EntriesPage:
        """Return one page."""
        self.asked.append(search)
        failure = self.fails()
        if failure is not None:
            raise failure
        body = {
            "resourceNames": [f"projects/{PROJECT}"],
            "filter": search.filter,
            "orderBy": f"timestamp {'desc' if search.newest_first else 'asc'}",
            "pageSize": min(self._page, search.limit),
            "pageToken": search.after,
        }
        request = Request("POST", "/v2/entries:list", {}, {}, json.dumps(body).encode(), "127.0.0.1", "127.0.0.1")
        try:
            answer = wire.as_object(self._route.handler(request, {}))
        except ApiError as error:
            if error.http == 429:
                raise RateLimitedError("The quota is spent.", "Wait.", by_server=True) from None
            if error.http == 400 and search.after:
                raise stale_page() from None
            raise ServerFailedError(error.message, "–", status=error.http) from None
        date = None
        if self.ahead_s is not None:
            date = datetime.fromtimestamp(int(self._world.now() + self.ahead_s), UTC)
        after = wire.as_text(answer.get("nextPageToken")) or ""
        return EntriesPage(read_entries(wire.as_list(answer.get("entries"))), after, date)

    def abort(self) -> None:
        """Nothing is ever under way."""


class Followed:
    """A source over emulated entries, on a clock that the test moves."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.clock = FakeClock()
        self.world = LogWorld(self.clock)
        reading = {name: options.pop(name) for name in ("page", "scan_limit", "reads_per_minute") if name in options}
        self.reader = EmulatedReader(self.world, **reading)  # type: ignore[arg-type]
        self.ledger = Ledger(folder / "requests.sqlite3", wall=self.clock, mono=self.clock)
        clock = Clock(self.clock, self.clock)
        self.book = MemoryBook("job:77")
        self.source = CloudSource(
            lambda: Target((AppLog(), JobLogs())),
            self.reader,
            ReadQuota(self.ledger, PROJECT),
            self.book,
            clock,
            names=JobNames(clock),
            dice=random.Random(1),  # noqa: S311 - jitter
            **options,  # type: ignore[arg-type]
        )

    @property
    def texts(self) -> list[str]:
        """What the book holds."""
        return [line.text for line in self.book.lines(0, self.book.count())]

    def follow(self, seconds: float) -> None:
        """Step as a thread would for so much time."""
        end = self.clock.time + seconds
        while self.clock.time < end:
            waits = self.source.step()
            self.clock.pass_by(min(max(waits, 0.05), max(0.01, end - self.clock.time)))

    def load(self) -> None:
        """Step until the first lines are there."""
        for _attempt in range(1000):
            waits = self.source.step()
            if not self.source.view.loading:
                return
            self.clock.pass_by(max(waits, 0.05))
        raise AssertionError("the first lines never came")


@contextmanager
def followed(**options: object) -> Iterator[Followed]:
    """Make a `Followed` with a folder of its own."""
    with TemporaryDirectory(prefix="avdesk-logs-") as folder:
        made = Followed(Path(folder), **options)
        try:
            yield made
        finally:
            made.ledger.close()
