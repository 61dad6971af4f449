"""Reading an answer's body: bounded, and unpacked by steps so that a small one cannot grow without bound."""

import zlib
from collections.abc import Iterator

from urllib3.response import BaseHTTPResponse

from avdesk.clients import mishaps
from avdesk.core.errors import BadAnswerError, TooLargeError
from avdesk.i18n import _

_CHUNK = 64 * 1024


def read_body(raw: BaseHTTPResponse, encoding: str, max_bytes: int) -> bytes:
    """Return the whole body, decompressed.

    Raises:
        TooLargeError: it is larger than `max_bytes`.
        BadAnswerError: it is cut off, or packed otherwise than with gzip.
    """
    unpack = _unpacker(encoding.strip().lower())
    body = bytearray()
    for chunk in raw.stream(_CHUNK, decode_content=False):
        for piece in (chunk,) if unpack is None else unpack.feed(chunk):
            body += piece
            if len(body) > max_bytes:
                raise TooLargeError(
                    _("The answer is larger than {megabytes} MB.").format(megabytes=max(1, max_bytes // 2**20)),
                    _("Ask for less at once, or check what answers at this address."),
                )
    if unpack is not None and not unpack.complete:
        raise mishaps.cut_off()
    return bytes(body)


def _unpacker(encoding: str) -> "_Gunzip | None":
    if encoding in ("", "identity"):
        return None
    if encoding in ("gzip", "x-gzip"):
        return _Gunzip()
    raise BadAnswerError(
        _("The answer is packed in a way that was not asked for."),
        _("A proxy may have changed it; check the address."),
    )


class _Gunzip:
    """Unpacks gzip in pieces of bounded size."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._fed = False

    @property
    def complete(self) -> bool:
        """Whether the stream came to its end; a body without a byte counts as whole."""
        return self._stream.eof or not self._fed

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` unpacks to; what follows the stream's end is ignored."""
        self._fed = self._fed or bool(data)
        while data and not self._stream.eof:
            yield self._stream.decompress(data, _CHUNK)
            data = self._stream.unconsumed_tail
