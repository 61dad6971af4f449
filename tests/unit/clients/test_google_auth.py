"""Which credentials are taken, how long tokens are kept, and what is said when there are none."""

import base64
import json
import stat
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from avdesk.clients.gcloud import Gcloud
from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.grants import jwt_expiry
from avdesk.clients.transport import Transport
from avdesk.core.errors import (
    AbortedError,
    AvdeskError,
    BadAnswerError,
    ConfigError,
    CredentialsExpiredError,
    CredentialsMissingError,
    NotAllowedError,
    RefusedError,
    TimedOutError,
)
from tests.unit.clients.conftest import Serve
from tests.unit.clients.fault_server import Exchange, FaultServer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeGcloud:
    """A program called gcloud that answers what the test says and counts how often it was run."""

    def __init__(self, folder: Path) -> None:
        """Make it in `folder`."""
        self._folder = folder
        self._path = folder / "gcloud"
        self.answer("exit 9")

    def answer(self, script: str) -> None:
        """Let it do what a shell script says."""
        self._path.write_text(f'#!/bin/sh\necho "$@" >> "{self._folder}/calls"\n{script}\n')
        self._path.chmod(self._path.stat().st_mode | stat.S_IXUSR)

    def token(self, token: str, expires: datetime | None = None, **core: str) -> None:
        """Let it help with a token."""
        end = expires.strftime("%Y-%m-%dT%H:%M:%SZ") if expires else None
        helped = {
            "credential": {"access_token": token, "token_expiry": end},
            "configuration": {"properties": {"core": core}},
        }
        self.answer(f"cat <<'END'\n{json.dumps(helped)}\nEND")

    @property
    def calls(self) -> list[str]:
        """The arguments of each run so far."""
        record = self._folder / "calls"
        return record.read_text().splitlines() if record.exists() else []

    def runner(self) -> Gcloud:
        """Return what runs it."""
        return Gcloud(program=str(self._path))


@pytest.fixture
def fake(tmp_path: Path) -> FakeGcloud:
    """Return a gcloud to command."""
    return FakeGcloud(tmp_path)


@pytest.fixture(scope="session")
def private_key() -> str:
    """Return a key that no service account has."""
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def jwt(claims: object) -> str:
    """Return an unsigned token with `claims`."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims, {})]
    return ".".join(parts)


@pytest.fixture
def sign_in(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> FaultServer:
    """Return a sign-in service that gives numbered tokens."""
    count = iter(range(1, 100))

    def behave(exchange: Exchange) -> None:
        number = next(count)
        body = {"access_token": f"token-{number}", "expires_in": 3600, "token_type": "Bearer"}
        end = (datetime.now(UTC) + timedelta(hours=1)).timestamp()
        exchange.answer(200, body | {"id_token": jwt({"exp": end, "n": number})})

    server = serve(behave)
    monkeypatch.setattr("google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT", server.url)
    return server


def key_file(private_key: str, token_uri: str) -> str:
    """Return a service-account key."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "av-8675309",
            "private_key_id": "1",
            "private_key": private_key,
            "client_email": "av@av-8675309.iam.gserviceaccount.com",
            "token_uri": token_uri,
        }
    )


def user_file() -> str:
    """Return application-default credentials of a person."""
    return json.dumps(
        {
            "type": "authorized_user",
            "client_id": "c",
            "client_secret": "hush",
            "refresh_token": "r3fresh",
            "quota_project_id": "quota-1",
        }
    )


