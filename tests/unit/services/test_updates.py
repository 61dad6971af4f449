"""Looking for a newer version: only what is signed is believed, and nothing but telling comes of it."""

import base64
import json
from collections.abc import Mapping
from types import MappingProxyType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from avdesk.clients.reply import Reply, Timeouts
from avdesk.config.settings import Updates
from avdesk.core.errors import AvdeskError, BadAnswerError, ConfigError
from avdesk.services.updates import MAX_BYTES, Release, newer, read, signed_text

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = base64.b64encode(PRIVATE.public_key().public_bytes_raw()).decode()
RELEASE = Release("1.2.0", "https://avdesk.example/1.2.0", "ab" * 32)
WHERE = Updates(check=True, url="https://avdesk.example/newest.json", key=KEY)


class Server:
    """Answers with a text, and notes what it was asked."""

    def __init__(self, text: str, status: int = 200) -> None:
        self.text, self.status, self.asked = text, status, list[tuple[str, str, int]]()

    def request(self, method: str, url: str, *, timeout: Timeouts | None = None, max_bytes: int = MAX_BYTES) -> Reply:
        assert timeout is not None
        assert timeout.total_s <= 30
        self.asked.append((method, url, max_bytes))
        headers: Mapping[str, str] = MappingProxyType({})
        return Reply(self.status, headers, self.text.encode(), 0.1)


def described(release: Release = RELEASE, private: Ed25519PrivateKey = PRIVATE, **other: object) -> str:
    """Return a signed description, with some of it otherwise."""
    signature = base64.b64encode(private.sign(signed_text(release).encode())).decode()
    told = {"version": release.version, "url": release.url, "sha256": release.sha256, "signature": signature}
    return json.dumps(told | other)


@pytest.mark.parametrize(
    ("own", "is_newer"),
    [("1.1.9", True), ("0.1.0", True), ("1.2", False), ("1.2.0", False), ("1.10.0", False), ("2", False)],
)
def test_a_newer_version_is_told_of_and_another_is_not(own: str, is_newer: bool) -> None:
    server = Server(described())
    assert newer(WHERE, server, own) == (RELEASE if is_newer else None)
    assert server.asked == [("GET", WHERE.url, MAX_BYTES)]


@pytest.mark.parametrize(
    "text",
    [
        described(version="9.9.9"),
        described(url="https://evil.example/"),
        described(sha256="cd" * 32),
        described(signature=""),
        described(signature="?"),
        described(private=Ed25519PrivateKey.generate()),
        described(Release("1.2.0\nx", RELEASE.url, RELEASE.sha256)),
        described(Release("1.2.0", RELEASE.url, "short")),
        described(version=7),
        "[]",
        "{",
        "<html>",
        "[" * 10_000,
        "",
    ],
)
def test_what_is_not_signed_or_cannot_be_read_is_not_believed(text: str) -> None:
    with pytest.raises(BadAnswerError) as told:
        newer(WHERE, Server(text), "0.1.0")
    assert told.value.advice


def test_a_signed_description_that_leads_away_from_https_is_not_shown() -> None:
    with pytest.raises(ConfigError, match="https"):
        read(described(Release("1.2.0", "http://avdesk.example/", RELEASE.sha256)), KEY)


@pytest.mark.parametrize(
    "where",
    [
        Updates(check=True, url="", key=KEY),
        Updates(check=True, url=WHERE.url, key=""),
        Updates(check=True, url="http://avdesk.example/newest.json", key=KEY),
    ],
)
def test_without_address_key_or_https_nobody_is_asked(where: Updates) -> None:
    server = Server(described())
    with pytest.raises(ConfigError):
        newer(where, server, "0.1.0")
    assert server.asked == []


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_another_status_is_no_description(status: int) -> None:
    with pytest.raises(AvdeskError, match=str(status)):
        newer(WHERE, Server(described(), status), "0.1.0")
