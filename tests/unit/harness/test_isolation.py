"""The guards around every test hold."""

import logging
import os
import socket
from pathlib import Path

import pytest

from tests.harness.isolation import NetworkRefusedError, environment_of, is_loopback, loopback_only
from tests.harness.logwatch import watched_log


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.8.7", "::1", "localhost", "", None, b"127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_addresses_of_this_machine_are_loopback(host: object) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org", "localhost.example.org", "10.0.0.1"])
def test_other_addresses_are_not(host: object) -> None:
    assert not is_loopback(host)


def leave_the_machine() -> None:
    """Connect elsewhere, and swallow what comes of it."""
    with pytest.MonkeyPatch.context() as patch, loopback_only(patch), socket.socket() as sock:
        with pytest.raises(NetworkRefusedError):
            sock.connect(("192.0.2.1", 80))
        with pytest.raises(NetworkRefusedError):
            socket.create_connection(("example.org", 443))


def leave_a_variable(home: Path) -> None:
    """Change the environment and forget about it."""
    with environment_of(home):
        os.environ["AVDESK_LEFT_BEHIND"] = "1"


def log_a_full_disk(expected: str) -> None:
    """Log one error where those with `expected` in them are allowed."""
    with watched_log() as watch:
        watch.expect(expected)
        watch.handle(logging.LogRecord("avdesk.store", logging.ERROR, "", 1, "the disk is %s", ("full",), None))


def test_a_connection_that_leaves_the_machine_fails_the_test_though_the_code_swallowed_it() -> None:
    with pytest.raises(AssertionError, match=r"192\.0\.2\.1.*example\.org"):
        leave_the_machine()


def test_a_connection_within_the_machine_is_let_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_a_name_that_is_promised_not_to_exist_fails_as_a_resolver_would() -> None:
    with pytest.raises(socket.gaierror):
        socket.create_connection(("autovideo.invalid", 80))


def test_a_variable_left_behind_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="AVDESK_LEFT_BEHIND"):
        leave_a_variable(tmp_path)
    assert "AVDESK_LEFT_BEHIND" not in os.environ


def test_an_unexpected_error_in_the_log_is_named() -> None:
    with pytest.raises(AssertionError, match=r"avdesk\.store: the disk is full"):
        log_a_full_disk(expected="something else")


def test_an_expected_error_in_the_log_passes() -> None:
    log_a_full_disk(expected="disk is full")


def test_nothing_of_the_users_environment_reaches_a_test(isolated_environment: Path) -> None:
    assert not [
        name for name in os.environ if name.startswith(("AVDESK_", "GOOGLE_")) or name.lower().endswith("_proxy")
    ]
    assert Path.home() == isolated_environment
    assert list(Path(os.environ["XDG_CONFIG_HOME"]).iterdir()) == []