def test_the_stored_key_comes_first(
    transport: Transport, fake: FakeGcloud, sign_in: FaultServer, private_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere")
    credentials = GoogleCredentials(transport, key=lambda: key_file(private_key, sign_in.url), gcloud=fake.runner())
    assert credentials.token() == "token-1"
    assert credentials.token() == "token-1"
    assert credentials.refresh("token-1") == "token-2"
    assert credentials.refresh("token-1") == "token-2"  # another thread was faster
    assert credentials.kind == "service-account"
    assert credentials.account == "av@av-8675309.iam.gserviceaccount.com"
    assert not credentials.end_user
    assert credentials.expires_at is not None
    assert abs(credentials.expires_at - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=2)
    assert fake.calls == []
    assert "assertion" in parse_qs(sign_in.requests[0].body.decode())


def test_the_file_that_the_environment_names_comes_second(
    transport: Transport, fake: FakeGcloud, sign_in: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "adc.json"
    path.write_text(user_file())
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    credentials = GoogleCredentials(transport, key=lambda: None, gcloud=fake.runner())
    assert credentials.token() == "token-1"
    assert (credentials.kind, credentials.end_user, credentials.quota_project) == (
        "application-default",
        True,
        "quota-1",
    )
    assert parse_qs(sign_in.requests[0].body.decode())["refresh_token"] == ["r3fresh"]
    assert fake.calls == []


def test_gclouds_own_file_is_found_and_a_leftover_of_it_falls_back_to_gcloud(
    transport: Transport, fake: FakeGcloud, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = serve(lambda e: e.answer(400, {"error": "invalid_grant", "error_description": "Token revoked."}))
    monkeypatch.setattr("google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT", refusing.url)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    (tmp_path / "application_default_credentials.json").write_text(user_file())
    fake.token("from-gcloud", account="me@example.com")
    credentials = GoogleCredentials(transport, gcloud=fake.runner())
    assert credentials.token() == "from-gcloud"
    assert credentials.kind == "gcloud"
    assert len(refusing.requests) == 1
    fake.answer("echo 'ERROR: (gcloud.config) You do not currently have an active account selected.' >&2; exit 1")
    credentials.forget()
    with pytest.raises(CredentialsExpiredError, match="did not renew") as caught:
        credentials.token()
    assert "r3fresh" not in str(caught.value)


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"type": "nonsense"}', '{"type": "service_account"}'])
def test_a_named_file_that_cannot_be_used_is_told(
    transport: Transport, fake: FakeGcloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    path = tmp_path / "adc.json"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    with pytest.raises(CredentialsMissingError):
        GoogleCredentials(transport, gcloud=fake.runner()).token()
    assert fake.calls == []


def test_secrets_are_never_sent_to_a_sign_in_address_without_https(
    transport: Transport, fake: FakeGcloud, private_key: str
) -> None:
    key = key_file(private_key, "http://evil.invalid/token")
    with pytest.raises(NotAllowedError, match="without https"):
        GoogleCredentials(transport, key=lambda: key, gcloud=fake.runner()).token()


def test_a_sign_in_service_that_is_away_is_no_missing_credential(
    transport: Transport, fake: FakeGcloud, private_key: str
) -> None:
    key = key_file(private_key, "http://127.0.0.1:9/token")
    with pytest.raises(RefusedError):
        GoogleCredentials(transport, key=lambda: key, gcloud=fake.runner()).token()


def test_gcloud_is_asked_once_until_five_minutes_before_the_end(transport: Transport, fake: FakeGcloud) -> None:
    clock = [NOW]
    fake.token("one", NOW + timedelta(hours=1), account="me@example.com")
    credentials = GoogleCredentials(transport, gcloud=fake.runner(), now=lambda: clock[0])
    assert [credentials.token() for _turn in range(3)] == ["one"] * 3
    assert credentials.end_user
    assert credentials.account == "me@example.com"
    clock[0] += timedelta(minutes=54)
    assert credentials.token() == "one"
    assert len(fake.calls) == 1
    fake.token("two", NOW + timedelta(hours=2))
    clock[0] += timedelta(minutes=2)
    assert credentials.token() == "two"
    assert fake.calls[0].startswith("config config-helper --format=json")
    assert credentials.refresh("two") == "two"
    assert "--force-auth-refresh" in fake.calls[-1]
    assert len(fake.calls) == 3


def test_a_token_of_a_clock_that_differs_is_not_asked_for_again_and_again(
    transport: Transport, fake: FakeGcloud
) -> None:
    fake.token("one", NOW - timedelta(hours=3))
    credentials = GoogleCredentials(transport, gcloud=fake.runner(), now=lambda: NOW)
    assert [credentials.token() for _turn in range(3)] == ["one"] * 3
    assert len(fake.calls) == 1


def test_threads_share_one_question(transport: Transport, fake: FakeGcloud) -> None:
    fake.token("one")
    credentials = GoogleCredentials(transport, gcloud=fake.runner())
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(credentials.token())) for _turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["one"] * 6
    assert len(fake.calls) == 1


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            "echo 'ERROR: (x) You do not currently have an active account selected.' >&2; exit 1",
            CredentialsMissingError,
        ),
        (
            "echo \"ERROR: (x) There was a problem refreshing your current auth tokens: ('x', {})\" >&2; exit 1",
            CredentialsExpiredError,
        ),
        ("echo 'ERROR: (x) Unable to read file [/t]: gone' >&2; exit 1", CredentialsExpiredError),
        ("echo '{}'", CredentialsMissingError),
        ("echo 'not json'", BadAnswerError),
    ],
)
def test_what_gcloud_complains_of_is_told(
    transport: Transport, fake: FakeGcloud, script: str, expected: type[AvdeskError]
) -> None:
    fake.answer(script)
    with pytest.raises(expected) as caught:
        GoogleCredentials(transport, gcloud=fake.runner()).token()
    assert caught.value.advice


