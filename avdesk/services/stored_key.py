"""The service-account key that the user gave for an environment, wherever it is kept."""

from pathlib import Path

from avdesk.store.keyfile import KeyFile
from avdesk.store.secrets import DEADLINE_S, SERVICE_ACCOUNT
from avdesk.store.session_secrets import SESSION


class StoredKey:
    """Reads the key when it is wanted. Cheap to make; where none is stored the keyring is never asked."""

    def __init__(self, config_folder: Path, environment: str, deadline_s: float = DEADLINE_S) -> None:
        """Look beside the configuration, and at what this process holds."""
        self._environment = environment
        self._file = KeyFile(config_folder, environment)
        self._deadline_s = deadline_s

    def text(self) -> str | None:
        """Return the key, None without one; the one held for this session comes first.

        Raises:
            NotAllowedError: one is stored, but cannot be opened now.
            StoreError: its file cannot be read.
        """
        held = SESSION.get(self._environment, SERVICE_ACCOUNT)
        return held if held is not None else self._file.read(self._deadline_s)

    def version(self) -> object:
        """Return what is another one after each change, whichever program made it; costs no more than a stat."""
        return SESSION.version(self._environment), self._file.version()
