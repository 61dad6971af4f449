"""Service-account keys: encrypted beside the configuration, because keyrings cannot hold texts as long as these.

Each environment has one file, readable by the user alone. What opens it is a key of 32 bytes in the keyring, under
``<environment>/service-account``; neither is of any use without the other. The file is bound to its environment's
name: copied to another one's, it does not open.
"""

import base64
import binascii
import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from avdesk.core.errors import CredentialsMissingError, StoreError
from avdesk.i18n import _
from avdesk.store.secrets import DEADLINE_S, SERVICE_ACCOUNT, delete_secret, read_secret, write_secret

MAX_FILE = 256 * 1024
"""Bytes of a file that is read."""

_HEAD = b"avdesk service-account key 1\n"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_MODE = 0o600


class KeyFile:
    """The service-account key of one environment. Cheap to make; nothing is read by it."""

    def __init__(self, folder: Path, environment: str) -> None:
        """Keep it in `folder`, the configuration's."""
        self._environment = environment
        self.path = folder / f"service-account.{environment}.key"

    def version(self) -> tuple[int, int, int] | None:
        """Return what changes with every change of the file (inode, nanoseconds, bytes); None without one."""
        try:
            found = self.path.stat()
        except (OSError, ValueError):
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def read(self, deadline_s: float = DEADLINE_S) -> str | None:
        """Return the key; None where none is stored.

        Raises:
            CredentialsMissingError: the file is damaged, or the keyring does not hold what opens it.
            StoreError: the file cannot be read.
            KeyringAbsentError, KeyringLockedError: the keyring cannot be asked.
        """
        sealed = self._sealed()
        return None if sealed is None else self._open(sealed, self._lock_key(deadline_s))

    def write(self, text: str, deadline_s: float = DEADLINE_S) -> None:
        """Store a key in place of the one before, which stays whole until the new one is on the disk.

        Raises:
            StoreError: the folder cannot be written.
            KeyringAbsentError, KeyringLockedError: the keyring does not take what opens the file; nothing changed.
        """
        try:
            key = self._lock_key(deadline_s)
        except CredentialsMissingError:
            # A file that is there already cannot be opened by anything any more, so nothing is lost by a new key.
            key = secrets.token_bytes(_KEY_BYTES)
            write_secret(self._environment, SERVICE_ACCOUNT, base64.b64encode(key).decode(), deadline_s)
        self._replace(self._sealing(text, key))
        # Two programs that store a first key at once could have taken different keys to the file and the keyring.
        if self.read(deadline_s) != text:
            raise self._unopened()

    def delete(self, deadline_s: float = DEADLINE_S) -> bool:
        """Remove the file, and what opens it; returns whether there was either.

        Raises:
            StoreError: the file cannot be removed.
            KeyringAbsentError, KeyringLockedError: the file is gone, but the keyring could not be asked.
        """
        try:
            self.path.unlink()
        except FileNotFoundError:
            had_file = False
        except OSError as error:
            raise StoreError(
                _("The service-account key in {path} could not be removed: {words}.").format(
                    path=self.path, words=error.strerror or type(error).__name__
                ),
                _("Check the permissions of the folder, or remove the file by hand."),
            ) from None
        else:
            had_file = True
        return delete_secret(self._environment, SERVICE_ACCOUNT, deadline_s) or had_file

    def _sealed(self) -> bytes | None:
        try:
            with self.path.open("rb") as file:
                if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                    os.fchmod(file.fileno(), _MODE)  # a copy or a restored backup; encrypted, yet nobody's business
                return file.read(MAX_FILE + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(
                _("The service-account key in {path} cannot be read: {words}.").format(
                    path=self.path, words=error.strerror or type(error).__name__
                ),
                _("Check the permissions of the file and its folder."),
            ) from None

    def _lock_key(self, deadline_s: float) -> bytes:
        try:
            stored = read_secret(self._environment, SERVICE_ACCOUNT, deadline_s)
        except CredentialsMissingError:
            raise self._unopened() from None
        try:
            key = base64.b64decode(stored, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _KEY_BYTES:
            raise self._unopened()
        return key

    def _sealing(self, text: str, key: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, text.encode(), self._bound_to())
        return _HEAD + base64.encodebytes(nonce + sealed)

    def _open(self, content: bytes, key: bytes) -> str:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if len(content) > MAX_FILE or not content.startswith(_HEAD):
            raise self._damaged()
        try:
            sealed = base64.b64decode(content.removeprefix(_HEAD).translate(None, b"\r\n"), validate=True)
            if len(sealed) <= _NONCE_BYTES:
                raise self._damaged()
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._bound_to()).decode()
        except (InvalidTag, ValueError):  # binascii's and Unicode's errors are ValueErrors
            raise self._damaged() from None

    def _bound_to(self) -> bytes:
        return _HEAD + self._environment.encode()

    def _replace(self, content: bytes) -> None:
        """Put a file in the place of the old one: at every moment one of the two is there, whole."""
        made: Path | None = None
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
            made = Path(name)  # made for the user alone
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            made.replace(self.path)
            made = None
            _sync_folder(self.path.parent)
        except OSError as error:
            raise StoreError(
                _("The service-account key cannot be stored in {path}: {words}.").format(
                    path=self.path.parent, words=error.strerror or type(error).__name__
                ),
                _("Check the permissions of the folder and the space on its disk."),
            ) from None
        finally:
            if made is not None:
                with contextlib.suppress(OSError):
                    made.unlink()

    def _unopened(self) -> CredentialsMissingError:
        return CredentialsMissingError(
            _(
                "The service-account key of “{name}” cannot be opened: the keyring does not hold what opens it."
            ).format(name=self._environment),
            _("Store it again with “avdesk auth set service-account --env {name}”.").format(name=self._environment),
        )

    def _damaged(self) -> CredentialsMissingError:
        return CredentialsMissingError(
            _("The stored service-account key of “{name}” is damaged, or was made for another environment.").format(
                name=self._environment
            ),
            _("Store it again with “avdesk auth set service-account --env {name}”.").format(name=self._environment),
        )


def _sync_folder(folder: Path) -> None:
    """Have a renaming survive a power cut, where folders can be synced."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
