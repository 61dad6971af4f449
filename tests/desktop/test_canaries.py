"""Secrets put in by every way that there is, and then searched for in everything that AVDesk leaves or shows."""

import base64
import json
import logging
import os
import stat
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from avdesk.app.crash import report_of
from avdesk.core.redact import forget_known_secrets, know_secret
from avdesk.emulator.access import Access
from avdesk.emulator.hardware import T4
from avdesk.emulator.jobspec import render_labels, render_spec
from avdesk.emulator.server import Emulator
from avdesk.store.logfile import end_logging, log_to
from tests.desktop.running_app import App
from tests.harness.canaries import Canaries, ProcessWatch
from tests.harness.session import DesktopSession
from tests.harness.waiting import wait_until
from tests.unit.clients.fault_server import Exchange, FaultServer

pytestmark = pytest.mark.desktop

CONFIGURATION = "config.toml"
"""Where the user wrote a password into an address: it is the user's own file, which AVDesk leaves as it is."""


@dataclass
class Place:
    """One home on one desktop, and all that its programs printed.

    Attributes:
        variables: of every program.
        printed: what the commands printed, by the command.
    """

    app: App
    variables: dict[str, str]
    printed: dict[str, bytes] = field(default_factory=dict)

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[bytes]:
        """Run a command to its end, with `given` as all that it can read."""
        done = subprocess.run(
            [sys.executable, "-m", "avdesk", "--home", str(self.app.home), "--verbose", *arguments],
            env=self.variables,
            input=given.encode(),
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        self.printed[" ".join(arguments)] = done.stdout + done.stderr
        return done


@pytest.fixture
def desktop(desktop_packages: None) -> Iterator[DesktopSession]:
    """Return a desktop with notifications and an open keyring."""
    del desktop_packages
    with DesktopSession(accessibility=False, keyring="unlocked") as session:
        yield session


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(seed=1, rate_limit=(100_000, 60.0)) as running:
        yield running


@pytest.fixture
def canaries() -> Iterator[Canaries]:
    yield Canaries()
    forget_known_secrets()


@pytest.fixture
def broken(canaries: Canaries) -> Iterator[FaultServer]:
    """A server whose every answer is an error that tells secrets, as careless programs do."""
    secret, key = canaries.new("error body"), canaries.new("key in an error body")

    def behave(exchange: Exchange) -> None:
        words = f"OpenAI refused api_key={key}; retry with Authorization: Bearer {secret}"
        exchange.answer(500, {"error": words, "status": "unhealthy", "message": words})

    server = FaultServer(behave)
    yield server
    server.close()


def fake_gcloud(folder: Path, token: str) -> None:
    """Put a gcloud on the PATH that gives a token, and writes down what it was called with."""
    folder.mkdir()
    helped = {
        "credential": {"access_token": token, "token_expiry": None},
        "configuration": {"properties": {"core": {"account": "ann@example.com"}}},
    }
    (folder / "answer.json").write_text(json.dumps(helped), "utf-8")
    program = folder / "gcloud"
    program.write_text(f'#!/bin/sh\n(echo "$@"; env) >> "$HOME/gcloud-calls"\ncat "{folder}/answer.json"\n', "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def configure(app: App, emulator: Emulator, broken: FaultServer, password: str) -> None:
    """Write the environments: one for each way in."""
    google = f'project = "{emulator.project}"\nregions = ["{emulator.regions[0]}"]\nvertex = "rest"\n'
    google += f'google_endpoint = "{emulator.google_url}"\n'
    host = emulator.autovideo_url.removeprefix("http://")
    app.paths.config.mkdir(parents=True, exist_ok=True)
    app.paths.config_file.write_text(
        'default_environment = "prod"\n'
        f'[environments.prod]\nurl = "{emulator.autovideo_url}"\nauth = "bearer"\n{google}'
        f'[environments.person]\nurl = "{emulator.autovideo_url}"\n{google}'
        f'[environments.broken]\nurl = "{broken.url}"\nvertex = "off"\n'
        f'[environments.careless]\nurl = "http://user:{password}@{host}"\nvertex = "off"\n'
        "[polling]\nrequests = 500\nwindow_s = 60\nreserve = 400\n",
        encoding="utf-8",
    )


def job_with_a_secret(emulator: Emulator, secret: str) -> str:
    """Create a render job that has a secret among its variables, and return its id."""
    job, region = "video-job-ab12cd34", emulator.regions[0]
    spec = render_spec(emulator.project, job, T4, spot=False)
    pools = spec["workerPoolSpecs"]
    assert isinstance(pools, list)
    pools[0]["containerSpec"]["env"] += [
        {"name": "ELEVENLABS_API_KEY", "value": secret},
        {"name": "DATABASE", "value": f"postgres://av:{secret}@db/av"},
    ]
    with emulator.world.lock:
        emulator.world.create_job(region, f"av-video-render-{job}", spec, render_labels(job, region, T4, spot=False))
    return job


def test_no_secret_is_left_or_shown_anywhere(
    desktop: DesktopSession, emulator: Emulator, canaries: Canaries, broken: FaultServer, tmp_path: Path
) -> None:
    person = canaries.new("token from gcloud")
    fake_gcloud(tmp_path / "bin", person)
    marker = f"watched-{uuid.uuid4().hex}"
    own = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}", "WATCHED": marker}
    app = App(desktop, tmp_path / "home")
    place = Place(app, desktop.environment(own))
    bearer = canaries.new("auth set bearer")
    emulator.access = Access(token=bearer)
    emulator.world.token = person
    configure(app, emulator, broken, canaries.new("password in an address"))
    key = emulator.make_service_account_key()
    for number, line in enumerate(json.loads(key)["private_key"].splitlines()[1:-1]):
        canaries.add(f"auth set service-account, line {number}", line)
    job = job_with_a_secret(emulator, canaries.new("variable of a job"))
    log_a_secret(app, canaries)

    with ProcessWatch(marker) as processes:
        app.start("--background", environment=own)
        app.wait_for_ear()
        assert place.run("auth", "set", "--env", "prod", given=bearer + "\n").returncode == 0
        stored = place.run("auth", "set", "service-account", "--env", "prod", given=key)
        assert stored.returncode == 0, stored.stderr
        use_everything(place, job)
        wait_until(lambda: app.summary().get("job_id") == job, "the app tells of the job")
        app.stop_all()
    app_log = desktop.log("avdesk")

    assert emulator.asked("/status"), "the token was of use"
    searched = b"".join(place.printed.values()) + app_log.encode()
    assert b"video-job-ab12cd34" in searched, "there was something to search"
    assert canaries.found_in(searched) == []
    everything = canaries.found_in_files(tmp_path / "home", leave_out=(CONFIGURATION,))
    assert everything == {}
    assert canaries.found_in_files(desktop.folder) == {}
    assert (desktop.folder / "home" / "gcloud-calls").read_text("utf-8").count("config-helper") > 0
    assert len(processes.seen) > 5, "processes were watched"
    assert any(b"config-helper" in told or b"avdesk" in told for told in processes.seen.values())
    assert [found for told in processes.seen.values() if (found := canaries.found_in(told))] == []
    notified = "\n".join(f"{each.summary}\n{each.body}\n{each.hints}" for each in desktop.recorder.all())
    assert canaries.found_in(notified.encode()) == []


def use_everything(place: Place, job: str) -> None:
    """Look at everything that can be looked at, in text and as JSON."""
    commands: Sequence[Sequence[str]] = (
        ("status", "--env", "prod", "--json"),
        ("health", "--env", "broken", "--json"),
        ("status", "--env", "broken"),
        ("status", "--env", "careless"),
        ("jobs", "list", "--env", "person", "--json"),
        ("jobs", "show", job, "--env", "prod", "--json"),
        ("jobs", "show", job, "--env", "prod"),
        ("config", "show", "--json"),
        ("config", "validate"),
        ("auth", "status", "--env", "prod", "--test", "--json"),
        ("auth", "status", "--env", "person", "--test"),
        ("auth", "set", "not-a-kind", "--env", "prod"),
        ("doctor", "--json"),
    )
    for arguments in commands:
        place.run(*arguments)


def log_a_secret(app: App, canaries: Canaries) -> None:
    """Write secrets into AVDesk's own log as a library would, one by its shape and one that the process holds."""
    shaped, held = canaries.new("token in a log line"), canaries.new("held secret in a log line")
    know_secret(held)
    handler = log_to(app.paths.log_file, logging.WARNING)
    try:
        logging.getLogger("urllib3").warning("GET /x?token=%s with Authorization: Bearer %s", shaped, shaped)
        logging.getLogger("somebody").warning("it says %s", held)
    finally:
        end_logging()
        handler.close()
    assert app.paths.log_file.exists()


def test_a_crash_report_holds_no_secret(canaries: Canaries) -> None:
    held, shaped = canaries.new("held"), canaries.new("shaped")
    know_secret(held)
    try:
        raise RuntimeError(  # noqa: TRY301 - the trace is of this very line
            f"could not send {held} as Bearer {shaped} to https://user:{shaped}@host/?token={shaped}"
        )
    except RuntimeError as error:
        report = report_of(type(error), error, error.__traceback__)
    assert "could not send" in report
    assert canaries.found_in(report.encode()) == []


def test_the_search_finds_what_is_there(canaries: Canaries, tmp_path: Path) -> None:
    secret = canaries.new("planted")
    packed = base64.b64encode(f"{{'a': '{secret}'}}".encode())
    for number, content in enumerate((secret.encode(), packed, base64.urlsafe_b64encode(f"xy{secret}z".encode()))):
        (tmp_path / str(number)).write_bytes(content)
    assert len(canaries.found_in_files(tmp_path)) == 3
    marker = "marker-of-this-test"
    with ProcessWatch(marker) as watch:
        child = subprocess.Popen(["sleep", "30"], env={"X": marker, "Y": secret, "PATH": os.environ["PATH"]})
        wait_until(lambda: any(canaries.found_in(told) for told in watch.seen.values()), "the process is seen")
        child.kill()
        child.wait()
