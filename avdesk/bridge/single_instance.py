"""The running app's ear: answers the command line and later starts over a socket private to the user.

One line of JSON comes, one goes back. What is known is told from the latest snapshots, with its true age.
"""

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from avdesk.bridge.private_folder import make_private_folder
from avdesk.core.errors import KnownError

MAX_REQUEST = 16_384
"""Bytes of one request."""

MAX_TALKS = 16
"""Conversations at a time."""

TIME_OUT_MS = 2000
"""For a whole conversation."""

JsonObject = dict[str, object]
Answerer = Callable[[JsonObject], JsonObject]

log = logging.getLogger(__name__)


class InstanceServer(QObject):
    """Listens on the socket; only the process that holds the instance's lock may do so."""

    def __init__(self, socket: Path, answer: Answerer, parent: QObject | None = None) -> None:
        """Prepare to listen at `socket` (on Windows: a pipe of its stem) and to answer with `answer`."""
        super().__init__(parent)
        self._socket = socket
        self._answer = answer
        self._talks: set[_Talk] = set()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def listen(self) -> bool:
        """Begin to listen; a socket that a killed process left behind is taken away. False: it can't be done."""
        name = self._socket.stem if sys.platform == "win32" else str(self._socket)
        try:
            make_private_folder(self._socket.parent)
        except KnownError as error:
            log.warning("not listening for other starts: %s", error)
            return False
        QLocalServer.removeServer(name)
        if not self._server.listen(name):
            log.warning("not listening for other starts: %s", self._server.errorString())
            return False
        return True

    def close(self) -> None:
        """Stop listening, and end what is being said."""
        self._server.close()
        for talk in tuple(self._talks):
            talk.end()

    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            if len(self._talks) >= MAX_TALKS:
                socket.abort()
                socket.deleteLater()
                continue
            talk = _Talk(socket, self._answer, self)
            self._talks.add(talk)
            talk.ended.connect(self._forget)
            talk.read()

    def _forget(self, talk: QObject) -> None:
        if isinstance(talk, _Talk):
            self._talks.discard(talk)
        talk.deleteLater()


class _Talk(QObject):
    """One conversation."""

    ended = Signal(object)

    def __init__(self, socket: QLocalSocket, answer: Answerer, parent: QObject) -> None:
        super().__init__(parent)
        self._answer = answer
        self._answered = False
        self._over = False
        self._socket = socket
        socket.setParent(self)
        socket.setReadBufferSize(MAX_REQUEST + 1)
        socket.readyRead.connect(self.read)
        socket.disconnected.connect(self.end)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self.end)
        self._limit.start(TIME_OUT_MS)

    def read(self) -> None:
        """Answer once a whole line is there."""
        if self._answered or self._over:
            return
        if not self._socket.canReadLine():
            if self._socket.bytesAvailable() > MAX_REQUEST:
                self.end()
            return
        self._answered = True
        line = bytes(self._socket.readLine(MAX_REQUEST + 2).data())
        self._socket.write(json.dumps(self._reply(line)).encode() + b"\n")
        self._socket.flush()
        self._socket.disconnectFromServer()

    def end(self) -> None:
        """End the conversation, whatever its state."""
        if self._over:
            return
        self._over = True
        self._limit.stop()
        self._socket.abort()
        self.ended.emit(self)

    def _reply(self, line: bytes) -> JsonObject:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return refusal("not JSON")
        if not isinstance(request, dict):
            return refusal("not an object")
        try:
            return self._answer(request)
        except Exception:
            log.exception("could not answer another process")
            return refusal("internal error")


def refusal(why: str) -> JsonObject:
    """Return the answer that declines."""
    return {"ok": False, "error": why}
