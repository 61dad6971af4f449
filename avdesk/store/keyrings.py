"""Which keyring there is, whether it is fit to keep a secret, and whether it is open.

Everything here may take long or ask the user: call it in a thread, with a deadline, as `avdesk.store.secrets` does.
"""

from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend
    from secretstorage.collection import Collection

_SERVICE_MODULE = "keyring.backends.SecretService"
_KEEPS_NOTHING = ("keyring.backends.fail", "keyring.backends.null")
_OPEN_FILES = ("keyrings.alt.",)
"""Backends that write files of their own, in plain text or behind a password asked for on the terminal."""


class UnfitKeyringError(Exception):
    """The only keyring is none that a secret may be given to.

    Attributes:
        plain: whether it would keep secrets in a file of its own making.
    """

    def __init__(self, *, plain: bool) -> None:
        super().__init__("no keyring")
        self.plain = plain


@dataclass(frozen=True, slots=True)
class KeyringFacts:
    """What is known of this machine's keyrings.

    Attributes:
        name: the one that takes new secrets, as ``SecretService``.
        others: further ones, which are only looked into for old secrets.
        locked: whether it is locked; None where that cannot be told without asking for a secret.
    """

    name: str
    others: tuple[str, ...] = ()
    locked: bool | None = None


def fit_keyring() -> "KeyringBackend":
    """Return the keyring in use.

    Raises:
        UnfitKeyringError: there is none, or none that keeps secrets safely.
    """
    import keyring
    from keyring import backend, core

    chosen = keyring.get_keyring()
    if _module(chosen) in _KEEPS_NOTHING:
        # The daemon may have come up after this program, which the library would never notice by itself.
        again = getattr(backend.get_all_keyring, "reset", None)
        if again is not None:
            with suppress(KeyError):  # nothing was looked for yet
                again()
            core.init_backend()
            chosen = keyring.get_keyring()
    # A chain gives new secrets to its first member.
    first = _members(chosen)[0]
    if _module(first).startswith(_OPEN_FILES):
        raise UnfitKeyringError(plain=True)
    if _module(first) in _KEEPS_NOTHING or float(getattr(first, "priority", 0)) <= 0:
        raise UnfitKeyringError(plain=False)
    return chosen


def keyring_facts() -> KeyringFacts:
    """Return what is known; raises as `fit_keyring`."""
    chosen = fit_keyring()
    names = [_name(member) for member in _members(chosen)]
    return KeyringFacts(names[0], tuple(dict.fromkeys(names[1:])), is_locked(chosen))


def is_locked(chosen: "KeyringBackend") -> bool | None:
    """Return whether a keyring is locked, without making it ask the user; None where that cannot be told."""
    if not _is_secret_service(chosen):
        return None
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        try:
            return bool(secretstorage.Collection(connection).is_locked())
        except secretstorage.ItemNotFoundException:
            return False  # nothing has ever been kept in it


def is_unused(chosen: "KeyringBackend") -> bool:
    """Whether a keyring has no collection yet; looking for a secret would make it ask the user for a password."""
    if not _is_secret_service(chosen):
        return False
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        try:
            secretstorage.Collection(connection)
        except secretstorage.ItemNotFoundException:
            return True
    return False


def unlock(chosen: "KeyringBackend") -> bool:
    """Have the desktop ask the user for the keyring's password; returns whether it is open then."""
    if not _is_secret_service(chosen):
        return True
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        collection: Collection = secretstorage.Collection(connection)
        if collection.is_locked():
            collection.unlock()
        return not collection.is_locked()


def _is_secret_service(chosen: "KeyringBackend") -> bool:
    return any(_module(member) == _SERVICE_MODULE for member in _members(chosen))


def _members(chosen: "KeyringBackend") -> "Sequence[KeyringBackend]":
    """Return the keyrings of a chain, the one that takes new secrets first; a single one alone."""
    return list(getattr(chosen, "backends", ())) or [chosen]


def _module(member: "KeyringBackend") -> str:
    return type(member).__module__


def _name(member: "KeyringBackend") -> str:
    module = _module(member)
    last = module.rpartition(".")[2]
    return last if module.startswith("keyring.backends.") else f"{module}.{type(member).__name__}"
