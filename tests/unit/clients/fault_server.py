"""A server made of bare sockets, which misbehaves exactly as a test tells it to."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True)
class Received:
    """One request as it came.

    Attributes:
        method: as sent.
        target: as sent, with the query; an absolute URL when sent to a proxy.
        headers: names in lower case.
        body: the bytes.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """Return the decoded body."""
        decoded: object = json.loads(self.body)
        return decoded


@dataclass
class Exchange:
    """One connection with the request that came over it; the behaviour of a test writes what it likes."""

    request: Received
    sock: socket.socket
    stop: threading.Event
    keep: bool = True

    def send(self, data: bytes) -> None:
        """Write raw bytes."""
        self.sock.sendall(data)

    def answer(
        self,
        status: int = 200,
        body: bytes | str | Mapping[str, object] = b"",
        *,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        """Write a whole answer in one go."""
        if isinstance(body, Mapping):
            body = json.dumps(body)
        data = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(data)}", f"Content-Type: {content_type}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + data)

    def silence(self) -> None:
        """Say nothing until the test is over."""
        self.stop.wait(30)


Behaviour = Callable[[Exchange], None]


class FaultServer:
    """Listens on loopback; every request goes to the behaviour, and into `requests`."""

    def __init__(self, behave: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        """Listen; `tls` makes it an https server."""
        self.requests: list[Received] = []
        self.arrived = threading.Semaphore(0)
        self._behave = behave
        self._tls = tls
        self._stop = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening and drop every connection."""
        self._stop.set()
        for sock in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                sock, _address = self._listener.accept()
            except OSError:
                return
            self._open.append(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
                self._open.append(sock)
            with sock, sock.makefile("rb") as lines:
                while (request := _read(lines)) is not None:
                    self.requests.append(request)
                    self.arrived.release()
                    exchange = Exchange(request, sock, self._stop)
                    self._behave(exchange)
                    if not exchange.keep:
                        return


def _read(lines: BinaryIO) -> Received | None:
    readline, read = lines.readline, lines.read
    first = readline(70000).decode("latin-1").split()
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while (line := readline(70000).decode("latin-1").strip()) != "":
        name, _colon, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = read(int(headers.get("content-length", "0")))
    return Received(first[0], first[1], headers, body)
