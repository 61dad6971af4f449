"""Hiding secrets in any text that leaves the process or stays on the disk."""

import re
from collections.abc import Callable

MASK = "•••"

_PATTERNS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), MASK),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=\-]{6,}"), r"\1 " + MASK),
    (re.compile(r"\bya29\.[A-Za-z0-9._\-]{8,}"), MASK),
    (re.compile(r"\bAIza[A-Za-z0-9_\-]{30,}"), MASK),
    (re.compile(r"\bsk-[A-Za-z0-9_\-]{16,}"), MASK),
    (re.compile(r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*"), MASK),
    (
        re.compile(
            r"(?i)([?&][^=&?#\s]{0,60}(?:signature|token|credential|key|secret|password)[^=&?#\s]{0,60}=)[^&#\s\"'<>]+"
        ),
        r"\1" + MASK,
    ),
    (
        re.compile(
            r"(?i)((?:password|passwd|secret|api[_-]?key|token|private[_-]?key|authorization)"
            r"[\w\-]{0,40}\\{0,3}[\"']?\s{0,9}[:=]\s{0,9})(\"[^\"]*\"|'[^']*'|[^\s,;&}\]]+)"
        ),
        r"\1" + MASK,
    ),
    (re.compile(r"(?i)(https?://)[^/\s:@]+:[^/\s@]+@"), r"\1" + MASK + "@"),
)


def redact(text: str) -> str:
    """Return `text` with everything that looks like a token, key, password or signed query masked."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