def test_without_gcloud_the_advice_says_what_to_install(transport: Transport) -> None:
    with pytest.raises(CredentialsMissingError, match="not installed") as caught:
        GoogleCredentials(transport, gcloud=Gcloud(program="no-such-gcloud")).token()
    assert "service-account key" in caught.value.advice


def test_an_identity_token_is_kept_until_its_end(transport: Transport, fake: FakeGcloud) -> None:
    clock = [NOW]
    first, second = (jwt({"exp": (NOW + timedelta(hours=h)).timestamp()}) for h in (1, 2))
    fake.answer(f"echo {first}")
    credentials = GoogleCredentials(transport, gcloud=fake.runner(), now=lambda: clock[0])
    for _turn in range(2):
        assert credentials.identity_token("https://av-app.invalid/status") == first
    assert fake.calls == ["auth print-identity-token --audiences=https://av-app.invalid"]
    fake.answer(f"echo {second}")
    clock[0] += timedelta(minutes=56)
    assert credentials.identity_token("https://av-app.invalid") == second


def test_a_person_has_an_identity_token_without_an_audience(transport: Transport, fake: FakeGcloud) -> None:
    fake.answer(
        'case "$*" in *audiences*) echo "ERROR: (x) Invalid account Type for --audiences." >&2; exit 1;; esac\n'
        "echo a.b.c"
    )
    credentials = GoogleCredentials(transport, gcloud=fake.runner())
    assert credentials.identity_token("https://av-app.invalid") == "a.b.c"


def test_a_key_signs_for_an_identity_token(
    transport: Transport, fake: FakeGcloud, sign_in: FaultServer, private_key: str
) -> None:
    credentials = GoogleCredentials(transport, key=lambda: key_file(private_key, sign_in.url), gcloud=fake.runner())
    assert jwt_expiry(credentials.identity_token("https://av-app.invalid")) is not None
    with pytest.raises(ConfigError):
        credentials.identity_token("av-app")


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "a.!!!.c", jwt([]), jwt({"exp": "x"}), jwt({"exp": 1e14})])
def test_identity_tokens_that_do_not_tell_their_end(token: str) -> None:
    assert jwt_expiry(token) is None


def test_gcloud_gets_no_terminal_no_prompts_and_no_log_file(fake: FakeGcloud) -> None:
    fake.answer("env; tty <&0; cat")
    output = fake.runner().run(["x"])
    said = output.stdout.decode()
    assert "CLOUDSDK_CORE_DISABLE_PROMPTS=1" in said
    assert "CLOUDSDK_CORE_DISABLE_FILE_LOGGING=1" in said
    assert "not a tty" in said


def test_a_gcloud_that_hangs_is_ended_with_its_children(fake: FakeGcloud, tmp_path: Path) -> None:
    fake.answer(f"trap '' TERM\nsleep 60 & echo $! > {tmp_path}/child\nwait\nsleep 60")
    started = time.monotonic()
    with pytest.raises(TimedOutError):
        fake.runner().run(["x"], deadline_s=1.5)
    assert time.monotonic() - started < 30
    child = Path("/proc") / (tmp_path / "child").read_text().strip() / "stat"
    deadline = time.monotonic() + 30
    while child.exists() and child.read_text().split()[2] != "Z" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not child.exists() or child.read_text().split()[2] == "Z"


def test_a_gcloud_that_writes_without_end_is_ended(fake: FakeGcloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avdesk.clients.gcloud.MAX_STDOUT", 100_000)
    fake.answer("while :; do echo 0123456789012345678901234567890123456789; done")
    with pytest.raises(BadAnswerError):
        fake.runner().run(["x"])


def test_abort_ends_gcloud_and_refuses_the_next(fake: FakeGcloud) -> None:
    fake.answer("sleep 60")
    runner = fake.runner()
    thread = threading.Timer(0.3, runner.abort)
    thread.start()
    started = time.monotonic()
    with pytest.raises(AbortedError):
        runner.run(["x"])
    thread.join()
    assert time.monotonic() - started < 30
    with pytest.raises(AbortedError):
        runner.run(["x"])
