"""The real gcloud, pointed at an emulator of this test's own."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from avdesk.emulator.server import Emulator

_DEADLINE_S = 90.0
"""Seconds for one command: the retries of a broken connection alone take about 36."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> object:
        """Return stdout as JSON, after success alone: a failed command may print an empty list."""
        assert self.code == 0, self.err
        content: object = json.loads(self.out)
        return content


@dataclass(slots=True)
class Clock:
    """This machine's time, plus what a test let pass."""

    passed_s: float = 0.0

    def now(self) -> float:
        """Return Unix seconds."""
        return time.time() + self.passed_s


@dataclass(frozen=True, slots=True)
class Gcloud:
    """Runs gcloud with a configuration and a token of its own."""

    program: str
    home: Path
    emulator: Emulator

    def __call__(self, *arguments: str, token: str | None = None, through_proxy: bool = False) -> Outcome:
        """Run one command; with `through_proxy` also the regional hosts of Cloud Run lead to the emulator."""
        port = self.emulator.google_url.rpartition(":")[2]
        base = f"{self.emulator.google_url}/"
        token_file = self.home / "token"
        token_file.write_text(token or self.emulator.token)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "CLOUDSDK_CONFIG": str(self.home / "config"),
            "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token_file),
            "CLOUDSDK_CORE_PROJECT": self.emulator.project,
            "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
            "CLOUDSDK_CORE_DISABLE_FILE_LOGGING": "1",
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
        }
        for api in ("AIPLATFORM", "LOGGING", "IAMCREDENTIALS", "COMPUTE", "RUN"):
            environment[f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}"] = base
        if through_proxy:
            environment |= {
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN": "http://run.avdesk.invalid/",
                "CLOUDSDK_PROXY_TYPE": "http",
                "CLOUDSDK_PROXY_ADDRESS": "127.0.0.1",
                "CLOUDSDK_PROXY_PORT": port,
            }
        done = subprocess.run(
            [self.program, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_DEADLINE_S,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def jobs(self, verb: str, *arguments: str, token: str | None = None) -> Outcome:
        """Run ``gcloud ai custom-jobs VERB`` in us-central1 with JSON output."""
        return self("ai", "custom-jobs", verb, *arguments, "--region=us-central1", "--format=json", token=token)


@pytest.fixture(scope="session")
def gcloud_program() -> str:
    """The path of gcloud; without it the tests are skipped, except in CI, where it must be there."""
    program = shutil.which("gcloud")
    if program is None:
        reason = "gcloud is not installed, so nothing was tried against the real command line"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return program


@pytest.fixture
def clock() -> Clock:
    """The emulator's clock."""
    return Clock()


@pytest.fixture
def emulator(clock: Clock) -> Iterator[Emulator]:
    """A started emulator with enough past jobs in us-central1 for two pages."""
    with Emulator(past_jobs=400, seed=7, now=clock.now) as started:
        yield started


@pytest.fixture
def gcloud(gcloud_program: str, emulator: Emulator, tmp_path: Path) -> Gcloud:
    """The real gcloud against `emulator`."""
    return Gcloud(gcloud_program, tmp_path, emulator)


def words(outcome: Outcome, expected: Sequence[str]) -> None:
    """Assert that a command failed, and that its stderr holds each of the texts."""
    assert outcome.code == 1, outcome
    missing = [text for text in expected if text not in outcome.err]
    assert not missing, (missing, outcome.err)
