"""Credentials: checked before anything sees them, tried before they are saved, kept where the user said, and used."""

import base64
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from keyring.backends import null

from avdesk.clients.transport import Transport
from avdesk.config.paths import Paths, find_paths
from avdesk.config.settings import Environment, Settings
from avdesk.core.credentials import Kept, KeyringState, Kind, ends_soon, expiry_words, trial_report, view_report
from avdesk.core.errors import CredentialsExpiredError, CredentialsMissingError, PermissionDeniedError, UsageError
from avdesk.core.redact import MASK, forget_known_secrets, redact
from avdesk.emulator.access import Access
from avdesk.emulator.server import Emulator
from avdesk.services.credentials import Credentials
from avdesk.services.given_secret import MAX_BEARER, read_given
from avdesk.services.runtime import Runtime
from avdesk.store.secrets import KeyringAbsentError, KeyringLockedError
from avdesk.store.session_secrets import SESSION
from tests.harness.keyring_memory import MemoryKeyring

OPAQUE, OTHER = "opaque-text-of-a-server-0123", "another-text-456"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(utc_offset_s=0.0) as running:
        yield running


@pytest.fixture
def backend() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    own = MemoryKeyring()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def nothing_held(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("PATH", str(tmp_path))  # no gcloud
    yield
    for kind in Kind:
        SESSION.drop("dev", kind.value)
    forget_known_secrets()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths(tmp_path / "home")


@pytest.fixture
def credentials(paths: Paths) -> Credentials:
    return Credentials(paths.config, deadline_s=1.0)


def environment(emulator: Emulator, **changes: object) -> Environment:
    settings: dict[str, object] = {
        "url": emulator.autovideo_url,
        "project": emulator.project,
        "regions": emulator.regions,
        "google_endpoint": emulator.google_url,
        "vertex": "rest",
    }
    return Environment("dev", **(settings | changes))  # type: ignore[arg-type]


def runtime(paths: Paths, environment: Environment) -> Runtime:
    return Runtime(Settings("dev", {"dev": environment}), paths)


def jwt(**claims: object) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return ".".join([*parts, "c2lnbmF0dXJl"])


# --- What is given


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "two\nlines-of-token",
        "with blank inside",
        "with\ttab-in-it",
        "with\x00null",
        "schlüsseltoken",
        "漢字漢字漢字",
        "a" * (MAX_BEARER + 1),
    ],
)
def test_a_bearer_that_cannot_be_sent_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_given(Kind.BEARER, text)
    if text.strip():
        assert text.strip() not in str(raised.value) + raised.value.advice


@pytest.mark.parametrize("text", [OPAQUE, f"  {OPAQUE}\n", f"Bearer {OPAQUE}", f"Authorization: Bearer {OPAQUE}\r\n"])
def test_a_bearer_is_taken_as_it_is_usually_copied(text: str) -> None:
    given = read_given(Kind.BEARER, text)
    assert given.secret == OPAQUE
    assert OPAQUE not in repr(given)


def test_a_jwt_tells_whose_it_is_and_when_it_ends() -> None:
    end = datetime(2026, 11, 24, 12, tzinfo=UTC)
    given = read_given(Kind.BEARER, jwt(email="ann@example.com", exp=end.timestamp(), iat=end.timestamp() - 3600))
    assert given.account == "ann@example.com"
    assert given.expires_at == end


def test_a_whole_key_is_taken_and_a_damaged_one_named(emulator: Emulator) -> None:
    text = emulator.make_service_account_key()
    given = read_given(Kind.SERVICE_ACCOUNT, text)
    assert given.account == f"av-monitor@{emulator.project}.iam.gserviceaccount.com"
    assert json.loads(given.secret) == json.loads(text)
    key = json.loads(text)
    wrong: dict[str, object] = {
        "no JSON": text[:-20],
        "no object": [key],
        "type": {**key, "type": "something"},
        "authorized_user": {**key, "type": "authorized_user"},
        "private_key": {name: value for name, value in key.items() if name != "private_key"},
        "cut off": {**key, "private_key": key["private_key"][:300]},
        "client_email": {**key, "client_email": "nobody"},
        "https": {**key, "token_uri": "http://example.com/token"},
    }
    for why, content in wrong.items():
        with pytest.raises(UsageError, match=why) as raised:
            read_given(Kind.SERVICE_ACCOUNT, content if isinstance(content, str) else json.dumps(content))
        assert "PRIVATE KEY" not in str(raised.value)


# --- Trying it


