"""Credentials in the system's keyring: service ``avdesk``, user name ``<environment>/<kind>``.

A keyring can ask the user for a password or hang on a bus that does not answer, so every call has a deadline.
Nothing is ever kept anywhere else, and no error holds what was stored.
"""

import base64
import binascii
import threading
from collections.abc import Callable
from typing import TypeVar

from avdesk.core.errors import CredentialsMissingError, NotAllowedError
from avdesk.i18n import _

SERVICE = "avdesk"
BEARER, SERVICE_ACCOUNT = "bearer", "service-account"
"""The kinds of credential."""

DEADLINE_S = 8.0
MAX_SECRET = 65_536

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
        import keyring

        return keyring.get_password(SERVICE, user)

    stored = _within(read, deadline_s)
    secret = _unpack(stored) if stored else ""
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
    if not secret or len(secret) > MAX_SECRET:
        raise KeyringAbsentError(
            _("The secret is empty or too long to be stored."), _("Give it again; check where it comes from.")
        )

    def write() -> None:
        import keyring

        keyring.set_password(SERVICE, user, _pack(secret))

    _within(write, deadline_s)


def delete_secret(environment: str, kind: str, deadline_s: float = DEADLINE_S) -> bool:
    """Remove a credential; returns whether there was one.

    Raises:
        KeyringAbsentError: there is no keyring.
        KeyringLockedError: it is locked or does not answer.
    """
    user = _user(environment, kind)

    def delete() -> bool:
        import keyring

        if keyring.get_password(SERVICE, user) is None:
            return False
        keyring.delete_password(SERVICE, user)
        return True

    return _within(delete, deadline_s)


def keyring_name(deadline_s: float = DEADLINE_S) -> str:
    """Return the name of the keyring that would be used.

    Raises:
        KeyringAbsentError: there is none.
        KeyringLockedError: it does not answer.
    """

    def find() -> tuple[str, float]:
        import keyring

        found = keyring.get_keyring()
        kind = type(found)
        name = f"{kind.__module__}.{kind.__name__}"
        inner = getattr(found, "backends", None)
        if inner:
            name = ", ".join(f"{type(each).__module__.rpartition('.')[2]}" for each in inner)
        return name, float(getattr(found, "priority", 0))

    name, priority = _within(find, deadline_s)
    if priority <= 0 or name.startswith(("keyring.backends.fail", "keyring.backends.null")):
        raise _absent()
    return name.removeprefix("keyring.backends.").removesuffix(".Keyring")


def check_unlocked(deadline_s: float = DEADLINE_S) -> None:
    """Check that the keyring is open, without making it ask the user, where that can be told (the Secret Service).

    Raises:
        KeyringLockedError: it is locked or does not answer.
    """

    def locked() -> bool:
        import keyring

        chosen = keyring.get_keyring()
        kinds = {type(each).__module__ for each in (chosen, *getattr(chosen, "backends", ()))}
        if "keyring.backends.SecretService" not in kinds:
            return False
        import secretstorage

        connection = secretstorage.dbus_init()
        try:
            return bool(secretstorage.get_default_collection(connection).is_locked())
        finally:
            connection.close()

    if _within(locked, deadline_s):
        raise _locked()


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

    if isinstance(error, errors.KeyringLocked):
        return _locked()
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
        _('Install and unlock one (on Linux gnome-keyring or KWallet), or use auth = "none".'),
    )
