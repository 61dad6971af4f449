"""A keyring that lasts as long as a test, and fails or keeps silent when it is told to."""

import threading

from keyring.backend import KeyringBackend


class MemoryKeyring(KeyringBackend):
    """Keeps secrets in memory.

    Attributes:
        kept: (service, user name) → secret.
        fault: raised by every call; None: none.
        silent: waited for by every call; None: not.
    """

    priority = 1.0

    def __init__(self) -> None:
        """Start empty."""
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
        """Return what is kept."""
        self._obey()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        self._obey()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        self._obey()
        del self.kept[service, username]
