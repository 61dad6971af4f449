"""Opening SQLite files that may be new, old, too new, damaged, read-only or on a full disk.

A database that cannot be used never stops AVDesk: a damaged one is put aside, and where nothing can be written the
work goes on in memory; `Opened.trouble` then says so. Every file's schema has a ``user_version``; migrations are
numbered functions, run one by one, each in a transaction, with a copy of the file made first.
"""

import contextlib
import logging
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from avdesk.core.errors import StoreError
from avdesk.i18n import _

log = logging.getLogger(__name__)

Migration = Callable[[sqlite3.Connection], None]

BUSY_TIMEOUT_S = 5.0
KEPT_DAMAGED = 3
"""Damaged files that are kept aside for whoever wants to look at them."""


@dataclass(slots=True)
class Opened:
    """An open database.

    Attributes:
        connection: in autocommit mode; use `transaction` for more than one statement.
        in_memory: nothing of it stays.
        trouble: why it is not what it should be, None when all is well.
    """

    connection: sqlite3.Connection
    in_memory: bool = False
    trouble: StoreError | None = None


def open_database(path: Path, migrations: Sequence[Migration]) -> Opened:
    """Open the file at `path`, creating it and its folder (private to the user) where missing. Never raises."""
    try:
        return Opened(_open_patiently(path, migrations))
    except StoreError as error:
        log.warning("%s: %s", path.name, error)
        return open_in_memory(migrations, error)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            log.warning("%s cannot be used: %s", path.name, error)
            return open_in_memory(migrations, unusable(path, error))
        return _replace_damaged(path, migrations, error)
    except OSError as error:
        log.warning("%s cannot be used: %s", path.name, error)
        return open_in_memory(migrations, unusable(path, error))


def open_in_memory(migrations: Sequence[Migration], trouble: StoreError | None = None) -> Opened:
    """Open a database of which nothing stays."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _migrate(connection, None, migrations)
    return Opened(connection, in_memory=True, trouble=trouble)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run a block as one transaction that holds the write lock from its start."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _open_patiently(path: Path, migrations: Sequence[Migration]) -> sqlite3.Connection:
    """Open the file; while another process opens or switches it, SQLite gives up at once instead of waiting."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            return _open_file(path, migrations)
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether the error only says that another process holds the file."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _check_whole(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise sqlite3.DatabaseError("damaged inside")


def _open_file(path: Path, migrations: Sequence[Migration]) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        _check_whole(connection)
        _migrate(connection, path, migrations)
        with transaction(connection):
            connection.execute("CREATE TABLE IF NOT EXISTS probe (at REAL)")
    except BaseException:
        connection.close()
        raise
    with contextlib.suppress(OSError):
        path.chmod(0o600)
    return connection


def _migrate(connection: sqlite3.Connection, path: Path | None, migrations: Sequence[Migration]) -> None:
    version = _version(connection)
    if version > len(migrations):
        raise StoreError(
            _("{file} was written by a newer AVDesk.").format(file=path.name if path else "memory"),
            _("Update AVDesk; until then nothing is remembered."),
        )
    if 0 < version < len(migrations) and path is not None:
        _copy_before_migrating(connection, path, version)
    for number in range(version, len(migrations)):
        with transaction(connection):
            if _version(connection) != number:
                continue  # another process was faster
            migrations[number](connection)
            connection.execute(f"PRAGMA user_version={number + 1}")


def _version(connection: sqlite3.Connection) -> int:
    row = connection.execute("PRAGMA user_version").fetchone()
    return int(row[0])


def _copy_before_migrating(connection: sqlite3.Connection, path: Path, version: int) -> None:
    copy = sqlite3.connect(path.with_suffix(f".v{version}.bak"))
    try:
        connection.backup(copy)
    finally:
        copy.close()


def _replace_damaged(path: Path, migrations: Sequence[Migration], error: sqlite3.DatabaseError) -> Opened:
    aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
    log.warning("%s is damaged (%s); it is kept as %s", path.name, error, aside.name)
    trouble = StoreError(
        _("{file} was damaged and has been put aside.").format(file=path.name),
        _("What was remembered is gone; the damaged file is kept as {file}.").format(file=aside.name),
    )
    with contextlib.suppress(sqlite3.Error, OSError, StoreError):
        return Opened(_open_file(path, migrations))  # another process was faster, and has replaced it
    try:
        shutil.move(path, aside)
        for leftover in ("-wal", "-shm"):
            path.with_name(path.name + leftover).unlink(missing_ok=True)
        for old in sorted(path.parent.glob(f"{path.name}.damaged-*"))[:-KEPT_DAMAGED]:
            old.unlink(missing_ok=True)
        return Opened(_open_file(path, migrations), trouble=trouble)
    except (OSError, sqlite3.Error, StoreError) as again:
        log.warning("%s cannot be replaced: %s", path.name, again)
        return open_in_memory(migrations, unusable(path, again))


def unusable(path: Path, error: Exception) -> StoreError:
    """Return what to tell of a file that cannot be written."""
    return StoreError(
        _("{folder} cannot be written: {reason}.").format(folder=path.parent, reason=error),
        _("Free some space or mend the folder's permissions; until then nothing is remembered."),
    )
