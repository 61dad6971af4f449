"""The job table with 100,000 jobs against a QSortFilterProxyModel over the same rows.

``python -m benchmarks.job_table ROUNDS`` measures in a process of its own, without a display, and prints the series
as one JSON object. All times are CPU time of the window's thread, in which everything of both happens, so that what
else the machine does counts little: programs that share its caches still slow it down. How long the window is held up
is what a timer in its event loop sees: the most that is done between two of its turns, painting included.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from statistics import median

from PySide6.QtCore import (
    QAbstractTableModel,
    QEventLoop,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QTimer,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from avdesk.core.jobquery import parse_query
from avdesk.core.jobs import Job, JobState
from avdesk.ui.models.job_table import VALUE_ROLE, JobTableModel
from benchmarks.figures import Figure
from benchmarks.processes import memory_of
from benchmarks.world import World
from tests.harness.jobs import NOW, many_jobs

JOBS = 100_000
CHANGED = JOBS // 100
POLLS = 100
"""Polls in one round: of so many, the 99th percentile is the second longest."""

TYPED = (
    "q",
    "qu",
    "quo",
    "quot",
    "quota",
    "quota ",
    "quota l4",
    "",
    "state:failed",
    "state:failed age<7d",
    "ran>30m",
    "video-job-0000a",
    "id:0000a",
    "-name:render",
    "",
)
AGAINST = "QSortFilterProxyModel"

_WITHIN_S = 3600.0
Index = QModelIndex | QPersistentModelIndex
Series = dict[str, list[float]]


def job_table(world: World, rounds: int) -> list[Figure]:
    """Measure sorting, filtering, polls and memory."""
    environment = {**world.environment(), "QT_QPA_PLATFORM": "offscreen"}
    argv = [sys.executable, "-m", "benchmarks.job_table", str(rounds)]
    done = subprocess.run(argv, env=environment, capture_output=True, timeout=_WITHIN_S, check=True, encoding="utf-8")
    return figures(json.loads(done.stdout))


def figures(found: Mapping[str, Mapping[str, Sequence[float]]]) -> list[Figure]:
    """Return the figures of what was measured."""
    ours, theirs = found["ours"], found["theirs"]
    sorts = [name for name in ours if name.startswith("sort ")]
    slowest = max(sorts, key=lambda name: median(ours[name]))
    typed = [name for name in ours if name.startswith("filter ")]
    slowest_typed = max(typed, key=lambda name: median(ours[name]))
    least_gain = max(sorts, key=lambda name: median(ours[name]) / median(theirs[name]))

    def figure(what: str, name: str, unit: str, aim: float, limit: float, *, against: str = "") -> Figure:
        others = tuple(theirs[against]) if against else ()
        return Figure("table", what, unit, tuple(ours[name]), others, AGAINST if against else "", aim, limit)

    return [
        figure(f"{slowest}, the slowest of {len(sorts)} columns", slowest, "ms", 100.0, 150.0),
        figure(f"{least_gain}, the column that gains least", least_gain, "ms", 0.01, 0.02, against=least_gain),
        figure(f"{slowest_typed}, the slowest of {len(typed)}", slowest_typed, "ms", 40.0, 50.0),
        figure("the same, against the slowest of its own", slowest_typed, "ms", 0.02, 0.05, against="filter"),
        figure("window held up by a poll that changes 1 %, 99th percentile", "poll", "ms", 12.0, 16.0),
        figure("window held up by such a poll", "poll", "ms", 0.05, 0.2, against="poll"),
        figure("memory of a job in the table, beside the job's own", "memory", "bytes", 1000.0, 1500.0),
        figure("the job's own memory", "job", "bytes", 2000.0, 3000.0),
    ]


class PlainModel(QAbstractTableModel):
    """The least that a proxy can stand on: every value is there already."""

    def __init__(self, cells: list[list[tuple[str, float | str]]]) -> None:
        """Show `cells`, each with its text and what it is sorted by."""
        super().__init__()
        self.cells = cells

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self.cells)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return how many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(self.cells[0])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text or value."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cells[index.row()][index.column()][0]
        return self.cells[index.row()][index.column()][1] if role == VALUE_ROLE else None


class Bench:
    """Both models over the same jobs, each in a view of its own."""

    def __init__(self) -> None:
        """Make the jobs and both tables."""
        self.dice = random.Random(7)  # noqa: S311 - no secret
        before = _own_bytes()
        self.jobs = many_jobs(JOBS, seed=3)
        made = _own_bytes()
        self.model = JobTableModel("bench", lambda: NOW)
        self.view = _view(self.model)
        self.model.show_jobs(self.jobs)
        self._settle()
        self.memory = {"job": [(made - before) / JOBS], "memory": [(_own_bytes() - made) / JOBS]}

    def sort_ours(self, column: int, order: Qt.SortOrder) -> float:
        """Return the milliseconds until the rows are shown in that order."""
        self.model.sort(-1)
        self._settle()
        return self._timed(lambda: self.model.sort(column, order))

    def type_ours(self) -> Iterator[tuple[str, float]]:
        """Tell of each step in typing the milliseconds until its rows are shown."""
        self.model.sort(-1)
        self._settle()
        before = ""
        for text in TYPED:
            query = parse_query(text)
            yield f"from “{before}” to “{text}”", self._timed(lambda query=query: self.model.set_query(query))  # type: ignore[misc]
            before = text

    def poll_ours(self) -> float:
        """Return the 99th percentile of how long polls hold the window up, milliseconds."""
        held = []
        for _poll in range(POLLS):
            self.jobs = self._changed(self.jobs)
            held.append(self._held_up(lambda: self.model.show_jobs(self.jobs)))
        return sorted(held)[round(0.99 * POLLS) - 1]

    def theirs(self) -> Series:
        """Measure the proxy, once: it takes minutes."""
        plain, view, proxy = self._proxy()
        found: Series = {}
        for number, column in enumerate(self.model.columns):
            proxy.sort(-1)
            began = time.thread_time()
            proxy.sort(number, Qt.SortOrder.AscendingOrder)
            found[f"sort {column.name}"] = [1000 * (time.thread_time() - began)]
        proxy.sort(-1)
        proxy.setFilterKeyColumn(-1)
        typed = []
        for text in ("q", "qu", "quota", ""):
            began = time.thread_time()
            proxy.setFilterFixedString(text)
            typed.append(1000 * (time.thread_time() - began))
        found["filter"] = [max(typed)]
        number = self.model.column_of("state")
        proxy.sort(number, Qt.SortOrder.AscendingOrder)
        began = time.thread_time()
        for place in self.dice.sample(range(JOBS), CHANGED):
            plain.cells[place] = list(plain.cells[self.dice.randrange(JOBS)])
            plain.dataChanged.emit(plain.index(place, 0), plain.index(place, len(self.model.columns) - 1))
        found["poll"] = [1000 * (time.thread_time() - began)]
        view.close()
        return found

    def _proxy(self) -> tuple[PlainModel, QTableView, QSortFilterProxyModel]:
        columns, rows = range(self.model.columnCount()), range(self.model.rowCount())
        cells = []
        for row in rows:
            indexes = [self.model.index(row, column) for column in columns]
            cells.append([(str(index.data()), _value(index.data(VALUE_ROLE))) for index in indexes])
        plain = PlainModel(cells)
        proxy = QSortFilterProxyModel(plain)
        proxy.setSortRole(VALUE_ROLE)
        proxy.setSourceModel(plain)
        return plain, _view(proxy), proxy

    def _changed(self, jobs: Sequence[Job]) -> list[Job]:
        """Return other jobs, as a poll would bring them: all made anew, some of them changed."""
        told = list(jobs)
        for place in self.dice.sample(range(JOBS), CHANGED):
            ended = NOW - timedelta(seconds=self.dice.randrange(86_400))
            state = self.dice.choice((JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED))
            told[place] = replace(told[place], state=state, ended_at=ended, updated_at=ended)
        return told

    def _timed(self, ask: Callable[[], object]) -> float:
        """Return the milliseconds until what was asked for is shown and painted."""
        QApplication.processEvents()
        began = time.thread_time()
        ask()
        self._settle()
        painted = time.monotonic() + _PAINTED_WITHIN_S
        while time.monotonic() < painted:
            QApplication.processEvents()
            time.sleep(0.001)
        return 1000 * (time.thread_time() - began)

    def _settle(self) -> None:
        while self.model.busy:
            QApplication.processEvents()

    def _held_up(self, ask: Callable[[], object]) -> float:
        """Return the most that is done between two turns of the event loop, milliseconds, until all is painted."""
        loop, timer = QEventLoop(), QTimer()
        longest = 0.0
        turns_after = 0
        last = time.thread_time()

        def turn() -> None:
            nonlocal last, longest, turns_after
            now = time.thread_time()
            longest, last = max(longest, now - last), now
            turns_after = 0 if self.model.busy else turns_after + 1
            if turns_after > _TURNS_AFTER:
                loop.quit()

        timer.timeout.connect(turn)
        timer.start(0)
        ask()
        loop.exec()
        return 1000 * longest


_TURNS_AFTER = 5
_PAINTED_WITHIN_S = 0.05
"""Enough for what was changed to be painted; nothing of it counts but what the thread does."""


def measure(rounds: int) -> dict[str, Series]:
    """Measure everything, ours in rounds."""
    bench = Bench()
    ours: Series = {name: list(values) for name, values in bench.memory.items()}
    for _round in range(1 + rounds):
        for number, column in enumerate(bench.model.columns):
            for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
                took = bench.sort_ours(number, order)
                if not (column.name == "created" and order == Qt.SortOrder.DescendingOrder):  # nothing is sorted then
                    ours.setdefault(f"sort {column.name}", []).append(took)
        for name, took in bench.type_ours():
            ours.setdefault(f"filter {name}", []).append(took)
        ours.setdefault("poll", []).append(bench.poll_ours())
    theirs = bench.theirs()
    for name in ours.keys() - bench.memory.keys():
        ours[name] = ours[name][len(ours[name]) // (1 + rounds) :]  # the first round warms up
    return {"ours": ours, "theirs": theirs}


def _view(model: QAbstractTableModel | QSortFilterProxyModel) -> QTableView:
    view = QTableView()
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.setModel(model)
    view.resize(1080, 600)
    view.show()
    return view


def _value(value: object) -> float | str:
    return value if isinstance(value, float | int | str) else ""


def _own_bytes() -> float:
    return memory_of(os.getpid()).own * 1024 * 1024


def main() -> None:
    """Measure, and print what was found."""
    application = QApplication(sys.argv[:1])
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]))))
    sys.stdout.flush()
    application.quit()


if __name__ == "__main__":
    main()
