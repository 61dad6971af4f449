"""Changing one statement of a TOML text, with its comments and its way of writing, by tomlkit."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol, cast

from avdesk.config.statements import KeyPath, Statement, comments_in, split_key

if TYPE_CHECKING:
    from tomlkit.items import Array, Item


class Holder(Protocol):
    """What holds keys in tomlkit: a document, a table, an inline table."""

    def __iter__(self) -> Iterator[str]:
        """Go through the keys."""

    def __contains__(self, key: object) -> bool:
        """Whether it has a key."""

    def __getitem__(self, key: str) -> object:
        """Return an item."""

    def __setitem__(self, key: str, value: object) -> None:
        """Put an item in the place of another, which keeps its comment."""

    def __delitem__(self, key: str) -> None:
        """Take an item out."""

    def unwrap(self) -> dict[str, object]:
        """Return the values without how they are written."""


def rendered(value: object) -> str:
    """Return a value as TOML writes it on one line."""
    return _item(value).as_string()


def with_value(statement: Statement, inside: KeyPath, value: object) -> list[str]:
    """Return the lines of a statement whose value, or the part `inside` its inline table, is replaced."""

    def change(holder: Holder, key: str) -> None:
        old = _array(holder[key]) if key in holder else None
        if isinstance(value, list) and old is not None and _adapt(old, value):
            return
        holder[key] = _item(value)

    return _changed(statement, inside, change)


def without_value(statement: Statement, inside: KeyPath) -> list[str]:
    """Return the lines of a statement without the part `inside` its inline table."""

    def change(holder: Holder, key: str) -> None:
        del holder[key]

    return _changed(statement, inside, change)


def with_name(statement: Statement, inside: KeyPath, name: str) -> list[str]:
    """Return the lines of a statement in which the part `inside` its inline table has another name."""

    def change(holder: Holder, key: str) -> None:
        plain = {(name if each == key else each): value for each, value in holder.unwrap().items()}
        for each in list(holder):
            del holder[each]
        for each, value in plain.items():
            holder[each] = _item(value)

    return _changed(statement, inside, change)


def with_key(statement: Statement, key: str) -> list[str]:
    """Return the lines of a statement or header that has another key."""
    if statement.header:
        before, _bracket, rest = statement.text.partition("[")
        _old, _bracket, after = rest.partition("]")
        return [f"{before}[{key}]{after}"]
    old, _equals, _value = split_key(statement.text)
    indent = old[: len(old) - len(old.lstrip())]
    blanks = old[len(old.rstrip()) :]
    return (indent + key + blanks + statement.text[len(old) :]).split("\n")


def comment_lines(statement: Statement, kept: list[str]) -> list[str]:
    """Return the comments of a statement that the lines of `kept` do not hold, as lines of their own."""
    left = comments_in("\n".join(kept))
    indent = statement.text[: len(statement.text) - len(statement.text.lstrip())]
    lines = []
    for comment in comments_in(statement.text):
        if comment in left:
            left.remove(comment)
        else:
            lines.append(indent + comment)
    return lines


def _changed(statement: Statement, inside: KeyPath, change: Callable[[Holder, str], None]) -> list[str]:
    """Return a statement's lines after `change(holder, key)`, comments that got lost in it as lines above."""
    import tomlkit

    assert statement.path is not None
    document = tomlkit.parse(statement.text)
    steps = (*statement.path[len(statement.table) :], *inside)
    holder = cast("Holder", document)
    for step in steps[:-1]:
        if step not in holder:
            holder[step] = tomlkit.inline_table()
        holder = cast("Holder", holder[step])
    change(holder, steps[-1])
    lines = tomlkit.dumps(document).rstrip("\n").split("\n")
    return [*comment_lines(statement, lines), *lines]


def _array(item: object) -> "Array | None":
    from tomlkit.items import Array

    return item if isinstance(item, Array) else None


def _adapt(array: "Array", wanted: list[object]) -> bool:
    """Change an array element by element, so that what is written beside them stays; False where that fails."""
    if not all(isinstance(each, str) for each in (*array, *wanted)) or len(set(array)) != len(array):
        return False
    for place in reversed(range(len(array))):
        if array[place] not in wanted:
            del array[place]
    if [each for each in wanted if each in array] != list(array):
        return False
    for place, each in enumerate(wanted):
        if place >= len(array) or array[place] != each:
            array.insert(place, each)
    return list(array) == wanted


def _item(value: object) -> "Item":
    """Return a value as tomlkit's, tables inline."""
    import tomlkit

    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for key, each in value.items():
            table[key] = _item(each)
        return table
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        for each in value:
            array.append(_item(each))
        return array
    return tomlkit.item(value)
