"""What differs between two configuration texts, key by key, in words that may be shown anywhere."""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from avdesk.config.document import leaves, same
from avdesk.config.keys import ENVIRONMENTS, key_text, known
from avdesk.config.load import load_text
from avdesk.config.problems import Problem
from avdesk.config.rewriting import rendered
from avdesk.config.statements import KeyPath
from avdesk.core.redact import MASK, redact
from avdesk.core.text import one_line

_SECRET_NAME = re.compile(
    r"(?i)(?:pass(?:word|wd|phrase)|secret|token|api_?-?key|private_?-?key|credential|authorization|bearer)"
)
_USER_INFO = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@\"']+@")
_MISSING = object()


class ChangeKind(StrEnum):
    """What happened to a key."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """One key that differs.

    Attributes:
        key: as ``environments.dev.url``; of a renamed environment its old key, as ``environments.dev``.
        label: its name for people, in their language; the key where this version does not know it.
        kind: what happened to it.
        old, new: the values as TOML writes them, secrets masked; empty without one. Of a renamed one the names.
        restart: whether it takes hold only when the app is started again.
    """

    key: str
    label: str
    kind: ChangeKind
    old: str
    new: str
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What saving would change.

    Attributes:
        changes: by key, in the order of the texts.
        problems: what is wrong with the new text.
        differs: whether the texts differ at all, be it in comments or order alone.
        readable: whether both texts are valid TOML; where not, `changes` is empty and tells nothing.
    """

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    differs: bool
    readable: bool = True

    @property
    def restart(self) -> bool:
        """Whether any of it takes hold only when the app is started again."""
        return any(change.restart for change in self.changes)


def preview_of(before: str, after: str, path: Path) -> Preview:
    """Return what differs between two texts; `path` is only named."""
    problems = load_text(after, path).problems
    differs = before != after
    old, new = _tables(before), _tables(after)
    if old is None or new is None:
        return Preview((), problems, differs, readable=False)
    changes: list[Change] = []
    for name, follower in _renamed(old, new).items():
        renamed = key_text((ENVIRONMENTS, name))
        changes.append(Change(renamed, renamed, ChangeKind.RENAMED, name, follower))
        old[ENVIRONMENTS] = {(follower if each == name else each): value for each, value in _inner(old).items()}
    was, now = dict(leaves(old)), dict(leaves(new))
    for key in dict.fromkeys((*was, *now)):
        change = _change(key, was.get(key, _MISSING), now.get(key, _MISSING))
        if change is not None:
            changes.append(change)
    return Preview(tuple(changes), problems, differs)


def shown_value(path: KeyPath, value: object, limit: int = 300) -> str:
    """Return a value as TOML writes it, on one line of `limit` characters, with whatever may be a secret masked."""
    if is_secret_name(path[-1] if path else ""):
        return MASK
    return one_line(redact(without_user(rendered(value))), limit)


def is_secret_name(name: str) -> bool:
    """Whether a key of this name may hold a secret."""
    return _SECRET_NAME.search(name) is not None


def without_user(text: str, instead: str = MASK + "@") -> str:
    """Return a text with the user names and passwords inside its addresses replaced."""
    return _USER_INFO.sub(lambda match: match.group(1) + instead, text)


def _change(path: KeyPath, old: object, new: object) -> Change | None:
    if old is not _MISSING and new is not _MISSING and same(old, new):
        return None
    meant = known(path)
    kind = ChangeKind.ADDED if old is _MISSING else ChangeKind.REMOVED if new is _MISSING else ChangeKind.CHANGED
    return Change(
        key_text(path),
        meant.option.label() if meant is not None else key_text(path),
        kind,
        "" if old is _MISSING else shown_value(path, old),
        "" if new is _MISSING else shown_value(path, new),
        restart=meant is not None and meant.option.restart,
    )


def _tables(text: str) -> dict[str, object] | None:
    try:
        return dict(tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n")))
    except (ValueError, RecursionError):
        return None


def _inner(tables: dict[str, object]) -> dict[str, object]:
    found = tables.get(ENVIRONMENTS)
    return found if isinstance(found, dict) else {}


def _renamed(old: dict[str, object], new: dict[str, object]) -> dict[str, str]:
    """Return the environments that are there under another name with the same values."""
    gone = [name for name in _inner(old) if name not in _inner(new)]
    come = [name for name in _inner(new) if name not in _inner(old)]
    found: dict[str, str] = {}
    for name in gone:
        for other in come:
            if other not in found.values() and same(_inner(old)[name], _inner(new)[other]):
                found[name] = other
                break
    return found
