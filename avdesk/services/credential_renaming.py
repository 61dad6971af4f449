"""The credentials of an environment that was given another name: they are kept under its name, so they move along."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from avdesk.core.credentials import GIVEN, Kind
from avdesk.core.errors import CredentialsMissingError, KnownError
from avdesk.core.snapshot import Trouble
from avdesk.store import secrets
from avdesk.store.keyfile import KeyFile
from avdesk.store.session_secrets import SESSION


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """What became of an environment's credentials when it was renamed.

    Attributes:
        former, name: the environment's names.
        moved: the kinds that are stored under the new name now, and no longer under the old one.
        left: the kinds that may still be under the old name alone, each with the reason.
    """

    former: str
    name: str
    moved: tuple[Kind, ...] = ()
    left: tuple[tuple[Kind, Trouble], ...] = ()


def carry_credentials(config_folder: Path, former: str, name: str, deadline_s: float = 4.0) -> CarriedOver:
    """Store under `name` what is stored for `former`, then take it away there; a secret is never in neither place.

    What is stored under the new name already is left alone, and so is the old one. Asks the keyring: takes a while.
    """
    moved: list[Kind] = []
    left: list[tuple[Kind, Trouble]] = []
    for kind in GIVEN:
        held = SESSION.get(former, kind.value)
        if held is not None:
            SESSION.hold(name, kind.value, held)
            SESSION.drop(former, kind.value)
        move = _move_key if kind is Kind.SERVICE_ACCOUNT else _move_secret
        try:
            stored = move(config_folder, former, name, deadline_s)
        except KnownError as error:
            # Where nothing can be stored there is nothing to be moved but what was held.
            if not isinstance(error, secrets.KeyringAbsentError):
                left.append((kind, Trouble.of(error)))
            stored = False
        if stored or held is not None:
            moved.append(kind)
    SESSION.changed(former)
    SESSION.changed(name)
    return CarriedOver(former, name, tuple(moved), tuple(left))


def _move_secret(_folder: Path, former: str, name: str, deadline_s: float) -> bool:
    secret = _there(lambda: secrets.read_secret(former, secrets.BEARER, deadline_s))
    if secret is None:
        return False
    if _there(lambda: secrets.read_secret(name, secrets.BEARER, deadline_s)) is None:
        secrets.write_secret(name, secrets.BEARER, secret, deadline_s)
    secrets.delete_secret(former, secrets.BEARER, deadline_s)
    return True


def _move_key(folder: Path, former: str, name: str, deadline_s: float) -> bool:
    old, new = KeyFile(folder, former), KeyFile(folder, name)
    if old.version() is None:
        return False  # without the file the keyring is not asked
    key = old.read(deadline_s)
    if key is None:
        return False
    if new.version() is None:
        new.write(key, deadline_s)
    old.delete(deadline_s)
    return True


def _there(read: Callable[[], str]) -> str | None:
    try:
        return read()
    except CredentialsMissingError:
        return None
