"""What keeps a test apart from the user, the machine and the other tests."""

import ipaddress
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_SCRUBBED = re.compile(
    r"AVDESK_.*|CLOUDSDK_(?!CORE_CUSTOM_CA_CERTS_FILE$).*|GOOGLE_.*|GCLOUD_.*|(https?|all|no|ftp)_proxy|XDG_.*|"
    r"DISPLAY|WAYLAND_DISPLAY|DBUS_.*|QT_.*|LC_.*|LANG(UAGE)?|TZ|NO_COLOR|FORCE_COLOR|COLUMNS|LINES",
    re.IGNORECASE,
)
"""Variables of the machine or the user that would change what a test sees."""


class NetworkRefusedError(RuntimeError):
    """A test tried to leave the machine. No OSError, so that no client takes it for a server that is away."""


def home_variables(home: Path) -> dict[str, str]:
    """Return the variables that put everything a program keeps for its user below `home`, and make the folders."""
    folders = {
        "HOME": home,
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_RUNTIME_DIR": home / "run",
    }
    for folder in folders.values():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {name: str(folder) for name, folder in folders.items()} | {
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "QT_QPA_PLATFORM": "offscreen",
        # No bus and no keyring of the user's is ever touched from a test; desktop tests start their own.
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/run/no-bus",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }


def scrub_environment() -> None:
    """Take the variables of the machine and the user that matter to the project out of this process."""
    for name in [name for name in os.environ if _SCRUBBED.fullmatch(name)]:
        del os.environ[name]


@contextmanager
def environment_of(home: Path) -> Iterator[None]:
    """Live in `home`, and put the environment back afterwards. An AssertionError names what was left changed."""
    before = dict(os.environ)
    os.environ.update(home_variables(home))
    expected = dict(os.environ)
    try:
        yield
    finally:
        now = dict(os.environ)
        os.environ.clear()
        os.environ.update(before)
    changed = {name for name in expected if now.get(name) != expected[name]}
    added = {name for name in now.keys() - expected.keys() if _SCRUBBED.fullmatch(name)}
    left = sorted((changed | added) - {"PYTEST_CURRENT_TEST"})
    assert not left, f"the test changed the environment and left it so (use monkeypatch): {left}"


def is_loopback(host: object) -> bool:
    """Tell whether a host, as text, bytes or None, is this machine, without asking a name server."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name is None or name in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(str(name).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@contextmanager
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse what would leave this machine, and fail at the end even where the code swallowed the refusal.

    Names under ``.invalid`` don't resolve, as RFC 2606 promises: that is how a test asks for a DNS failure.
    """
    refused: list[str] = []

    def check(host: object) -> None:
        if not is_loopback(host):
            refused.append(str(host))
            raise NetworkRefusedError(f"tests talk to loopback addresses alone, not to {host!r}")

    def guard(name: str) -> None:
        original: Callable[..., Any] = getattr(socket.socket, name)

        def guarded(self: socket.socket, *arguments: object) -> object:
            address = arguments[-1]
            if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
                check(address[0])
            return original(self, *arguments)

        monkeypatch.setattr(socket.socket, name, guarded)

    look_up = socket.getaddrinfo

    def guarded_look_up(host: str | bytes | None, *arguments: Any, **named: Any) -> object:  # noqa: ANN401 - as it is
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        check(host)
        return look_up(host, *arguments, **named)

    for name in ("connect", "connect_ex", "sendto"):
        guard(name)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    yield
    assert not refused, f"the test tried to leave the machine: {refused}"
