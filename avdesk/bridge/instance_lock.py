"""Which of several starts is the one that runs: a lock that the kernel gives back, however the process ends."""

import os
import sys
from pathlib import Path
from typing import IO

from avdesk.bridge.private_folder import make_private_folder


class InstanceLock:
    """An exclusive lock on a file beside the socket. Needs no Qt, so that a second start is over at once."""

    def __init__(self, socket: Path) -> None:
        """Prepare the lock that guards `socket`."""
        self._path = socket.with_suffix(".lock")
        self._file: IO[bytes] | None = None

    def acquire(self) -> bool:
        """Return whether this process now is the one that runs.

        Raises:
            NotAllowedError: the folder is not private to the user.
        """
        if self._file is not None:
            return True
        make_private_folder(self._path.parent)
        file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600), "r+b")
        if not _lock(file):
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Let the next one run. The file stays: taking it away would part those who wait for it."""
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
