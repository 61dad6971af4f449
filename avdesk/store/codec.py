"""Core values as JSON and back, by their type annotations, for what is remembered across restarts.

What cannot be read back (another version wrote it, or it is damaged) raises `UnreadableError`; whoever remembers
treats that as not remembered.
"""

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class UnreadableError(ValueError):
    """The text is not what was once written for the type asked for."""


def dumps(value: object) -> str:
    """Return JSON for a dataclass of core values."""
    return json.dumps(_encode(value), separators=(",", ":"))


def loads(text: str, kind: type[T]) -> T:
    """Return the value of type `kind` that `dumps` wrote.

    Raises:
        UnreadableError: the text is damaged or of another shape.
    """
    try:
        decoded = _decode(json.loads(text), kind)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableError(f"no {kind.__name__}: {type(error).__name__}") from error
    if not isinstance(decoded, kind):
        raise UnreadableError(f"no {kind.__name__}")
    return decoded


def _encode(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _encode(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encode(item) for item in value]
    return value


def _decode(raw: Any, kind: Any) -> Any:  # noqa: ANN401 - JSON in, any core value out
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode_union(raw, get_args(kind))
    if origin is not None:
        return _decode_collection(raw, origin, get_args(kind))
    if kind is object:
        return tuple(_decode(item, object) for item in raw) if isinstance(raw, list) else raw
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{f.name: _decode(raw[f.name], hints[f.name]) for f in fields(kind) if f.name in raw})
    return _decode_scalar(raw, kind)


def _decode_collection(raw: Any, origin: Any, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - as above
    if issubclass(origin, Mapping):
        return MappingProxyType({key: _decode(value, arguments[1]) for key, value in raw.items()})
    if issubclass(origin, Sequence):
        return tuple(_decode(value, arguments[0]) for value in raw)
    raise TypeError(origin)


def _decode_scalar(raw: Any, kind: Any) -> Any:  # noqa: ANN401 - as above
    if kind is datetime:
        return datetime.fromisoformat(raw)
    if issubclass(kind, Enum):
        return kind(raw)
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if isinstance(raw, kind):
        return raw
    raise TypeError(kind)


def _decode_union(raw: Any, kinds: tuple[Any, ...]) -> Any:  # noqa: ANN401 - as above
    if raw is None:
        return None
    for kind in kinds:
        if kind is type(None):
            continue
        try:
            return _decode(raw, kind)
        except (TypeError, ValueError, KeyError):
            continue
    raise TypeError(kinds)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
