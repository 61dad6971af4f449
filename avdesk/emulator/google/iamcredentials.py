"""Service account credentials: tokens for impersonation."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from avdesk.core import wire
from avdesk.emulator.exchange import Request
from avdesk.emulator.google import moments
from avdesk.emulator.google.envelope import bad_request, not_found
from avdesk.emulator.google.routing import Route, route
from avdesk.emulator.google.schema import Message, Repeated, Scalar, read_message
from avdesk.emulator.records import GoogleWorld

_ACCOUNT = re.compile(r"[a-z0-9\-]{1,64}@([a-z0-9:.\-]{1,64})\.iam\.gserviceaccount\.com")
_LONGEST_S = 3600.0
_MAX_TOKENS = 200
_ACCESS = Message(
    MappingProxyType(
        {"delegates": Repeated(Scalar.STRING), "scope": Repeated(Scalar.STRING), "lifetime": Scalar.DURATION}
    )
)
_IDENTITY = Message(
    MappingProxyType(
        {
            "delegates": Repeated(Scalar.STRING),
            "audience": Scalar.STRING,
            "includeEmail": Scalar.BOOL,
            "organizationNumberIncluded": Scalar.BOOL,
        }
    )
)


class IamCredentials:
    """Answers generateAccessToken and generateIdToken; the world's lock is held by the caller."""

    def __init__(self, world: GoogleWorld) -> None:
        self._world = world
        self._issued: dict[str, float] = {}
        self._key = secrets.token_bytes(32)

    def routes(self) -> Sequence[Route]:
        """Return what is answered here."""
        account = "/v1/projects/-/serviceAccounts/{account}"
        return (
            route("POST", account + ":generateAccessToken", self._access_token),
            route("POST", account + ":generateIdToken", self._identity_token),
        )

    def knows(self, bearer: str) -> bool:
        """Return whether `bearer` is an access token from here that has not expired."""
        until = self._issued.get(bearer)
        return until is not None and self._world.now() < until

    def _access_token(self, request: Request, names: Mapping[str, str]) -> object:
        self._check_account(names["account"])
        body = read_message(_ACCESS, request.json())
        if not wire.as_list(body.get("scope")):
            raise bad_request("At least one scope is required.", "scope")
        lifetime = wire.as_seconds(body.get("lifetime", f"{_LONGEST_S:.0f}s")) or 0.0
        if not 0 < lifetime <= _LONGEST_S:
            raise bad_request("The lifetime must be at most 3600 seconds.", "lifetime")
        now = self._world.now()
        self._issued = dict([pair for pair in self._issued.items() if pair[1] > now][-_MAX_TOKENS + 1 :])
        token = f"ya29.emulated-{secrets.token_urlsafe(32)}"
        self._issued[token] = now + lifetime
        return {"accessToken": token, "expireTime": moments.rfc3339(int(now + lifetime) * moments.NANO)}

    def _identity_token(self, request: Request, names: Mapping[str, str]) -> object:
        account = names["account"]
        self._check_account(account)
        body = read_message(_IDENTITY, request.json())
        audience = wire.as_text(body.get("audience"))
        if audience is None:
            raise bad_request("The audience is required.", "audience")
        now = int(self._world.now())
        subject = str(int.from_bytes(hashlib.sha256(account.encode()).digest()[:8], "big"))
        claims: dict[str, object] = {
            "aud": audience,
            "azp": subject,
            "exp": now + int(_LONGEST_S),
            "iat": now,
            "iss": "https://accounts.google.com",
            "sub": subject,
        }
        if body.get("includeEmail"):
            claims |= {"email": account, "email_verified": True}
        signed = f"{_segment({'alg': 'HS256', 'typ': 'JWT'})}.{_segment(claims)}"
        signature = hmac.new(self._key, signed.encode(), "sha256").digest()
        return {"token": f"{signed}.{_base64(signature)}"}

    def _check_account(self, account: str) -> None:
        match = _ACCOUNT.fullmatch(account)
        if match is None or match.group(1) != self._world.project:
            raise not_found(f"Not found; Gaia id not found for email {account[:200]}")


def _segment(content: Mapping[str, object]) -> str:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
