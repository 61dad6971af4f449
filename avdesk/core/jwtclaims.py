"""What a token says of itself, where it is a JWT. Nobody here verifies it: it is told, never relied upon."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from avdesk.core import wire
from avdesk.core.text import one_line

_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Claims:
    """A token's own claims; None unknown.

    Attributes:
        account: whose it is.
        audience: for whom it is.
        issued_at, expires_at: from when to when it is good (UTC).
    """

    account: str | None = None
    audience: str | None = None
    issued_at: datetime | None = None
    expires_at: datetime | None = None


UNKNOWN = Claims()


def claims_of(token: str) -> Claims:
    """Return a token's claims, none for what is no JWT."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > _LONGEST:
        return UNKNOWN
    try:
        decoded = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return UNKNOWN
    claims = wire.as_object(decoded)
    return Claims(
        account=_text(claims.get("email")) or _text(claims.get("sub")),
        audience=_text(claims.get("aud")),
        issued_at=_moment(claims.get("iat")),
        expires_at=_moment(claims.get("exp")),
    )


def _text(value: object) -> str | None:
    found = wire.as_text(value)
    return one_line(found, 200) or None if found else None


def _moment(value: object) -> datetime | None:
    number = wire.as_number(value)
    try:
        return None if number is None else datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        return None