def test_a_servers_token_is_tried_without_cost(emulator: Emulator, credentials: Credentials) -> None:
    emulator.access = Access(token=OPAQUE)
    good = credentials.try_given(environment(emulator), read_given(Kind.BEARER, OPAQUE))
    assert (good.accepted, good.demanded, good.trouble) == (True, True, None)
    bad = credentials.try_given(environment(emulator), read_given(Kind.BEARER, OPAQUE + "x"))
    assert bad.accepted is False
    assert bad.trouble is not None
    assert {asked.request.path for asked in emulator.requests} == {"/health"}


def test_a_server_that_asks_for_no_token_is_told_of(emulator: Emulator, credentials: Credentials) -> None:
    tested = credentials.try_given(environment(emulator), read_given(Kind.BEARER, OPAQUE))
    assert (tested.accepted, tested.demanded) == (True, False)


def test_a_server_that_is_away_says_nothing_of_the_token(credentials: Credentials) -> None:
    away = Environment("dev", url="http://127.0.0.1:1")
    tested = credentials.try_given(away, read_given(Kind.BEARER, OPAQUE))
    assert tested.accepted is None
    assert tested.trouble is not None


def test_a_token_never_goes_out_over_plain_http(credentials: Credentials) -> None:
    tested = credentials.try_given(Environment("dev", url="http://server.invalid"), read_given(Kind.BEARER, OPAQUE))
    assert tested.accepted is None
    assert tested.trouble is not None


def test_missing_permissions_are_named_with_the_command_that_grants_them(
    emulator: Emulator, credentials: Credentials
) -> None:
    emulator.withheld.update({"aiplatform.customJobs.cancel", "logging.logEntries.list", "run.services.list"})
    given = read_given(Kind.SERVICE_ACCOUNT, emulator.make_service_account_key())
    tested = credentials.try_given(environment(emulator), given)
    assert tested.accepted is True
    assert tested.account == given.account
    assert tested.missing == ("aiplatform.customJobs.cancel", "logging.logEntries.list")
    assert tested.unclear == ()
    assert any(f"serviceAccount:{given.account} --role=roles/aiplatform.user" in line for line in tested.grant)
    report = trial_report(tested)
    assert report["missing"] == list(tested.missing)
    read_only = credentials.try_given(environment(emulator, read_only=True), given)
    assert read_only.missing == ("logging.logEntries.list",)


def test_permissions_are_found_out_by_asking_where_they_cannot_be_listed(
    emulator: Emulator, credentials: Credentials
) -> None:
    emulator.faults.add("google:*:testIamPermissions=404")
    emulator.withheld.add("aiplatform.customJobs.get")
    jobs = len(emulator.world.jobs_of_this_session())
    given = read_given(Kind.SERVICE_ACCOUNT, emulator.make_service_account_key())
    tested = credentials.try_given(environment(emulator), given)
    assert tested.missing == ("aiplatform.customJobs.get",)
    assert tested.unclear == ("aiplatform.customJobs.create",)
    assert len(emulator.world.jobs_of_this_session()) == jobs


def test_a_revoked_key_is_refused(emulator: Emulator, credentials: Credentials) -> None:
    given = read_given(Kind.SERVICE_ACCOUNT, emulator.make_service_account_key())
    emulator.revoke_service_account_keys()
    tested = credentials.try_given(environment(emulator), given)
    assert tested.accepted is False
    assert tested.trouble is not None


# --- Keeping it


def test_a_stored_token_is_sent_and_a_changed_one_at_once(
    emulator: Emulator, credentials: Credentials, paths: Paths, backend: MemoryKeyring
) -> None:
    emulator.access = Access(token=OPAQUE)
    settings = environment(emulator, auth="bearer", vertex="off")
    links = runtime(paths, settings).links("dev")
    assert links.server is not None
    with pytest.raises(CredentialsMissingError):
        links.server.status()
    credentials.store("dev", read_given(Kind.BEARER, OPAQUE))
    assert links.server.status().ok
    emulator.access = Access(token=OTHER)
    with pytest.raises(CredentialsExpiredError):
        links.server.status()
    backend.kept["avdesk", "dev/bearer"] = OTHER  # as another process stores it
    assert links.server.status().ok
    credentials.clear("dev")
    with pytest.raises(CredentialsMissingError):
        links.server.status()
    links.close()


