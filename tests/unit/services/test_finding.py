"""Finding what is there: servers by their own answer, Cloud Run services by what they are made of, credentials."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from avdesk.clients.gcloud import Gcloud
from avdesk.config.paths import find_paths
from avdesk.core.deployment import CloudRunService, Variable
from avdesk.emulator.access import Access
from avdesk.emulator.server import Emulator
from avdesk.services.finding import (
    find_defaults,
    find_gcloud,
    find_services,
    looks_like_autovideo,
    try_server,
)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(utc_offset_s=0.0) as running:
        yield running


@pytest.fixture
def something_else() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"status": "ok", "app": "another one"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.mark.parametrize("revision", ["a", "b", "planned"])
def test_a_server_is_known_by_an_answer_that_costs_nothing(revision: str) -> None:
    with Emulator(revision=revision) as emulator:
        tried = try_server(emulator.autovideo_url)
        assert tried.good
        assert tried.status == "healthy"
        assert tried.latency_s is not None
        assert {each.request.path for each in emulator.requests} == {"/health"}


def test_what_is_no_autovideo_or_nothing_is_told(something_else: str) -> None:
    other = try_server(something_else)
    assert (other.is_autovideo, other.good) == (False, False)
    nothing = try_server("http://127.0.0.1:9")
    assert nothing.is_autovideo is None
    assert nothing.trouble is not None
    assert try_server("nonsense").trouble is not None


def test_a_server_that_wants_a_token_is_told_apart(emulator: Emulator) -> None:
    emulator.access = Access(token="opaque-token-0123456789")  # noqa: S106 - the emulator's own
    assert try_server(emulator.autovideo_url).demands
    assert try_server(emulator.autovideo_url, "opaque-token-0123456789").good


def test_cloud_run_services_are_found_where_they_are(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key.json"
    file.write_text(emulator.make_service_account_key(), "utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    paths = find_paths(tmp_path / "home")
    found = find_services(paths, emulator.project, emulator.regions, emulator.google_url)
    assert [service.name for service in found.services] == ["av-app"]
    assert found.trouble is None
    assert found.services[0].urls
    defaults = find_defaults()
    assert defaults.file == file
    assert defaults.account is not None
    assert defaults.account.startswith("av-monitor@")
    assert defaults.project == emulator.project


def test_without_credentials_that_is_why_nothing_is_found(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_services(find_paths(tmp_path), emulator.project, emulator.regions, emulator.google_url)
    assert found.services == ()
    assert found.trouble is not None


def test_services_are_likely_by_name_image_or_variables() -> None:
    assert looks_like_autovideo(CloudRunService("av-app", "r"))
    assert looks_like_autovideo(CloudRunService("x", "r", image="eu.gcr.io/p/autovideo:1"))
    assert looks_like_autovideo(CloudRunService("x", "r", variables=(Variable("VERTEX_JOB_TIMEOUT_S"),)))
    assert not looks_like_autovideo(CloudRunService("shop", "r", image="shop:1", variables=(Variable("PORT"),)))


def test_defaults_that_cannot_be_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_defaults().file is None
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "gone.json"))
    assert find_defaults().trouble is not None
    broken = tmp_path / "broken.json"
    broken.write_text("{", "utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(broken))
    assert find_defaults().account is None


@pytest.mark.skipif(os.name != "posix", reason="the program is a shell script")
@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            {"core": {"account": "kim@x.org", "project": "av-1"}, "run": {"region": "us-east1"}},
            ("kim@x.org", "av-1", "us-east1"),
        ),
        ({"core": {"account": "kim@x.org\u001b[31m"}}, ("kim@x.org", None, None)),
        ({"core": None}, (None, None, None)),
        ([], (None, None, None)),
    ],
)
def test_gcloud_is_asked_what_it_is_set_up_for(tmp_path: Path, told: object, expected: tuple[object, ...]) -> None:
    program = tmp_path / "gcloud"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(told)}\nEND\n", "utf-8")
    program.chmod(0o755)
    found = find_gcloud(Gcloud(program=str(program)))
    assert (found.account, found.project, found.region) == expected
    assert found.trouble is None


def test_without_gcloud_nothing_is_known(tmp_path: Path) -> None:
    found = find_gcloud(Gcloud(program=str(tmp_path / "gcloud")))
    assert (found.program, found.account, found.trouble) == (None, None, None)
