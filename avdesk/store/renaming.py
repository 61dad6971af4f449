"""Remembering under a new name what was remembered of an environment: it is the same one, called otherwise."""

import contextlib
import logging
import sqlite3
from pathlib import Path

from avdesk.store.database import BUSY_TIMEOUT_S, transaction
from avdesk.store.memory import Memory

log = logging.getLogger(__name__)

KEPT_AS_IT_WAS = frozenset({"actions"})
"""The audit list tells what an environment was called when something was done to it."""


def rename_environment(path: Path, former: str, environment: str) -> bool:
    """Move what the memory at `path` holds of `former` to `environment`; return whether it was.

    Nothing is moved where anything is remembered of `environment` already: two are never mixed. Never raises for
    what is wrong with the file; it may wait for a disk.
    """
    Memory(path).close()  # an old file is brought up to date, a damaged one put aside
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as connection:
            return _move(connection, former, environment)
    except sqlite3.Error as error:
        log.warning("What is remembered of %s could not be carried over: %s", former, error)
        return False


def _move(connection: sqlite3.Connection, former: str, environment: str) -> bool:
    with transaction(connection):
        tables = _tables(connection)
        for table in tables:
            taken = f'SELECT 1 FROM "{table}" WHERE environment = ? LIMIT 1'  # noqa: S608 - names from the schema
            if connection.execute(taken, (environment,)).fetchone() is not None:
                return False
        for table in tables:
            moved = f'UPDATE "{table}" SET environment = ? WHERE environment = ?'  # noqa: S608 - as above
            connection.execute(moved, (environment, former))
        # An event names its environment once more, inside.
        connection.execute(
            "UPDATE events SET value = json_set(value, '$.environment', ?)"
            " WHERE environment = ? AND json_valid(value)",
            (environment, environment),
        )
    return True


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Return the tables whose rows belong to environments."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = []
    for name in names:
        columns = {row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (name,))}
        if "environment" in columns and name not in KEPT_AS_IT_WAS:
            found.append(name)
    return found
