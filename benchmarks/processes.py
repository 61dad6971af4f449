"""What processes take of the machine, from /proc; and children that end with the benchmark."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_END_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of a process and its descendants, in MiB.

    Attributes:
        rss: all resident pages; those that a process and its descendants share count in each.
        pss: the same with each page divided by the number of processes on the machine that share it.
        own: pages that nobody else has.
    """

    rss: float
    pss: float
    own: float


def tree_of(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            stat = _stat(int(entry.name))
            if stat:
                parents.setdefault(int(stat[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def memory_of(pid: int) -> Memory:
    """Return what a process and its descendants hold; OSError where it has ended."""
    totals = {"Rss": 0, "Pss": 0, "Private_Clean": 0, "Private_Dirty": 0}
    for one in tree_of(pid):
        for line in (_PROC / str(one) / "smaps_rollup").read_text("ascii").splitlines()[1:]:
            name, _colon, rest = line.partition(":")
            if name in totals:
                totals[name] += int(rest.split()[0])
    own = totals["Private_Clean"] + totals["Private_Dirty"]
    return Memory(totals["Rss"] / 1024, totals["Pss"] / 1024, own / 1024)


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process and its descendants so far, ended ones that were waited for included."""
    fields = [_stat(one) for one in tree_of(pid)]
    return sum(int(ticks) for stat in fields if stat for ticks in stat[11:15]) / _TICKS_PER_S


@contextmanager
def child(argv: Sequence[str | Path], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program whose standard output can be read, until the end of the block."""
    process = subprocess.Popen(argv, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def timed(
    argv: Sequence[str | Path], environment: Mapping[str, str], timeout_s: float = 120.0
) -> tuple[float, float]:
    """Run a program to its end; return wall and CPU seconds.

    Raises:
        subprocess.CalledProcessError: it ended with another code than 0; its output is with it.
    """
    before, began = os.times(), time.perf_counter()
    subprocess.run(
        argv, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s, check=True
    )
    wall, after = time.perf_counter() - began, os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return wall, used


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat behind the program's name; empty where the process has ended."""
    try:
        text = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
