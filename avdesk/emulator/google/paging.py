"""Page sizes and opaque page tokens."""

import base64
import hashlib
import json
from collections.abc import Iterable

from avdesk.core import wire
from avdesk.emulator.google.envelope import bad_request

TOKEN_LIFE_S = 24 * 3600.0
_MAX_TOKEN = 1000


def page_size(value: object, default: int, largest: int) -> int:
    """Return the page size asked for, clamped to `largest`; missing and 0 mean `default`, others are refused."""
    if value is None or value == "":
        return default
    number = wire.as_int(value)
    if number is None or number < 0:
        raise bad_request(f"Invalid page size: {str(value)[:40]!r}. It must be a non-negative integer.", "page_size")
    return min(number, largest) or default


def scope_of(parts: Iterable[object]) -> str:
    """Return a digest of the parameters that must stay the same from page to page."""
    return hashlib.sha256(json.dumps(list(parts), default=str).encode()).hexdigest()[:16]


def make_token(scope: str, position: tuple[int, str], now: float) -> str:
    """Return a token that continues behind `position`, the sort key of the last entry looked at."""
    content = json.dumps([scope, *position, int(now)]).encode()
    check = hashlib.sha256(content).digest()[:6]
    return base64.urlsafe_b64encode(check + content).decode().rstrip("=")


def read_token(token: str, scope: str, now: float) -> tuple[int, str]:
    """Return the position that a token of `make_token` holds.

    Raises ApiError (400) for a foreign, damaged or old token, or one made for other parameters.
    """
    invalid = bad_request("The page token is invalid or has expired, or the other parameters changed.", "page_token")
    if len(token) > _MAX_TOKEN or not token.isascii():
        raise invalid
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        check, content = raw[:6], raw[6:]
        if hashlib.sha256(content).digest()[:6] != check:
            raise invalid
        made_for, number, text, made_at = json.loads(content)
    except ValueError:
        raise invalid from None
    if made_for != scope or not 0 <= now - made_at + 60 <= TOKEN_LIFE_S + 60:
        raise invalid
    return int(number), str(text)
