"""Checking single values of the configuration: they reach addresses, paths and argument lists."""

import base64
import binascii
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from urllib.parse import urlsplit

from avdesk.config.options import Kind, Option
from avdesk.config.problems import UnfitError, did_you_mean, nearest, quoted
from avdesk.config.settings import DEFAULT_REGIONS
from avdesk.i18n import _

MAX_REGIONS = 60
MAX_URL = 2000

ENVIRONMENT_NAME = re.compile(r"\w[\w.-]{0,39}")
"""It becomes part of a keyring entry, a window title and the database's rows."""

_PROJECT = re.compile(r"(?:[a-z0-9][a-z0-9.-]{0,62}:)?[a-z0-9][a-z0-9-]{0,62}")
_REGION = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){1,4}")
_HEX_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[_-][A-Za-z]{2,4})?")


def fit(option: Option, value: object) -> object:
    """Return the checked value of `option`.

    Raises:
        UnfitError: the value has another type, lies outside the range, or is none that may be used.
    """
    return _CHECKS[option.kind](option, value)


def _flag(_option: Option, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        raise UnfitError(_("is text, but must be true or false."), _("Leave out the quotation marks."))
    raise _wrong_type(value, _("true or false"))


def _number(option: Option, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(value, _("a number"))
    if not math.isfinite(value) or not option.low <= value <= option.high:
        raise UnfitError(
            _("{value} lies outside the range.").format(value=quoted(value)),
            _("Write a number from {low:g} to {high:g}.").format(low=option.low, high=option.high),
        )
    return float(value)


def _whole(option: Option, value: object) -> int:
    number = _number(option, value)
    if number != int(number):
        raise UnfitError(
            _("{value} is no whole number.").format(value=quoted(value)),
            _("Write it without a fraction, as {number}.").format(number=int(number)),
        )
    return int(number)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong_type(value, _("text in quotation marks"))
    return value


def _choice(option: Option, value: object) -> str:
    text = _text(value)
    if text in option.choices:
        return text
    close = nearest(text, option.choices)
    hint = _("Write one of {names}.").format(names=", ".join(option.choices))
    if close is not None:
        hint = _("Did you mean “{name}”?").format(name=close) + " " + hint
    raise UnfitError(_("“{value}” is not one of the choices.").format(value=quoted(text)), hint)


def _colour(option: Option, value: object) -> str:
    text = _text(value)
    if text in option.choices or _HEX_COLOUR.fullmatch(text):
        return text
    raise UnfitError(
        _("“{value}” is no colour.").format(value=quoted(text)),
        _("Write #rrggbb, or one of {names}.").format(names=", ".join(option.choices)),
    )


def _url(option: Option, value: object) -> str:
    """Return an address without a slash at its end; empty stays empty."""
    text = _text(value).strip()
    if not text:
        return ""
    example = _("Write it as http://host:port or https://host.")
    if len(text) > MAX_URL or not text.isprintable() or any(c.isspace() or c == "\\" for c in text):
        raise UnfitError(_("The address is too long, or holds blanks or control characters."), example)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UnfitError(_("The address cannot be read."), example) from None
    if parts.scheme not in ("http", "https"):
        raise UnfitError(_("The address does not begin with http:// or https://."), example)
    if "@" in parts.netloc:
        raise UnfitError(
            _("The address holds a user name or a password."),
            _("Take them out; a token is stored with “avdesk auth set”."),
        )
    if not host or port == 0:
        raise UnfitError(_("The address names no host, or port 0."), example)
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise UnfitError(_("The address holds “?” or “#”."), example)
    del option
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _project(_option: Option, value: object) -> str:
    text = _text(value)
    if text and not _PROJECT.fullmatch(text):
        raise UnfitError(
            _("“{value}” is no project id.").format(value=quoted(text)),
            _("A project id has small letters, digits and hyphens, as av-8675309."),
        )
    return text


def _regions(_option: Option, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _wrong_type(value, _('a list such as ["us-central1"]'))
    if not 1 <= len(value) <= MAX_REGIONS:
        raise UnfitError(
            _("The list holds {n} regions.").format(n=len(value)),
            _("Name 1 to {n} regions.").format(n=MAX_REGIONS),
        )
    for item in value:
        if not isinstance(item, str):
            raise _wrong_type(item, _('a list such as ["us-central1"]'))
        if not _REGION.fullmatch(item) or len(item) > 40:
            raise UnfitError(
                _("“{value}” is no region.").format(value=quoted(item)), did_you_mean(item, DEFAULT_REGIONS)
            )
    return tuple(dict.fromkeys(value))


def _language(_option: Option, value: object) -> str:
    text = _text(value)
    if text and not _LANGUAGE.fullmatch(text):
        raise UnfitError(
            _("“{value}” is no language code.").format(value=quoted(text)), _("Write it as de or pt_BR.")
        )
    return text


def _public_key(_option: Option, value: object) -> str:
    text = _text(value).strip()
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b"?"
    if len(raw) not in (0, 32):
        raise UnfitError(_("This is no Ed25519 public key."), _("Write its 32 bytes in base64: 44 letters."))
    return text


def _environment(_option: Option, value: object) -> str:
    text = _text(value)
    if not ENVIRONMENT_NAME.fullmatch(text):
        raise UnfitError(
            _("“{value}” is no name for an environment.").format(value=quoted(text)),
            _("Use letters, digits, “-” and “_”."),
        )
    return text


def _wrong_type(value: object, wanted: str) -> UnfitError:
    return UnfitError(_("is {found}, but must be {wanted}.").format(found=_type_name(value), wanted=wanted))


def _type_name(value: object) -> str:
    if isinstance(value, bool):
        return _("true or false")
    if isinstance(value, int | float):
        return _("a number")
    if isinstance(value, str):
        return _("text")
    if isinstance(value, list):
        return _("a list")
    if isinstance(value, date | datetime | time):
        return _("a date or time")
    return _("a table")


_CHECKS: Mapping[Kind, Callable[[Option, object], object]] = {
    Kind.FLAG: _flag,
    Kind.WHOLE: _whole,
    Kind.SECONDS: _number,
    Kind.CHOICE: _choice,
    Kind.COLOUR: _colour,
    Kind.URL: _url,
    Kind.PROJECT: _project,
    Kind.REGIONS: _regions,
    Kind.LANGUAGE: _language,
    Kind.PUBLIC_KEY: _public_key,
    Kind.ENVIRONMENT: _environment,
}