def test_a_stored_key_comes_first_and_takes_effect_without_a_restart(
    emulator: Emulator, credentials: Credentials, paths: Paths, backend: MemoryKeyring
) -> None:
    links = runtime(paths, environment(emulator, vertex="auto")).links("dev")
    assert links.vertex is not None
    region = emulator.regions[0]
    failures = links.vertex.list_jobs([region]).failures
    assert isinstance(failures[region], CredentialsMissingError)
    given = read_given(Kind.SERVICE_ACCOUNT, emulator.make_service_account_key())
    credentials.store("dev", given)
    assert links.vertex.list_jobs([region]).failures == {}
    assert [name for _service, name in backend.kept] == ["dev/service-account"]
    assert stored_account(credentials, environment(emulator)) == given.account
    emulator.withheld.add("aiplatform.customJobs.list")
    assert isinstance(links.vertex.list_jobs([region]).failures[region], PermissionDeniedError)
    credentials.clear("dev", [Kind.SERVICE_ACCOUNT])
    assert isinstance(links.vertex.list_jobs([region]).failures[region], CredentialsMissingError)
    links.close()


def stored_account(credentials: Credentials, environment: Environment) -> str | None:
    facts = credentials.view(environment).of(Kind.SERVICE_ACCOUNT)
    assert facts is not None
    assert facts.kept is Kept.KEYRING
    return facts.account


def test_a_server_behind_iam_is_asked_with_an_identity_token_of_the_stored_key(
    emulator: Emulator, credentials: Credentials, paths: Paths, backend: MemoryKeyring
) -> None:
    del backend
    emulator.put_behind_iam()
    settings = environment(emulator, auth="identity-token", vertex="off")
    links = runtime(paths, settings).links("dev")
    assert links.server is not None
    lacking = credentials.view(settings).of(Kind.IDENTITY)
    assert lacking is not None
    assert lacking.lacking
    credentials.store("dev", read_given(Kind.SERVICE_ACCOUNT, emulator.make_service_account_key()))
    assert links.server.status().ok
    assert [tested.accepted for tested in credentials.try_stored(settings)] == [True]
    links.close()
    elsewhere = Environment("dev", url=emulator.autovideo_url + "/behind", auth="identity-token")
    assert credentials.try_stored(elsewhere)[0].accepted is not None


def test_a_secret_can_be_held_for_the_session_where_there_is_no_keyring(
    emulator: Emulator, credentials: Credentials, paths: Paths
) -> None:
    emulator.access = Access(token=OPAQUE)
    settings = environment(emulator, auth="bearer", vertex="off")
    given = read_given(Kind.BEARER, OPAQUE)
    with pytest.raises(KeyringAbsentError):
        credentials.store("dev", given)
    credentials.store("dev", given, session_only=True)
    links = runtime(paths, settings).links("dev")
    assert links.server is not None
    assert links.server.status().ok
    links.close()
    view = credentials.view(settings)
    assert view.keyring.state is KeyringState.ABSENT
    facts = view.of(Kind.BEARER)
    assert facts is not None
    assert facts.kept is Kept.SESSION
    assert not [path for path in paths.config.parent.rglob("*") if path.is_file()]
    assert credentials.clear("dev", [Kind.BEARER]) == (Kind.BEARER,)


def test_a_locked_keyring_is_told_and_nothing_is_lost(credentials: Credentials, backend: MemoryKeyring) -> None:
    credentials.store("dev", read_given(Kind.BEARER, OPAQUE))
    backend.fault = keyring.errors.KeyringLocked("no")
    with pytest.raises(KeyringLockedError):
        credentials.store("dev", read_given(Kind.BEARER, "other-token-1"))
    with pytest.raises(KeyringLockedError):
        credentials.clear("dev", [Kind.BEARER])
    facts = credentials.view(Environment("dev", auth="bearer")).of(Kind.BEARER)
    assert facts is not None
    assert facts.kept is Kept.UNKNOWN
    assert facts.lacking
    assert backend.kept == {("avdesk", "dev/bearer"): OPAQUE}


def test_a_keyring_that_keeps_nothing_is_no_keyring(credentials: Credentials) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(null.Keyring())  # type: ignore[no-untyped-call]
    try:
        with pytest.raises(KeyringAbsentError):
            credentials.store("dev", read_given(Kind.BEARER, OPAQUE))
    finally:
        keyring.set_keyring(before)


def test_a_keyring_that_writes_plain_files_gets_nothing(
    credentials: Credentials, backend: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryKeyring, "__module__", "keyrings.alt.file")
    with pytest.raises(KeyringAbsentError, match="file of its own"):
        credentials.store("dev", read_given(Kind.BEARER, OPAQUE))
    assert backend.kept == {}


