"""Masking secrets by their shape and by their value, and leaving everything else as it was said."""

from collections.abc import Iterator

import pytest

from avdesk.core.credentials import Kind
from avdesk.core.health import read_check
from avdesk.core.redact import (
    MASK,
    MOST_KNOWN,
    forget_known_secrets,
    know_secret,
    redact,
    redact_unmistakable,
)
from avdesk.core.status import read_status
from tests.harness.snapshots import NOW


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    forget_known_secrets()
    yield
    forget_known_secrets()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://user:p@ss@host/x", "p@ss"),
        ("https://:pw-alone@host", "pw-alone"),
        ("https://token-alone@host:8080/", "token-alone"),
        ("postgres://av:hunter2x@db/av", "hunter2x"),
        ("refresh 1//0gAbCdEfGhIjKlMnOpQrStUv", "gAbCdEfGhIjKlMnOpQrStUv"),
        ("client GOCSPX-abcdefghijklmn", "abcdefghijklmn"),
        ("ghp_abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz"),
        ("sk_live_abcdefghijklmnop", "live_abcdefghijklmnop"),
        ("Set-Cookie: session=abcdef; HttpOnly", "abcdef"),
        ("Incorrect API key provided: sk-proj-abcdefghijklmnop.", "proj-abcdefghijklmnop"),
    ],
)
def test_secrets_are_masked_by_their_shape(text: str, secret: str) -> None:
    assert secret not in redact(text)
    assert secret not in redact_unmistakable(text)
    assert MASK in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "gs://bucket/path@2025",
        "mail ann@example.com about https://host/x?page=2",
        "Rendering on 1× NVIDIA_TESLA_T4, us-central1",
        "video-job-ab12cd34 waits",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_a_known_secret_is_masked_whatever_it_looks_like() -> None:
    know_secret("plain word")
    assert redact("a plain word here") == f"a {MASK} here"


def test_each_line_of_a_key_is_masked_also_as_json_writes_it() -> None:
    know_secret("-----BEGIN PRIVATE KEY-----\\nMIIEabcdef\\nXYZ012345\\n-----END PRIVATE KEY-----\\n")
    assert redact("MIIEabcdef and XYZ012345") == f"{MASK} and {MASK}"
    assert redact("-----BEGIN PRIVATE KEY") == "-----BEGIN PRIVATE KEY"


def test_a_secret_within_another_leaves_nothing_of_the_longer_one() -> None:
    know_secret("abcdef")
    know_secret("abcdef-and-more")
    assert redact("abcdef-and-more") == MASK


def test_short_words_are_not_masked_and_memory_is_bounded() -> None:
    know_secret("a")
    know_secret("")
    assert redact("a b") == "a b"
    for number in range(MOST_KNOWN + 10):
        know_secret(f"secret-number-{number}")
    assert redact("secret-number-0") == "secret-number-0"
    assert redact(f"secret-number-{MOST_KNOWN + 9}") == MASK


def test_what_a_server_says_carelessly_is_masked_where_it_is_read() -> None:
    words = "OpenAI refused api_key=abcdefgh12345"
    check = read_check(
        "openai", 500, {"status": "unhealthy", "message": words, "error": words}, latency_s=0.1, at=NOW
    )
    assert "abcdefgh12345" not in repr(check)
    status = read_status({"last_generation_status": "error: bad key sk-abcdefghijklmnopqrst", "is_generating": False})
    assert "abcdefghijklmnopqrst" not in repr(status)
    assert status.text == f"error: bad key {MASK}"


def test_a_servers_text_keeps_words_that_only_might_be_secrets() -> None:
    text = "Generating: max_tokens: 4096, token: none"
    assert read_status({"last_generation_status": text}).text == text


def test_kinds_have_the_names_that_the_terminal_and_the_keyring_use() -> None:
    assert [kind.value for kind in Kind][:3] == ["bearer", "identity-token", "service-account"]
