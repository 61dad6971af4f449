"""`auth`: secrets come in by stdin alone, are tried, kept, told of without being shown, and taken away again."""

import io
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest

from avdesk.core.redact import forget_known_secrets
from avdesk.emulator.access import Access
from avdesk.emulator.server import Emulator
from tests.harness.keyring_memory import MemoryKeyring
from tests.unit.cli.conftest import Call

OPAQUE = "opaque-text-of-a-server-0123"


@pytest.fixture
def backend() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    own = MemoryKeyring()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)
    forget_known_secrets()


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Return what puts text into stdin."""
    monkeypatch.setenv("PATH", str(tmp_path))  # no gcloud

    def put(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return put


@pytest.fixture
def guarded(emulator: Emulator, configure: Callable[[str], None]) -> Emulator:
    """The embedded AutoVideo, which asks for a token."""
    emulator.access = Access(token=OPAQUE)
    configure(
        f'[environments.prod]\nurl = "{emulator.autovideo_url}"\nauth = "bearer"\nproject = "{emulator.project}"\n'
        f'vertex = "rest"\ngoogle_endpoint = "{emulator.google_url}"\nregions = ["{emulator.regions[0]}"]\n'
    )
    return emulator


def test_a_piped_token_is_tried_stored_and_used(
    call: Call, guarded: Emulator, backend: MemoryKeyring, pipe: Callable[[str], None]
) -> None:
    assert call("status", "--env", "prod").code == 4
    pipe(OPAQUE + "\n")
    outcome = call("auth", "set", "--env", "prod")
    assert outcome.code == 0, outcome.err
    assert backend.kept == {("avdesk", "prod/bearer"): OPAQUE}
    assert OPAQUE not in outcome.out + outcome.err
    assert call("status", "--env", "prod").code == 0
    told = call("auth", "status", "--env", "prod", "--json")
    assert OPAQUE not in told.out
    bearer = find(told.json, "bearer")
    assert (bearer["used"], bearer["kept"], bearer["error"]) == (True, "keyring", None)
    assert guarded.asked("/status")


def find(report: dict[str, object], kind: str) -> dict[str, object]:
    found = report["credentials"]
    assert isinstance(found, list)
    (one,) = [each for each in found if each["kind"] == kind]
    assert isinstance(one, dict)
    return one


@pytest.mark.usefixtures("guarded")
def test_a_token_that_the_server_refuses_is_not_stored_unless_it_is_meant(
    call: Call, backend: MemoryKeyring, pipe: Callable[[str], None]
) -> None:
    pipe("some-other-text-1")
    refused = call("auth", "set", "bearer", "--env", "prod")
    assert refused.code == 4
    assert len(refused.complaint) == 2
    assert backend.kept == {}
    pipe("some-other-text-1")
    assert call("auth", "set", "bearer", "--env", "prod", "--no-test").code == 0
    assert backend.kept == {("avdesk", "prod/bearer"): "some-other-text-1"}


@pytest.mark.usefixtures("guarded", "backend")
@pytest.mark.parametrize("text", ["", "a\nb\nc-more", "x" * 200_000])
def test_what_is_no_token_is_wrong_use(call: Call, pipe: Callable[[str], None], text: str) -> None:
    pipe(text)
    outcome = call("auth", "set", "--env", "prod")
    assert outcome.code == 2
    assert len(outcome.complaint) == 2


def test_a_key_is_sealed_and_missing_permissions_are_named(
    call: Call, guarded: Emulator, backend: MemoryKeyring, pipe: Callable[[str], None], home: Path
) -> None:
    guarded.withheld.add("aiplatform.customJobs.cancel")
    key = guarded.make_service_account_key()
    pipe(key)
    outcome = call("auth", "set", "service-account", "--env", "prod", "--json")
    assert outcome.code == 0, outcome.err
    assert "aiplatform.customJobs.cancel" in outcome.err
    assert "add-iam-policy-binding" in outcome.err
    assert list(backend.kept) == [("avdesk", "prod/service-account")]
    sealed = home / "config" / "service-account.prod.key"
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in sealed.read_text() + outcome.out + outcome.err
    assert call("jobs", "list", "--env", "prod").code == 0
    tested = call("auth", "status", "--test", "--json", "--env", "prod")
    assert tested.code == 1  # the server's token is missing, and a permission
    trials = tested.json["trials"]
    assert isinstance(trials, list)
    assert trials[1]["missing"] == ["aiplatform.customJobs.cancel"]


def test_clearing_takes_everything_and_says_so(
    call: Call, guarded: Emulator, backend: MemoryKeyring, pipe: Callable[[str], None], home: Path
) -> None:
    pipe(OPAQUE)
    call("auth", "set", "--env", "prod")
    pipe(guarded.make_service_account_key())
    call("auth", "set", "service-account", "--env", "prod")
    cleared = call("auth", "clear", "--env", "prod")
    assert cleared.code == 0
    assert "Server token, Service-account key" in cleared.out
    assert backend.kept == {}
    assert not list((home / "config").glob("*.key"))
    assert "Nothing" in call("auth", "clear", "--env", "prod").out


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("fault", [keyring.errors.KeyringLocked("x"), keyring.errors.NoKeyringError("x")])
def test_without_an_open_keyring_nothing_is_stored(
    call: Call, backend: MemoryKeyring, pipe: Callable[[str], None], fault: Exception
) -> None:
    backend.fault = fault
    pipe(OPAQUE)
    outcome = call("auth", "set", "--env", "prod")
    assert outcome.code == 4
    assert len(outcome.complaint) == 2
    assert call("auth", "status", "--env", "prod", "--json").json["environment"] == "prod"


@pytest.mark.usefixtures("guarded")
def test_without_any_keyring_it_ends_soon_with_4_and_names_the_way_out(
    call: Call, pipe: Callable[[str], None]
) -> None:
    pipe(OPAQUE)
    started = time.monotonic()
    outcome = call("auth", "set", "--env", "prod")
    assert outcome.code == 4
    assert "--session" in outcome.complaint[1]
    assert time.monotonic() - started < 20
    told = call("auth", "status", "--env", "prod", "--json")
    assert told.code == 1
    assert told.json["keyring"]["state"] == "absent"  # type: ignore[index]


@pytest.mark.usefixtures("guarded", "backend")
def test_an_app_that_does_not_run_holds_nothing(call: Call, pipe: Callable[[str], None]) -> None:
    pipe(OPAQUE)
    assert call("auth", "set", "--session", "--env", "prod").code == 5


@pytest.mark.usefixtures("guarded", "backend")
def test_a_secret_as_an_argument_is_wrong_use_and_not_repeated(call: Call) -> None:
    outcome = call("auth", "set", OPAQUE, "--env", "prod")
    assert outcome.code == 2
    assert OPAQUE not in outcome.err


def test_what_is_typed_on_a_terminal_is_not_shown(home: Path, configure: Callable[[str], None]) -> None:
    configure('[environments.dev]\nurl = ""\n')
    master, slave = pty.openpty()
    code = "from avdesk.cli.secret_input import take_secret as t; from avdesk.core.credentials import Kind; "
    code += "import sys; s = t(Kind.BEARER, 'dev'); sys.stdout.write('got %d' % len(s.strip()))"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=slave, stderr=slave, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    os.close(slave)
    shown = b""
    while b"not shown" not in shown:
        shown += os.read(master, 1000)
    os.write(master, OPAQUE.encode() + b"\n")
    out, _err = child.communicate(timeout=60)
    assert out == f"got {len(OPAQUE)}".encode()
    while True:
        try:
            more = os.read(master, 1000)
        except OSError:
            break
        if not more:
            break
        shown += more
    os.close(master)
    assert OPAQUE.encode() not in shown
    del home


def test_people_are_told_what_is_there(
    call: Call, guarded: Emulator, backend: MemoryKeyring, pipe: Callable[[str], None]
) -> None:
    del backend, guarded
    pipe(OPAQUE)
    call("auth", "set", "--env", "prod")
    told = call("auth", "status", "--env", "prod")
    assert told.code == 0, told.out
    assert "Server token" in told.out
    assert "in the keyring" in told.out
    assert json.dumps(OPAQUE) not in told.out
