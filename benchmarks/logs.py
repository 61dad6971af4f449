"""A log of 1 GB and 10 million lines: opening, indexing, searching and following it, beside ripgrep and lnav.

The file is made in a temporary folder and deleted after. What is ours happens as in the app: in a worker thread of a
process whose main thread runs Qt's event loop, in which a timer looks how long it is held up. Index and searches are
compared by CPU time, of all threads and of the kernel for them, so that what else the machine does does not count:
neither of the three programs uses a second core for this.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.figures import Figure
from benchmarks.logs_file import FOLLOWED_S, LINES, write_log
from benchmarks.turns import in_turn
from benchmarks.world import World

WITHIN_S = 1800.0
RATE = 50_000
"""Lines a second that are written while the file is followed."""


class Search(NamedTuple):
    """One search, as ripgrep's arguments and as ours, and what our time may be of its."""

    what: str
    arguments: tuple[str, ...]
    text: str
    regex: bool
    limit: float


SEARCHES = (
    Search("a word that is not there", ("-F", "quota_exceeded_by"), "quota_exceeded_by", regex=False, limit=5),
    Search("a rare word", ("-F", "quota_exceeded"), "quota_exceeded", regex=False, limit=5),
    Search("a rare word, any case", ("-F", "-i", "resource_exhausted"), "resource_exhausted", regex=False, limit=5),
    Search("a word in nine lines of ten", ("-F", "INFO"), "INFO", regex=False, limit=5),
    Search("an expression", ("ERROR.*quota",), "ERROR.*quota", regex=True, limit=10),
    Search(
        "an expression, any case",
        ("-i", "error.*(quota|exhausted)"),
        "error.*(quota|exhausted)",
        regex=True,
        limit=10,
    ),
    Search(
        "an expression in one line of five",
        ("video-job-[0-9a-f]{8} is PENDING",),
        "video-job-[0-9a-f]{8} is PENDING",
        regex=True,
        limit=10,
    ),
    Search("an expression without a word in it", (r"\d{2}\.\d{2} s$",), r"\d{2}\.\d{2} s$", regex=True, limit=10),
)


def logs(world: World, rounds: int, *, note: Callable[..., None]) -> list[Figure]:
    """Measure opening, index, memory, searches, what the window is held up, and following."""
    environment = {**world.environment(), "QT_QPA_PLATFORM": "offscreen"}
    with _log() as path:
        note(f"logs: {path.stat().st_size / 1e9:.2f} GB, {LINES:,} lines")
        with _reader(path, environment) as reader:
            figures = [
                *_opening(path, reader, rounds, note),
                *(_search(search, reader, path, rounds) for search in SEARCHES if _ripgrep(note)),
            ]
            filters = [reader.ask("filter") for _round in range(1)]
            figures += [
                _alone(
                    "errors of the whole file, a filter by severity", "s", [each["s"] for each in filters], 15, 60
                ),
                _alone("memory beside a bare interpreter with Qt", "MiB", [reader.ask("memory")["mib"]], 75, 150),
                _alone(
                    "longest hold-up of the window's thread by all of this", "ms", [reader.ask("held")["ms"]], 25, 50
                ),
            ]
    return [*figures, *_following(environment)]


def _opening(path: Path, reader: "_Reader", rounds: int, note: Callable[..., None]) -> list[Figure]:
    answers: list[dict[str, float]] = []

    def ours() -> float:
        answers.append(reader.ask("open"))
        return answers[-1]["index_s"]

    if shutil.which("lnav") is None:
        note("logs: without the Debian package lnav the index is held against nothing")
        took = [ours() for _round in range(rounds + 1)][1:]
        theirs: list[float] = []
    else:
        took, theirs = in_turn(ours, lambda: _timed(["lnav", "-n", "-q", str(path)]), rounds)
    first = [answer["first_ms"] for answer in answers[1:]]
    what, bounds = "index of the whole file", (0.25, 0.5) if theirs else (2.6, 5.2)
    return [
        _alone("first 60 lines, from opening on", "ms", first, 100, 200),
        Figure("logs", what, "s", tuple(took), tuple(theirs), "lnav -n -q", *bounds),
    ]


def _search(search: Search, reader: "_Reader", path: Path, rounds: int) -> Figure:
    ours: list[float] = []
    theirs: list[float] = []
    arguments = ["rg", "-c", "--no-config", *search.arguments, str(path)]
    for nth in range(rounds + 1):
        began = _spent_by_children()
        counted = subprocess.run(arguments, capture_output=True, text=True, check=False).stdout.strip() or "0"
        seconds = _spent_by_children() - began
        found = reader.ask("search", search.text, "regex" if search.regex else "", "any" if "-i" in arguments else "")
        if int(counted) != found["lines"]:
            raise RuntimeError(f"{search.what}: ripgrep finds {counted} lines, AVDesk {found['lines']:.0f}")
        if nth:
            theirs.append(seconds)
            ours.append(found["s"])
    what = f"search of everything: {search.what}"
    return Figure("logs", what, "s", tuple(ours), tuple(theirs), "ripgrep", search.limit / 2, search.limit)


def _ripgrep(note: Callable[..., None]) -> bool:
    if shutil.which("rg") is None:
        note("logs: searches are not measured without the Debian package ripgrep")
        return False
    return True


def _following(environment: dict[str, str]) -> list[Figure]:
    """Let a process write 50,000 lines a second, and ask how far behind the reader is."""
    with tempfile.TemporaryDirectory(prefix="avdesk-logs-") as folder:
        path = Path(folder) / "growing.log"
        path.write_bytes(b"")
        with _reader(path, environment) as reader:
            writer = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.logs_file", "grow", str(path), str(RATE)], env=environment
            )
            try:
                found = reader.ask("follow", str(FOLLOWED_S))
            finally:
                writer.wait(FOLLOWED_S * 3 + 60)
    if found["lines"] < RATE * FOLLOWED_S * 0.9:
        raise RuntimeError(f"only {found['lines']:.0f} lines were written within {FOLLOWED_S} s")
    return [
        _alone(f"following {RATE:,} lines a second: furthest behind", "s", [found["behind_s"]], 0.3, 1.0),
        _alone("following: longest hold-up of the window's thread", "ms", [found["held_ms"]], 25, 50),
    ]


def _alone(what: str, unit: str, values: list[float], aim: float, limit: float) -> Figure:
    return Figure("logs", what, unit, tuple(values), (), "", aim, limit)


def _timed(arguments: list[str]) -> float:
    began = _spent_by_children()
    subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=WITHIN_S, check=True)
    return _spent_by_children() - began


def _spent_by_children() -> float:
    """Return the CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Reader:
    """The process that reads: a question is a line of JSON, and so is its answer."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, *question: str) -> dict[str, float]:
        """Return the answer to a question."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that reads logs has ended")
        found: dict[str, float] = json.loads(answer)
        return found


@contextmanager
def _reader(path: Path, environment: dict[str, str]) -> Iterator[_Reader]:
    command = [sys.executable, "-m", "benchmarks.logs_reader", str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        yield _Reader(process)
    finally:
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


@contextmanager
def _log() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="avdesk-logs-", dir=os.environ.get("TMPDIR")) as folder:
        path = Path(folder) / "autovideo.log"
        write_log(path)
        yield path
