"""Bringing together two edits of one file: what was changed here, and what another program wrote meanwhile."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from avdesk.config.document import Document, leaves, same
from avdesk.config.keys import key_text
from avdesk.config.statements import KeyPath

_MISSING = object()


class Side(StrEnum):
    """Whose value is taken where both changed the same key."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One key that both changed, to different values.

    Attributes:
        key: as ``environments.dev.url``.
        path: its parts.
        base, mine, theirs: the values; None where the key is not given.
    """

    key: str
    path: KeyPath
    base: object
    mine: object
    theirs: object


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of it.

    Attributes:
        text: with every change of both; where they conflict without a choice, with theirs.
        conflicts: the keys still to be decided.
    """

    text: str
    conflicts: tuple[Conflict, ...] = ()


def merge(base: str, mine: str, theirs: str, choices: Mapping[str, Side] | None = None) -> Merged:
    """Merge two edits of `base`, line by line where that works, else key by key onto `theirs`.

    `choices`: for each conflict's key, whose value is taken.

    Raises:
        ConfigError: one of the texts is damaged, or cannot be edited key by key.
    """
    before, here, there = (_values(text) for text in (base, mine, theirs))
    chosen = choices or {}
    conflicts: list[Conflict] = []
    wanted: list[tuple[KeyPath, object]] = []
    for path in dict.fromkeys((*before, *here)):
        old, new, other = (values.get(path, _MISSING) for values in (before, here, there))
        if _same(old, new) or _same(new, other):
            continue
        if _same(old, other) or chosen.get(key_text(path)) is Side.MINE:
            wanted.append((path, new))
        elif chosen.get(key_text(path)) is not Side.THEIRS:
            conflicts.append(Conflict(key_text(path), path, _told(old), _told(new), _told(other)))
    by_key = _applied(theirs, wanted)
    by_line = _merged_lines(base, mine, theirs)
    if by_line is not None and not conflicts and _means(by_line, by_key):
        return Merged(by_line)
    return Merged(by_key, tuple(conflicts))


def _values(text: str) -> dict[KeyPath, object]:
    document = Document(text)
    document.check_sound()
    return dict(leaves(document.tables()))


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _same(one: object, other: object) -> bool:
    if one is _MISSING or other is _MISSING:
        return one is other
    return same(one, other)


def _told(value: object) -> object:
    return None if value is _MISSING else value


def _applied(text: str, wanted: Sequence[tuple[KeyPath, object]]) -> str:
    """Return a text with keys set, or taken out where the value is missing."""
    document = Document(text, Path("config.toml"))
    for path, value in wanted:
        if value is _MISSING:
            document.unset(path)
    for path, value in wanted:
        if value is not _MISSING:
            document.put(path, value)
    for path, value in wanted:
        if value is _MISSING:
            _drop_empty(document, path)
    return document.text


def _drop_empty(document: Document, path: KeyPath) -> None:
    """Take out the environment that lost its last key here."""
    if path[0] == "environments" and len(path) > 2 and document.given(path[:2]) == {}:
        document.unset(path[:2])


def _means(text: str, other: str) -> bool:
    """Whether two texts hold the same values."""
    try:
        return same(tomllib.loads(_plain(text)), tomllib.loads(_plain(other)))
    except (ValueError, RecursionError):
        return False


def _merged_lines(base: str, mine: str, theirs: str) -> str | None:
    """Return both edits line by line, None where they touch the same lines."""
    rows = base.splitlines(keepends=True)
    edits = sorted([*_edits(rows, mine), *_edits(rows, theirs)], key=lambda edit: (edit[0], edit[1]))
    merged: list[str] = []
    done = 0
    last: tuple[int, int, list[str]] | None = None
    for edit in edits:
        first, end, lines = edit
        if edit == last:
            continue  # both did the same
        if last is not None and (first < done or (first, end) == last[:2] or first == last[1]):
            return None
        merged += rows[done:first]
        merged += lines
        done, last = end, edit
    return "".join([*merged, *rows[done:]])


def _edits(rows: Sequence[str], text: str) -> list[tuple[int, int, list[str]]]:
    """Return what was changed as (first row, end row, lines instead)."""
    new = text.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(None, rows, new, autojunk=False)
    return [(a, b, new[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]
