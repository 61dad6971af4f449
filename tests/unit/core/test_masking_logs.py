"""No secret of a log line is shown, and nothing else is hidden."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avdesk.core import redact
from avdesk.core.logmask import fully_masked, masked, masked_payload, safe_cut

SECRET = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4"  # noqa: S105 - made up

HOLDING = [
    f"https://storage.googleapis.com/b/o?X-Goog-Algorithm=A&X-Goog-Credential={SECRET}&X-Goog-Signature={SECRET}&x=1",
    f"https://storage.googleapis.com/b/o?GoogleAccessId={SECRET}&Expires=1&Signature={SECRET}",
    f"https://a.blob.core.windows.net/c?sv=2020&sig={SECRET}",
    f"https://b.s3.amazonaws.com/o?X-Amz-Security-Token={SECRET}&X-Amz-Signature={SECRET}",
    f"Authorization: Bearer {SECRET}",
    f"proxy https://user:{SECRET}@example.org/",
    f"ya29.{SECRET}",
    f"AIza{SECRET}",
    f"sk-{SECRET}",
    f"eyJ{SECRET}.{SECRET}.{SECRET}",
    f'{{"private_key": "-----BEGIN PRIVATE KEY-----\\n{SECRET}\\n-----END PRIVATE KEY-----"}}',
    f"xi-api-key: {SECRET}",
    f"Set-Cookie: session={SECRET}; Path=/",
    f"ghp_{SECRET}",
    f"GOCSPX-{SECRET}",
    f"refresh 1//0{SECRET}",
    f"password={SECRET}",
]
KEPT = [
    "2025-05-05 12:57:20,315 - main - INFO - GET /status?job=video-job-ab12cd34&page=2 200",
    "Vertex AI job projects/1/locations/us-central1/customJobs/123 is PENDING",
    "gs://av-bucket/jobs/video-job-ab12cd34/status.json",
    "KeyError: 'phase'",
    "🎬 Synthesised part 3 of 24 – done",
]


@pytest.mark.parametrize("text", HOLDING)
def test_a_secret_is_masked_wherever_it_stands(text: str) -> None:
    for line in (text, f"before {text} after", f"\x1b[31m{text}\x1b[0m"):
        assert SECRET not in masked(line)


def test_a_secret_in_several_colours_is_masked_too() -> None:
    half = len(SECRET) // 2
    assert SECRET[half:] not in masked(f"\x1b[32mtoken=\x1b[0m{SECRET[:half]}\x1b[1m{SECRET[half:]}\x1b[0m fine")
    assert masked("\x1b[32mtoken: abcdef\x1b[0m and \x1b[31mmore\x1b[0m") == (
        "\x1b[32mtoken: •••\x1b[0m and \x1b[31mmore\x1b[0m"
    )


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


FRAGMENTS = st.sampled_from(
    [
        *HOLDING,
        *KEPT,
        SECRET,
        "?",
        "&",
        "=",
        "token",
        "KEY",
        "sig=",
        " ",
        ":",
        '"',
        "Cookie",
        "AKIAABCDEFGHIJKLMNOP",
        "\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(FRAGMENTS | st.text(max_size=12), max_size=8))
def test_a_line_is_only_passed_over_when_no_pattern_would_match(parts: list[str]) -> None:
    text = "".join(parts)
    if "\x1b" not in text:
        assert masked(text) == fully_masked(text)


def test_each_pattern_of_redaction_is_known_to_what_passes_lines_over() -> None:
    """A pattern that is added to `core.redact` needs a hint in `core.logmask`, and a line in `HOLDING` above."""
    for pattern, _replacement in redact._PATTERNS:  # noqa: SLF001
        assert any(pattern.search(text) and masked(text) != text for text in HOLDING), pattern.pattern


def test_payloads_are_masked_by_name_and_by_what_they_hold() -> None:
    payload = {
        "apiKey": "short",
        "nested": [{"access_token": "abc", "url": f"https://x/?sig={SECRET}"}],
        "tokens": 512,
        "message": "fine",
    }
    assert masked_payload(payload) == {
        "apiKey": "•••",
        "nested": [{"access_token": "•••", "url": "https://x/?sig=•••"}],
        "tokens": 512,
        "message": "fine",
    }
    deep: object = "end"
    for _level in range(200):
        deep = [deep]
    assert "end" not in str(masked_payload(deep))


@settings(max_examples=200, deadline=None)
@given(parts=st.lists(FRAGMENTS, max_size=12), place=st.integers(0, 500))
def test_cutting_a_text_gives_no_secret_away(parts: list[str], place: int) -> None:
    text = " ".join(parts)
    cut = safe_cut(text, place)
    assert 0 <= cut <= len(text)
    if cut != min(place, len(text)):
        assert masked(text[:cut]) + masked(text[cut:]) == masked(text)
