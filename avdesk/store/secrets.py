"""Credentials in the system's keyring: service ``avdesk``, user name ``<environment>/<kind>``.

A keyring can ask the user for a password or hang on a bus that does not answer, so every call has a deadline.
Nothing is ever kept anywhere else, and no error holds what was stored.
"""

import base64
import binascii
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from avdesk.core.errors import CredentialsMissingError, NotAllowedError
from avdesk.core.redact import know_secret
from avdesk.i18n import _
from avdesk.store import keyrings
from avdesk.store.keyrings import KeyringFacts, UnfitKeyringError, fit_keyring, is_unused

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "avdesk"
BEARER, SERVICE_ACCOUNT = "bearer", "service-account"
"""The kinds of credential."""

DEADLINE_S = 8.0
UNLOCK_S = 120.0
"""For a person who is asked for the keyring's password."""

MAX_SECRET = 65_536
_MOST_COPIES = 5
# Of the Secret Service's library, which is not there on every platform.
_LOCKED_KINDS = ("LockedException", "PromptDismissedException")
_ABSENT_KINDS = ("SecretServiceNotAvailableException",)

_T = TypeVar("_T")

_PACKED = "b64:"
"""Marks a value that is stored packed: some keyrings lose everything over one line break."""


class KeyringAbsentError(NotAllowedError):
    """There is no keyring that could keep a secret."""


class KeyringLockedError(NotAllowedError):
    """The keyring is locked, or did not answer in time."""


def read_secret(environment: str, kind: str, deadline_s: float = DEADLINE_S) -> str:
    """Return a stored credential.

    Raises:
        CredentialsMissingError: nothing is stored.
        KeyringAbsentError: there is no keyring.
        KeyringLockedError: it is locked or does not answer.
    """
    user = _user(environment, kind)

    def read() -> str | None:
        chosen = _open_keyring()
        return None if is_unused(chosen) else chosen.get_password(SERVICE, user)

    stored = _within(read, deadline_s)
    secret = _unpack(stored) if stored else ""
    know_secret(secret)
    if not secret:
        raise CredentialsMissingError(
            _("No {kind} credential is stored for the environment “{name}”.").format(kind=kind, name=environment),
            _("Store one with “avdesk auth set {kind} --env {name}”.").format(kind=kind, name=environment),
        )
    return secret


def write_secret(environment: str, kind: str, secret: str, deadline_s: float = DEADLINE_S) -> None:
    """Store a credential, replacing the one before.

    Raises:
        KeyringAbsentError: there is no keyring, or it does not take a secret of this length.
        KeyringLockedError: it is locked or does not answer.
    """
    user = _user(environment, kind)
    know_secret(secret)
    if not secret or len(secret) > MAX_SECRET:
        raise KeyringAbsentError(
            _("The secret is empty or too long to be stored."), _("Give it again; check where it comes from.")
        )
    packed = _pack(secret)

    def write() -> bool:
        chosen = _open_keyring()
        chosen.set_password(SERVICE, user, packed)
        return chosen.get_password(SERVICE, user) == packed

    if not _within(write, deadline_s):
        raise KeyringAbsentError(
            _("The keyring did not keep the secret."),
            _("Another keyring may hold an older one; “avdesk doctor” tells which ones there are."),
        )


def delete_secret(environment: str, kind: str, deadline_s: float = DEADLINE_S) -> bool:
    """Remove a credential; returns whether there was one.

    Raises:
        KeyringAbsentError: there is no keyring.
        KeyringLockedError: it is locked or does not answer.
    """
    user = _user(environment, kind)

    def delete() -> bool:
        chosen = _open_keyring()
        found = False
        for _copy in range(_MOST_COPIES):  # of several keyrings each may hold one
            if is_unused(chosen) or chosen.get_password(SERVICE, user) is None:
                break
            chosen.delete_password(SERVICE, user)
            found = True
        return found

    return _within(delete, deadline_s)


