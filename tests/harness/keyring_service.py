"""A Secret Service on a session's bus: GNOME's keyring, unlocked or locked."""

import subprocess
from collections.abc import Callable
from typing import Literal

from tests.harness.bus import Bus, Target
from tests.harness.processes import Processes
from tests.harness.waiting import wait_until

KeyringState = Literal["unlocked", "locked"]
SERVICE = Target("org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service")
_COLLECTION = "org.freedesktop.Secret.Collection"
_PASSWORD = b"password of a keyring that lives as long as a test"


class KeyringService:
    """Starts and ends the keyring of one session."""

    def __init__(self, processes: Processes, environment: Callable[[], dict[str, str]], bus: Bus) -> None:
        """Keep the keyring among `processes`, with the session's variables, on its bus."""
        self._processes, self._environment, self._bus = processes, environment, bus
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self, state: KeyringState) -> None:
        """Start the keyring with one collection, unlocked or locked, and wait until it answers."""
        self._run("--unlock", stdin=_PASSWORD)
        if state == "locked":
            # As after logging in by a way that gave the keyring no password.
            self.stop()
            self._run("--start")

    def _run(self, option: str, stdin: bytes = b"") -> None:
        argv = ["gnome-keyring-daemon", "--foreground", "--components=secrets", option]
        self._daemon = self._processes.start("gnome-keyring", argv, self._environment(), stdin=stdin)
        wait_until(lambda: self._bus.owns(SERVICE.service), "the keyring is on the bus")
        wait_until(lambda: self._default_collection() != "/", "the keyring has a collection")

    def _default_collection(self) -> str:
        return str(self._bus.call(SERVICE, "ReadAlias", "s", "default")[0])

    def is_locked(self) -> bool:
        """Tell whether the keyring's default collection is locked."""
        return bool(self._bus.get(Target(SERVICE.service, self._default_collection(), _COLLECTION), "Locked"))

    def stop(self) -> None:
        """End the keyring."""
        if self._daemon is not None:
            self._processes.stop(self._daemon)
            self._daemon = None
        wait_until(lambda: not self._bus.owns(SERVICE.service), "the keyring is gone")
