"""Hiding secrets in any text that leaves the process or stays on the disk.

Two ways together: what looks like a secret is masked by its shape, and what this process has held as one, whatever it
looks like, by its value.
"""

import re
import threading
from collections.abc import Callable

MASK = "•••"

SHORTEST_KNOWN = 6
"""A secret of fewer characters is not masked by its value: it would take harmless words with it."""

MOST_KNOWN = 400
"""Values that are remembered, the newest; a token lives an hour, and a private key has some thirty lines."""

_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_NAMED: _Rule = (
    re.compile(
        r"(?i)((?:password|passwd|secret|api[_-]?key|token|private[_-]?key|authorization)"
        r"[\w\-]{0,40}\\{0,3}[\"']?\s{0,9}[:=]\s{0,9})(\"[^\"]*\"|'[^']*'|[^\s,;&}\]]+)"
    ),
    r"\1" + MASK,
)
"""What stands behind a name like these: mostly a secret, now and then a harmless word."""

_PATTERNS: tuple[_Rule, ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), MASK),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=\-]{6,}"), r"\1 " + MASK),
    (re.compile(r"\bya29\.[A-Za-z0-9._\-]{8,}"), MASK),
    (re.compile(r"\bAIza[A-Za-z0-9_\-]{30,}"), MASK),
    (re.compile(r"\bsk[-_][A-Za-z0-9_\-]{16,}"), MASK),
    (re.compile(r"\bGOCSPX-[A-Za-z0-9_\-]{10,}"), MASK),  # the secret of an OAuth client
    (re.compile(r"(?<![\w/])1//0[A-Za-z0-9_\-]{20,}"), MASK),  # Google's refresh token
    (re.compile(r"\b(?:gh[pousr]_|github_pat_|xox[abposr]-|hf_|glpat-)[A-Za-z0-9_\-]{16,}"), MASK),
    (re.compile(r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*){1,3}"), MASK),
    (
        re.compile(
            r"(?i)([?&][^=&?#\s]{0,60}(?:signature|token|credential|key|secret|password)[^=&?#\s]{0,60}=)[^&#\s\"'<>]+"
        ),
        r"\1" + MASK,
    ),
    _NAMED,
    (re.compile(r"(?i)(\b(?:set-)?cookie:\s{0,9})[^\r\n]+"), r"\1" + MASK),
    # Everything before the last @ of the host's part: a password may hold one itself.
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.\-]{1,20}://)[^/?#\s\"'<>]{1,400}@"), r"\1" + MASK + "@"),
)

_UNMISTAKABLE = tuple(rule for rule in _PATTERNS if rule is not _NAMED)

_lock = threading.Lock()
_known: dict[str, None] = {}
_in_order: tuple[str, ...] = ()


def redact(text: str) -> str:
    """Return `text` with everything masked that is a known secret or looks like a token, a key or a password."""
    return _masked(text, _PATTERNS)


def redact_unmistakable(text: str) -> str:
    """Return `text` with known secrets masked, and those whose shape is nothing else's; all else stays as it is.

    For a text that has to stay what somebody said, as the server's status.
    """
    return _masked(text, _UNMISTAKABLE)


def _masked(text: str, rules: tuple[_Rule, ...]) -> str:
    for value in _in_order:
        if value in text:
            text = text.replace(value, MASK)
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text


def know_secret(secret: str) -> None:
    """Have a secret of this process masked by its value from now on, also line by line and as JSON writes it."""
    pieces = {piece.strip() for piece in secret.replace("\\n", "\n").splitlines()}
    if "\n" not in secret:
        pieces.add(secret.strip())
    with _lock:
        for piece in pieces:
            if len(piece) < SHORTEST_KNOWN or (piece.startswith("-----") and piece.endswith("-----")):
                continue
            _known.pop(piece, None)
            _known[piece] = None
        while len(_known) > MOST_KNOWN:
            del _known[next(iter(_known))]
        _publish()


def forget_known_secrets() -> None:
    """Mask by shape alone again, as in a process that has held no secret."""
    with _lock:
        _known.clear()
        _publish()


def _publish() -> None:
    """Put the longest first: one secret may hold another one. Readers take the tuple without a lock."""
    global _in_order  # noqa: PLW0603 - replaced as a whole, so that no reader needs the lock
    _in_order = tuple(sorted(_known, key=len, reverse=True))
