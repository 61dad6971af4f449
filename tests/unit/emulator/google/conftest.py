"""A small world of its own for the emulated Google APIs, and a client that speaks to them without a network."""

import dataclasses
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from avdesk.core import wire
from avdesk.emulator.exchange import Answer, Request
from avdesk.emulator.google.router import GoogleApis
from avdesk.emulator.records import CustomJobRecord, LogRecord

BEARER = "the-bearer"
START = 1_790_000_000.25
SPEC: Mapping[str, object] = {
    "workerPoolSpecs": [
        {
            "machineSpec": {"machineType": "g2-standard-8", "acceleratorType": "NVIDIA_L4", "acceleratorCount": 1},
            "replicaCount": 1,
            "containerSpec": {"imageUri": "gcr.io/p-1/render", "args": []},
        }
    ],
    "scheduling": {"timeout": "3600s", "restartJobOnWorkerRestart": False},
}


class SmallWorld:
    """What the emulated APIs need of a world, kept in lists; time stands still until a test moves it."""

    def __init__(self) -> None:
        self.project = "p-1"
        self.project_number = "424242424242"
        self.regions: Sequence[str] = ("us-central1", "europe-west1")
        self.token = BEARER
        self.lock = threading.RLock()
        self.time = START
        self.now = lambda: self.time
        self.advanced = 0
        self.kept: list[CustomJobRecord] = []
        self.entries: list[LogRecord] = []
        self.usage: dict[str, tuple[float, float]] = {"NVIDIA_L4_GPUS": (8, 2)}

    def advance(self) -> None:
        """Count the calls; nothing happens by itself here."""
        self.advanced += 1

    def jobs(self, region: str) -> Sequence[CustomJobRecord]:
        """Return the region's jobs, newest first."""
        return sorted((job for job in self.kept if job.region == region), key=lambda job: -job.created)

    def find_job(self, region: str, number: str) -> CustomJobRecord | None:
        """Return one job."""
        return next((job for job in self.kept if (job.region, job.number) == (region, number)), None)

    def create_job(
        self, region: str, display_name: str, spec: Mapping[str, object], labels: Mapping[str, str]
    ) -> CustomJobRecord:
        """Keep a new job, waiting."""
        return self.add(display_name=display_name, region=region, spec=spec, labels=labels)

    def cancel_job(self, job: CustomJobRecord) -> None:
        """Begin cancelling."""
        job.state = "JOB_STATE_CANCELLING"

    def delete_job(self, job: CustomJobRecord) -> None:
        """Remove the job."""
        self.kept.remove(job)

    def logs(self) -> Sequence[LogRecord]:
        """Return all entries."""
        return self.entries

    def gpu_usage(self, region: str) -> Mapping[str, tuple[float, float]]:
        """Return the same usage everywhere."""
        del region
        return self.usage

    def add(self, **changes: object) -> CustomJobRecord:
        """Keep a further job, one second younger than the last."""
        created = START - 10_000 + len(self.kept)
        job = CustomJobRecord(
            number=str(4_611_686_018_427_387_904 + len(self.kept)),
            region="us-central1",
            display_name=f"job-{len(self.kept)}",
            spec=SPEC,
            labels={},
            state="JOB_STATE_PENDING",
            created=created,
            updated=created,
        )
        job = dataclasses.replace(job, **changes)  # type: ignore[arg-type]
        self.kept.append(job)
        return job

    def log(self, text: str | None = None, **changes: object) -> LogRecord:
        """Keep a further log entry, one second younger than the last."""
        at = START - 1000 + len(self.entries)
        record = LogRecord(
            insert_id=f"id-{len(self.entries):05d}",
            timestamp=at,
            received=at + 0.2,
            severity="INFO",
            resource_type="ml_job",
            resource_labels={"job_id": "77", "task_name": "workerpool0-0"},
            log_name="workerpool0-0",
            text=text,
        )
        record = dataclasses.replace(record, **changes)  # type: ignore[arg-type]
        self.entries.append(record)
        return record


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, decoded."""

    status: int
    body: Mapping[str, object]
    raw: Answer

    @property
    def error(self) -> Mapping[str, object]:
        """The envelope's inside."""
        return wire.as_object(self.body.get("error"))

    def items(self, name: str) -> list[Mapping[str, object]]:
        """Return an array of objects of the body."""
        return [wire.as_object(item) for item in wire.as_list(self.body.get(name))]


@dataclass(slots=True)
class Caller:
    """Sends requests straight to the emulated APIs."""

    apis: GoogleApis
    bearer: str = BEARER
    host: str = "127.0.0.1"
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: object = None, **query: str) -> Reply:
        """Send one request, `body` as JSON."""
        request = Request(
            method=method,
            path=path,
            query={"alt": "json", "prettyPrint": "false", **query},
            headers={"authorization": f"Bearer {self.bearer}", **self.headers},
            body=b"" if body is None else json.dumps(body).encode(),
            host=self.host,
            client="127.0.0.1",
        )
        answer = self.apis.answer(request)
        return Reply(answer.status, wire.as_object(json.loads(answer.body)), answer)


@pytest.fixture
def world() -> SmallWorld:
    """An empty world."""
    return SmallWorld()


@pytest.fixture
def ask(world: SmallWorld) -> Caller:
    """A caller with the right bearer."""
    return Caller(GoogleApis(world))
