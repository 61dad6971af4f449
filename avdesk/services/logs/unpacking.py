"""Compressed and UTF-16 logs, unpacked bit by bit into a temporary file that nobody else can see."""

import bz2
import codecs
import gzip
import lzma
import os
import tempfile
import zlib
from pathlib import Path
from typing import IO, Protocol

from avdesk.core.errors import KnownError
from avdesk.i18n import _
from avdesk.services.logs.rawfile import RawFile

PIECE = 262_144
MOST = 4 << 30
"""Bytes of unpacked text that are kept; a small file may unpack to any size."""

_MAGIC = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"))
_UTF16 = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class PackedError(KnownError):
    """A packed file that cannot be unpacked, or not to its end."""


class Reader(Protocol):
    """Something that gives bytes."""

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; none at the end."""

    def close(self) -> None:
        """Let go of it."""


def packing_of(beginning: bytes) -> str | None:
    """Return how a file is packed, by its first bytes: ``gzip``, ``bzip2``, ``xz``, ``zstd``, ``utf-16`` or None."""
    return next((name for magic, name in _MAGIC + _UTF16 if beginning.startswith(magic)), None)


class Unpacking:
    """Unpacks one file. `raw` may be read meanwhile, as far as it has come."""

    def __init__(self, path: Path, packing: str, *, most: int = MOST) -> None:
        """Begin.

        Raises:
            OSError: there is no room for a temporary file, or the file cannot be opened.
            PackedError: AVDesk cannot unpack this kind.
        """
        self._reader = _opened(path, packing)
        self._most = most
        self._written = 0
        self._target: IO[bytes] = tempfile.TemporaryFile(prefix="avdesk-log-")  # noqa: SIM115 - closed by `close`
        self.raw = RawFile(os.dup(self._target.fileno()))

    def step(self) -> bool:
        """Unpack some; return whether there may be more.

        Raises:
            PackedError: it is damaged, too large, or there is no room; what was unpacked before stays.
        """
        try:
            content = self._reader.read(PIECE)
        except (EOFError, OSError, lzma.LZMAError, zlib.error, UnicodeError, ValueError):
            raise PackedError(
                _("The packed log is damaged or not complete: its readable part is shown."),
                _("Unpack it with its own program, or fetch it again."),
            ) from None
        if not content:
            return False
        if self._written + len(content) > self._most:
            raise PackedError(
                _("The packed log is too large: its first {size} GB are shown.").format(size=self._most >> 30),
                _("Unpack it first, and open what comes out."),
            )
        try:
            self._target.write(content)
            self._target.flush()
        except OSError as error:
            raise PackedError(
                _("There is no room to unpack the log: {reason}.").format(
                    reason=error.strerror or type(error).__name__
                ),
                _("Free some space in the folder for temporary files."),
            ) from None
        self._written += len(content)
        return True

    def close(self) -> None:
        """Let go of the packed file; what was unpacked lives as long as `raw` is referred to."""
        self._reader.close()
        self._target.close()


class _Transcoding:
    """UTF-16 as UTF-8."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")

    def read(self, size: int) -> bytes:
        while content := self._file.read(size):
            if text := self._decoder.decode(content):
                return text.encode("utf-8", "replace")
        return self._decoder.decode(b"", final=True).encode("utf-8", "replace")

    def close(self) -> None:
        self._file.close()


def _opened(path: Path, packing: str) -> Reader:
    if packing == "gzip":
        return gzip.open(path, "rb")
    if packing == "bzip2":
        return bz2.open(path, "rb")
    if packing == "xz":
        return lzma.open(path, "rb")
    if packing == "utf-16":
        return _Transcoding(path.open("rb"))
    raise PackedError(
        _("{name} is packed with zstd, which AVDesk cannot unpack.").format(name=path.name),
        _("Unpack it first with “zstd -d”."),
    )
