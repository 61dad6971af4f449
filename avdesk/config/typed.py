"""Values of options as a person types them in a terminal, and as they are shown there."""

import tomllib

from avdesk.config.options import Kind, Option
from avdesk.config.problems import UnfitError, quoted
from avdesk.config.values import fit
from avdesk.i18n import _

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")


def from_text(option: Option, text: str) -> object:
    """Return the checked value that a text means: lists by commas or as in the file, flags as true, yes or on.

    Raises:
        UnfitError: it means none that the option can take.
    """
    bare = text.strip()
    if option.kind is Kind.FLAG:
        return fit(option, _flag(bare))
    if option.kind in (Kind.WHOLE, Kind.SECONDS):
        return fit(option, _number(option, bare))
    if option.kind is Kind.REGIONS:
        return fit(option, _list(bare))
    return fit(option, bare)


def to_text(value: object) -> str:
    """Return a value as `from_text` takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}" if value == float(f"{value:g}") else repr(value)
    if isinstance(value, list | tuple):
        return ",".join(map(to_text, value))
    return str(value)


def offered(option: Option) -> tuple[str, ...]:
    """Return the texts that a shell may offer; none where anything goes."""
    return ("true", "false") if option.kind is Kind.FLAG else option.choices


def _flag(text: str) -> bool:
    low = text.lower()
    if low in _TRUE or low in _FALSE:
        return low in _TRUE
    raise UnfitError(_("“{value}” is neither true nor false.").format(value=quoted(text)), _("Write true or false."))


def _number(option: Option, text: str) -> float:
    try:
        number = float(text.removesuffix(option.unit).strip() if option.unit else text)
    except ValueError:
        raise UnfitError(
            _("“{value}” is no number.").format(value=quoted(text)),
            _("Write a number from {low:g} to {high:g}.").format(low=option.low, high=option.high),
        ) from None
    return int(number) if number.is_integer() else number


def _list(text: str) -> list[object]:
    if text.startswith("["):
        try:
            found = tomllib.loads(f"list = {text}")["list"]
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list):
            return found
        raise UnfitError(_("“{value}” is no list.").format(value=quoted(text)), _("Write it as one,two,three."))
    return [each.strip() for each in text.split(",") if each.strip()]
