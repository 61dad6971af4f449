"""A server's own configuration, against the embedded AutoVideo and a server with marks of its own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from avdesk.core.errors import KnownError, RateLimitedError, ReadOnlyError, RequestRefusedError, UsageError
from avdesk.core.redact import MASK
from avdesk.services.server_configuration import ServerChangedError, ServerConfiguration
from tests.harness.acting import NAME, Bench, bench


@contextmanager
def opened(deck: Bench) -> Iterator[ServerConfiguration]:
    configuration = ServerConfiguration(deck.runtime, NAME)
    try:
        yield configuration
    finally:
        configuration.close()


@pytest.fixture
def planned(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path, emulator={"revision": "planned"}) as deck:
        yield deck


def puts(deck: Bench) -> list[object]:
    return [each.request.json() for each in deck.emulator.asked("/config") if each.request.method == "PUT"]


def test_what_is_changed_is_previewed_sent_alone_and_read_back(planned: Bench) -> None:
    with opened(planned) as configuration:
        base = configuration.read()
        assert base is not None
        assert base.hidden == {"openai_api_key"}
        assert base.values["openai_api_key"] == MASK
        wishes = {"max_length_s": 90, "spot": True, "gpu": base.values["gpu"]}
        changes = configuration.preview(base, wishes)
        assert {change.key: change.new for change in changes} == {"max_length_s": "90", "spot": "true"}
        saved = configuration.save(base, wishes)
        assert saved.values["max_length_s"] == 90
        assert puts(planned) == [{"max_length_s": 90, "spot": True}]
        again = configuration.read()
        assert again is not None
        assert again.values == saved.values


def test_what_somebody_else_changed_meanwhile_is_not_written_over(planned: Bench) -> None:
    with opened(planned) as mine, opened(planned) as theirs:
        base = mine.read()
        assert base is not None
        theirs.save(base, {"max_length_s": 30})
        with pytest.raises(ServerChangedError) as caught:
            mine.save(base, {"max_length_s": 90, "default_topic": "Owls"})
        assert caught.value.keys == ("max_length_s",)
        assert caught.value.current is not None
        assert caught.value.current.values["max_length_s"] == 30
        assert puts(planned) == [{"max_length_s": 30}]
        saved = mine.save(base, {"default_topic": "Owls"})  # another key than theirs
        assert (saved.values["max_length_s"], saved.values["default_topic"]) == (30, "Owls")


@pytest.mark.parametrize(
    "wish", [{"max_length": 3}, {"openai_api_key": "sk-1"}, {"max_length_s": "long"}, {"default_topic": 3}]
)
def test_a_wish_that_cannot_be_is_not_sent(planned: Bench, wish: dict[str, object]) -> None:
    with opened(planned) as configuration:
        base = configuration.read()
        assert base is not None
        with pytest.raises(UsageError):
            configuration.save(base, wish)
        assert not puts(planned)


def test_the_servers_own_refusal_is_told(planned: Bench) -> None:
    with opened(planned) as configuration:
        base = configuration.read()
        assert base is not None
        with pytest.raises(RequestRefusedError, match="max_length_s"):
            configuration.save(base, {"max_length_s": 999_999})


def test_a_read_only_environment_is_never_written_to(tmp_path: Path) -> None:
    with (
        bench(tmp_path, emulator={"revision": "planned"}, read_only=True) as deck,
        opened(deck) as configuration,
    ):
        base = configuration.read()
        assert base is not None
        with pytest.raises(ReadOnlyError):
            configuration.save(base, {"max_length_s": 90})
        assert not puts(deck)


def test_a_spent_allowance_asks_nothing(tmp_path: Path) -> None:
    with (
        bench(tmp_path, emulator={"revision": "planned", "rate_limit": (1, 300.0)}) as deck,
        opened(deck) as configuration,
    ):
        configuration.read()
        with pytest.raises(RateLimitedError):
            configuration.read()
        assert len(deck.emulator.asked("/config")) == 1


def test_without_the_endpoint_the_deployment_is_told_and_no_value_of_a_variable(deck: Bench) -> None:
    with opened(deck) as configuration:
        assert configuration.read() is None
        assert configuration.read() is None
        assert len(deck.emulator.asked("/config")) == 1, "an absence is remembered"
        facts = configuration.facts()
    assert facts.failures == ()
    assert "deployment_timestamp" in facts.told
    assert "deployment_info.deployment_method" in facts.told
    [service] = facts.services
    assert service.region == "us-central1"
    assert service.image
    assert service.image.endswith(":1.4.2")
    assert service.ready
    assert {each.name: each.secret for each in service.variables} == {
        "GOOGLE_CLOUD_PROJECT": None,
        "LOG_LEVEL": None,
        "OPENAI_API_KEY": "openai-api-key",
        "VERTEX_JOB_TIMEOUT_S": None,
        "VERTEX_REGIONS": None,
    }
    assert "3600" not in repr(service)
    assert service.serves(service.urls[0] + "/status")
    assert not service.serves("http://127.0.0.1:8080")


def test_what_cannot_be_asked_is_told_once_beside_what_can(tmp_path: Path) -> None:
    with bench(tmp_path) as deck:
        deck.emulator.put_behind_iam()
        with opened(deck) as configuration:
            facts = configuration.facts()
        assert len(facts.services) == 1
        assert facts.told == {}
        assert all(isinstance(failure, KnownError) for failure in facts.failures)
        assert facts.failures


class Marked(BaseHTTPRequestHandler):
    """A server that marks its configuration with an ETag, and lets somebody else in between a read and a change."""

    values: dict[str, object]
    version: int
    sneaks_in: bool

    def do_GET(self) -> None:
        self._tell(200)
        if self.sneaks_in:
            type(self).version += 1

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["If-Match"] != f'"{self.version}"':
            self._tell(412)
            return
        self.values.update(body)
        type(self).version += 1
        self._tell(200)

    def _tell(self, status: int) -> None:
        raw = json.dumps({"config": self.values} if status == 200 else {"error": "changed"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("ETag", f'"{self.version}"')
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("sneaks_in", [False, True])
def test_a_servers_own_mark_of_its_state_is_respected(tmp_path: Path, sneaks_in: bool) -> None:
    class Handler(Marked):
        values = {"topic": "owls"}  # noqa: RUF012 - of this test's server alone
        version = 1

    Handler.sneaks_in = sneaks_in
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        with (
            bench(tmp_path, url=f"http://127.0.0.1:{server.server_port}") as deck,
            opened(deck) as configuration,
        ):
            base = configuration.read()
            assert base is not None
            if sneaks_in:
                with pytest.raises(ServerChangedError):
                    configuration.save(base, {"topic": "cats"})
                assert Handler.values == {"topic": "owls"}
            else:
                assert configuration.save(base, {"topic": "cats"}).values == {"topic": "cats"}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
