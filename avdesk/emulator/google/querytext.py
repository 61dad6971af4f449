"""The grammar that Google's filters share: comparisons joined by AND, OR and NOT, where OR binds tighter than AND.

What fields exist and how they compare is up to the two languages built on it, ``listfilter`` and ``lql``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_DEPTH = 40
"""Nested parentheses and negations that a query may have."""

_SPACE = re.compile(r"(?:\s|--[^\n]*)*")
_WORD = re.compile(r"[^\s()\"'=<>!~:,]+")
_VALUE = re.compile(r"[^\s()\"',=<>]+")
_OPERATOR = re.compile(r"=~|!~|!=|<=|>=|=|<|>|:")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "a": "\a", "v": "\v"}
_KEYWORDS = frozenset({"AND", "OR", "NOT"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """``path operator value``; `bare` tells ``*`` from ``"*"``."""

    path: tuple[str, ...]
    operator: str
    value: str
    bare: bool


@dataclass(frozen=True, slots=True)
class Anywhere:
    """A text on its own, to be found in any field."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """``name(argument, …)``."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What does not match `part`."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class AllOf:
    """What matches every part; everything when there is none."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What matches one part or more."""

    parts: "tuple[Node, ...]"


Node = Comparison | Anywhere | Call | Not | AllOf | AnyOf


class QuerySyntaxError(ValueError):
    """A query that cannot be read; the text says where."""


def parse(text: str) -> Node:
    """Return the tree of a query, an empty `AllOf` for an empty one.

    Raises QuerySyntaxError.
    """
    return _Parser(text).query()


class _Parser:
    """Recursive descent over the text; `_at` is how far it has read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def query(self) -> Node:
        self._skip_space()
        if self._at == len(self._text):
            return AllOf(())
        tree = self._conjunction(self._primary)
        if self._at < len(self._text):
            raise self._error()
        return tree

    def _conjunction(self, leaf: Callable[[], Node]) -> Node:
        parts = [self._disjunction(leaf)]
        while self._at < len(self._text) and self._text[self._at] not in "),":
            self._take_keyword("AND")  # without it, one term after the other means the same
            parts.append(self._disjunction(leaf))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _disjunction(self, leaf: Callable[[], Node]) -> Node:
        parts = [self._negation(leaf)]
        while self._take_keyword("OR"):
            parts.append(self._negation(leaf))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _negation(self, leaf: Callable[[], Node]) -> Node:
        minus = leaf == self._primary and re.match(r"-(?=[^\s\-])", self._text[self._at : self._at + 2])
        if not minus and not self._take_keyword("NOT"):
            return self._nested(leaf) if self._peek() == "(" else leaf()
        if minus:
            self._at += 1
        self._deeper()
        part = self._negation(leaf)
        self._depth -= 1
        return Not(part)

    def _nested(self, leaf: Callable[[], Node]) -> Node:
        self._take("(")
        self._deeper()
        tree = self._conjunction(leaf)
        self._depth -= 1
        self._take(")")
        return tree

    def _primary(self) -> Node:
        start = self._at
        path = self._path()
        raw = self._text[start : self._at]
        if self._peek() == "(" and len(path) == 1 and raw == path[0]:
            return self._call(path[0])
        self._skip_space()
        match = _OPERATOR.match(self._text, self._at)
        if match is None:
            return Anywhere(".".join(path) if raw[0] in "\"'" else raw.strip())
        self._at = match.end()
        self._skip_space()
        operator = match.group()

        def one_value() -> Node:
            value, bare = self._value()
            return Comparison(path, operator, value, bare)

        return self._nested(one_value) if self._peek() == "(" else one_value()

    def _path(self) -> tuple[str, ...]:
        """Read ``a.b."c.d"`` and leave `_at` right behind it."""
        segments: list[str] = []
        while True:
            quoted = self._quoted()
            if quoted is not None:
                segments.append(quoted)
            else:
                word = _WORD.match(self._text, self._at)
                if word is None or (not segments and word.group() in _KEYWORDS):
                    raise self._error()
                self._at = word.end()
                segments += word.group().removesuffix(".").split(".")
                if word.group().endswith(".") and self._peek() in ('"', "'"):
                    continue
                return tuple(segments)
            if self._peek() != ".":
                return tuple(segments)
            self._at += 1

    def _call(self, name: str) -> Node:
        self._take("(")
        arguments: list[str] = []
        while self._peek() != ")":
            arguments.append(self._value()[0])
            if self._peek() == ",":
                self._take(",")
            elif self._peek() != ")":
                raise self._error()
        self._take(")")
        return Call(name, tuple(arguments))

    def _value(self) -> tuple[str, bool]:
        """Read one value and the space behind it; the second member is whether it stood without quotes."""
        quoted = self._quoted()
        if quoted is not None:
            self._skip_space()
            return quoted, False
        word = _VALUE.match(self._text, self._at)
        if word is None or word.group() in _KEYWORDS:
            raise self._error()
        self._at = word.end()
        self._skip_space()
        return word.group(), True

    def _quoted(self) -> str | None:
        if self._peek() not in ('"', "'"):
            return None
        match = _QUOTED.match(self._text, self._at)
        if match is None:
            raise self._error()
        self._at = match.end()
        content = match.group(1) if match.group(1) is not None else match.group(2)
        return _ESCAPE.sub(_unescape, content)

    def _take_keyword(self, keyword: str) -> bool:
        word = _WORD.match(self._text, self._at)
        if word is None or word.group() != keyword:
            return False
        self._at = word.end()
        self._skip_space()
        return True

    def _take(self, char: str) -> None:
        if self._peek() != char:
            raise self._error()
        self._at += 1
        self._skip_space()

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QuerySyntaxError("the expression is nested too deeply")

    def _error(self) -> QuerySyntaxError:
        before = self._text[: self._at]
        line, column = before.count("\n") + 1, self._at - before.rfind("\n")
        token = re.match(r"[\w.]+|.", self._text[self._at :], re.DOTALL)
        seen = repr(token.group()[:40]) if token else "end of input"
        return QuerySyntaxError(f"syntax error at line {line}, column {column}, token {seen}")


def _unescape(match: re.Match[str]) -> str:
    escape = match.group(1)
    if len(escape) > 1:
        return chr(int(escape[1:], 16))
    return _SIMPLE_ESCAPES.get(escape, escape)
