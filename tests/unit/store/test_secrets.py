"""Credentials in the keyring: kept whole, never waited for, never repeated in an error."""

import threading
from collections.abc import Iterator

import keyring
import pytest
from keyring import errors
from keyring.backend import KeyringBackend

from avdesk.core.errors import CredentialsMissingError
from avdesk.store.secrets import (
    BEARER,
    SERVICE,
    SERVICE_ACCOUNT,
    KeyringAbsentError,
    KeyringLockedError,
    delete_secret,
    keyring_name,
    read_secret,
    write_secret,
)


class InMemory(KeyringBackend):
    """A keyring that lasts as long as the test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None
        self.silent: threading.Event | None = None

    def _obey(self) -> None:
        if self.silent is not None:
            self.silent.wait(20)
        if self.fault is not None:
            raise self.fault

    def get_password(self, service: str, username: str) -> str | None:
        self._obey()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._obey()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._obey()
        del self.kept[service, username]


@pytest.fixture
def backend() -> Iterator[InMemory]:
    before = keyring.get_keyring()
    own = InMemory()
    keyring.set_keyring(own)
    yield own
    if own.silent is not None:
        own.silent.set()
    keyring.set_keyring(before)


def test_a_token_is_kept_under_the_promised_names_as_it_is(backend: InMemory) -> None:
    write_secret("prod", BEARER, "abc.def-123")
    assert backend.kept == {(SERVICE, "prod/bearer"): "abc.def-123"}
    assert read_secret("prod", BEARER) == "abc.def-123"


@pytest.mark.parametrize("secret", ['{\n  "type": "service_account"\n}\n', "schlüssel", "b64:looks packed"])
def test_what_is_not_one_plain_line_is_stored_on_one_and_read_back_whole(backend: InMemory, secret: str) -> None:
    write_secret("prod", SERVICE_ACCOUNT, secret)
    (stored,) = backend.kept.values()
    assert stored.isascii()
    assert "\n" not in stored
    assert read_secret("prod", SERVICE_ACCOUNT) == secret


@pytest.mark.usefixtures("backend")
def test_a_missing_secret_says_how_to_store_one() -> None:
    with pytest.raises(CredentialsMissingError) as raised:
        read_secret("prod", BEARER)
    assert "auth set bearer --env prod" in raised.value.advice


@pytest.mark.usefixtures("backend")
def test_deleting_says_whether_there_was_one() -> None:
    write_secret("prod", BEARER, "abc")
    assert delete_secret("prod", BEARER)
    assert not delete_secret("prod", BEARER)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (errors.KeyringLocked("token-abc"), KeyringLockedError),
        (errors.NoKeyringError("token-abc"), KeyringAbsentError),
        (errors.InitError("token-abc"), KeyringAbsentError),
        (errors.PasswordSetError("token-abc"), KeyringAbsentError),
        (RuntimeError("token-abc"), KeyringLockedError),
    ],
)
def test_faults_of_keyrings_are_told_apart_and_not_repeated(
    backend: InMemory, fault: Exception, kind: type[Exception]
) -> None:
    backend.fault = fault
    with pytest.raises(kind) as raised:
        write_secret("prod", BEARER, "token-abc")
    assert "token-abc" not in repr(raised.value) + str(raised.value)


def test_a_keyring_that_does_not_answer_is_not_waited_for(backend: InMemory) -> None:
    backend.silent = threading.Event()
    with pytest.raises(KeyringLockedError):
        read_secret("prod", BEARER, deadline_s=0.1)


@pytest.mark.usefixtures("backend")
def test_the_keyring_in_use_is_named() -> None:
    assert keyring_name().endswith("InMemory")


def test_a_machine_without_a_keyring_says_so() -> None:
    with pytest.raises(KeyringAbsentError):
        keyring_name()
    with pytest.raises(KeyringAbsentError):
        read_secret("prod", BEARER)
