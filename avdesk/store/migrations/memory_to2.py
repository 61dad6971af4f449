"""Version 2 of what is remembered: the audit list."""

import sqlite3


def migrate(connection: sqlite3.Connection) -> None:
    """Create the list of the actions that were taken."""
    connection.execute(
        "CREATE TABLE actions (id TEXT PRIMARY KEY, environment TEXT NOT NULL, at REAL NOT NULL, value TEXT NOT NULL)"
    )
    connection.execute("CREATE INDEX actions_by_time ON actions (at)")
