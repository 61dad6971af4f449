"""Editing a valid TOML text statement by statement: every line that is not meant stays as it is, to the byte.

Pure functions from text to text. What a function here returns is compared by its caller with what it should hold, so
that a way of writing that is not foreseen ends in an error, never in a changed meaning.
"""

import tomllib
from collections.abc import Sequence

from avdesk.config.keys import key_text
from avdesk.config.rewriting import comment_lines, rendered, with_key, with_name, with_value, without_value
from avdesk.config.statements import KeyPath, Statement, statements


def put(text: str, path: KeyPath, value: object) -> str:
    """Return the text with a value set: in its place where the key is there, else at the end of its table."""
    found = list(statements(text, sound=True))
    for each in found:
        if not each.header and each.path is not None and each.path == path[: len(each.path)]:
            return _spliced(text, each, with_value(each, path[len(each.path) :], value))
    if value == {} and isinstance(value, dict):
        return _with_new_table(text, found, path, [])
    parent = path[:-1]
    line = f"{key_text(path[-1:])} = {rendered(value)}"
    if not parent:
        return _with_top_line(text, found, line)
    for place, each in enumerate(found):
        if each.header and each.path == parent:
            last = _end_of_section(found, place)
            return _inserted(text, found[last].last, [_indent(found[last]) + line])
    dotted = [
        each
        for each in found
        if not each.header and each.path is not None and each.path[: len(parent)] == parent and each.table != parent
        and len(each.table) < len(parent)
    ]  # fmt: skip
    if dotted:
        last_one = dotted[-1]
        line = f"{key_text(path[len(last_one.table) :])} = {rendered(value)}"
        return _inserted(text, last_one.last, [_indent(last_one) + line])
    return _with_new_table(text, found, parent, [line])


def drop(text: str, path: KeyPath) -> str:
    """Return the text without a key or a table; comments beside a key stay as lines of their own."""
    found = list(statements(text, sound=True))
    for each in found:
        if each.header or each.path is None:
            continue
        if each.path == path:
            rest = _dropped(text, each)
            return rest if _holds(rest, path[:-1]) else _spliced(text, each, _emptied(each, path))
        if each.path == path[: len(each.path)]:
            return _spliced(text, each, without_value(each, path[len(each.path) :]))
    return _without_table(text, found, path)


def rename(text: str, path: KeyPath, name: str) -> str:
    """Return the text with another name for the last part of a table's path."""
    rows = text.split("\n")
    depth = len(path)
    for each in reversed(list(statements(text, sound=True))):
        if each.path is None:
            continue
        if each.path[:depth] == path and (each.header or len(each.table) < depth):
            whole = (*path[:-1], name, *each.path[depth:])
            key = whole if each.header else whole[len(each.table) :]
            rows[each.first - 1 : each.last] = with_key(each, key_text(key))
        elif not each.header and each.path == path[: len(each.path)]:
            rows[each.first - 1 : each.last] = with_name(each, path[len(each.path) :], name)
    return "\n".join(rows)


def with_endings(old: str, new: str) -> str:
    """Return `new`, written with line feeds alone, with the line endings and the byte order mark that `old` has."""
    mark = "\ufeff" if old.startswith("\ufeff") else ""
    if "\r\n" not in old:
        return mark + new
    before = old.removeprefix("\ufeff").split("\n")
    after = new.split("\n")
    usual = "\r" if old.count("\r\n") * 2 >= old.count("\n") else ""
    plain = [row.removesuffix("\r") for row in before]
    endings = ["\r" if row.endswith("\r") else "" for row in before[:-1]] + [usual]
    shorter = min(len(plain), len(after))
    head = next((place for place in range(shorter) if plain[place] != after[place]), shorter)
    tail = 0
    while tail < shorter - head and plain[-1 - tail] == after[-1 - tail]:
        tail += 1
    kept = [*endings[:head], *[usual] * (len(after) - head - tail), *endings[len(endings) - tail :]]
    rows = [row + ending for row, ending in zip(after[:-1], kept, strict=False)]
    return mark + "\n".join([*rows, after[-1]])


def _spliced(text: str, statement: Statement, lines: Sequence[str]) -> str:
    rows = text.split("\n")
    rows[statement.first - 1 : statement.last] = lines
    return "\n".join(rows)


def _dropped(text: str, statement: Statement) -> str:
    """Return the text without a statement, and without a second blank line where it stood."""
    rows = text.split("\n")
    comments = comment_lines(statement, [])
    first = statement.first - 1
    rows[first : statement.last] = comments
    alone = first == 0 or not rows[first - 1].strip()
    if not comments and alone and first < len(rows) - 1 and not rows[first].strip():
        del rows[first]
    return "\n".join(rows)


