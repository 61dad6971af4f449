"""Logs for tests of the page: lines as AutoVideo writes them, and a book of as many lines as one likes."""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from avdesk.bridge.logs import LogWish
from avdesk.core.errors import AbortedError, PermissionDeniedError
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.logline import APP, LogLine, Severity
from avdesk.core.logsearch import Selection
from avdesk.core.logtally import Histogram, Tally
from avdesk.services.logs.book import Book, Changes, Found
from avdesk.services.logs.memorybook import MemoryBook
from avdesk.services.logs.pattern import compiled
from avdesk.services.logs.source import LogSource, SourceView

BEGINNING = datetime(2025, 5, 5, 12, 57, 20, 315_000, tzinfo=UTC)
JOB = "video-job-ab12cd34"
RENDER = f"job:{JOB}"


def log_line(
    text: str,
    at_s: float = 0.0,
    severity: Severity = Severity.INFO,
    source: str = APP,
    **more: object,
) -> LogLine:
    """Return a line written so many seconds after the beginning."""
    return LogLine(0, BEGINNING + timedelta(seconds=at_s), severity, source, text, **more)  # type: ignore[arg-type]


def traceback_lines(at_s: float, source: str = APP) -> list[LogLine]:
    """Return an error with its traceback."""
    texts = (
        "❌ Video creation failed",
        "Traceback (most recent call last):",
        '  File "/app/main.py", line 412, in generate_video_thread',
        "    result = pipeline.run(topic)",
        '  File "/app/pipeline.py", line 188, in run',
        "    return self._advance(state)",
        "ModuleNotFoundError: No module named 'moviepy.editor'",
    )
    return [
        log_line(text, at_s, Severity.ERROR, source, continuation=place > 0, insert_id=f"trace{at_s}")
        for place, text in enumerate(texts)
    ]


def sample_lines(count: int = 300, source: str = APP) -> list[LogLine]:
    """Return lines of a run: mostly information, now and then a warning, a failure with its traceback at the end."""
    lines: list[LogLine] = []
    for place in range(count):
        severity = Severity.WARNING if place % 37 == 36 else Severity.DEBUG if place % 5 == 4 else Severity.INFO
        text = {
            0: f"🎬 Frame batch {place} rendered",
            1: f"Uploading chunk {place} to gs://av-8675309-av/jobs/{JOB}/part-{place:04d}.mp4",
            2: f"\x1b[32mGPU\x1b[0m utilisation \x1b[1m{50 + place % 50}%\x1b[0m, memory 11,441 MB",
            3: f"t: {place % 100:3d}%|███████             | {place}/1800 [00:12, 9.50it/s]",
            4: f"filter_complex [{place}:v]scale=1920:1080,zoompan=z='min(zoom+0.0015,1.5)':d=125[v{place}]",
        }[place % 5]
        if severity is Severity.WARNING:
            text = f"Retrying chunk {place}: connection reset by peer"
        lines.append(log_line(text, place * 1.7, severity, source, insert_id=f"line{place}"))
    lines[10:10] = [
        log_line("OpenAI: 429 Too Many Requests, waiting 20 s", 17.0, Severity.WARNING, source, insert_id="limit")
    ]
    return lines + traceback_lines(count * 1.7, source)


def memory_book(lines: list[LogLine], name: str = APP) -> MemoryBook:
    """Return a book of these lines that grows no more."""
    book = MemoryBook(name)
    book.add(lines)
    book.finish()
    return book


