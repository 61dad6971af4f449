"""Run the benchmarks: ``python -m benchmarks [NAME …] [--rounds N] [--json FILE]``; exit 1 if a limit is missed."""

import argparse
import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType

from benchmarks.bundle import bundle
from benchmarks.day import day
from benchmarks.figures import Figure, Verdict
from benchmarks.job_table import job_table
from benchmarks.logs import logs
from benchmarks.polling import polling
from benchmarks.table import described, summary
from benchmarks.terminal import status
from benchmarks.tray import idle, memory, time_to_show
from benchmarks.world import World
from tests.harness.isolation import scrub_environment
from tests.harness.programs import missing_packages

ROUNDS = {
    "tray": 15,
    "memory": 3,
    "polling": 6,
    "status": 15,
    "idle": 3,
    "day": 1,
    "table": 3,
    "logs": 3,
    "bundle": 10,
}
"""Benchmark → its rounds, warm-up not counted."""

ON_REQUEST = frozenset({"logs", "bundle"})
"""Left out when none is named: they take three minutes, and a gigabyte of room."""

ON_A_DESKTOP = frozenset({"tray", "memory", "idle", "bundle"})

Benchmark = Callable[[World, int], list[Figure]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, and return the exit code."""
    options = _options(arguments)
    names = options.names or [name for name in ROUNDS if name not in ON_REQUEST]
    benchmarks = _benchmarks()
    scrub_environment()
    signal.signal(signal.SIGTERM, _end)  # so that what was started ends too
    figures: list[Figure] = []
    with World() as world:
        for name in names:
            if name in ON_A_DESKTOP and (missing := missing_packages()):
                _say(f"{name}: cannot be measured without the Debian packages {' '.join(missing)}")
                return 1
            for figure in benchmarks[name](world, options.rounds or ROUNDS[name]):
                figures.append(figure)
                _say("\n".join(described(figure)), "")
    _say(*summary(figures))
    if options.json is not None:
        _write(options.json, figures)
    missed = any(figure.verdict is Verdict.MISSED for figure in figures)
    return 1 if missed else 0


def _benchmarks() -> dict[str, Benchmark]:
    return {
        "tray": time_to_show,
        "memory": memory,
        "polling": partial(polling, note=_say),
        "status": status,
        "idle": idle,
        "day": day,
        "table": job_table,
        "logs": partial(logs, note=_say),
        "bundle": bundle,
    }


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", type=_benchmark, help=", ".join(ROUNDS))
    parser.add_argument("--rounds", type=_at_least_one, help="measurements of each side, instead of each one's own")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every measurement to FILE")
    return parser.parse_args(arguments)


def _benchmark(name: str) -> str:
    if name not in ROUNDS:
        raise argparse.ArgumentTypeError(f"there is no {name!r}, only {', '.join(ROUNDS)}")
    return name


def _at_least_one(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


def _write(path: Path, figures: Sequence[Figure]) -> None:
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
    }
    content = {"machine": machine, "figures": [figure.to_json() for figure in figures]}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _end(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(128 + number)


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
