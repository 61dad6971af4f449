"""Version 3 of what is remembered: how the health checks have fared."""

import sqlite3


def migrate(connection: sqlite3.Connection) -> None:
    """Create the answers of the checks; each row tells by itself how its check stood with it."""
    connection.execute(
        "CREATE TABLE checks (id INTEGER PRIMARY KEY, environment TEXT NOT NULL, name TEXT NOT NULL,"
        " at REAL NOT NULL, status TEXT NOT NULL, latency_s REAL, since REAL, last_good REAL, known TEXT,"
        " flapping INTEGER NOT NULL)"
    )
    connection.execute("CREATE INDEX checks_of ON checks (environment, name, at)")
