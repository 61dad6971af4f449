"""The Logging query language, compiled to a predicate over entries as they are answered."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote

from avdesk.core import wire
from avdesk.emulator.google import moments, querytext
from avdesk.emulator.google.envelope import ApiError, bad_request
from avdesk.emulator.google.ordering import ORDERINGS
from avdesk.emulator.google.re2 import compile_pattern

MAX_LENGTH = 20_000

SEVERITIES: Mapping[str, int] = MappingProxyType(
    {
        name: rank * 100
        for rank, name in enumerate(
            ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
        )
    }
)
_DEFAULTED = frozenset({"logName", "insertId", "textPayload", "trace", "spanId"})
_FIELDS = _DEFAULTED | {
    *("resource", "timestamp", "receiveTimestamp", "severity", "labels", "jsonPayload", "protoPayload"),
    *("httpRequest", "operation", "traceSampled", "sourceLocation", "split", "errorGroups", "apphub", "metadata"),
}
_RESOURCE_FIELDS = frozenset({"type", "labels"})
_MAX_SEARCHED = 4000
"""Characters of one value that a regular expression looks at."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A LogEntry: its JSON, and its times in Unix nanoseconds."""

    content: Mapping[str, object]
    timestamp: int
    received: int


Predicate = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled filter.

    Attributes:
        matches: the whole test.
        earliest, latest: Unix nanoseconds that every match lies between, both included; None where unbounded.
    """

    matches: Predicate
    earliest: int | None
    latest: int | None


def compile_query(text: str) -> Query:
    """Return the compiled filter; an empty one matches every entry.

    Raises ApiError (400) for what Cloud Logging cannot read.
    """
    if len(text) > MAX_LENGTH:
        raise bad_request(f"The filter exceeds the maximum length of {MAX_LENGTH} characters.", "filter")
    try:
        tree = querytext.parse(text)
    except querytext.QuerySyntaxError as error:
        raise _unparseable(str(error)) from None
    earliest, latest = _time_bounds(tree)
    return Query(_compile(tree), earliest, latest)


def _compile(node: querytext.Node) -> Predicate:
    match node:
        case querytext.AllOf(parts):
            every = [_compile(part) for part in parts]
            return lambda entry: all(predicate(entry) for predicate in every)
        case querytext.AnyOf(parts):
            some = [_compile(part) for part in parts]
            return lambda entry: any(predicate(entry) for predicate in some)
        case querytext.Not(part):
            inner = _compile(part)
            return lambda entry: not inner(entry)
        case querytext.Anywhere(text):
            needle = text.casefold()
            return lambda entry: any(needle in value.casefold() for value in _texts(entry.content))
        case querytext.Call(name, arguments):
            return _call(name, arguments)
        case querytext.Comparison():
            return _comparison(node)


def _call(name: str, arguments: tuple[str, ...]) -> Predicate:
    if name != "log_id" or len(arguments) != 1:
        raise _unparseable(f"unknown function {name[:80]!r}")
    wanted = arguments[0].casefold()
    return lambda entry: unquote(str(entry.content.get("logName")).partition("/logs/")[2]).casefold() == wanted


def _comparison(node: querytext.Comparison) -> Predicate:
    head = node.path[0]
    if head not in _FIELDS:
        raise bad_request(f"Field not found: '{head[:80]}'.", "filter")
    if head == "resource" and len(node.path) > 1 and node.path[1] not in _RESOURCE_FIELDS:
        raise bad_request(f"Field not found: '{'.'.join(node.path)[:80]}'.", "filter")
    if node.operator == ":" and node.bare and node.value == "*":
        return lambda entry: any(True for _ in _values(entry.content, node.path))
    if node.path in (("timestamp",), ("receiveTimestamp",)):
        return _time(node)
    if node.path == ("severity",) and node.operator in ORDERINGS:
        return _severity(node)
    test = _value_test(node)
    default = "" if len(node.path) == 1 and head in _DEFAULTED else None

    def matches(entry: Entry) -> bool:
        found = list(_values(entry.content, node.path))
        if not found and default is not None:
            return test(default)
        return any(test(value) for value in found)

    return matches


def _time(node: querytext.Comparison) -> Predicate:
    compare = ORDERINGS.get(node.operator)
    bound = moments.parse(node.value)
    if compare is None or bound is None:
        raise _unparseable(f"invalid time or operator: {node.path[0]}{node.operator}{node.value[:80]!r}")
    if node.path[0] == "timestamp":
        return lambda entry: compare(entry.timestamp, bound)
    return lambda entry: compare(entry.received, bound)


def _severity(node: querytext.Comparison) -> Predicate:
    compare = ORDERINGS[node.operator]
    rank = SEVERITIES.get(node.value.upper())
    if rank is None:
        rank = int(node.value) if node.value.isascii() and node.value.isdigit() and len(node.value) < 6 else None
    if rank is None:
        raise _unparseable(f"invalid severity {node.value[:80]!r}")
    # A severity that is not in the list has no rank; it counts as DEFAULT.
    return lambda entry: compare(SEVERITIES.get(str(entry.content.get("severity", "DEFAULT")), 0), rank)


def _value_test(node: querytext.Comparison) -> Callable[[object], bool]:
    wanted = node.value.casefold()
    if node.operator == ":":
        return lambda value: any(wanted in text.casefold() for text in _texts(value, with_keys=True))
    if node.operator in ("=~", "!~"):
        pattern = compile_pattern(node.value)
        hit = node.operator == "=~"
        return lambda value: (pattern.search(_text(value)[:_MAX_SEARCHED]) is not None) is hit
    compare = ORDERINGS[node.operator]
    number = wire.as_number(node.value)

    def test(value: object) -> bool:
        if number is not None and isinstance(value, int | float) and not isinstance(value, bool):
            return compare(float(value), number)
        return compare(_text(value).casefold(), wanted)

    return test


def _values(content: object, path: tuple[str, ...]) -> Iterator[object]:
    """Yield what lies at `path`, looking into arrays; nothing where a part of it is missing."""
    if isinstance(content, list):
        for item in content:
            yield from _values(item, path)
    elif not path:
        if content is not None:
            yield content
    elif isinstance(content, Mapping) and path[0] in content:
        yield from _values(content[path[0]], path[1:])


def _texts(value: object, *, with_keys: bool = False) -> Iterator[str]:
    """Yield every single value inside `value` as text."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if with_keys:
                yield str(key)
            yield from _texts(item, with_keys=with_keys)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, with_keys=with_keys)
    elif value is not None:
        yield _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _time_bounds(node: querytext.Node) -> tuple[int | None, int | None]:
    """Return what the comparisons with ``timestamp`` that must all hold leave of the time line."""
    earliest: list[int] = []
    latest: list[int] = []
    pending = [node]
    while pending:
        match pending.pop():
            case querytext.AllOf(parts):
                pending.extend(parts)
            case querytext.Comparison(("timestamp",), operator, value):
                bound = moments.parse(value)
                if bound is not None and operator in (">", ">=", "="):
                    earliest.append(bound)
                if bound is not None and operator in ("<", "<=", "="):
                    latest.append(bound)
    return max(earliest, default=None), min(latest, default=None)


def _unparseable(why: str) -> ApiError:
    return bad_request(f"Unparseable filter: {why}", "filter")
