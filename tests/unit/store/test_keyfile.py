"""Service-account keys on the disk: sealed, the user's alone, bound to their environment, never half written."""

import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from avdesk.core.errors import CredentialsMissingError, StoreError
from avdesk.store.keyfile import KeyFile
from avdesk.store.secrets import KeyringAbsentError, KeyringLockedError
from tests.harness.keyring_memory import MemoryKeyring

KEY = '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\nMIIE…"}'


@pytest.fixture
def backend() -> Iterator[MemoryKeyring]:
    before: KeyringBackend = keyring.get_keyring()
    own = MemoryKeyring()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


@pytest.fixture
def file(tmp_path: Path, backend: MemoryKeyring) -> KeyFile:
    del backend
    return KeyFile(tmp_path / "config", "prod")


def test_a_key_comes_back_whole_and_is_on_the_disk_only_sealed(file: KeyFile, backend: MemoryKeyring) -> None:
    assert file.read() is None
    file.write(KEY)
    assert file.read() == KEY
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    raw = file.path.read_bytes()
    assert b"PRIVATE" not in raw
    assert b"service_account" not in raw.partition(b"\n")[2]
    (kept,) = backend.kept.values()
    assert list(backend.kept) == [("avdesk", "prod/service-account")]
    assert len(kept) < 100  # Windows' store takes 1,280 characters


def test_a_second_key_takes_the_firsts_place_and_leaves_nothing_behind(file: KeyFile) -> None:
    file.write(KEY)
    before = file.version()
    file.write(KEY + " ")
    assert file.read() == KEY + " "
    assert file.version() != before
    assert [path.name for path in file.path.parent.iterdir()] == [file.path.name]


def test_another_environments_file_does_not_open(file: KeyFile, backend: MemoryKeyring) -> None:
    file.write(KEY)
    other = KeyFile(file.path.parent, "dev")
    other.path.write_bytes(file.path.read_bytes())
    backend.kept["avdesk", "dev/service-account"] = backend.kept["avdesk", "prod/service-account"]
    with pytest.raises(CredentialsMissingError, match="another environment"):
        other.read()


@pytest.mark.parametrize("damage", [b"", b"avdesk service-account key 1\n", b"avdesk service-account key 1\nAAAA\n"])
def test_a_damaged_file_says_so_and_what_to_do(file: KeyFile, damage: bytes) -> None:
    file.write(KEY)
    file.path.write_bytes(damage)
    with pytest.raises(CredentialsMissingError) as raised:
        file.read()
    assert "damaged" in raised.value.message
    assert "auth set service-account --env prod" in raised.value.advice


def test_one_changed_byte_is_noticed(file: KeyFile) -> None:
    file.write(KEY)
    raw = bytearray(file.path.read_bytes())
    raw[60] = ord("A") if raw[60] != ord("A") else ord("B")
    file.path.write_bytes(bytes(raw))
    with pytest.raises(CredentialsMissingError):
        file.read()


def test_a_file_whose_opener_is_gone_from_the_keyring_says_so_and_can_be_replaced(
    file: KeyFile, backend: MemoryKeyring
) -> None:
    file.write(KEY)
    backend.kept.clear()
    with pytest.raises(CredentialsMissingError, match="does not hold what opens it"):
        file.read()
    file.write(KEY)
    assert file.read() == KEY


def test_nothing_is_written_where_the_keyring_takes_nothing(file: KeyFile, backend: MemoryKeyring) -> None:
    file.write(KEY)
    before = file.path.read_bytes()
    backend.fault = keyring.errors.KeyringLocked("no")
    with pytest.raises(KeyringLockedError):
        file.write(KEY + " ")
    assert file.path.read_bytes() == before


def test_a_folder_that_cannot_be_written_leaves_the_old_key(file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write(KEY)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            file.write(KEY + " ")
    assert file.read() == KEY
    assert [path.name for path in file.path.parent.iterdir()] == [file.path.name]


def test_removing_takes_the_file_and_what_opens_it(file: KeyFile, backend: MemoryKeyring) -> None:
    file.write(KEY)
    assert file.delete()
    assert not file.path.exists()
    assert backend.kept == {}
    assert not file.delete()


def test_a_file_that_others_could_read_is_closed_to_them(file: KeyFile) -> None:
    file.write(KEY)
    file.path.chmod(0o644)
    file.read()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_without_a_keyring_nothing_is_written(tmp_path: Path) -> None:
    file = KeyFile(tmp_path, "prod")
    with pytest.raises(KeyringAbsentError):
        file.write(KEY)
    assert list(tmp_path.iterdir()) == []
