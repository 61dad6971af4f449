"""Masking secrets in logs: what `core.redact` hides everywhere, and what only logs hold, as signed URLs."""

import re
from collections.abc import Mapping
from typing import Any

from avdesk.core.redact import MASK, redact

DEEPEST = 40
"""Levels of a payload that are looked at; what is deeper is left out."""

_MORE = (
    # Query strings that are keys to what they name: Google's V2 and V4, Amazon's, Azure's signed URLs.
    (
        re.compile(
            r"(?i)([?&;](?:x-goog-|x-amz-|x-ms-)?(?:sig|sign|signature|credential|security-token|googleaccessid|"
            r"awsaccesskeyid|access_token|auth|code|hmac|policy|key-pair-id)=)[^&#\s\"'<>\\]+"
        ),
        r"\1" + MASK,
    ),
    (re.compile(r"(?i)\b((?:set-)?cookie[\"']?\s{0,9}[:=]\s{0,9})[^\r\n]+"), r"\1" + MASK),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}"), MASK),
    (re.compile(r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,}"), MASK),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), MASK),
    (re.compile(r"\bGOCSPX-[A-Za-z0-9_\-]{16,}"), MASK),
    (re.compile(r"\b1//0[A-Za-z0-9_\-]{20,}"), MASK),
)
_SEQUENCE = re.compile(r"\x1b\[[0-?]{0,60}[ -/]{0,4}[@-~]")
_SECRET_KEY = re.compile(
    r"(?i)pass(?:word|wd|phrase)|secret|api[_-]?key|private[_-]?key|authorization|cookie|credential|signature"
    r"|(?:^|[_-])(?:access|refresh|id|auth|bearer|session)[_-]?token$|^token$"
)


_HINTS = (
    "key", "token", "bearer", "basic", "secret", "pass", "auth", "signature", "credential", "cookie", "ya29.",
    "aiza", "sk-", "eyj", "?", "&", ";", "gho_", "ghp_", "ghs_", "ghu_", "ghr_", "github_pat_", "xox", "akia", "asia",
    "gocspx", "1//0", "@",
)  # fmt: skip
"""A text without any of these, in lower case, holds nothing that a pattern here or in `core.redact` would match."""


def masked(text: str) -> str:
    """Return `text` with everything that looks like a secret masked."""
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text  # nearly every line: trying all patterns costs thirty times as much
    return fully_masked(text) if "\x1b" not in text else _under_colours(text)


def fully_masked(text: str) -> str:
    """Do as `masked` does, without a look at whether it is worth it."""
    text = redact(text)
    for pattern, replacement in _MORE:
        text = pattern.sub(replacement, text)
    return text


def masked_payload(payload: Any, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON value in, the same kind out
    """Return a JSON value with the secrets in its strings, and the values under names of secrets, masked."""
    if isinstance(payload, str):
        return masked(payload)
    if isinstance(payload, Mapping | list) and depth >= DEEPEST:
        return "…"
    if isinstance(payload, Mapping):
        return {
            masked(str(name)): (
                MASK
                if isinstance(value, str) and value and _SECRET_KEY.search(str(name))
                else masked_payload(value, depth + 1)
            )
            for name, value in payload.items()
        }
    if isinstance(payload, list):
        return [masked_payload(value, depth + 1) for value in payload]
    return payload


def _under_colours(text: str) -> str:
    """Mask a text with terminal sequences: a secret counts as its letters alone, whatever colours it has within.

    A line whose secret is in several colours loses them all.
    """
    parts = _SEQUENCE.split(text)
    bare = fully_masked("".join(parts))
    pieces = [fully_masked(part) for part in parts]
    if "".join(pieces) != bare:
        return bare
    sequences = [*_SEQUENCE.findall(text), ""]
    return "".join(piece + sequence for piece, sequence in zip(pieces, sequences, strict=True))


def safe_cut(text: str, place: int, reach: int = 8192) -> int:
    """Return where a long text may be cut near `place`, so that no secret is parted and then missed.

    The cut is at white space at or before `place`, at most `reach` characters before it, such that masking both
    parts alone hides the same as masking the whole; `place` itself where there is no such white space.
    """
    if place <= 0 or place >= len(text):
        return max(0, min(place, len(text)))
    begin, end = max(0, place - reach), min(len(text), place + reach)
    whole = masked(text[begin:end])
    cut = place
    for _attempt in range(12):
        cut = max(text.rfind(blank, begin, cut) for blank in " \t\n\r,;")
        if cut <= begin:
            return place
        if masked(text[begin : cut + 1]) + masked(text[cut + 1 : end]) == whole:
            return cut + 1
    return place
