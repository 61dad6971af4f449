"""Files that are damaged, too new, read-only, full, or held by others never stop AVDesk, and heal where they can."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from avdesk.core.errors import StoreError
from avdesk.core.events import Event, EventKind
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import Reach, ServerView
from avdesk.store import database
from avdesk.store.database import open_database, transaction
from avdesk.store.ledger import Ledger
from avdesk.store.memory import KEPT_FOR, Memory
from tests.harness import ledger_race

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def damage_the_header(path: Path) -> None:
    path.write_bytes(b"this was a database once\n" * 400)


def damage_inside(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # everything in the one file
    raw = bytearray(path.read_bytes())
    raw[4096:] = os.urandom(len(raw) - 4096)
    path.write_bytes(raw)


def cut_off(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2 + 100])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def filled(path: Path) -> None:
    memory = Memory(path)
    memory.add_events(Event(EventKind.RUN_STARTED, "dev", NOW, detail="x" * 300) for _ in range(200))
    memory.keep("dev", "zone_offset_s", 3600.0, NOW)
    memory.close()


@pytest.mark.parametrize("harm", [damage_the_header, damage_inside, cut_off])
def test_damaged_file_is_put_aside_and_a_new_one_begun(harm: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "state" / "memory.sqlite3"
    filled(path)
    harm(path)

    memory = Memory(path)
    assert isinstance(memory.trouble, StoreError)
    assert memory.recall("dev", "zone_offset_s", float) is None
    memory.keep("dev", "zone_offset_s", 7200.0, NOW)
    memory.close()

    again = Memory(path)
    assert again.trouble is None
    assert again.recall("dev", "zone_offset_s", float) == (7200.0, NOW)
    again.close()
    assert len(list(path.parent.glob("memory.sqlite3.damaged-*"))) == 1


def test_empty_file_is_a_new_database(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    empty(path)
    memory = Memory(path)
    assert memory.trouble is None
    memory.close()


def test_only_a_few_damaged_files_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "memory.sqlite3"
    for place in range(6):
        monkeypatch.setattr("avdesk.store.database.time.time", lambda place=place: 1_000_000_000 + place)
        damage_the_header(path)
        Memory(path).close()
    assert len(list(tmp_path.glob("memory.sqlite3.damaged-*"))) == database.KEPT_DAMAGED


def test_file_of_a_newer_avdesk_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    filled(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")
    before = path.read_bytes()
    memory = Memory(path)
    assert memory.trouble is not None
    assert "newer" in memory.trouble.message
    memory.keep("dev", "zone_offset_s", 1.0, NOW)
    assert memory.recall("dev", "zone_offset_s", float) == (1.0, NOW)
    memory.close()
    assert path.read_bytes() == before


def test_file_in_the_folders_place_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder")
    for opened in (Memory(tmp_path / "state" / "memory.sqlite3"), Ledger(tmp_path / "state" / "ledger.sqlite3")):
        assert opened.trouble is not None
        opened.close()


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="needs Unix users")
def test_read_only_folder_leaves_everything_in_memory(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    filled(folder / "memory.sqlite3")
    Ledger(folder / "ledger.sqlite3").close()
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    for parent in folder.parents:
        if parent.is_relative_to("/tmp") and parent != Path("/tmp"):  # noqa: S108 - where the tests' folders are
            parent.chmod(parent.stat().st_mode | 0o055)
    program = (
        "import sys, os\n"
        "from datetime import datetime, UTC\n"
        "from pathlib import Path\n"
        "from avdesk.store.memory import Memory\n"
        "from avdesk.store.ledger import Ledger, Allowance\n"
        "folder = Path(sys.argv[1])\n"
        "if os.getuid() == 0:\n"
        "    os.setgid(65534); os.setuid(65534)\n"
        "memory, ledger = Memory(folder / 'memory.sqlite3'), Ledger(folder / 'ledger.sqlite3')\n"
        "assert memory.trouble and ledger.trouble, (memory.trouble, ledger.trouble)\n"
        "memory.keep('dev', 'x', 1.0, datetime.now(UTC))\n"
        "assert memory.recall('dev', 'x', float)\n"
        "for _ in range(10): ledger.settle(ledger.take('s', Allowance(), by_hand=True))\n"
        "assert ledger.wait_s('s', Allowance(), by_hand=True) > 0\n"
        "print('fine')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    folder.chmod(0o755)
    assert done.stdout == "fine\n", done.stderr


def test_full_disk_forgets_but_goes_on(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite3")
    connection = memory._opened.connection  # noqa: SLF001 - the fault is made inside
    memory.keep("dev", "zone_offset_s", 1.0, NOW)
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")
    memory.add_events(Event(EventKind.RUN_STARTED, "dev", NOW, detail="x" * 4000) for _ in range(100))
    memory.add_run("dev", Run("run-1", RunState.FAILED, (), error="y" * 90_000), NOW)
    assert memory.recall("dev", "zone_offset_s", float) == (1.0, NOW)
    assert memory.events("dev", 10) == ()
    connection.execute("PRAGMA max_page_count=1000000")
    memory.keep("dev", "zone_offset_s", 2.0, NOW)
    assert memory.recall("dev", "zone_offset_s", float) == (2.0, NOW)
    memory.close()


def test_fact_of_another_shape_is_forgotten(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite3")
    memory.keep("dev", "server", {"reach": "telepathy"}, NOW)
    assert memory.recall("dev", "server", ServerView) is None
    memory.keep("dev", "server", ServerView(Reach.YES), NOW)
    assert memory.recall("dev", "server", ServerView) == (ServerView(Reach.YES), NOW)
    with transaction(memory._opened.connection) as connection:  # noqa: SLF001 - the fault is made inside
        connection.execute("UPDATE facts SET at = 1e300")
    assert memory.recall("dev", "server", ServerView) is None
    memory.close()


def test_texts_that_no_encoding_takes_are_remembered(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite3")
    event = Event(EventKind.RUN_FAILED, "dev", NOW, detail="half a pair: \ud83d, and \x00")
    memory.add_events([event])
    assert memory.events("dev", 1) == (event,)
    memory.close()


def test_old_and_surplus_things_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avdesk.store.memory.KEPT_EVENTS", 50)
    memory = Memory(tmp_path / "memory.sqlite3")
    memory.add_events([Event(EventKind.RUN_STARTED, "dev", NOW - KEPT_FOR - timedelta(days=1))])
    memory.learn("dev", "story_generation", 30.0, NOW - KEPT_FOR - timedelta(days=1))
    memory.add_events(Event(EventKind.RUN_STARTED, "dev", NOW) for _ in range(80))
    memory.prune(NOW)
    assert len(memory.events("dev", 500)) == 50
    assert memory.durations("dev", "story_generation", 9) == ()
    memory.close()


def test_migration_keeps_a_copy_and_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"

    def first(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE things (name TEXT)")

    def second(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE things ADD COLUMN colour TEXT")

    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE things ADD COLUMN size TEXT")
        if connection.execute("SELECT count(*) FROM things").fetchone() != (0,):
            connection.execute("INSERT INTO nowhere VALUES (1)")

    opened = open_database(path, [first])
    opened.connection.execute("INSERT INTO things VALUES ('spoon')")
    opened.connection.close()
    opened = open_database(path, [first, second])
    assert opened.connection.execute("SELECT name, colour FROM things").fetchall() == [("spoon", None)]
    opened.connection.close()
    assert len(list(tmp_path.glob("*.bak"))) == 1
    failed = open_database(path, [first, second, broken])
    assert failed.trouble is not None
    failed.connection.close()
    opened = open_database(path, [first, second])
    assert opened.trouble is None
    assert opened.connection.execute("PRAGMA user_version").fetchone() == (2,)
    opened.connection.close()


def race(path: Path, count: int, *more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(Path(ledger_race.__file__)), str(path), str(count), *more],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_that_start_at_once_share_one_new_ledger(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger.sqlite3"
    programs = [race(path, 8) for _ in range(5)]
    told = [program.communicate(timeout=60)[0] for program in programs]
    assert all(program.returncode == 0 for program in programs)
    assert "trouble" not in "".join(told)
    assert "".join(told).count("taken") == 10


def test_kill_in_the_middle_of_writing_costs_tickets_but_never_a_429(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    killed = race(path, 4, "die")
    told, _nothing = killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert told.count("taken") == 4
    rest, _nothing = race(path, 20).communicate(timeout=60)
    assert "trouble" not in rest
    assert rest.count("taken") == 6
