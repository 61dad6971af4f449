"""Taking lines of a log along: as text or as one JSON object a line, masked as they are shown."""

import json
import os
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from avdesk.bridge.log_errands import Stopped
from avdesk.bridge.log_numbers import as_ranges
from avdesk.core.ansi import styled
from avdesk.core.logline import LogLine
from avdesk.core.logmask import masked_payload
from avdesk.services.logs.book import Book

MOST_COPIED = 20_000
"""Lines that are put onto the clipboard at once; a file takes any number."""

MOST_CHARACTERS = 16_000_000

MOST_SHOWN = 400_000
"""Characters of one entry that are shown in its details."""

PIECE = 2000


@dataclass(frozen=True, slots=True)
class Copied:
    """Lines as one text, and how many of those that were asked for are in it."""

    text: str
    lines: int
    asked: int


@dataclass(frozen=True, slots=True)
class Exported:
    """How many lines were written to a file; `whole` unless somebody stopped it."""

    file: Path
    lines: int
    whole: bool


def copied(book: Book, numbers: "range | array[int]", *, as_json: bool, stopped: Stopped) -> Copied:
    """Return lines as a text for the clipboard."""
    taken: list[str] = []
    room = MOST_CHARACTERS
    for line in _lines(book, numbers[:MOST_COPIED], stopped):
        taken.append(_written(line, as_json=as_json))
        room -= len(taken[-1])
        if room < 0:
            break
    return Copied("\n".join(taken), len(taken), len(numbers))


def export(book: Book, numbers: "range | array[int]", file: Path, *, as_json: bool, stopped: Stopped) -> Exported:
    """Write lines to a file, which is replaced when all are written.

    Raises:
        OSError: it cannot be written.
    """
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    count = 0
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as out:
            for line in _lines(book, numbers, stopped):
                out.write(_written(line, as_json=as_json) + "\n")
                count += 1
        if stopped():
            return Exported(file, count, whole=False)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    return Exported(file, count, whole=True)


def entry_text(book: Book, number: int, stopped: Stopped) -> str:
    """Return the whole entry that a line belongs to."""
    found: list[str] = []
    room = MOST_SHOWN
    numbers = book.entry(number)
    lines = book.lines(numbers.start, len(numbers))
    for line in lines:
        text = line.text
        if line.cut:
            text = book.full_text(line.number, 0, room)
        found.append(styled(text[:room]).text)
        room -= len(found[-1]) + 1
        if room <= 0 or stopped():
            break
    return "\n".join(found)


def line_json(line: LogLine) -> dict[str, object]:
    """Return a line as an object, as ``logs tail --json`` has it."""
    return {
        "time": None if line.time is None else line.time.isoformat().replace("+00:00", "Z"),
        "severity": line.severity.name,
        "source": line.source,
        "job": line.job,
        "text": styled(line.text).text,
        "payload": None if line.payload is None else masked_payload(line.payload),
        "insert_id": line.insert_id,
        "continuation": line.continuation,
    }


def _written(line: LogLine, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(line_json(line), ensure_ascii=False, default=str)
    return styled(line.text).text


def _lines(book: Book, numbers: "range | array[int]", stopped: Stopped) -> Iterator[LogLine]:
    for start in range(0, len(numbers), PIECE):
        for each in _ranges(numbers[start : start + PIECE]):
            if stopped():
                return
            yield from book.lines(each.start, len(each))


def _ranges(numbers: "range | array[int]") -> Sequence[range]:
    return (numbers,) if isinstance(numbers, range) else as_ranges(list(numbers))