def keyring_facts(deadline_s: float = DEADLINE_S) -> KeyringFacts:
    """Return which keyring would be used, which others there are, and whether it is locked.

    Raises:
        KeyringAbsentError: there is none.
        KeyringLockedError: it does not answer.
    """
    return _within(keyrings.keyring_facts, deadline_s)


def keyring_name(deadline_s: float = DEADLINE_S) -> str:
    """Return the names of the keyring that would be used, and of others that are looked into; raises as above."""
    facts = keyring_facts(deadline_s)
    return ", ".join((facts.name, *facts.others))


def check_unlocked(deadline_s: float = DEADLINE_S) -> None:
    """Check that the keyring is open, without making it ask the user, where that can be told (the Secret Service).

    Raises:
        KeyringAbsentError: there is none.
        KeyringLockedError: it is locked or does not answer.
    """
    _within(_open_keyring, deadline_s)


def unlock_keyring(deadline_s: float = UNLOCK_S) -> None:
    """Have the desktop ask the user for the keyring's password.

    Raises:
        KeyringAbsentError: there is none.
        KeyringLockedError: the user did not give it, or nothing on this desktop can ask for it.
    """
    if not _within(lambda: keyrings.unlock(fit_keyring()), deadline_s):
        raise _locked()


def _open_keyring() -> "KeyringBackend":
    """Return the keyring, unless it is locked: a program that looks now and then must not make it ask each time."""
    chosen = fit_keyring()
    if keyrings.is_locked(chosen):
        raise _LockedError
    return chosen


class _LockedError(Exception):
    """Found locked before it was asked for anything."""


def _user(environment: str, kind: str) -> str:
    return f"{environment}/{kind}"


def _pack(secret: str) -> str:
    """Return a secret on one line, as it is where it is one already."""
    if secret.isascii() and secret.isprintable() and not secret.startswith(_PACKED):
        return secret
    return _PACKED + base64.b64encode(secret.encode()).decode()


def _unpack(stored: str) -> str:
    if not stored.startswith(_PACKED):
        return stored
    try:
        return base64.b64decode(stored.removeprefix(_PACKED), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _within(work: Callable[[], _T], deadline_s: float) -> _T:
    """Return what `work` returns, in a thread that is left behind when it takes too long."""
    results: list[_T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - every backend raises its own kinds; handed over below
            failures.append(error)

    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(deadline_s)
    if results:
        return results[0]
    if not failures:
        raise _locked()
    raise _explained(failures[0]) from None


def _explained(error: BaseException) -> NotAllowedError:
    """Return AVDesk's error for what a backend raised; its text could hold anything and is not repeated."""
    from keyring import errors

    if isinstance(error, errors.KeyringLocked | _LockedError):
        return _locked()
    if type(error).__name__ in _LOCKED_KINDS:
        return _locked()
    if type(error).__name__ in _ABSENT_KINDS:
        return _absent()
    if isinstance(error, UnfitKeyringError):
        return _plain_alone() if error.plain else _absent()
    if isinstance(error, errors.NoKeyringError | errors.InitError):
        return _absent()
    if isinstance(error, errors.PasswordSetError):
        return KeyringAbsentError(
            _("The keyring did not take the secret."), _("It may be too long for this system's keyring.")
        )
    return KeyringLockedError(
        _("The keyring failed ({kind}).").format(kind=type(error).__name__),
        _("Check that the keyring runs and is unlocked; “avdesk doctor” tells which one it is."),
    )


def _locked() -> KeyringLockedError:
    return KeyringLockedError(_("The keyring is locked, or did not answer in time."), _("Unlock it, and try again."))


def _absent() -> KeyringAbsentError:
    return KeyringAbsentError(
        _("There is no keyring in which a secret could be kept."),
        _("Install and unlock one (on Linux gnome-keyring or KWallet), or hold the secret for this session only."),
    )


def _plain_alone() -> KeyringAbsentError:
    return KeyringAbsentError(
        _("The only keyring here keeps secrets in a file of its own; nothing was given to it."),
        _("Install and unlock another one (on Linux gnome-keyring or KWallet), or hold the secret for this session."),
    )
