"""Version 1 of the request ledger."""

import sqlite3


def migrate(connection: sqlite3.Connection) -> None:
    """Create the counted requests and what is known of each server's limit."""
    connection.execute(
        "CREATE TABLE requests (id INTEGER PRIMARY KEY, server TEXT NOT NULL, wall REAL NOT NULL, mono REAL NOT NULL)"
    )
    connection.execute("CREATE INDEX requests_of_server ON requests (server, wall)")
    connection.execute(
        "CREATE TABLE limits (server TEXT PRIMARY KEY, max_requests INTEGER, window_s REAL,"
        " blocked_until REAL, strikes INTEGER NOT NULL DEFAULT 0, others INTEGER NOT NULL DEFAULT 0, others_at REAL)"
    )