def _inserted(text: str, row: int, lines: Sequence[str]) -> str:
    """Return the text with lines put behind its first `row` lines."""
    rows = text.split("\n")
    rows[row:row] = lines
    if row >= len(rows) - len(lines):
        rows.append("")  # the file ends with a line feed
    return "\n".join(rows)


def _indent(statement: Statement) -> str:
    return statement.text[: len(statement.text) - len(statement.text.lstrip())]


def _end_of_section(found: Sequence[Statement], place: int) -> int:
    """Return the place of the last statement below the header at `place`, which is the header where there is none."""
    while place + 1 < len(found) and not found[place + 1].header:
        place += 1
    return place


def _with_top_line(text: str, found: Sequence[Statement], line: str) -> str:
    """Return the text with a line that stands in no table."""
    if found and not found[0].header:
        return _inserted(text, found[_end_of_section(found, 0)].last, [line])
    rows = text.split("\n")
    head = 0
    while head < len(rows) and rows[head].lstrip().startswith("#"):
        head += 1
    if head and head < len(rows) and not rows[head].strip():
        rows[head + 1 : head + 1] = [line, ""] if any(row.strip() for row in rows[head + 1 :]) else [line]
    else:
        rows[0:0] = [line, ""] if any(row.strip() for row in rows) else [line]
    joined = "\n".join(rows)
    return joined if joined.endswith("\n") else joined + "\n"


def _with_new_table(text: str, found: Sequence[Statement], path: KeyPath, lines: Sequence[str]) -> str:
    """Return the text with a new table: behind the tables that it belongs to, else at the end."""
    added = [f"[{key_text(path)}]", *lines]
    best, shared = -1, 0
    for place, each in enumerate(found):
        common = _shared(each.path, path) if each.header else 0
        if common and common >= shared:
            best, shared = place, common
    rows = text.split("\n")
    end = len(rows)
    if best >= 0:
        end = _end_with_comments(rows, found[_end_of_section(found, best)].last)
    while end and not rows[end - 1].strip():
        end -= 1
    before = [""] if end else []
    behind = rows[end:]
    if not any(row.strip() for row in behind):
        return "\n".join([*rows[:end], *before, *added, ""])
    return "\n".join([*rows[:end], *before, *added, *([] if not behind[0].strip() else [""]), *behind])


def _end_with_comments(rows: Sequence[str], end: int) -> int:
    """Return the end of a section together with the comments right below it, unless they head the next one."""
    further = end
    while further < len(rows) and rows[further].lstrip().startswith("#"):
        further += 1
    heads_another = further < len(rows) and bool(rows[further].strip())
    return end if heads_another else further


def _shared(path: KeyPath | None, other: KeyPath) -> int:
    count = 0
    for one, two in zip(path or (), other, strict=False):
        if one != two:
            break
        count += 1
    return count


def _holds(text: str, path: KeyPath) -> bool:
    node: object = tomllib.loads(text)
    for part in path:
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


def _emptied(statement: Statement, path: KeyPath) -> list[str]:
    """Return lines that keep the table of a dotted key, which would vanish with its only key."""
    inside = path[len(statement.table) : -1]
    return [*comment_lines(statement, []), f"{_indent(statement)}{key_text(inside)} = {{}}"]


def _without_table(text: str, found: Sequence[Statement], path: KeyPath) -> str:
    """Return the text without all that speaks of a table; the comments above its header stay."""
    rows = text.split("\n")
    depth = len(path)
    place = len(found) - 1
    while place >= 0:
        each = found[place]
        if each.path is not None and each.path[:depth] == path:
            if each.header:
                last = found[_end_of_section(found, place)].last
                _cut(rows, each.first - 1, last)
            elif len(each.table) < depth:
                rows[each.first - 1 : each.last] = comment_lines(each, [])
        place -= 1
    rest = "\n".join(rows)
    if depth > 1 and not _holds(rest, path[:-1]):
        rest = rest.rstrip("\n") + f"\n\n[{key_text(path[:-1])}]\n" if rest.strip() else f"[{key_text(path[:-1])}]\n"
    return rest


def _cut(rows: list[str], first: int, last: int) -> None:
    """Take out the rows from `first` to before `last`, and leave one blank line between what is around them."""
    rows[first:last] = []
    if first == 0 or not rows[first - 1].strip():
        while first < len(rows) - 1 and not rows[first].strip():
            del rows[first]
    elif first < len(rows) and rows[first].strip():
        rows.insert(first, "")  # a comment that stood above is not to be taken for the next table's
