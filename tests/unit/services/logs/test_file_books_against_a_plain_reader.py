"""Whatever bytes a file holds and however it changes, a book over it says what a plain reader says."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avdesk.core.logline import Severity
from avdesk.core.logsearch import Case, Selection, Wanted
from avdesk.services.logs import blocksearch, eachline, filescan, lineindex, rareletter, volume
from avdesk.services.logs.filebook import FileBook
from avdesk.services.logs.lineclass import CONTINUES, Entry, code_of, rank_of
from avdesk.services.logs.pattern import compiled
from avdesk.services.logs.unpacking import packing_of

PIECES = [
    b"2026-11-24 00:00:01,500 - main - INFO - ready\n",
    b"2026-11-24 00:00:02,000 - ERROR - no quota\n",
    b"2026-11-24 00:00:03,000 - main - CRITICAL - down\r\n",
    b"Traceback (most recent call last):\n",
    b'  File "/app/main.py", line 10\n',
    b"QuotaError: quota_exceeded",
    b"\n",
    b"\r",
    b"\r\n",
    b"\x00",
    b"\xff\xfe",
    b"quota",
    b"QUOTA",
    "ſ K ä 🎬".encode(),
    b"a" * 70,
    b"a" * 300 + b"quota",
    b"\n\n\n",
    b" ",
    b'{"severity": "WARNING", "message": "x"}\n',
]
MIXED = st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=40)
DENSE = st.lists(st.sampled_from([*PIECES[:4], *PIECES[:3], *PIECES[:3], PIECES[5] + b"\n", b"\n"]), max_size=60)
CONTENT = (
    (MIXED | DENSE | st.tuples(DENSE, MIXED, DENSE).map(lambda parts: [each for part in parts for each in part]))
    .map(b"".join)
    .filter(lambda content: packing_of(content) is None)
)
WANTED = st.sampled_from(
    [
        Wanted("quota"),
        Wanted("Quota", case=Case.INSENSITIVE),
        Wanted("QUOTA"),
        Wanted("s"),
        Wanted("k"),
        Wanted("a"),
        Wanted(r"^a+quota$", regex=True),
        Wanted(r"\d{3} - \w+", regex=True),
        Wanted("^$", regex=True),
        Wanted("x*", regex=True),
        Wanted(r"[^\w]+$", regex=True),
        Wanted(r"\AQuota|down\z", regex=True),
        Wanted("quota", word=True),
        Wanted("main", word=True, case=Case.SENSITIVE),
        Wanted("zzz"),
        Wanted("INFO - ready"),
        Wanted("quota_exceeded", case=Case.INSENSITIVE),
        Wanted("traceback"),
        Wanted("no [^x]*ota|quota_", regex=True),
        Wanted(r"\d{3} - (main|error)\s", regex=True),
        Wanted(r"main - .*(ready|down)$", regex=True),
        Wanted(r"^\S+ \S+ - \W?", regex=True, case=Case.SENSITIVE),
        Wanted(r"ſ k|k ä?", regex=True),
    ]
)


@pytest.fixture(autouse=True, params=[16, 0, None], ids=["tiny pages", "by line", "real pages"])
def _pages(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let seams between pages, blocks and buffers lie everywhere in a short file."""
    with ExitStack() as stack:
        if request.param is not None:
            page = int(request.param) or 16
            for module in (lineindex, volume, blocksearch):
                stack.enter_context(patch.object(module, "PAGE", page))
            for module in (lineindex, volume):
                stack.enter_context(patch.object(module, "BLOCK", page * 4))
            stack.enter_context(patch.object(volume, "LOOK_BACK", 10_000))
            stack.enter_context(patch.object(volume, "WHOLE", 1024))
            stack.enter_context(patch.object(blocksearch, "WHOLE", 512))
            stack.enter_context(patch.object(blocksearch, "LONGEST", 512 + page * 16))
            stack.enter_context(patch.object(blocksearch, "SHORTEST", 8))
        if request.param == 0:  # whatever is quick in large files, in these as well
            stack.enter_context(patch.object(blocksearch, "MANY", 1_000_000))
            stack.enter_context(patch.object(eachline, "REST", 0))
            stack.enter_context(patch.object(rareletter, "RARE", 0))
            stack.enter_context(patch.object(rareletter, "FRUITLESS", 3))
        yield


def plain_lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def read_all(book: FileBook) -> None:
    while book.step(0.001) == 0:
        pass


def opened(path: Path, *, follow: bool = False) -> FileBook:
    book = FileBook(path, follow=follow)
    read_all(book)
    return book


def numbers_of(
    book: FileBook, selection: Selection, first: int = 0, end: int | None = None, **how: bool
) -> list[int]:
    found: list[int] = []
    shares = [0.0]
    for piece in book.scan(selection, first, end, backwards=how.get("backwards", False)):
        found += piece.numbers
        shares.append(piece.share)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    return found


