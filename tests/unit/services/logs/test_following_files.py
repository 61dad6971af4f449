"""Files as they are: rotated, truncated, gone, packed, broken, huge."""

import bz2
import gzip
import logging.handlers
import lzma
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from avdesk.core.logline import Severity
from avdesk.core.logmask import masked
from avdesk.core.logsearch import ERRORS, Selection, Wanted
from avdesk.core.logtext import SHOWN
from avdesk.services.logs import unpacking
from avdesk.services.logs.filebook import FileBook
from avdesk.services.logs.filefollow import Phase
from tests.harness.waiting import wait_until

LINES = [f"2026-11-24 12:00:{n % 60:02},000 - main - INFO - line {n}" for n in range(500)]
CONTENT = ("\n".join(LINES) + "\n").encode()


def read_all(book: FileBook) -> None:
    while book.step(0.01) == 0:
        pass


def texts(book: FileBook) -> list[str]:
    return [line.text for start in range(0, book.count(), 5000) for line in book.lines(start, 5000)]


def followed_until(book: FileBook, count: int) -> None:
    def there() -> bool:
        book.step(0.05)
        return book.count() >= count

    wait_until(there, f"{count} lines are read", 60)


def found(book: FileBook, selection: Selection) -> list[int]:
    return [number for piece in book.scan(selection) for number in piece.numbers]


def test_the_first_lines_are_there_before_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(CONTENT * 400)
    book = FileBook(path, follow=False)
    assert book.step(0.0) == 0
    assert [line.text for line in book.lines(0, 100)] == LINES[:100]
    assert 0 < book.count() < 200_000
    assert book.state.phase.value == "reading"
    read_all(book)
    assert book.count() == 200_000
    assert book.state.phase.value == "complete"
    assert not book.growing


def test_nothing_is_lost_or_doubled_when_files_rotate_under_load(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    book = FileBook(path)
    total = 30_000
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=150_000, backupCount=20)

    def write() -> None:
        for number in range(total):
            handler.emit(logging.LogRecord("x", logging.INFO, "", 0, f"{number} " + "x" * 30, (), None))
        handler.close()

    writer = threading.Thread(target=write)
    writer.start()
    followed_until(book, total)
    writer.join()
    assert [int(text.split()[0]) for text in texts(book)] == list(range(total))
    assert book.state.rotated > 3


def test_a_truncated_file_begins_anew_under_load(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"")
    book = FileBook(path)
    done, enough = threading.Event(), threading.Event()

    def write() -> None:
        with path.open("ab") as file:
            for number in range(3_000_000):
                if enough.is_set():
                    break
                file.write(b"%d\n" % number)
                if number % 5003 == 5002:
                    file.flush()
                    os.truncate(path, 0)
            os.truncate(path, 0)
            file.write(b"the last\n" * 3)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()

    def caught_up() -> bool:
        book.step(0.01)
        for piece in book.scan(Selection(Wanted("99", regex=True))):
            assert piece.share <= 1
        book.lines(max(0, book.count() - 50), 100)
        if book.state.rewritten >= 3:
            enough.set()
        return done.is_set() and texts(book)[-3:] == ["the last"] * 3

    wait_until(caught_up, "the file is read as it is in the end", 60)
    writer.join()
    read_all(book)
    assert texts(book) == path.read_text().splitlines()
    assert book.state.rewritten > 0
    assert book.generation > 0


def test_a_file_that_goes_stays_readable_and_one_that_comes_back_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    book = FileBook(path)
    book.step()
    assert book.state.phase is Phase.WAITING
    assert "does not exist" in str(book.state.trouble)
    path.write_bytes(b"one\n")
    followed_until(book, 1)
    path.unlink()

    def gone() -> bool:
        book.step()
        return book.state.phase is Phase.WAITING

    wait_until(gone, "the book has noticed")
    assert "has gone" in str(book.state.trouble)
    assert texts(book) == ["one"]
    path.write_bytes(b"two\n")
    followed_until(book, 2)
    assert texts(book) == ["one", "two"]
    assert book.state.trouble is None


