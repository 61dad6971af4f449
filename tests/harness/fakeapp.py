"""A stand-in for the running app: answers on its socket whatever a test wants."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from avdesk.config.paths import Paths


@contextmanager
def answering_app(paths: Paths, answer: Callable[[bytes], bytes | None]) -> Iterator[list[bytes]]:
    """An app that answers each request with what `answer` returns; None keeps the connection open in silence."""
    asked: list[bytes] = []
    held: list[socket.socket] = []
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(paths.socket))
    listener.listen()

    def serve() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            line = connection.makefile("rb").readline()
            asked.append(line)
            reply = answer(line)
            if reply is None:
                held.append(connection)
                continue
            with contextlib.suppress(OSError):
                connection.sendall(reply)
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(30)
        for connection in held:
            connection.close()
        paths.socket.unlink()
