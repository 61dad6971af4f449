"""Addresses that AVDesk may be pointed at: checked once, and shown to people without what could be secret."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from avdesk.core.errors import ConfigError
from avdesk.core.text import one_line
from avdesk.i18n import _

_MAX_URL = 4000
_SCHEMES = ("http", "https")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def check_url(url: str) -> SplitResult:
    """Return the parts of an absolute http or https address.

    Raises:
        ConfigError: another scheme, no host, an impossible port, or a user name or password inside the address.
    """
    advice = _("Write it as http://host:port or https://host.")
    if len(url) > _MAX_URL or any(c.isspace() or not c.isprintable() for c in url):
        raise ConfigError(_("The address is too long or holds blanks or control characters."), advice)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ConfigError(_("The address cannot be read as a URL."), advice) from None
    if parts.scheme not in _SCHEMES:
        raise ConfigError(_("The address does not begin with http:// or https://."), advice)
    if "@" in parts.netloc:
        raise ConfigError(
            _("The address holds a user name or a password."),
            _("Take them out of the address; store a token with “avdesk auth set”."),
        )
    if not host or port == 0:
        raise ConfigError(_("The address names no host, or port 0."), advice)
    return parts


def check_base_url(url: str) -> str:
    """Return an address under which paths can be asked for, without a slash at its end.

    Raises:
        ConfigError: as `check_url`, and for an address with a query or a fragment.
    """
    parts = check_url(url.strip())
    if parts.query or parts.fragment:
        raise ConfigError(
            _("The address of a server cannot hold “?” or “#”."), _("Write it as http://host:port or https://host.")
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def host_label(parts: SplitResult) -> str:
    """Return host and port for people; never the path or the query, which may hold secrets."""
    host = one_line(parts.hostname or "", 100)
    return f"{host}:{parts.port}" if parts.port is not None else host


def origin(parts: SplitResult) -> tuple[str, str, int]:
    """Return scheme, host and port, the port filled in."""
    return (parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme])


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine itself, by its name or its literal address; nothing is looked up."""
    name = (host or "").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return address.is_loopback or (mapped is not None and mapped.is_loopback)
