"""Whether there is a newer AVDesk: asked of an address that the user gives, believed by a signature, only told.

The description is one JSON object: ``version`` (1.2.3), ``url`` (https, the page or file for people), ``sha256`` (of
the file, 64 hexadecimal digits) and ``signature``: base64 of the Ed25519 signature of `signed_text` in UTF-8. Nothing
is ever fetched but the description, and nothing is installed.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Protocol

from avdesk.clients.reply import Reply, Timeouts
from avdesk.clients.urls import check_url, is_loopback
from avdesk.config.settings import Updates
from avdesk.core.errors import BadAnswerError, ConfigError
from avdesk.i18n import _

MAX_BYTES = 16 * 1024
"""Of a description."""

TIMEOUTS = Timeouts(connect_s=5.0, read_s=10.0, total_s=20.0)

_VERSION = re.compile(r"\d{1,6}(?:\.\d{1,6}){0,3}", re.ASCII)
_SUM = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MAX_URL = 500


@dataclass(frozen=True, slots=True)
class Release:
    """A version that is told of.

    Attributes:
        version: as 1.2.3.
        url: where people get it.
        sha256: of the file there.
    """

    version: str
    url: str
    sha256: str


class Asking(Protocol):
    """What speaks HTTP, as `clients.transport.Transport` does."""

    def request(self, method: str, url: str, *, timeout: Timeouts | None = ..., max_bytes: int = ...) -> Reply: ...


def newer(updates: Updates, transport: Asking, own: str) -> Release | None:
    """Return the version that is described if it is newer than `own`, None if it is not. One request.

    Raises:
        ConfigError: address or key is missing, or the address is no https.
        BadAnswerError: the description cannot be read, or is not signed with the key.
        AvdeskError: it cannot be had.
    """
    advice = _("Set updates.url and updates.key, or turn updates.check off.")
    if not updates.url or not updates.key:
        raise ConfigError(_("The look for newer versions has no address or no key."), advice)
    _check_secure(updates.url)
    reply = transport.request("GET", updates.url, timeout=TIMEOUTS, max_bytes=MAX_BYTES)
    if reply.status != 200:
        raise BadAnswerError(
            _("The description of the newest version was answered with HTTP {status}.").format(status=reply.status),
            advice,
        )
    release = read(reply.body.decode("utf-8", "replace"), updates.key)
    return release if _numbers(release.version) > _numbers(own) else None


def read(text: str, key: str) -> Release:
    """Return the release of a description that is signed with `key`.

    Raises:
        BadAnswerError: it is none, or not signed so.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise _unreadable()
    version, url, total, signature = (told.get(name) for name in ("version", "url", "sha256", "signature"))
    if not all(isinstance(each, str) for each in (version, url, total, signature)):
        raise _unreadable()
    release = Release(str(version), str(url), str(total))
    if not _VERSION.fullmatch(release.version) or not _SUM.fullmatch(release.sha256) or len(release.url) > _MAX_URL:
        raise _unreadable()
    if not _is_signed(release, str(signature), key):
        raise BadAnswerError(
            _("The description of the newest version is not signed with the key of updates.key."),
            _("Do not trust what that address tells; check both options."),
        )
    _check_secure(release.url)
    return release


def signed_text(release: Release) -> str:
    """Return what a signature of a release is of."""
    return f"avdesk-release\n{release.version}\n{release.url}\n{release.sha256}\n"


def _is_signed(release: Release, signature: str, key: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(signature, validate=True), signed_text(release).encode())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _check_secure(url: str) -> None:
    parts = check_url(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ConfigError(
            _("Newer versions are looked for over https only."), _("Let updates.url begin with https://.")
        )


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared; what is no number ends it."""
    found = [int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:4]]
    return tuple(found + [0] * (4 - len(found)))


def _unreadable() -> BadAnswerError:
    return BadAnswerError(
        _("The description of the newest version cannot be read."), _("Check the address in updates.url.")
    )