def test_a_keyring_that_hangs_is_not_waited_for(credentials: Credentials, backend: MemoryKeyring) -> None:
    import threading

    backend.silent = threading.Event()
    started = time.monotonic()
    with pytest.raises(KeyringLockedError):
        Credentials(Path("nowhere"), deadline_s=0.2).store("dev", read_given(Kind.BEARER, OPAQUE))
    assert time.monotonic() - started < 15
    backend.silent.set()
    del credentials


def test_secrets_follow_an_environment_to_its_new_name(
    emulator: Emulator, credentials: Credentials, backend: MemoryKeyring, paths: Paths
) -> None:
    key = read_given(Kind.SERVICE_ACCOUNT, emulator.make_service_account_key())
    credentials.store("old", key)
    credentials.store("old", read_given(Kind.BEARER, OPAQUE))
    credentials.rename("old", "dev")
    assert set(backend.kept) == {("avdesk", "dev/bearer"), ("avdesk", "dev/service-account")}
    assert [path.name for path in paths.config.iterdir()] == ["service-account.dev.key"]
    assert stored_account(credentials, environment(emulator)) == key.account
    credentials.rename("nobody", "dev")  # nothing to take along
    assert stored_account(credentials, environment(emulator)) == key.account


# --- Telling of it


def test_what_is_told_holds_no_secret(
    emulator: Emulator, credentials: Credentials, backend: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    del backend
    key = emulator.make_service_account_key()
    credentials.store("dev", read_given(Kind.SERVICE_ACCOUNT, key))
    credentials.store("dev", read_given(Kind.BEARER, OPAQUE))
    default = json.dumps(
        {"type": "authorized_user", "refresh_token": "1//0secret", "client_secret": "s", "client_id": "i"}
    )
    file = Path(str(credentials._folder)) / "adc.json"  # noqa: SLF001 - a folder that is there by now
    file.write_text(default)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    view = credentials.view(environment(emulator, auth="bearer"))
    report = json.dumps(view_report(view))
    for secret in (OPAQUE, "1//0secret", json.loads(key)["private_key"][40:80]):
        assert secret not in report + repr(view)
    kinds = {facts.kind: facts for facts in view.facts}
    assert kinds[Kind.BEARER].kept is Kept.KEYRING
    assert kinds[Kind.SERVICE_ACCOUNT].renews is True
    assert kinds[Kind.APPLICATION_DEFAULT].kept is Kept.OUTSIDE
    assert kinds[Kind.APPLICATION_DEFAULT].used is False  # the key comes before it


def test_secrets_of_any_shape_are_masked_once_they_were_held(emulator: Emulator, backend: MemoryKeyring) -> None:
    del backend
    assert redact("plainword42") == "plainword42"
    read_given(Kind.BEARER, "plainword42")
    assert redact("it said plainword42!") == f"it said {MASK}!"
    key = emulator.make_service_account_key()
    read_given(Kind.SERVICE_ACCOUNT, key)
    line = json.loads(key)["private_key"].splitlines()[3]
    assert line not in redact(f"a line of a key: {line}")


@pytest.mark.parametrize(
    ("lives", "left", "soon"),
    [
        (timedelta(hours=1), timedelta(minutes=20), False),
        (timedelta(hours=1), timedelta(minutes=9), True),
        (timedelta(days=90), timedelta(days=4), False),
        (timedelta(days=90), timedelta(days=2), True),
        (None, timedelta(days=2), True),
        (timedelta(hours=1), timedelta(minutes=-5), True),
    ],
)
def test_an_end_is_told_before_it_comes(
    credentials: Credentials, backend: MemoryKeyring, lives: timedelta | None, left: timedelta, *, soon: bool
) -> None:
    del backend
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    claims = {"exp": (now + left).timestamp()}
    if lives is not None:
        claims["iat"] = (now + left - lives).timestamp()
    credentials.store("dev", read_given(Kind.BEARER, jwt(**claims)))
    facts = credentials.view(Environment("dev", auth="bearer")).of(Kind.BEARER)
    assert facts is not None
    assert ends_soon(facts, now) is soon
    assert expiry_words(facts, now)


def test_the_transport_that_a_test_used_is_closed(emulator: Emulator, credentials: Credentials) -> None:
    before = Transport.close
    closed: list[object] = []

    def close(self: Transport) -> None:
        closed.append(self)
        before(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Transport, "close", close)
        credentials.try_given(environment(emulator), read_given(Kind.BEARER, OPAQUE))
    assert len(closed) == 1
