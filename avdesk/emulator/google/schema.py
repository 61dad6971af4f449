"""JSON bodies against their messages, as Google's front end reads them: unknown names and wrong types are refused.

Reading also normalises as protobuf's JSON does: camelCase names, 64-bit integers as strings, defaults left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from avdesk.core import wire
from avdesk.emulator.google.envelope import ApiError, bad_request

_DURATION = re.compile(r"-?\d{1,12}(\.\d{1,9})?s")
_SNAKE = re.compile(r"(?<!^)(?=[A-Z])")
_INT_BITS = {"TYPE_INT32": 31, "TYPE_INT64": 63}


class Scalar(Enum):
    """A single value; the names are those of Google's error messages."""

    STRING = "TYPE_STRING"
    BOOL = "TYPE_BOOL"
    INT32 = "TYPE_INT32"
    INT64 = "TYPE_INT64"
    DURATION = "type.googleapis.com/google.protobuf.Duration"
    IGNORED = "output only"


@dataclass(frozen=True, slots=True)
class Choice:
    """An enum; the first value is the default."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """An array."""

    each: "Kind"


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with free keys and string values."""


@dataclass(frozen=True, slots=True)
class Message:
    """An object with known names, in camelCase."""

    fields: Mapping[str, "Kind"]


Kind = Scalar | Choice | Repeated | MapOf | Message


def snake(name: str) -> str:
    """Return a camelCase name in snake_case."""
    return _SNAKE.sub("_", name).lower()


def camel(name: str) -> str:
    """Return a snake_case name in camelCase; camelCase stays."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def read(kind: Kind, value: object, place: str = "", *, strict: bool = True) -> object:
    """Return `value` normalised, None for a default, which is to be left out.

    `place` is the path for error messages (``custom_job.job_spec``). With `strict` off, what does not fit stays
    as it is; with it on it raises ApiError (400).
    """
    try:
        return _read(kind, value, place, strict=strict)
    except ApiError:
        if strict:
            raise
        return value


def read_message(message: Message, value: object, place: str = "", *, strict: bool = True) -> dict[str, object]:
    """Return `value` as `read` does, an empty object when all of it is defaults.

    Raises ApiError (400) when it is no object or, with `strict`, does not fit.
    """
    if not isinstance(value, Mapping):
        raise bad_request("Invalid JSON payload received. An object was expected.", place)
    return dict(wire.as_object(read(message, value, place, strict=strict)))


def _read(kind: Kind, value: object, place: str, *, strict: bool) -> object:
    if value is None or kind is Scalar.IGNORED:
        return None
    if isinstance(kind, Message):
        return _read_fields(kind, value, place, strict=strict)
    if isinstance(kind, Repeated):
        if not isinstance(value, list):
            raise _wrong(place, "list", value)
        items = [read(kind.each, item, f"{place}[{i}]", strict=strict) for i, item in enumerate(value)]
        empty: object = {} if isinstance(kind.each, Message) else ""
        return [empty if item is None else item for item in items] or None
    if isinstance(kind, MapOf):
        if not isinstance(value, Mapping):
            raise _wrong(place, "map", value)
        return {_string(k, place): _string(v, f"{place}[{k}]") for k, v in value.items()} or None
    if isinstance(kind, Choice):
        return _choice(kind, value, place)
    return _scalar(kind, value, place)


def _read_fields(message: Message, value: object, place: str, *, strict: bool) -> dict[str, object] | None:
    if not isinstance(value, Mapping):
        raise _wrong(place, "message", value)
    found: dict[str, object] = {}
    for name, content in value.items():
        known = camel(str(name))
        inner = f"{place}.{snake(known)}" if place else snake(known)
        if known not in message.fields:
            if strict:
                at = f" at '{place}'" if place else ""
                raise bad_request(
                    f'Invalid JSON payload received. Unknown name "{str(name)[:100]}"{at}: Cannot find field.',
                    place or str(name)[:100],
                )
            found[str(name)] = content
            continue
        item = read(message.fields[known], content, inner, strict=strict)
        if item is not None:
            found[known] = item
    return found


def _choice(kind: Choice, value: object, place: str) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(kind.values):
        value = kind.values[value]
    if value not in kind.values:
        raise _wrong(place, f"type.googleapis.com/{kind.name}", value)
    return None if value == kind.values[0] else str(value)


def _scalar(kind: Scalar, value: object, place: str) -> object:
    if kind is Scalar.STRING:
        return _string(value, place) or None
    if kind is Scalar.BOOL:
        if not isinstance(value, bool):
            raise _wrong(place, kind.value, value)
        return value or None
    if kind is Scalar.DURATION:
        if not isinstance(value, str) or not _DURATION.fullmatch(value):
            raise _wrong(place, kind.value, value)
        return value
    number = _integer(value)
    if number is None or abs(number) >> _INT_BITS[kind.value]:
        raise _wrong(place, kind.value, value)
    if number == 0:
        return None
    return str(number) if kind is Scalar.INT64 else number


def _integer(value: object) -> int | None:
    """Return a whole number also from its text; exact beyond 2^53, unlike a float's."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"-?[0-9]{1,19}", value) else None
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else None


def _string(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(place, Scalar.STRING.value, value)
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise bad_request(f"Invalid value at '{place}': the text is not valid UTF-8.", place)
    return value


def _wrong(place: str, kind: str, value: object) -> ApiError:
    shown = f'"{value[:80]}"' if isinstance(value, str) else str(value)[:80]
    return bad_request(f"Invalid value at '{place}' ({kind}), {shown}", place)
