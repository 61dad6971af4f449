"""The processes of one desktop session: each with a log of its own, all ended by their ids."""

import os
import signal
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.harness.waiting import PATIENCE_S, wait_until

MARKER = "DESKTOP_SESSION_MARKER"
"""The variable by which a session knows again what its processes started in turn (a bus starts services, say)."""


class Processes:
    """Starts processes, keeps what they print, and leaves none behind."""

    def __init__(self, logs: Path) -> None:
        """Write the processes' output into files in the folder `logs`."""
        self.marker = uuid.uuid4().hex
        self._logs = logs
        self._started: list[subprocess.Popen[bytes]] = []

    def start(
        self,
        name: str,
        argv: Sequence[str | os.PathLike[str]],
        environment: Mapping[str, str],
        *,
        stdin: bytes = b"",
        pass_fds: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a process whose standard output and errors go to ``<name>.log``; `stdin` is all that it can read."""
        source = self._logs / f"{name}.stdin"
        source.write_bytes(stdin)
        source.chmod(0o600)
        with source.open("rb") as read, (self._logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                argv,
                stdin=read,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**environment, MARKER: self.marker},
                start_new_session=True,
                pass_fds=pass_fds,
            )
        source.unlink()
        self._started.append(process)
        return process

    def log(self, name: str) -> str:
        """Return what the process (or the processes) of this name printed so far."""
        file = self._logs / f"{name}.log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def stop(self, process: subprocess.Popen[bytes], patience_s: float = 5.0) -> None:
        """End one process with all of its group: asked first, killed where that takes too long."""
        _signal_group(process.pid, signal.SIGTERM)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait(PATIENCE_S)
        if process in self._started:
            self._started.remove(process)

    def stop_all(self) -> None:
        """End everything that was started, last first, and then what they started outside their groups."""
        for process in reversed(self._started):
            if process.poll() is None:
                self.stop(process)
        self._started.clear()
        for number, patience_s in ((signal.SIGTERM, 3.0), (signal.SIGKILL, PATIENCE_S)):
            for pid in self.alive():
                _signal(pid, number)
            try:
                wait_until(lambda: not self.alive(), "the session's last processes ended", patience_s)
            except TimeoutError:
                continue
            return
        raise RuntimeError(f"processes {self.alive()} don't end")

    def alive(self) -> list[int]:
        """Return the ids of all processes that belong to this session, started here or by one that was."""
        needle = f"{MARKER}={self.marker}".encode()
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _has(entry, needle)]


def _has(entry: Path, needle: bytes) -> bool:
    """Tell whether a process (its folder in /proc) was started with this variable."""
    try:
        return needle in (entry / "environ").read_bytes().split(b"\0")
    except OSError:  # it ended meanwhile, or belongs to somebody else
        return False


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it ended by itself
        os.killpg(pid, number)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
