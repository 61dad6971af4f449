"""Where things stand in a TOML text: tomllib tells no lines, so this finds the line of each key and table.

It understands no values, only where a statement begins and ends, and goes on after one that is damaged.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

KeyPath = tuple[str, ...]

_BARE_PATH = re.compile(r"[A-Za-z0-9_-]+(?:[ \t]*\.[ \t]*[A-Za-z0-9_-]+)*")
_HEADER = re.compile(r"[ \t]*\[{1,2}([^\[\]\n]*)\]{1,2}[ \t]*(?:#[^\n]*)?$")
_NEW_KEY = re.compile(r"[ \t]*(?:[A-Za-z0-9_-]+|\"[^\"\n]*\")(?:[ \t]*\.[ \t]*[\w-]+)*[ \t]*=")
_NEW_HEADER = re.compile(r"[ \t]*\[{1,2}[ \t]*[A-Za-z_][\w.\" \t-]*\]{1,2}[ \t]*(?:#[^\n]*)?$")
_MAX_KEY = 500


@dataclass(frozen=True, slots=True)
class Statement:
    """One header or one ``key = value``, over one or more lines.

    Attributes:
        first, last: its lines, counted from 1.
        text: as it stands in the file.
        header: whether it is ``[a table]``.
        table: the table in force: the header's own, or the one that the key stands in.
        path: the whole key with its table; None where the key cannot be read.
        unclosed: a bracket or string of it is never closed.
    """

    first: int
    last: int
    text: str
    header: bool
    table: KeyPath
    path: KeyPath | None
    unclosed: bool


def statements(text: str, *, sound: bool = False) -> Iterator[Statement]:
    """Return the statements of a TOML text in order; damaged ones too.

    `sound`: the text is valid TOML, so that nothing in it has to be taken for a value that was never closed.
    """
    lines = text.split("\n")
    table: KeyPath = ()
    row = 0
    while row < len(lines):
        bare = lines[row].strip()
        if not bare or bare.startswith("#"):
            row += 1
            continue
        if bare.startswith("["):
            match = _HEADER.match(lines[row])
            path = key_path(match.group(1)) if match else None
            table = path if path is not None else ("", str(row + 1))
            yield Statement(row + 1, row + 1, lines[row], header=True, table=table, path=path, unclosed=not match)
            row += 1
            continue
        last, unclosed = _end_of_value(lines, row, sound=sound)
        key, found, _value = split_key(lines[row])
        path = key_path(key) if found else None
        whole = None if path is None else table + path
        body = "\n".join(lines[row : last + 1])
        yield Statement(row + 1, last + 1, body, header=False, table=table, path=whole, unclosed=unclosed)
        row = last + 1


def lines_of(text: str) -> dict[KeyPath, int]:
    """Return the line of each key and of each table's header; of several, the first."""
    found: dict[KeyPath, int] = {}
    for statement in statements(text):
        if statement.path is not None:
            found.setdefault(statement.path, statement.first)
    return found


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int | None:
    """Return the line of a key, or of the nearest table around it; None without any."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    # A table may exist only through the longer headers and keys inside it.
    return min((line for known, line in lines.items() if known[: len(path)] == path), default=None)


def split_key(line: str) -> tuple[str, bool, str]:
    """Return the text before the first ``=`` outside quotes, whether there is one, and the rest."""
    quote, escaped = "", False
    for place, character in enumerate(line[:_MAX_KEY]):
        if escaped:
            escaped = False
        elif quote:
            escaped = character == "\\" and quote == '"'
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "=":
            return line[:place], True, line[place + 1 :]
    return line, False, ""


def key_path(text: str) -> KeyPath | None:
    """Return the parts of a dotted key, None when it is none."""
    bare = text.strip()
    if _BARE_PATH.fullmatch(bare):
        return tuple(part.strip() for part in bare.split("."))
    if not bare or len(bare) > _MAX_KEY or "\n" in bare:
        return None
    try:
        node: object = tomllib.loads(f"{bare} = 0")
    except (ValueError, RecursionError):
        return None
    parts: list[str] = []
    while isinstance(node, dict) and len(node) == 1:
        name, node = next(iter(node.items()))
        parts.append(name)
    return tuple(parts) if node == 0 and type(node) is int else None


class _Reader:
    """Follows strings and brackets through the lines of one value."""

    def __init__(self) -> None:
        self.depth = 0
        self.quote = ""
        """The delimiter of the string that is open: one or three quotation marks, empty outside of strings."""

    @property
    def open(self) -> bool:
        return self.depth > 0 or len(self.quote) == 3

    def feed(self, line: str) -> int:
        """Read one line, and return where its comment begins: at its end when there is none."""
        place = 0
        while place < len(line):
            character = line[place]
            if self.quote:
                if character == "\\" and self.quote[0] == '"':
                    place += 2
                    continue
                if line.startswith(self.quote, place):
                    place += len(self.quote)
                    self.quote = ""
                    continue
            elif character in "\"'":
                triple = character * 3
                self.quote = triple if line.startswith(triple, place) else character
                place += len(self.quote)
                continue
            elif character == "#":
                return place
            elif character in "[{":
                self.depth += 1
            elif character in "]}":
                self.depth = max(0, self.depth - 1)
            place += 1
        return len(line)

    def end_line(self) -> None:
        """Close a one-line string that its line did not close."""
        if len(self.quote) == 1:
            self.quote = ""


def comments_in(text: str) -> list[str]:
    """Return the comments of a TOML text, each from its ``#`` to the end of its line."""
    found = []
    reader = _Reader()
    for line in text.split("\n"):
        place = reader.feed(line)
        if place < len(line):
            found.append(line[place:].rstrip())
        reader.end_line()
    return found


def _end_of_value(lines: list[str], row: int, *, sound: bool) -> tuple[int, bool]:
    """Return the last row of the statement that begins at `row`, and whether it is never closed."""
    _key, _found, value = split_key(lines[row])
    reader = _Reader()
    reader.feed(value)
    unclosed = len(reader.quote) == 1
    reader.end_line()
    while reader.open:
        row += 1
        if row >= len(lines):
            return row - 1, True
        if not sound and not reader.quote and (_NEW_KEY.match(lines[row]) or _NEW_HEADER.match(lines[row])):
            return row - 1, True
        reader.feed(lines[row])
        reader.end_line()
    return row, unclosed