def codes_by_plain_reading(lines: list[bytes], book: FileBook) -> list[int]:
    entry = Entry()
    volume_zone = book._shelf.placed[0].volume.zone  # noqa: SLF001 - the same zone for both
    return [code_of(line, entry, volume_zone) for line in lines]


fast = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fast
@given(content=CONTENT)
def test_lines_and_their_places_are_those_of_the_file(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.log"
        path.write_bytes(content)
        book = opened(path)
        lines = plain_lines(content)
        assert book.count() == book.settled() == len(lines)
        if not lines:
            return
        shelved = book._shelf.placed[0].volume  # noqa: SLF001
        starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
        assert [shelved.index.start_of(number) for number in range(len(lines))] == starts
        assert [content.count(b"\n", 0, at) for at in range(len(content))] == [
            shelved.index.breaks_before(at) for at in range(len(content))
        ]
        assert shelved.contents(range(len(lines))) == [line[: volume.WHOLE] for line in lines]
        told = book.lines(0, len(lines) + 5)
        assert [line.number for line in told] == list(range(len(lines)))
        assert [line for number in range(len(lines)) for line in book.lines(number, 1)] == told
        assert all("\n" not in line.text for line in told)


@fast
@given(content=CONTENT)
def test_what_each_line_is_does_not_depend_on_where_reading_began(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.log"
        path.write_bytes(content)
        lines = plain_lines(content)
        forwards, backwards = opened(path), opened(path)
        codes = codes_by_plain_reading(lines, forwards)
        if not lines:
            return
        there = [forwards._shelf.placed[0].volume.code(number) for number in range(len(lines))]  # noqa: SLF001
        shelved = backwards._shelf.placed[0].volume  # noqa: SLF001
        back = [shelved.code(number) for number in reversed(range(len(lines)))][::-1]
        assert there == codes
        assert back == codes


@fast
@given(content=CONTENT, wanted=WANTED, data=st.data())
def test_a_search_finds_what_looking_at_each_line_finds(content: bytes, wanted: Wanted, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.log"
        path.write_bytes(content)
        book = opened(path)
        lines = plain_lines(content)
        pattern = compiled(wanted)
        holding = [number for number, line in enumerate(lines) if pattern.within_bytes(line)]
        first = data.draw(st.integers(0, len(lines)))
        end = data.draw(st.integers(first, len(lines)))
        expected = [number for number in holding if first <= number < end]
        selection = Selection(wanted)
        with patch.object(filescan, "PIECE_S", -1.0):
            assert numbers_of(book, selection) == holding
            assert numbers_of(book, selection, first, end) == expected
            assert numbers_of(book, selection, first, end, backwards=True) == expected[::-1]


@fast
@given(content=CONTENT, wanted=st.none() | WANTED, least=st.sampled_from(Severity))
def test_a_filter_by_severity_takes_entries_with_all_that_continues_them(
    content: bytes, wanted: Wanted | None, least: Severity
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.log"
        path.write_bytes(content)
        book = opened(path)
        lines = plain_lines(content)
        codes = codes_by_plain_reading(lines, book) if lines else []
        pattern = compiled(wanted) if wanted else None
        expected = [
            number
            for number, (line, code) in enumerate(zip(lines, codes, strict=True))
            if (code & 0x0F) >= rank_of(least) and (pattern is None or pattern.within_bytes(line))
        ]
        assert numbers_of(book, Selection(wanted, least=least)) == expected
        assert [line.number for line in book.lines(0, len(lines)) if line.severity >= least] == [
            number for number, code in enumerate(codes) if (code & 0x0F) >= rank_of(least)
        ]
        for number in range(len(lines)):
            entry = book.entry(number)
            assert number in entry
            assert all(codes[each] & CONTINUES for each in entry[1:])


CHANGE = st.tuples(st.just("grow"), CONTENT) | st.tuples(st.sampled_from(["truncate", "rewrite"]), CONTENT)


@fast
@given(changes=st.lists(CHANGE, max_size=6))
def test_after_any_growing_and_truncating_the_lines_are_those_of_the_file(changes: list[tuple[str, bytes]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.log"
        content = b"log\n"
        path.write_bytes(content)
        book = opened(path, follow=True)
        for kind, part in changes:
            if kind == "grow":
                content += part
                with path.open("ab") as file:
                    file.write(part)
            elif kind == "truncate":
                content = content[: len(content) // 2]
                with path.open("r+b") as file:
                    file.truncate(len(content))
            else:
                content = b"!" + part + content
                path.write_bytes(content)
            generation, before = book.generation, book.count()
            read_all(book)
            assert book.count() == len(plain_lines(content))
            texts = [line.text for line in book.lines(0, 1000)]
            again = opened(path)
            assert texts == [line.text for line in again.lines(0, 1000)]
            if kind == "grow":
                assert book.count() >= before
                assert book.changes(generation).shifts is not None
            assert numbers_of(book, Selection(Wanted("quota")), 0, book.count()) == numbers_of(
                again, Selection(Wanted("quota"))
            )
