"""Checking what the user gives as a secret, before anything else sees it. No error repeats any of it."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from avdesk.core import wire
from avdesk.core.credentials import Kind
from avdesk.core.errors import UsageError
from avdesk.core.jwtclaims import claims_of
from avdesk.core.redact import know_secret
from avdesk.core.text import one_line
from avdesk.i18n import _

MAX_BEARER = 8000
"""Characters; servers refuse headers that are longer than this."""

MAX_KEY = 64 * 1024

_PREFIX = re.compile(r"(?i)^(?:authorization:\s*)?bearer\s+")
_ACCOUNT = re.compile(r"[A-Za-z0-9._%+\-]{1,100}@[A-Za-z0-9.\-]{3,150}")
_OTHER_TYPES = ("authorized_user", "external_account", "external_account_authorized_user")


@dataclass(frozen=True, slots=True)
class Given:
    """A secret that has the right shape. Its text shows nothing of it.

    Attributes:
        kind: `Kind.BEARER` or `Kind.SERVICE_ACCOUNT`.
        secret: as it is stored.
        account: whose it is, by its own word; None unknown.
        issued_at, expires_at: from when to when it is good (UTC); None unknown.
    """

    kind: Kind
    secret: str
    account: str | None = None
    issued_at: datetime | None = None
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        """Return what may be shown."""
        return f"Given({self.kind.value}, account={self.account!r})"


def read_given(kind: Kind, text: str) -> Given:
    """Return what the user gave, checked.

    Raises:
        UsageError: it cannot be such a secret; says why, and repeats nothing of it.
    """
    if kind is Kind.BEARER:
        return _bearer(text)
    if kind is Kind.SERVICE_ACCOUNT:
        return _service_account(text)
    raise UsageError(
        _("“{kind}” is nothing that AVDesk is given.").format(kind=kind.value),
        _("Give a bearer or a service-account; the others come from Google's own tools."),
    )


def _bearer(text: str) -> Given:
    know_secret(text)
    token = _PREFIX.sub("", text.strip())
    advice = _("Copy the token itself: one line, without blanks.")
    if not token:
        raise UsageError(_("Nothing was given."), advice)
    if len(token) > MAX_BEARER:
        raise UsageError(
            _("The token is longer than {most} characters; no server takes that.").format(most=MAX_BEARER), advice
        )
    if len(token.splitlines()) > 1:
        raise UsageError(_("The token has more than one line."), advice)
    if any(character.isspace() or not character.isprintable() for character in token):
        raise UsageError(_("The token holds blanks or control characters."), advice)
    if not token.isascii():
        raise UsageError(_("The token holds letters that cannot be sent in an HTTP header."), advice)
    know_secret(token)
    claims = claims_of(token)
    return Given(Kind.BEARER, token, claims.account, claims.issued_at, claims.expires_at)


def _service_account(text: str) -> Given:
    advice = _("Give the whole JSON file that Google made: gcloud iam service-accounts keys create …")
    if not text.strip():
        raise UsageError(_("Nothing was given."), advice)
    if len(text) > MAX_KEY:
        raise UsageError(_("This is too long for a service-account key."), advice)
    try:
        info = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        know_secret(text)  # whatever it is, it was meant as a secret
        raise UsageError(_("This is no service-account key: it is no JSON."), advice) from None
    if not isinstance(info, dict):
        raise UsageError(_("This is no service-account key: its JSON is no object."), advice)
    kind = info.get("type")
    if kind in _OTHER_TYPES:
        raise UsageError(
            _("This is no service-account key, but credentials of the type {type}.").format(type=kind),
            _("AVDesk uses such a file where it is: name it in GOOGLE_APPLICATION_CREDENTIALS."),
        )
    if kind != "service_account":
        raise UsageError(_("This is no service-account key: its type is not “service_account”."), advice)
    lacking = [name for name in ("client_email", "private_key", "token_uri") if not wire.as_text(info.get(name))]
    if lacking:
        raise UsageError(_("The key is not complete: {names} is missing.").format(names=", ".join(lacking)), advice)
    account = str(info["client_email"])
    if not _ACCOUNT.fullmatch(account):
        raise UsageError(_("The key's client_email is no account."), advice)
    _check_token_address(str(info["token_uri"]))
    private_key = str(info["private_key"])
    know_secret(private_key)
    _check_private_key(private_key, advice)
    return Given(Kind.SERVICE_ACCOUNT, json.dumps(info, separators=(",", ":")), one_line(account, 200))


def _check_token_address(address: str) -> None:
    from avdesk.clients.urls import is_loopback

    try:
        parts = urlsplit(address)
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    except ValueError:
        safe = False
    if not safe:
        raise UsageError(
            _("The key names a sign-in address without https; nothing would be safe there."),
            _("Check where the file comes from; Google's own keys name https://oauth2.googleapis.com/token."),
        )


def _check_private_key(private_key: str, advice: str) -> None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        found = None
    if not isinstance(found, RSAPrivateKey):
        raise UsageError(_("The private key in it cannot be read: it is cut off or damaged."), advice)
