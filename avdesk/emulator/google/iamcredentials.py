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
        token = self.issue_access(lifetime)
        return {"accessToken": token, "expireTime": moments.rfc3339(int(self._issued[token]) * moments.NANO)}

    def _identity_token(self, request: Request, names: Mapping[str, str]) -> object:
        account = names["account"]
        self._check_account(account)
        body = read_message(_IDENTITY, request.json())
        audience = wire.as_text(body.get("audience"))
        if audience is None:
            raise bad_request("The audience is required.", "audience")
        return {"token": self.issue_identity(account, audience, with_email=bool(body.get("includeEmail")))}

    def issue_access(self, lifetime: float) -> str:
        """Return a new access token that is good for so many seconds."""
        now = self._world.now()
        self._issued = dict([pair for pair in self._issued.items() if pair[1] > now][-_MAX_TOKENS + 1 :])
        token = f"ya29.emulated-{secrets.token_urlsafe(32)}"
        self._issued[token] = now + lifetime
        return token

    def issue_identity(self, account: str, audience: str, *, with_email: bool = True) -> str:
        """Return a new identity token of an account for an audience, good for an hour."""
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
        if with_email:
            claims |= {"email": account, "email_verified": True}
        signed = f"{_segment({'alg': 'HS256', 'typ': 'JWT'})}.{_segment(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def audience_of(self, identity: str) -> str | None:
        """Return for whom an identity token is that was issued here and has not ended; None for any other."""
        signed, _dot, signature = identity.rpartition(".")
        if not hmac.compare_digest(signature.encode("utf-8", "replace"), self._signature(signed).encode()):
            return None
        content = signed.partition(".")[2]
        claims = wire.as_object(json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))))
        ends = wire.as_number(claims.get("exp"))
        return wire.as_text(claims.get("aud")) if ends is not None and self._world.now() < ends else None

    def _signature(self, signed: str) -> str:
        return _base64(hmac.new(self._key, signed.encode("utf-8", "replace"), "sha256").digest())

    def _check_account(self, account: str) -> None:
        match = _ACCOUNT.fullmatch(account)
        if match is None or match.group(1) != self._world.project:
            raise not_found(f"Not found; Gaia id not found for email {account[:200]}")


def _segment(content: Mapping[str, object]) -> str:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
