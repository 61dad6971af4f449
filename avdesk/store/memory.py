"""What AVDesk remembers of an environment across restarts: last known facts, events, runs, learnt durations.

Shared by all processes of the user. A write that fails (a full disk) is logged and forgotten: remembering is a
convenience, watching is the job.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from avdesk.core.actions import ActionRecord
from avdesk.core.checkcourse import CheckCourse, CheckPoint
from avdesk.core.errors import StoreError
from avdesk.core.events import Event
from avdesk.core.health import Health
from avdesk.core.run import Run
from avdesk.store.codec import UnreadableError, dumps, loads
from avdesk.store.database import open_database, transaction
from avdesk.store.migrations import memory_to1, memory_to2, memory_to3

log = logging.getLogger(__name__)

T = TypeVar("T")

KEPT_FOR = timedelta(days=180)
KEPT_EVENTS = 20_000
KEPT_ANSWERS = 2000
"""Answers of each health check that are kept, the newest."""
AUDIT_KEPT_FOR = timedelta(days=1100)
"""Who did what is asked for longer than what happened."""

_MIGRATIONS = (memory_to1.migrate, memory_to2.migrate, memory_to3.migrate)


class Memory:
    """The memory, over one SQLite file. Belongs to one thread."""

    def __init__(self, path: Path) -> None:
        self._opened = open_database(path, _MIGRATIONS)

    @property
    def trouble(self) -> StoreError | None:
        """Why nothing stays, or what was lost; None when all is well."""
        return self._opened.trouble

    def close(self) -> None:
        """Close the file."""
        self._opened.connection.close()

    def keep(self, environment: str, name: str, value: object, at: datetime) -> None:
        """Remember a fact: a dataclass or any JSON value."""
        self._write(
            "INSERT OR REPLACE INTO facts (environment, name, value, at) VALUES (?, ?, ?, ?)",
            [(environment, name, dumps(value), at.timestamp())],
        )

    def recall(self, environment: str, name: str, kind: type[T]) -> tuple[T, datetime] | None:
        """Return a remembered fact and when it was known, None when there is none that can be read."""
        rows = self._read("SELECT value, at FROM facts WHERE environment = ? AND name = ?", (environment, name))
        for value, at in rows:
            try:
                return loads(value, kind), datetime.fromtimestamp(at, UTC)
            except (ValueError, OverflowError, OSError, TypeError) as error:
                log.info("Forgetting %s of %s: %s", name, environment, error)
        return None

    def amend(
        self, environment: str, name: str, kind: type[T], change: Callable[[T | None], T], at: datetime
    ) -> None:
        """Replace a fact by what `change` makes of it, in one step that no other process comes between."""
        try:
            with transaction(self._opened.connection) as connection:
                rows = connection.execute(
                    "SELECT value FROM facts WHERE environment = ? AND name = ?", (environment, name)
                ).fetchall()
                before = next(iter(_readable((row[0] for row in rows), kind)), None)
                connection.execute(
                    "INSERT OR REPLACE INTO facts (environment, name, value, at) VALUES (?, ?, ?, ?)",
                    (environment, name, dumps(change(before)), at.timestamp()),
                )
        except sqlite3.Error as error:
            log.warning("Cannot remember: %s", error)

    def forget(self, environment: str, name: str) -> None:
        """Forget a fact."""
        self._write("DELETE FROM facts WHERE environment = ? AND name = ?", [(environment, name)])

    def add_events(self, events: Iterable[Event]) -> None:
        """Remember what happened."""
        rows = [(e.environment, e.at.timestamp(), e.kind.value, dumps(e)) for e in events]
        if rows:
            self._write("INSERT INTO events (environment, at, kind, value) VALUES (?, ?, ?, ?)", rows)

    def events(self, environment: str, limit: int) -> tuple[Event, ...]:
        """Return the most recent events, newest first."""
        rows = self._read(
            "SELECT value FROM events WHERE environment = ? ORDER BY at DESC, id DESC LIMIT ?", (environment, limit)
        )
        return tuple(_readable((row[0] for row in rows), Event))

    def add_run(self, environment: str, run: Run, at: datetime) -> None:
        """Remember a run as it stands; a later state of the same run replaces it."""
        moment = run.started_at or run.ended_at or at
        self._write(
            "INSERT INTO runs (environment, id, at, value) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (environment, id) DO UPDATE SET value = excluded.value",
            [(environment, run.id, moment.timestamp(), dumps(run))],
        )

    def runs(self, environment: str, limit: int) -> tuple[Run, ...]:
        """Return the most recent runs, newest first."""
        rows = self._read(
            "SELECT value FROM runs WHERE environment = ? ORDER BY at DESC LIMIT ?", (environment, limit)
        )
        return tuple(_readable((row[0] for row in rows), Run))

    def add_action(self, record: ActionRecord) -> None:
        """Remember an action as it stands; a later state of the same action replaces it."""
        request = record.request
        self._write(
            "INSERT INTO actions (id, environment, at, value) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET value = excluded.value",
            [(request.id, request.environment, record.asked_at.timestamp(), dumps(record))],
        )

    def actions(self, limit: int, environment: str | None = None) -> tuple[ActionRecord, ...]:
        """Return the most recent actions, of one environment or (None) of all, newest first."""
        rows = self._read(
            "SELECT value FROM actions WHERE ? IS NULL OR environment = ? ORDER BY at DESC, rowid DESC LIMIT ?",
            (environment, environment, limit),
        )
        return tuple(_readable((row[0] for row in rows), ActionRecord))

    def add_answer(self, environment: str, name: str, course: CheckCourse) -> None:
        """Remember the newest point of a check's course, and how the check stands with it; old ones go."""
        point = course.points[-1]
        since, good = (None if moment is None else moment.timestamp() for moment in (course.since, course.last_good))
        known = None if course.known is None else course.known.value
        row = (environment, name, point.at.timestamp(), point.status.value, point.latency_s, since, good, known)
        self._write(
            "INSERT INTO checks (environment, name, at, status, latency_s, since, last_good, known, flapping)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row, course.flapping)],
        )
        self._write(
            "DELETE FROM checks WHERE id IN (SELECT id FROM checks WHERE environment = ? AND name = ?"
            " ORDER BY at DESC, id DESC LIMIT 10 OFFSET ?)",
            [(environment, name, KEPT_ANSWERS)],
        )

    def courses(self, environment: str, points: int) -> dict[str, CheckCourse]:
        """Return how each check of an environment has fared, with its last so many points."""
        names = self._read("SELECT DISTINCT name, 0 FROM checks WHERE environment = ?", (environment,))
        found = {}
        for name, _unused in names:
            rows = self._read(
                "SELECT at, status, latency_s, since, last_good, known, flapping FROM checks"
                " WHERE environment = ? AND name = ? ORDER BY at DESC, id DESC LIMIT ?",
                (environment, name, points),
            )
            try:
                found[name] = _course(rows)
            except (ValueError, OverflowError, OSError, TypeError, IndexError) as error:
                log.info("Forgetting how %s has fared: %s", name, error)
        return found

    def forget_courses(self, environment: str, *, own: bool) -> None:
        """Forget how an environment's checks have fared: those of its server, or AVDesk's own of its project."""
        of_project = "name LIKE 'own.%' AND name <> 'own.clock'"
        which = of_project if own else f"NOT ({of_project})"
        self._write(f"DELETE FROM checks WHERE environment = ? AND {which}", [(environment,)])  # noqa: S608 - fixed

    def learn(self, environment: str, what: str, seconds: float, at: datetime) -> None:
        """Remember how long something took: a phase, or ``queue``/``render`` on a kind of machine."""
        self._write(
            "INSERT INTO durations (environment, what, seconds, at) VALUES (?, ?, ?, ?)",
            [(environment, what, seconds, at.timestamp())],
        )

    def durations(self, environment: str, what: str, limit: int) -> tuple[float, ...]:
        """Return how long something took the last times, newest first, seconds."""
        rows = self._read(
            "SELECT seconds FROM durations WHERE environment = ? AND what = ? ORDER BY at DESC, id DESC LIMIT ?",
            (environment, what, limit),
        )
        return tuple(float(row[0]) for row in rows)

    def prune(self, now: datetime) -> None:
        """Forget what is too old or too much. Cheap enough for once a day."""
        oldest = (now - KEPT_FOR).timestamp()
        for table in ("events", "runs", "durations", "checks"):
            self._write(f"DELETE FROM {table} WHERE at < ?", [(oldest,)])  # noqa: S608 - names from this line
        self._write("DELETE FROM actions WHERE at < ?", [((now - AUDIT_KEPT_FOR).timestamp(),)])
        self._write(
            "DELETE FROM events WHERE id <= (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ?)",
            [(KEPT_EVENTS,)],
        )

    def _read(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._opened.connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            log.warning("Cannot recall: %s", error)
            return []

    def _write(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            with transaction(self._opened.connection) as connection:
                connection.executemany(sql, rows)
        except sqlite3.Error as error:
            log.warning("Cannot remember: %s", error)


def _readable(texts: Iterable[str], kind: type[T]) -> Iterator[T]:
    for text in texts:
        try:
            yield loads(text, kind)
        except UnreadableError as error:
            log.info("Skipping what cannot be read: %s", error)


def _course(rows: Sequence[tuple[Any, ...]]) -> CheckCourse:
    """Return the course that the rows of a check tell of, the newest row first."""
    _at, _status, _latency, since, good, known, flapping = rows[0]
    return CheckCourse(
        points=tuple(CheckPoint(_moment(row[0]), Health(row[1]), row[2]) for row in reversed(rows)),
        since=None if since is None else _moment(since),
        last_good=None if good is None else _moment(good),
        known=None if known is None else Health(known),
        flapping=bool(flapping),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
