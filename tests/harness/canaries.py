"""Secrets that a test puts in, and a search for them over everything that a program left or showed."""

import base64
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote


class Canaries:
    """Secrets by the way they went in; none has a shape that gives it away."""

    def __init__(self) -> None:
        """Begin with none."""
        self._values: dict[str, str] = {}

    def new(self, route: str) -> str:
        """Return a fresh secret for a way in."""
        self._values[route] = f"kanari{secrets.token_hex(9)}"
        return self._values[route]

    def add(self, route: str, value: str) -> None:
        """Search for a secret that was made elsewhere, too."""
        self._values[route] = value

    def found_in(self, content: bytes) -> list[str]:
        """Return the ways whose secret is in `content`: as it is, quoted for a URL, or in base64."""
        return [route for route, value in self._values.items() if any(form in content for form in _forms(value))]

    def found_in_files(self, folder: Path, *, leave_out: tuple[str, ...] = ()) -> dict[str, list[str]]:
        """Return file → ways, for every file below `folder` but those of a name to leave out."""
        found = {}
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.name not in leave_out:
                routes = self.found_in(path.read_bytes() + str(path).encode())
                if routes:
                    found[str(path)] = routes
        return found


def _forms(value: str) -> Iterator[bytes]:
    raw = value.encode()
    yield raw
    yield quote(value, safe="").encode()
    for shift in range(3):  # wherever it stands within what was encoded
        inner = base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


class ProcessWatch:
    """Keeps the arguments and variables of every process that has a marker among its variables, while it is open."""

    def __init__(self, marker: str) -> None:
        """Watch for `marker`, a variable's value."""
        self._marker = marker.encode()
        self._ended = threading.Event()
        self._seen: dict[tuple[int, bytes], bytes] = {}
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._ended.set()
        self._thread.join()

    @property
    def seen(self) -> Mapping[tuple[int, bytes], bytes]:
        """Arguments and variables, by process id and arguments."""
        return dict(self._seen)

    def _watch(self) -> None:
        own = os.getpid()
        while not self._ended.wait(0.015):
            for entry in os.scandir("/proc"):
                if not entry.name.isdecimal() or int(entry.name) == own:
                    continue
                try:
                    arguments = Path(entry.path, "cmdline").read_bytes()
                    if (int(entry.name), arguments) in self._seen:
                        continue
                    variables = Path(entry.path, "environ").read_bytes()
                except OSError:  # it has ended
                    continue
                if self._marker in variables:
                    self._seen[int(entry.name), arguments] = arguments + b"\0" + variables
