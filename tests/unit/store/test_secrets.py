"""Credentials in the keyring: kept whole, never waited for, never repeated in an error."""

import threading
from collections.abc import Iterator

import keyring
import pytest
from keyring import errors

from avdesk.core.errors import CredentialsMissingError
from avdesk.store.secrets import (
    BEARER,
    SERVICE,
    SERVICE_ACCOUNT,
    KeyringAbsentError,
    KeyringLockedError,
    delete_secret,
    keyring_facts,
    keyring_name,
    read_secret,
    write_secret,
)
from tests.harness.keyring_memory import MemoryKeyring


@pytest.fixture
def backend() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    own = MemoryKeyring()
    keyring.set_keyring(own)
    yield own
    if own.silent is not None:
        own.silent.set()
    keyring.set_keyring(before)


def test_a_token_is_kept_under_the_promised_names_as_it_is(backend: MemoryKeyring) -> None:
    write_secret("prod", BEARER, "abc.def-123")
    assert backend.kept == {(SERVICE, "prod/bearer"): "abc.def-123"}
    assert read_secret("prod", BEARER) == "abc.def-123"


@pytest.mark.parametrize("secret", ['{\n  "type": "service_account"\n}\n', "schlüssel", "b64:looks packed"])
def test_what_is_not_one_plain_line_is_stored_on_one_and_read_back_whole(backend: MemoryKeyring, secret: str) -> None:
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
    backend: MemoryKeyring, fault: Exception, kind: type[Exception]
) -> None:
    backend.fault = fault
    with pytest.raises(kind) as raised:
        write_secret("prod", BEARER, "token-abc")
    assert "token-abc" not in repr(raised.value) + str(raised.value)


def test_a_keyring_that_does_not_answer_is_not_waited_for(backend: MemoryKeyring) -> None:
    backend.silent = threading.Event()
    with pytest.raises(KeyringLockedError):
        read_secret("prod", BEARER, deadline_s=0.1)


@pytest.mark.usefixtures("backend")
def test_the_keyring_in_use_is_named() -> None:
    assert keyring_name().endswith("MemoryKeyring")


def test_a_machine_without_a_keyring_says_so() -> None:
    with pytest.raises(KeyringAbsentError):
        keyring_name()
    with pytest.raises(KeyringAbsentError):
        read_secret("prod", BEARER)


def test_of_several_keyrings_the_first_takes_new_secrets_and_all_lose_old_ones(backend: MemoryKeyring) -> None:
    first, second = MemoryKeyring(), MemoryKeyring()
    second.kept[SERVICE, "prod/bearer"] = "an-old-one"

    class Chain(MemoryKeyring):
        backends = (first, second)

        def get_password(self, service: str, username: str) -> str | None:
            return next((found for ring in self.backends if (found := ring.get_password(service, username))), None)

        def set_password(self, service: str, username: str, password: str) -> None:
            first.set_password(service, username, password)

        def delete_password(self, service: str, username: str) -> None:
            next(ring for ring in self.backends if (service, username) in ring.kept).delete_password(
                service, username
            )

    before = keyring.get_keyring()
    keyring.set_keyring(Chain())
    try:
        write_secret("prod", BEARER, "a-new-one")
        assert first.kept == {(SERVICE, "prod/bearer"): "a-new-one"}
        assert keyring_facts().others
        assert delete_secret("prod", BEARER)
        with pytest.raises(CredentialsMissingError):
            read_secret("prod", BEARER)
    finally:
        keyring.set_keyring(before)
    assert backend.kept == {}
