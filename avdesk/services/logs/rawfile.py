"""Reading a file at any place, without mapping it: a mapped file that is truncated ends the process that looks at it.

On Windows the file is opened so that others may rename and delete it, as they may anywhere else.
"""

import os
import stat
import sys
import threading
import weakref
from pathlib import Path

from avdesk.core.errors import KnownError
from avdesk.i18n import _


class NotALogError(KnownError):
    """A path that holds no file of lines: a folder, a device, a pipe."""


class RawFile:
    """An open file. Any thread may read at any time; it is closed with the last reference to it."""

    def __init__(self, descriptor: int) -> None:
        """Take over an open descriptor."""
        self._descriptor = descriptor
        self._seeking = threading.Lock()
        weakref.finalize(self, os.close, descriptor)

    @classmethod
    def open(cls, path: Path) -> "RawFile":
        """Open a regular file for reading.

        Raises:
            OSError: it cannot be opened.
            NotALogError: it is something else than a file.
        """
        if not stat.S_ISREG(path.stat().st_mode):  # before it is opened: opening a pipe waits for its writer
            raise NotALogError(
                _("{name} is a folder.").format(name=path.name)
                if path.is_dir()
                else _("{name} is no ordinary file.").format(name=path.name),
                _("Choose a log file."),
            )
        return cls(_open(path))

    def size(self) -> int:
        """Return its size in bytes by now."""
        return os.fstat(self._descriptor).st_size

    def modified(self) -> float:
        """Return when it was last written to, in Unix seconds."""
        return os.fstat(self._descriptor).st_mtime

    def identity(self) -> tuple[int, int]:
        """Return what tells it from every other file while it is open."""
        status = os.fstat(self._descriptor)
        return status.st_dev, status.st_ino

    def read_into(self, buffer: bytearray, offset: int, length: int, at: int = 0) -> int:
        """Read up to `length` bytes from `offset` into `buffer`, from its place `at` on; return how many there were.

        The GIL is free meanwhile.
        """
        done = 0
        with memoryview(buffer) as view:
            while done < length:
                got = self._read_some(view[at + done : at + length], offset + done)
                if not got:
                    break
                done += got
        return done

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset` on, fewer at the end."""
        if length <= 0:
            return b""
        buffer = bytearray(length)
        got = self.read_into(buffer, offset, length)
        return bytes(buffer) if got == length else bytes(buffer[:got])

    def _read_some(self, view: memoryview, offset: int) -> int:
        if sys.platform == "win32":
            with self._seeking:
                os.lseek(self._descriptor, offset, os.SEEK_SET)
                found = os.read(self._descriptor, len(view))
            view[: len(found)] = found
            return len(found)
        else:  # noqa: RET505 - so that type checks see both sides
            return os.preadv(self._descriptor, [view], offset)


def _open(path: Path) -> int:
    if sys.platform == "win32":
        import _winapi
        import msvcrt

        reading, all_shared, existing = 0x80000000, 0x7, 3  # GENERIC_READ; read, write and delete; OPEN_EXISTING
        handle = _winapi.CreateFile(str(path), reading, all_shared, 0, existing, 0x80, 0)
        return msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT)
    else:  # noqa: RET505
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
