"""Google's sign-in service, as far as service-account keys use it: a signed assertion in, a token out.

``POST /token`` with ``grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`` and ``assertion``, a JWT signed by one
of the keys that were made here. An assertion with ``target_audience`` gets an identity token, any other one an access
token. Refusals have OAuth's own shape: 400 ``{"error": "invalid_grant", "error_description"}``.
"""

import base64
import binascii
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from avdesk.core import wire
from avdesk.emulator.exchange import Answer, Request
from avdesk.emulator.google.iamcredentials import IamCredentials
from avdesk.emulator.records import GoogleWorld

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

PATH = "/token"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME_S = 3600.0
_SKEW_S = 300.0


class SignIn:
    """Makes keys and answers ``/token``; the world's lock is held by the caller."""

    def __init__(self, world: GoogleWorld, credentials: IamCredentials) -> None:
        self._world = world
        self._credentials = credentials
        self._keys: dict[str, tuple[str, RSAPublicKey]] = {}

    def make_key(self, name: str, token_uri: str) -> str:
        """Return a new key of the project's service account of that name, as Google's JSON file."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        account = f"{name}@{self._world.project}.iam.gserviceaccount.com"
        private = rsa.generate_private_key(65537, 2048)
        number = f"{len(self._keys) + 1:040x}"
        self._keys[number] = (account, private.public_key())
        text = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        return json.dumps(
            {
                "type": "service_account",
                "project_id": self._world.project,
                "private_key_id": number,
                "private_key": text,
                "client_email": account,
                "client_id": "104857600000000000000",
                "token_uri": token_uri,
            },
            indent=2,
        )

    def revoke_keys(self) -> None:
        """Let no key be good any more."""
        self._keys.clear()

    def answer(self, request: Request) -> Answer:
        """Return a token, or OAuth's refusal."""
        form = parse_qs(request.body.decode("utf-8", "replace"))
        if form.get("grant_type") != [_GRANT] or len(form.get("assertion", [])) != 1:
            return _refusal("unsupported_grant_type", "Invalid grant_type.")
        claims = self._verified(form["assertion"][0])
        if claims is None:
            return _refusal("invalid_grant", "Invalid JWT Signature.")
        account, now = str(claims.get("iss")), self._world.now()
        issued, ends = wire.as_number(claims.get("iat")), wire.as_number(claims.get("exp"))
        if issued is None or ends is None or not issued - _SKEW_S <= now <= ends + _SKEW_S:
            words = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            return _refusal("invalid_grant", words)
        audience = wire.as_text(claims.get("target_audience"))
        if audience is not None:
            return Answer.of_json(200, {"id_token": self._credentials.issue_identity(account, audience)})
        token = self._credentials.issue_access(_LIFETIME_S)
        return Answer.of_json(200, {"access_token": token, "expires_in": int(_LIFETIME_S), "token_type": "Bearer"})

    def _verified(self, assertion: str) -> dict[str, object] | None:
        """Return an assertion's claims, None where no key that was made here has signed it."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        signed, _dot, signature = assertion.rpartition(".")
        head, _dot, content = signed.partition(".")
        try:
            number = wire.as_text(wire.as_object(json.loads(_raw(head))).get("kid")) or ""
            claims = json.loads(_raw(content))
            account, public = self._keys[number]
            public.verify(_raw(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, KeyError, RecursionError, InvalidSignature, binascii.Error):
            return None
        return claims if isinstance(claims, dict) and claims.get("iss") == account else None


def _raw(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _refusal(error: str, words: str) -> Answer:
    return Answer.of_json(400, {"error": error, "error_description": words})
