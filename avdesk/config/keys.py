"""Keys of the configuration as text: ``environments.dev.url``, and which option each one is."""

from collections.abc import Iterable
from dataclasses import dataclass

from avdesk.config.options import (
    APPEARANCE,
    DEFAULT_ENVIRONMENT,
    ENVIRONMENT,
    NOTIFICATIONS,
    POLLING,
    TABLES,
    UPDATES,
    Option,
)
from avdesk.config.problems import did_you_mean, quoted
from avdesk.config.statements import KeyPath, key_path
from avdesk.config.values import ENVIRONMENT_NAME
from avdesk.core.errors import UsageError
from avdesk.i18n import _

ENVIRONMENTS = "environments"
TOP = "default_environment"
INNER_TABLES = (POLLING, NOTIFICATIONS)
"""The tables that an environment may have of its own."""

_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


@dataclass(frozen=True, slots=True)
class Known:
    """A key that this version knows.

    Attributes:
        path: its parts.
        option: what it is.
        environment: whose it is; None where it holds for all.
    """

    path: KeyPath
    option: Option
    environment: str | None = None


def key_text(path: Iterable[str]) -> str:
    """Return a path as TOML writes it: parts that hold more than letters, digits, ``-`` and ``_`` are quoted."""
    return ".".join(_part(part) for part in path)


def read_key(text: str) -> KeyPath:
    """Return the parts of a key as a person writes it; the name of an environment may hold dots unquoted.

    Raises:
        UsageError: it is no key.
    """
    bare = text.strip()
    path = key_path(bare)
    if path is None and bare and '"' not in bare and "'" not in bare and bare.isprintable():
        path = tuple(bare.split("."))  # a name with letters that TOML wants quoted
    if path is None or not all(path):
        raise UsageError(_("“{key}” is no key.").format(key=quoted(text)), _("Write it like environments.dev.url."))
    return _with_whole_name(path)


def known(path: KeyPath) -> Known | None:
    """Return what a path is, None for a table and for what this version does not know."""
    if path == (TOP,):
        return Known(path, DEFAULT_ENVIRONMENT)
    if len(path) == 2 and path[0] in (POLLING, NOTIFICATIONS, APPEARANCE, UPDATES):
        option = TABLES[path[0]].get(path[1])
        return None if option is None else Known(path, option)
    if len(path) < 3 or path[0] != ENVIRONMENTS or not ENVIRONMENT_NAME.fullmatch(path[1]):
        return None
    if len(path) == 3:
        option = TABLES[ENVIRONMENT].get(path[2])
    elif len(path) == 4 and path[2] in INNER_TABLES:
        option = TABLES[path[2]].get(path[3])
    else:
        option = None
    return None if option is None else Known(path, option, path[1])


def all_keys(environments: Iterable[str]) -> list[str]:
    """Return every known key, for these environments."""
    keys = [TOP]
    for name in environments:
        base = (ENVIRONMENTS, name)
        keys += [key_text((*base, key)) for key in TABLES[ENVIRONMENT]]
        keys += [key_text((*base, table, key)) for table in INNER_TABLES for key in TABLES[table]]
    for table in (POLLING, NOTIFICATIONS, APPEARANCE, UPDATES):
        keys += [key_text((table, key)) for key in TABLES[table]]
    return keys


def unknown_key(path: KeyPath, environments: Iterable[str]) -> UsageError:
    """Return the error for a key that this version does not know, with the nearest one that it does."""
    names = list(environments)
    if len(path) > 2 and path[0] == ENVIRONMENTS and not ENVIRONMENT_NAME.fullmatch(path[1]):
        return UsageError(
            _("“{value}” is no name for an environment.").format(value=quoted(path[1])),
            _("Use letters, digits, “-” and “_”."),
        )
    keys = all_keys(names or ["dev"])
    beside = [key_text((*path[:-1], key)) for key in _keys_beside(path)]
    hint = did_you_mean(key_text(path), beside or keys)
    return UsageError(_("There is no key “{key}”.").format(key=quoted(key_text(path))), hint)


def _keys_beside(path: KeyPath) -> list[str]:
    """Return the keys of the table that a path stands in, none where that is no table either."""
    if len(path) == 2 and path[0] in TABLES and path[0] != ENVIRONMENT:
        return list(TABLES[path[0]])
    if len(path) == 3 and path[0] == ENVIRONMENTS:
        return list(TABLES[ENVIRONMENT])
    if len(path) == 4 and path[0] == ENVIRONMENTS and path[2] in INNER_TABLES:
        return list(TABLES[path[2]])
    return []


def _with_whole_name(path: KeyPath) -> KeyPath:
    """Return the path with the pieces of a dotted environment's name put together again."""
    if len(path) <= 3 or path[0] != ENVIRONMENTS or known(path) is not None:
        return path
    for tail in (2, 1):
        whole = (ENVIRONMENTS, ".".join(path[1:-tail]), *path[-tail:])
        if len(path) - tail > 2 and known(whole) is not None:
            return whole
    return path


def _part(part: str) -> str:
    if part and set(part) <= _BARE:
        return part
    import tomlkit

    return tomlkit.item(part).as_string()