def test_a_last_line_without_a_break_is_searched_and_may_still_go_on(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntw")
    book = FileBook(path)
    read_all(book)
    assert (book.count(), book.settled()) == (2, 1)

    def settled() -> bool:
        book.step()
        return book.settled() == 2

    wait_until(settled, "the last line is taken for complete")
    assert found(book, Selection(Wanted("tw"))) == [1]
    generation = book.generation
    with path.open("ab") as file:
        file.write(b"o\nthree\n")
    followed_until(book, 3)
    assert texts(book) == ["one", "two", "three"]
    assert book.generation > generation
    assert found(book, Selection(Wanted("two"))) == [1]


@pytest.mark.parametrize(
    ("suffix", "packed"),
    [
        (".gz", gzip.compress(CONTENT, mtime=0) + gzip.compress(b"and more\n", mtime=0)),
        (".bz2", bz2.compress(CONTENT) + bz2.compress(b"and more\n")),
        (".xz", lzma.compress(CONTENT) + lzma.compress(b"and more\n")),
        (".log", (CONTENT.decode() + "and more\n").encode("utf-16")),
    ],
)
def test_packed_files_are_read_as_what_they_hold(tmp_path: Path, suffix: str, packed: bytes) -> None:
    path = tmp_path / f"old{suffix}"
    path.write_bytes(packed)
    book = FileBook(path)
    read_all(book)
    assert texts(book) == [*LINES, "and more"]
    assert book.state.phase is Phase.COMPLETE
    assert book.state.packing is not None


def test_a_damaged_packed_file_shows_what_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "old.gz"
    path.write_bytes(gzip.compress(os.urandom(300_000).hex().encode() + CONTENT)[:-200])
    book = FileBook(path)
    read_all(book)
    assert book.count() > 0
    assert "damaged" in str(book.state.trouble)


def test_a_packed_file_that_unpacks_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking.Unpacking.__init__, "__kwdefaults__", {"most": 1 << 20})
    path = tmp_path / "old.gz"
    path.write_bytes(gzip.compress(b"\n" * (8 << 20)))
    book = FileBook(path)
    read_all(book)
    assert book.count() <= 1 << 20
    assert "too large" in str(book.state.trouble)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        book = FileBook(path)
        assert book.step() == float("inf")
        assert book.state.phase is Phase.BROKEN
        assert book.state.trouble is not None
        assert book.lines(0, 10) == []


def test_a_file_that_may_not_be_read_says_so_and_is_read_once_it_may() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.log"
        path.write_bytes(CONTENT)
        Path(folder).chmod(0o755)
        path.chmod(0)
        book = FileBook(path)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            book.step()
        finally:
            if root:
                os.seteuid(0)
        assert book.state.phase is Phase.WAITING
        assert "may not read" in str(book.state.trouble)
        path.chmod(0o644)
        read_all(book)
        assert book.count() == len(LINES)


def test_a_line_of_64_megabytes_is_found_bounded_and_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    with path.open("wb") as file:
        file.write(b"before\n" + b"x" * (48 << 20) + b" needle " + b"y" * (16 << 20) + b" end\nafter\n")
    book = FileBook(path, follow=False)
    read_all(book)
    before, long, after = book.lines(0, 10)
    assert (before.text, after.text) == ("before", "after")
    assert len(long.text) == SHOWN
    assert long.cut > 60 << 20
    assert found(book, Selection(Wanted("needle"))) == [1]
    assert found(book, Selection(Wanted("after"))) == [2]
    assert found(book, Selection(Wanted("^needle", regex=True))) == []
    at = (48 << 20) - 1000
    assert "needle" in book.full_text(1, at, 4000)
    assert book.full_text(1, (64 << 20), 4000).endswith(" end")
    assert book.full_text(1, (64 << 20) + 5000, 100) == ""


