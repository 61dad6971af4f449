"""The process that the logs benchmark measures: a worker thread with a book, beside Qt's event loop.

``python -m benchmarks.logs_reader FILE`` answers questions, a line of JSON each. A timer of 5 ms in the main thread
sees how long that is held up while the worker is at work.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from avdesk.core.logline import LogLine
from avdesk.core.logsearch import ERRORS, Case, Selection, Wanted
from avdesk.services.logs.filebook import FileBook
from benchmarks.processes import memory_of

TICK_MS = 5
SCREEN = 60


class Window(QObject):
    """What the worker thread tells, and how long the main thread was held up."""

    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self.busy = False
        self._last = time.perf_counter()
        self.worker: int | None = None
        self._waited, self._worked = 0.0, 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        now, waited = time.perf_counter(), scheduled(threading.main_thread().native_id)[1]
        worked = scheduled(self.worker)[0]
        if self.busy:
            late = now - self._last - TICK_MS / 1000 - (waited - self._waited)
            self.longest = max(self.longest, min(late, worked - self._worked))
        self._last, self._waited, self._worked = now, waited, worked


class Worker:
    """Answers questions about one file."""

    def __init__(self, path: Path, window: Window) -> None:
        self._path = path
        self._window = window
        self._bare = memory_of_this()
        self._book: FileBook | None = None
        self._most = 0.0
        self._answers: dict[str, Callable[..., dict[str, float]]] = {
            "open": self._open,
            "search": self._search,
            "filter": self._filter,
            "follow": self._follow,
            "memory": lambda: {"mib": max(self._most, memory_of_this()) - self._bare},
            "held": lambda: {"ms": self._window.longest * 1000},
        }

    def run(self) -> None:
        """Answer until there are no more questions."""
        self._window.worker = threading.get_native_id()
        for question in sys.stdin:
            name, *arguments = json.loads(question)
            self._window.busy = True
            answer = self._answers[name](*arguments)
            self._window.busy = False
            self._most = max(self._most, memory_of_this())
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
        self._window.ended.emit()

    def _open(self) -> dict[str, float]:
        if self._book is not None:
            self._book.close()
        began, spent = time.perf_counter(), time.process_time()
        book = self._book = FileBook(self._path, zone=UTC, follow=False)
        book.step(0.0)
        lines: list[LogLine] = book.lines(0, SCREEN)
        first = time.perf_counter() - began
        assert len(lines) == SCREEN
        while book.step() == 0:
            pass
        return {"first_ms": first * 1000, "index_s": time.process_time() - spent, "lines": book.count()}

    def _search(self, text: str, regex: str, case: str) -> dict[str, float]:
        wanted = Wanted(text, regex=bool(regex), case=Case.INSENSITIVE if case else Case.SENSITIVE)
        return self._scan(Selection(wanted))

    def _filter(self) -> dict[str, float]:
        return self._scan(ERRORS)

    def _scan(self, selection: Selection) -> dict[str, float]:
        assert self._book is not None
        spent, found = time.process_time(), 0
        for piece in self._book.scan(selection):
            found += len(piece.numbers)
        return {"s": time.process_time() - spent, "lines": found}

    def _follow(self, seconds: str) -> dict[str, float]:
        """Follow as the page does: step, read the last screen, search what is new."""
        book = FileBook(self._path, zone=UTC)
        until, behind, ended, searched = time.monotonic() + float(seconds) * 3, 0.0, False, 0
        while not ended and time.monotonic() < until:
            pause = book.step()
            settled = book.settled()
            if settled > searched:
                for _piece in book.scan(Selection(Wanted("GPU")), searched, settled):
                    pass
                searched = settled
                lines = book.lines(settled - SCREEN, SCREEN)
                ended = any(line.text == "the end" for line in lines)
                newest = max((line.time for line in lines if line.time), default=None)
                if newest is not None and not ended:
                    behind = max(behind, time.time() - newest.timestamp())
            time.sleep(min(pause, 0.25))
        book.close()
        return {"behind_s": behind, "lines": searched, "held_ms": self._window.longest * 1000}


def scheduled(thread: int | None) -> tuple[float, float]:
    """Return how many seconds a thread has run, and how many it was ready while the kernel gave the cores to others.

    What other programs do to the main thread is no hold-up; and the worker, for whose GIL it may wait, can hold it up
    only for as long as it runs itself.
    """
    if thread is None:
        return 0.0, 0.0
    ran, waited, _slices = Path(f"/proc/self/task/{thread}/schedstat").read_text("ascii").split()
    return int(ran) / 1e9, int(waited) / 1e9


def memory_of_this() -> float:
    """Return what this process holds, in MiB."""
    return memory_of(os.getpid()).rss


def main() -> int:
    """Run the event loop while a thread answers."""
    application = QApplication(sys.argv[:1])
    window = Window()
    window.ended.connect(application.quit)
    thread = threading.Thread(target=Worker(Path(sys.argv[1]), window).run)
    thread.start()
    code = application.exec()
    thread.join()
    return code


if __name__ == "__main__":
    sys.exit(main())
