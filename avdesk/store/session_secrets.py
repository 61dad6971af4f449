"""Credentials that this process holds in its memory alone, and which of all credentials have changed meanwhile.

Shared by everything in the process: a window that takes a token, and the thread that sends it.
"""

import threading
from collections.abc import Sequence

from avdesk.core.redact import know_secret


class SessionSecrets:
    """Secrets until the process ends; usable from any thread. Its text shows none of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[tuple[str, str], str] = {}
        self._versions: dict[str, int] = {}

    def __repr__(self) -> str:
        """Return what may be shown."""
        return f"SessionSecrets({len(self._held)} held)"

    def hold(self, environment: str, kind: str, secret: str) -> None:
        """Keep a secret for this session, in place of the one before."""
        know_secret(secret)
        with self._lock:
            self._held[environment, kind] = secret
        self.changed(environment)

    def get(self, environment: str, kind: str) -> str | None:
        """Return a secret; None where none is held."""
        with self._lock:
            return self._held.get((environment, kind))

    def drop(self, environment: str, kind: str) -> bool:
        """Forget a secret; returns whether there was one."""
        with self._lock:
            found = self._held.pop((environment, kind), None) is not None
        if found:
            self.changed(environment)
        return found

    def kinds(self, environment: str) -> Sequence[str]:
        """Return which kinds are held for an environment."""
        with self._lock:
            return sorted(kind for name, kind in self._held if name == environment)

    def changed(self, environment: str) -> None:
        """Take note that a credential of an environment is another one now, wherever it is kept."""
        with self._lock:
            self._versions[environment] = self._versions.get(environment, 0) + 1

    def version(self, environment: str) -> int:
        """Return a number that grows with every change that this process knows of."""
        with self._lock:
            return self._versions.get(environment, 0)


SESSION = SessionSecrets()
"""Those of this process."""
