"""Requests that can be given up at any moment: while a name is looked up, in connect, in TLS, in a read.

A request in progress is a `Flight`. Every connection that it uses hands it a duplicate of its socket (the original
changes hands when TLS wraps it); shutting the duplicate down ends whatever call waits on the connection.
"""

import contextlib
import errno
import ipaddress
import os
import queue
import socket
import threading
import time
from collections.abc import Iterator, Sequence

from urllib3.util.wait import wait_for_write

ABORTED = "aborted"
EXPIRED = "expired"

_SLICE_S = 0.1
"""How long connect waits at most before it looks whether the flight was broken off."""

_IN_PROGRESS = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, getattr(errno, "WSAEWOULDBLOCK", -1)})

_aboard = threading.local()


class Flight:
    """One request under way, which another thread or its own deadline can break off."""

    def __init__(self, total_s: float) -> None:
        self._lock = threading.Lock()
        self._guards: list[socket.socket] = []
        self._adopted: list[socket.socket] = []
        self._landed = False
        self._timer = threading.Timer(total_s, self.break_off, (EXPIRED,))
        self._timer.daemon = True
        self.reason: str | None = None
        """`ABORTED` or `EXPIRED` once it was broken off."""

    @contextlib.contextmanager
    def aboard(self) -> Iterator[None]:
        """Make this the flight of the connections that the current thread uses; ends with the block."""
        self._timer.start()
        _aboard.flight = self
        try:
            yield
        finally:
            _aboard.flight = None
            self._timer.cancel()
            with self._lock:
                self._landed = True
                self._guards.clear()
                adopted, self._adopted = self._adopted, []
            for guard in adopted:
                guard.close()

    def break_off(self, reason: str) -> None:
        """End every wait of the flight; does nothing once it has landed. May be called from any thread."""
        with self._lock:
            if self._landed:
                return
            self.reason = self.reason or reason
            for guard in self._guards:
                _shut_down(guard)

    def hold(self, guard: socket.socket) -> None:
        """Take note of a socket that the flight uses."""
        with self._lock:
            if not any(held is guard for held in self._guards):
                self._guards.append(guard)
            if self.reason is not None:
                _shut_down(guard)

    def adopt(self, guard: socket.socket) -> None:
        """Close `guard` at the flight's end: its connection is closed, but the answer is still being read from it."""
        with self._lock:
            self._adopted.append(guard)


def current_flight() -> Flight | None:
    """Return the flight of the current thread."""
    flight: Flight | None = getattr(_aboard, "flight", None)
    return flight


def _shut_down(guard: socket.socket) -> None:
    with contextlib.suppress(OSError):
        guard.shutdown(socket.SHUT_RDWR)


class _BrokenOffError(OSError):
    """The flight ended while a connection was being made."""


def _check(flight: Flight | None) -> None:
    if flight is not None and flight.reason is not None:
        raise _BrokenOffError(errno.ECONNABORTED, "given up")


Address = tuple[int, int, int, tuple[object, ...]]
"""Family, kind and protocol of a socket, and the address in that family's form."""

SocketOptions = Sequence[tuple[int, int, int | bytes]] | None


def _look_up(host: str, port: int, flight: Flight | None, deadline: float) -> list[Address]:
    """Return the addresses of `host`.

    The system's lookup has no time-out and cannot be given up, so it runs aside and is left behind at need.
    """
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    else:
        return _addresses(host, port)
    answers: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        answer: list[Address] | OSError = socket.gaierror(socket.EAI_NONAME, "no valid host name")
        try:
            answer = _addresses(host, port)
        except OSError as error:
            answer = error
        except UnicodeError:
            pass  # a label too long for a name: there is no such host
        finally:
            answers.put(answer)

    threading.Thread(target=ask, name="avdesk-lookup", daemon=True).start()
    while True:
        try:
            found = answers.get(timeout=min(_SLICE_S, max(0.001, deadline - time.monotonic())))
        except queue.Empty:
            _check(flight)
            if time.monotonic() >= deadline:
                raise TimeoutError(errno.ETIMEDOUT, "name lookup took too long") from None
            continue
        if isinstance(found, OSError):
            raise found
        return found


def _addresses(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(int(family), int(kind), proto, address) for family, kind, proto, _name, address in found]


def _connect(where: Address, options: SocketOptions, flight: Flight | None, deadline: float) -> socket.socket:
    """Return a connected, still non-blocking socket; gives up at `deadline` or when the flight is broken off."""
    family, kind, proto, address = where
    sock = socket.socket(family, kind, proto)
    try:
        for option in options or ():
            sock.setsockopt(*option)
        sock.settimeout(0)
        _await_connection(sock, sock.connect_ex(address), flight, deadline)
    except BaseException:
        sock.close()
        raise
    return sock


def _await_connection(sock: socket.socket, code: int, flight: Flight | None, deadline: float) -> None:
    """Return once the connection stands; `code` is what the attempt answered at first."""
    while code in _IN_PROGRESS:
        _check(flight)
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        if wait_for_write(sock, min(left, _SLICE_S)):
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


def open_socket(host: str, port: int, timeout_s: float, options: SocketOptions) -> socket.socket:
    """Return a socket connected to the first address of `host` that answers.

    Each address gets its share of what is left of the time, so that one that is silent does not starve the next.

    Raises:
        OSError: the last address's error; socket.gaierror for a name that does not resolve.
        TimeoutError: `timeout_s` have passed.
    """
    flight = current_flight()
    _check(flight)
    deadline = time.monotonic() + timeout_s
    addresses = _look_up(host, port, flight, deadline)
    last: OSError = OSError(errno.EADDRNOTAVAIL, "the name has no address")
    for position, where in enumerate(addresses):
        now = time.monotonic()
        share = (deadline - now) / (len(addresses) - position)
        try:
            sock = _connect(where, options, flight, now + share)
        except _BrokenOffError:
            raise
        except OSError as error:
            last = error
        else:
            sock.settimeout(timeout_s)
            return sock
    raise last
