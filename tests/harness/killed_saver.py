"""Saves a configuration again and again in child processes and kills each at a random moment.

Run as a program with a folder and a number; prints one JSON line of what it found. A process of its own, because a
test process with threads should not fork.
"""

import itertools
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from avdesk.config.saving import backups, save

OLD = f'# old\ntext = "{"a" * 40_000}"\n'
NEW = f'# new\ntext = "{"b" * 30_000}"\n'


def main(folder: Path, times: int) -> None:
    """Kill `times` savers and print what the file was after each."""
    path = folder / "config.toml"
    draw = random.Random(times)  # noqa: S311 - moments, no secrets
    found = {"old": 0, "new": 0, "other": 0, "struck": 0}
    save(path, OLD, None)
    started = time.monotonic()
    save(path, NEW, None)
    once_s = time.monotonic() - started
    for _round in range(times):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            for text in itertools.cycle((OLD, NEW)):
                save(path, text, None)
                os.write(writer, b".")
        os.read(reader, 1)  # it is at work
        time.sleep(draw.uniform(0.0, min(0.05, 2.0 * once_s)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
        os.close(writer)
        content = path.read_text()
        found["old" if content == OLD else "new" if content == NEW else "other"] += 1
        found["struck"] += any(folder.rglob("*.tmp"))
    torn = sum(backup.path.read_text() not in (OLD, NEW) for backup in backups(path))
    save(path, OLD + "# last\n", None)
    swept = len(list(folder.rglob("*.tmp")))
    result = {**found, "backups": len(backups(path)), "torn_backups": torn, "left_after": swept}
    print(json.dumps(result))  # noqa: T201 - the result


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
