"""A small threaded HTTP/1.1 server that listens on loopback alone and can be told to misbehave."""

import email.utils
import http.client
import http.server
import logging
import os
import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import parse_qsl, unquote, urlsplit

from avdesk.emulator.exchange import Answer, Request

LOOPBACK = "127.0.0.1"
MAX_BODY_BYTES = 4 * 1024 * 1024
IDLE_S = 120.0
"""How long a connection may be silent before it is closed."""
_DRIP_PIECES = 20
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_logger = logging.getLogger(__name__)


class Manner(Enum):
    """How an answer is sent."""

    WHOLE = auto()
    HANG = auto()
    RESET = auto()
    TRUNCATE = auto()


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer, and how to send it.

    Attributes:
        delay_s: how long to wait before.
        drip_s: over how many seconds the body is spread.
        date: what the Date header says, Unix seconds.
    """

    answer: Answer
    date: float
    manner: Manner = Manner.WHOLE
    delay_s: float = 0.0
    drip_s: float = 0.0


class HttpServer(http.server.ThreadingHTTPServer):
    """Serves until `stop`; a hanging answer ends with it.

    Attributes:
        stopping: set when the server is told to stop.
    """

    daemon_threads = True
    block_on_close = False
    # The default backlog of 5 turns away a client that opens many connections at once.
    request_queue_size = 128
    # On Windows the option would let two servers share a port; elsewhere it only forgives recent connections.
    allow_reuse_address = os.name == "posix"

    def __init__(self, port: int, deliver: Callable[[Request], Delivery]) -> None:
        """Listen on `port` (0: any that is free).

        Raises:
            OSError: the port cannot be had.
        """
        super().__init__((LOOPBACK, port), _Handler)
        self.deliver = deliver
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def start(self, name: str) -> None:
        """Serve in a thread of that name."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, cut all connections and wait for the serving thread, at most 5 seconds."""
        self.stopping.set()
        if self._thread is not None:
            self.shutdown()
            self._thread.join(5.0)
        self.server_close()
        with self._connections_lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it was closed by the other side

    def process_request_thread(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]
        """Remember the connection while it is served."""
        with self._connections_lock:
            self._connections.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._connections_lock:
                self._connections.discard(request)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        """Close a connection; one that is to be reset is closed without the polite end."""
        try:
            lingering = struct.unpack("ii", request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
        except OSError:
            lingering = (0, 0)
        if lingering[0]:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away; log everything else."""
        del request, client_address
        import sys

        error = sys.exception()
        if not isinstance(error, OSError):
            _logger.error("a request to the emulator failed", exc_info=error)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_S
    server: HttpServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Write no access log."""

    def do_CONNECT(self) -> None:
        """Refuse to be a tunnel."""
        self._refuse(403, "This is no tunnel: only plain http to the emulated services.")

    def serve(self) -> None:
        """Answer one request."""
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") is not None:
            self._refuse(411, "A Content-Length is needed.")
            return
        if not length.isascii() or not length.isdecimal():
            self._refuse(400, "The Content-Length is no number.")
            return
        if len(length) > 12 or int(length) > MAX_BODY_BYTES:
            self._refuse(413, "The body is too large.")
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return
        try:
            request = self._request(body)
        except ValueError:
            self._refuse(400, "The request line cannot be read.")
            return
        self._send(self.server.deliver(request))

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Answer every method alike: the base class looks for ``do_GET`` and its like."""
        if name.removeprefix("do_") in _METHODS:
            return self.serve
        raise AttributeError(name)

    def _request(self, body: bytes) -> Request:
        target = urlsplit(self.path)
        named = str(self.headers.get("Host", ""))
        host = target.hostname if target.scheme else urlsplit(f"//{named}").hostname
        query: dict[str, str] = {}
        for name, value in parse_qsl(target.query, keep_blank_values=True, max_num_fields=200):
            query.setdefault(name, value)
        return Request(
            method=self.command,
            path=unquote(target.path) or "/",
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            host=host or "",
            client=str(self.client_address[0]),
        )

    def _send(self, delivery: Delivery) -> None:
        if delivery.delay_s > 0 and self._wait(delivery.delay_s):
            return
        if delivery.manner is Manner.HANG:
            self._wait(float("inf"))
            self.close_connection = True
            return
        if delivery.manner is Manner.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        answer = delivery.answer
        head = self._head(answer, delivery.date)
        body = b"" if self.command == "HEAD" or answer.status in (204, 304) else answer.body
        if delivery.manner is Manner.TRUNCATE:
            body = body[: len(body) // 2]
            self.close_connection = True
        if delivery.drip_s > 0:
            self._drip(head, body, delivery.drip_s)
        else:
            self.wfile.write(head + body)

    def _head(self, answer: Answer, date: float) -> bytes:
        phrase = http.client.responses.get(answer.status, "Unknown")
        headers = {
            "Server": "gunicorn",
            "Date": email.utils.formatdate(date, usegmt=True),
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.body)),
            **answer.headers,
        }
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _drip(self, head: bytes, body: bytes, seconds: float) -> None:
        self.wfile.write(head)
        size = max(1, -(-len(body) // _DRIP_PIECES))
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        for piece in pieces:
            if self._wait(seconds / len(pieces)):
                return
            self.wfile.write(piece)

    def _wait(self, seconds: float) -> bool:
        """Wait; return True when the server stops or the client goes away before the time is over."""
        import time

        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.server.stopping.wait(min(left, 0.1)):
                self.close_connection = True
                return True
            if self._client_gone():
                self.close_connection = True
                return True
        return False

    def _client_gone(self) -> bool:
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True

    def _refuse(self, status: int, text: str) -> None:
        import time

        self.close_connection = True
        answer = Answer(status, (text + "\n").encode(), "text/plain; charset=utf-8", {"Connection": "close"})
        self.wfile.write(self._head(answer, time.time()) + answer.body)
