"""The application as one folder: how large it and its package are, and how soon its tray item is there."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from benchmarks.desktop import desk, time_to_tray
from benchmarks.figures import Figure
from benchmarks.turns import in_turn
from benchmarks.world import World

MADE = Path(__file__).resolve().parent.parent / "dist"
FOLDER = MADE / "avdesk"
PROGRAM = FOLDER / "avdesk"
MB = 1_000_000


def bundle(world: World, rounds: int) -> list[Figure]:
    """Measure the bundle in dist/ and, where there is one, the newest package of it.

    Raises:
        FileNotFoundError: there is no bundle; `make bundle` makes it.
    """
    if not PROGRAM.exists():
        raise FileNotFoundError(f"{PROGRAM}: make bundle")
    figures = [Figure("bundle", "size of the folder", "MB", (sum(_sizes(FOLDER)) / MB,), (), "", 130, 180)]
    packages = sorted(MADE.glob("*.deb"), key=lambda file: file.stat().st_mtime)
    if packages:
        size = packages[-1].stat().st_size / MB
        figures.append(Figure("bundle", "size of the Debian package", "MB", (size,), (), "", 50, 70))
    with desk(world, "bundle") as place:
        argv: list[str | Path] = [PROGRAM, "--background", "--home", place.home]
        ours, theirs = in_turn(
            lambda: (
                1000
                * time_to_tray(
                    place.session, lambda: place.session.start(argv, environment=place.variables, name="frozen")
                )
            ),
            lambda: 1000 * time_to_tray(place.session, place.start_app),
            rounds,
        )
    against = "the same from the sources"
    return [*figures, Figure("bundle", "time to tray", "ms", tuple(ours), tuple(theirs), against, 1.3, 1.3)]


def _sizes(folder: Path) -> Iterator[int]:
    """Yield the sizes of the files in a folder; a link is as long as its path."""
    for place, _folders, names in os.walk(folder):
        for name in names:
            found = os.lstat(Path(place, name))
            if stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
                yield found.st_size