class EndlessBook:
    """A book of any number of lines, each made when it is asked for."""

    def __init__(self, count: int, *, growing: bool = False) -> None:
        """Hold `count` lines."""
        self.name = APP
        self.generation = 0
        self.length = count
        self.growing = growing
        self.asked: list[tuple[int, int]] = []

    def changes(self, since: int) -> Changes:
        """Return that nothing moves."""
        del since
        return Changes(0, ())

    def count(self) -> int:
        """Return how many there are."""
        return self.length

    def settled(self) -> int:
        """Return the same."""
        return self.length

    def sources(self) -> tuple[str, ...]:
        """Return the one source."""
        return (APP,)

    def line(self, number: int) -> LogLine:
        """Return one line."""
        severity = Severity.ERROR if number % 1000 == 999 else Severity.INFO
        time = BEGINNING + timedelta(milliseconds=number)
        return LogLine(number, time, severity, APP, f"line {number}")

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return lines, and note that they were asked for."""
        self.asked.append((first, count))
        return [self.line(number) for number in range(max(0, first), min(first + count, self.length))]

    def full_text(self, number: int, start: int = 0, length: int = 65536) -> str:
        """Return a line's text."""
        return self.line(number).text[start : start + length]

    def place_of(self, time: datetime) -> int:
        """Return the first line at or after a time."""
        return max(0, min(self.length, -(-int((time - BEGINNING).total_seconds() * 1000) // 1)))

    def times(self, first: int, count: int) -> list[float]:
        """Return when lines were written."""
        lines = [self.line(number) for number in range(max(0, first), min(first + count, self.length))]
        return [line.time.timestamp() for line in lines if line.time is not None]

    def time_span(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last line's time."""
        return BEGINNING, BEGINNING + timedelta(milliseconds=self.length - 1)

    def entry(self, number: int) -> range:
        """Return the line alone."""
        return range(number, number + 1)

    def scan(
        self, selection: Selection, first: int = 0, end: int | None = None, *, backwards: bool = False
    ) -> Iterator[Found]:
        """Look at a thousand lines at a time."""
        from array import array

        pattern = compiled(selection.wanted) if selection.wanted else None
        end = self.length if end is None else min(end, self.length)
        starts = range(first, end, 1000)
        for start in reversed(starts) if backwards else starts:
            lines = [self.line(number) for number in range(start, min(start + 1000, end))]
            taken = [line.number for line in lines if selection.takes(line)]
            taken = [number for number in taken if pattern is None or pattern.within(self.line(number).text)]
            found = array("q", reversed(taken) if backwards else taken)
            yield Found(
                found, start if backwards else start + len(lines), (start + len(lines) - first) / (end - first)
            )

    def histogram(
        self, bars: int, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Histogram]:
        """Count a tenth of a per cent of the lines."""
        span = self.time_span()
        assert span is not None, "it has lines"
        tally = Tally(bars, since or span[0], until or span[1])
        for number in range(0, self.length, max(1, self.length // 1000)):
            tally.add(self.line(number).time.timestamp(), self.line(number).severity)  # type: ignore[union-attr]
        yield tally.histogram(1.0)

    def close(self) -> None:
        """Hold nothing any more."""
        self.length = 0


class FilledSource:
    """A source whose lines come at once, or when a test hands them out."""

    def __init__(self, book: MemoryBook, view: SourceView | None = None) -> None:
        """Fill `book`."""
        self.book = book
        self.view = view or SourceView(way="rest", loading=False, heard_at=BEGINNING)
        self.steps = 0
        self.hurried = 0
        self.fetched = 0
        self.aborted = threading.Event()

    def step(self) -> float:
        """Count the steps."""
        self.steps += 1
        if self.aborted.is_set():
            raise AbortedError("aborted")
        return 0.05

    def older(self) -> int:
        """Count the wish."""
        self.fetched += 1
        return 0

    def hurry(self) -> None:
        """Count the wish."""
        self.hurried += 1

    def finish(self) -> None:
        """Expect no more lines."""
        self.book.finish()

    def abort(self) -> None:
        """End."""
        self.aborted.set()

    def close(self) -> None:
        """Abort."""
        self.abort()


class OpenedBook:
    """A log as the app's opener hands it out."""

    def __init__(self, book: Book, choices: tuple[LogChoice, ...] = (), source: FilledSource | None = None) -> None:
        """Hold a book that one source fills; without one, nothing does."""
        self.book = book
        self.parts: Sequence[tuple[tuple[LogChoice, ...], LogSource]] = (
            [(choices, source)] if source is not None else []
        )

    def step(self) -> float:
        """Put nothing together."""
        return math.inf

    def abort(self) -> None:
        """End the sources."""
        for _choices, source in self.parts:
            source.abort()

    def close(self) -> None:
        """End the sources."""
        for _choices, source in self.parts:
            source.close()


def no_log(wish: LogWish) -> OpenedBook:
    """Stand for what opens logs, where none is looked at."""
    raise AssertionError(f"no log is opened: {wish}")


def sample_opener(*, denied: bool = False) -> Callable[[LogWish], OpenedBook]:
    """Return what opens a sample log, of app and job where several are wanted; `denied`: nobody may read it."""

    def open_it(wish: LogWish) -> OpenedBook:
        if denied:
            raise PermissionDeniedError(
                "The account lacks the permission logging.logEntries.list.",
                "Ask the project’s owner for a role that holds it, or sign in with another account.",
            )
        alone = len(wish.choices) == 1
        lines = sample_lines(180, RENDER if wish.choices[0].kind is LogKind.JOB else APP)
        if not alone:
            lines += [replace(line, source=RENDER, job=JOB, time=_later(line.time)) for line in sample_lines(120)]
        book = MemoryBook(APP)
        book.add(lines)
        return OpenedBook(book, wish.choices, FilledSource(book))

    return open_it


def _later(time: datetime | None) -> datetime | None:
    return None if time is None else time + timedelta(seconds=100.7)
