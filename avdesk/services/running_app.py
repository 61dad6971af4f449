"""Talking to the desktop app that runs already: one line of JSON there, one line back, over a private socket.

The requests, as objects: ``{"do": "raise"}`` brings its window to the front; ``{"do": "status", "environment":
NAME, "mark": MARK}`` returns its status report under ``status`` (null: of the environment that it shows; with a mark:
only if it watches what the asker means); ``{"do": "hurry", "environment": NAME}`` makes it ask now; ``{"do":
"credentials", "environment": NAME}`` makes it look for credentials anew (null: for all environments); ``{"do":
"hold", "environment": NAME, "kind": KIND, "secret": TEXT}``, ``held`` and ``drop`` keep a secret until the app ends,
tell of which kinds there are any, and forget one; ``{"do": "open", "place": ADDRESS}`` opens the window on a place of
`core.places`; ``{"do": "version"}``. Every answer has ``ok``; one that declines
has ``error``.
"""

import json
import os
import socket
import stat
import sys
import threading
import time
from collections.abc import MutableMapping
from pathlib import Path

from avdesk.config.paths import Paths

MAX_ANSWER = 2 * 1024 * 1024
"""Bytes of one answer."""

_CHUNK = 65_536

JsonObject = dict[str, object]


def ask(paths: Paths, request: JsonObject, timeout_s: float = 2.0) -> JsonObject | None:
    """Return the running app's answer; None where none runs, it does not answer in time, or it is not the user's."""
    try:
        line = json.dumps(request).encode() + b"\n"
        raw = _talk(paths.socket, line, time.monotonic() + timeout_s)
        answer = json.loads(raw)
    except (OSError, ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def status_of(
    paths: Paths, environment: str | None, timeout_s: float = 2.0, *, mark: str | None = None
) -> JsonObject | None:
    """Return the status report that the running app has of an environment; None without one.

    `mark`: the environment as the file has it now, of `config.differences.mark_of`; an app that watches another one
    under this name has none.
    """
    request: JsonObject = {"do": "status", "environment": environment}
    if mark is not None:
        request["mark"] = mark
    answer = ask(paths, request, timeout_s)
    report = answer.get("status") if answer is not None and answer.get("ok") is True else None
    return report if isinstance(report, dict) and _is_report(report, environment) else None


def open_request(address: str, environ: MutableMapping[str, str]) -> JsonObject:
    """Return the request for the window (an empty `address`), or for a place in it.

    The token by which the desktop allows the window to come to the front is taken out of `environ`: it is good once.
    """
    request: JsonObject = {"do": "open", "place": address} if address else {"do": "raise"}
    token = environ.pop("XDG_ACTIVATION_TOKEN", "")
    return request | ({"activation_token": token} if token else {})


def _is_report(report: JsonObject, environment: str | None) -> bool:
    """Whether an answer has the shape that the views rely on."""
    tables = all(isinstance(report.get(key), dict) for key in ("summary", "server", "rate_limit"))
    named = environment is None or report.get("environment") == environment
    return named and tables and isinstance(report.get("phases"), list) and "job" in report


def _talk(path: Path, line: bytes, deadline: float) -> bytes:
    if sys.platform == "win32":
        return _talk_over_pipe(path.stem, line, deadline)
    return _talk_over_socket(path, line, deadline)


def _talk_over_socket(path: Path, line: bytes, deadline: float) -> bytes:
    _check_private(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_left(deadline))
        connection.connect(str(path))
        _check_peer(connection)
        connection.sendall(line)
        answer = bytearray()
        while b"\n" not in answer:
            connection.settimeout(_left(deadline))
            chunk = connection.recv(_CHUNK)
            if not chunk:
                break
            answer += chunk
            if len(answer) > MAX_ANSWER:
                raise ValueError("the answer is too long")
    return bytes(answer).partition(b"\n")[0]


def _talk_over_pipe(name: str, line: bytes, deadline: float) -> bytes:
    """Return the answer from a Windows pipe, whose reads know no deadline: a thread does them."""
    told: list[bytes] = []

    def converse() -> None:
        try:
            with open(rf"\\.\pipe\{name}", "r+b", buffering=0) as pipe:  # noqa: PTH123 - no path of a file
                pipe.write(line)
                answer = bytearray()
                while b"\n" not in answer and len(answer) <= MAX_ANSWER:
                    chunk = pipe.read(_CHUNK)
                    if not chunk:
                        break
                    answer += chunk
                told.append(bytes(answer).partition(b"\n")[0])
        except OSError:
            return

    thread = threading.Thread(target=converse, name="running-app", daemon=True)
    thread.start()
    thread.join(_left(deadline))
    if not told:
        raise TimeoutError("no answer from the pipe")
    return told[0]


def _check_private(path: Path) -> None:
    """Refuse a socket that somebody else could have put there."""
    folder, found = path.parent.stat(), path.lstat()
    own = os.getuid()
    if folder.st_uid != own or folder.st_mode & 0o077 or found.st_uid != own or not stat.S_ISSOCK(found.st_mode):
        raise PermissionError("the socket is not private to the user")


def _check_peer(connection: socket.socket) -> None:
    """Refuse to talk to another user's process, where the system tells whose it is."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return
    credentials = connection.getsockopt(socket.SOL_SOCKET, option, 12)
    if int.from_bytes(credentials[4:8], sys.byteorder) != os.getuid():
        raise PermissionError("another user's process listens")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left
