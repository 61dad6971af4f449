"""Running the gcloud command line: no shell, nothing to ask, bounded in time and output, abortable."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from avdesk.clients import mishaps
from avdesk.core.errors import BadAnswerError, CredentialsMissingError, TimedOutError, UnreachableError
from avdesk.i18n import _

DEADLINE_S = 45.0
"""Covers gcloud's own cycle of retries, about 36 s."""

MAX_STDOUT = 64 * 1024 * 1024
MAX_STDERR = 256 * 1024
_SLICE_S = 0.1
_GRACE_S = 1.0
"""Between asking gcloud to end and ending it."""

_ENVIRONMENT = {
    "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
    "CLOUDSDK_CORE_DISABLE_FILE_LOGGING": "1",  # its log files would hold the whole output
    "CLOUDSDK_CORE_USER_OUTPUT_ENABLED": "true",  # a user who silenced gcloud silenced stdout too
    "CLOUDSDK_CORE_LOG_HTTP": "false",
    "CLOUDSDK_CORE_VERBOSITY": "warning",
    "CLOUDSDK_CORE_SHOW_STRUCTURED_LOGS": "never",
}
_HTTP_TIMEOUT = ("CLOUDSDK_CORE_HTTP_TIMEOUT", "20")


@dataclass(frozen=True, slots=True)
class Output:
    """What a command left.

    Attributes:
        code: the exit code, negative for a signal.
        stdout: the bytes; may hold secrets, never log it.
        stderr: the text; warnings and prose go there with exit code 0 too.
    """

    code: int
    stdout: bytes
    stderr: str


class Gcloud:
    """Runs gcloud commands, several at a time if asked from several threads."""

    def __init__(self, *, program: str = "gcloud", environment: Mapping[str, str] | None = None) -> None:
        """Prepare.

        Args:
            program: the command's name on the PATH, or its full path.
            environment: what to add to this process's own.
        """
        self._program = program
        self._extra = dict(environment or {})
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended = False

    def path(self) -> str | None:
        """Return where gcloud is, None when it is not installed."""
        return shutil.which(self._program, path={**os.environ, **self._extra}.get("PATH"))

    def run(self, arguments: Sequence[str], *, deadline_s: float = DEADLINE_S) -> Output:
        """Return the output of one command, whatever its exit code. The caller has validated the arguments.

        Raises:
            CredentialsMissingError: gcloud is not installed.
            TimedOutError: it was ended after `deadline_s`.
            AbortedError: `abort` was called.
            BadAnswerError: it wrote too much.
        """
        path = self.path()
        if path is None:
            raise CredentialsMissingError(
                _("gcloud is not installed, or not on the PATH."),
                _("Install the Google Cloud CLI, or set vertex to “rest” and give a service-account key."),
            )
        process = self._start([path, *arguments])
        out = _Collector(process, process.stdout, MAX_STDOUT)
        err = _Collector(process, process.stderr, MAX_STDERR)
        try:
            timed_out = self._wait(process, deadline_s)
        finally:
            _end(process)
            with self._lock:
                self._running.discard(process)
            out.finish()
            err.finish()
        if self._ended:
            raise mishaps.aborted()
        if timed_out:
            raise TimedOutError(
                _("gcloud did not end within {seconds} seconds.").format(seconds=round(deadline_s)),
                _('Check the network; “vertex = "rest"” is faster than gcloud.'),
            )
        if out.too_much:
            raise BadAnswerError(_("gcloud wrote more than can be read."), _("Ask for less at once."))
        return Output(process.returncode, out.content(), err.content().decode("utf-8", "replace"))

    def abort(self) -> None:
        """End every command that runs, and refuse later ones; from any thread."""
        with self._lock:
            self._ended = True
            running = list(self._running)
        for process in running:
            _signal(process, force=False)

    def _start(self, argv: list[str]) -> subprocess.Popen[bytes]:
        environment = {**dict([_HTTP_TIMEOUT]), **os.environ, **_ENVIRONMENT, **self._extra}
        with self._lock:
            if self._ended:
                raise mishaps.aborted()
            try:
                process = subprocess.Popen(
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=environment,
                    start_new_session=True,
                    creationflags=_creation_flags(),
                )
            except OSError as error:
                raise UnreachableError(
                    _("gcloud could not be started: {reason}.").format(reason=error.strerror or type(error).__name__),
                    _("Run “gcloud version” in a terminal to see what is wrong with it."),
                ) from None
            self._running.add(process)
        return process

    def _wait(self, process: subprocess.Popen[bytes], deadline_s: float) -> bool:
        """Return whether the time was up before the process ended."""
        deadline = time.monotonic() + deadline_s
        while not self._ended:
            left = deadline - time.monotonic()
            if left <= 0:
                return True
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(min(left, _SLICE_S))
                return False
        return False


class _Collector:
    """Reads one pipe to its end in a thread, and ends the process that writes too much into it."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: IO[bytes] | None, limit: int) -> None:
        assert pipe is not None
        self._process = process
        self._pipe = pipe
        self._limit = limit
        self._content = bytearray()
        self.too_much = False
        self._thread = threading.Thread(target=self._read, name="avdesk-gcloud", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait until everything is read; a grandchild that keeps the pipe open is not waited for long."""
        self._thread.join(_GRACE_S)
        if not self._thread.is_alive():
            self._pipe.close()

    def content(self) -> bytes:
        """Return what was read."""
        return bytes(self._content)

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := self._pipe.read1(65536):  # type: ignore[attr-defined]
                room = self._limit - len(self._content)
                self._content += chunk[:room]
                if len(chunk) > room and not self.too_much:
                    self.too_much = True
                    _signal(self._process, force=True)


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """Make sure that the process has ended: asked first, then forced."""
    for force in (False, True):
        if process.poll() is not None:
            return
        _signal(process, force=force)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)


def _signal(process: subprocess.Popen[bytes], *, force: bool) -> None:
    """End a process with its children, by their group."""
    if process.poll() is not None:
        return
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            tree = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            subprocess.run(tree, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=5)
        else:
            os.killpg(process.pid, signal.SIGKILL if force else signal.SIGTERM)
