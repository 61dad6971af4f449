"""Version 1 of what is remembered."""

import sqlite3


def migrate(connection: sqlite3.Connection) -> None:
    """Create the last known facts, events, runs and learnt durations."""
    connection.execute(
        "CREATE TABLE facts (environment TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, at REAL NOT NULL,"
        " PRIMARY KEY (environment, name))"
    )
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, environment TEXT NOT NULL, at REAL NOT NULL,"
        " kind TEXT NOT NULL, value TEXT NOT NULL)"
    )
    connection.execute("CREATE INDEX events_by_time ON events (environment, at)")
    connection.execute(
        "CREATE TABLE runs (environment TEXT NOT NULL, id TEXT NOT NULL, at REAL NOT NULL, value TEXT NOT NULL,"
        " PRIMARY KEY (environment, id))"
    )
    connection.execute("CREATE INDEX runs_by_time ON runs (environment, at)")
    connection.execute(
        "CREATE TABLE durations (id INTEGER PRIMARY KEY, environment TEXT NOT NULL, what TEXT NOT NULL,"
        " seconds REAL NOT NULL, at REAL NOT NULL)"
    )
    connection.execute("CREATE INDEX durations_of ON durations (environment, what, at)")