def test_parts_of_a_long_line_hide_a_secret_that_lies_across_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    secret = "Zm9vYmFy" * 40
    path.write_text("a word " * 5000 + f"Authorization: Bearer {secret} " + "more " * 5000 + "\n")
    book = FileBook(path, follow=False)
    read_all(book)
    place = path.read_text().index(secret)
    for start in (place - 10, place, place + 9, place + 100):
        for length in (5, 50, 1000):
            assert "Zm9v" not in book.full_text(0, start, length)
    parts = [book.full_text(0, start, 777) for start in range(0, path.stat().st_size, 777)]
    assert "".join(parts) == masked(path.read_text().rstrip("\n"))


def test_broken_bytes_nuls_and_binary_files_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"caf\xe9 \xf0\x9f\x8e\xac\n\x00\x01\x02\n\xe2\x80\xaeevil\n" + bytes(range(256)) * 200)
    book = FileBook(path, follow=False)
    read_all(book)
    lines = book.lines(0, 3)
    assert [line.text for line in lines] == ["caf\\xe9 🎬", "␀␁␂", "<U+202E>evil"]
    assert book.state.binary
    assert book.count() == 3 + 200 + 1


def test_a_progress_bar_is_shown_as_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    bar = "".join(f"\rRendering {percent}%" for percent in range(101))
    head = "2026-11-24 12:00:00,000 - main - WARNING - "
    path.write_text(f"{head}start{bar}\n" + "\r".join(f"{'#' * 700} {n}" for n in range(1000)) + "\n", newline="")
    book = FileBook(path, zone=UTC, follow=False)
    read_all(book)
    first, second = book.lines(0, 2)
    assert first.text == f"{head}Rendering 100%"
    assert first.time == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert first.severity is Severity.WARNING
    assert second.text == f"{'#' * 700} 999"


def test_a_traceback_is_one_entry_and_next_error_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(
        "2026-11-24 12:00:00,000 - main - INFO - fine\n"
        "Traceback (most recent call last):\n"
        '  File "/app/main.py", line 3, in run\n'
        "ModuleNotFoundError: No module named 'moviepy.editor'\n"
        "2026-11-24 12:00:01,000 - main - INFO - fine again\n"
    )
    book = FileBook(path, zone=UTC, follow=False)
    read_all(book)
    assert found(book, ERRORS) == [1, 2, 3]
    assert book.entry(3) == range(1, 4)
    assert [line.continuation for line in book.lines(0, 5)] == [False, False, True, True, False]
    assert book.lines(1, 1)[0].time == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert book.place_of(datetime(2026, 11, 24, 12, 0, 1, tzinfo=UTC)) == 4


def test_lines_of_a_time_or_a_job_are_found(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    job = "video-job-ab12cd34"
    lines = [
        f"2026-11-24 {n // 60:02}:{n % 60:02}:00,500 - main - INFO - {job if n == 700 else n}\n more\n"
        for n in range(1400)
    ]
    path.write_text("".join(lines) * 1)
    book = FileBook(path, zone=UTC, follow=False)
    read_all(book)
    since, until = datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert found(book, Selection(since=since, until=until)) == list(range(1200, 1320))
    assert book.place_of(since) == 1200
    assert found(book, Selection(jobs=frozenset({job}))) == [1400, 1401]
    assert found(book, Selection(Wanted("more"), jobs=frozenset({job}))) == [1401]
    last = list(book.histogram(10))[-1]
    assert sum(sum(bar.counts.values()) for bar in last.bars) == 2800
    assert book.lines(1400, 1)[0].job == job


def test_a_catastrophic_expression_ends_soon(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(("a" * 5000 + "b\n") * 200)
    book = FileBook(path, follow=False)
    read_all(book)
    assert found(book, Selection(Wanted(r"^(a+)+$", regex=True))) == []
    assert found(book, Selection(Wanted(r"^(a|a)*c", regex=True))) == []
    assert len(found(book, Selection(Wanted(r"(a+a+)+b", regex=True)))) == 200


def test_a_closed_book_gives_nothing_and_does_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(CONTENT)
    book = FileBook(path)
    read_all(book)
    scan = book.scan(Selection(Wanted("line")))
    book.close()
    assert [number for piece in scan for number in piece.numbers] == []
    assert book.count() == 0
    assert book.lines(0, 10) == []
    assert book.step() == float("inf")
