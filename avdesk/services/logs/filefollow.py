"""Following a file: growing, rotated, truncated, written anew, deleted and back; compressed ones are unpacked."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from enum import Enum
from pathlib import Path

from avdesk.core.errors import KnownError
from avdesk.core.logformat import Zone
from avdesk.i18n import _
from avdesk.services.logs.rawfile import NotALogError, RawFile
from avdesk.services.logs.shelf import Shelf
from avdesk.services.logs.unpacking import PackedError, Unpacking, packing_of
from avdesk.services.logs.volume import Volume

log = logging.getLogger(__name__)

SOON_S = 0.05
"""Pause after which a file that has just grown is looked at again."""

IDLE_S = 0.25
RETRY_S = 1.0
SETTLES_S = 1.0
"""After so long without a change a last line without a line break is taken for complete."""

LINGERS_S = 3.0
"""How long a file that was rotated away is still read, should somebody go on writing into it."""

SAMPLE = 256
MOST_SIBLINGS = 5000
MOST_OPEN = 100
ATTEMPTS = 20


class FileOpenError(KnownError):
    """A file that cannot be read."""


class Phase(Enum):
    """How far the reading of a file is."""

    OPENING = "opening"
    READING = "reading"
    """Lines are there, more are being read."""
    FOLLOWING = "following"
    """All is read; what is added is noticed."""
    COMPLETE = "complete"
    """All is read, nothing is expected."""
    WAITING = "waiting"
    """There is no file at this path, or none that may be read: `trouble` says which. It is looked for."""
    BROKEN = "broken"
    """It cannot be read, and that will not change by itself: `trouble` says why."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What is known of a file. Replaced as a whole.

    Attributes:
        phase: how far it is.
        trouble: why there is nothing, or nothing more; None when all is well.
        size: bytes of the newest file (unpacked).
        read: bytes of it that are read.
        packing: ``gzip``, ``bzip2``, ``xz``, ``utf-16`` or None.
        binary: it holds NUL bytes, so it may be no log.
        rotated: how many times another file took its place.
        rewritten: how many times it was truncated or written anew, whereby lines went.
    """

    phase: Phase = Phase.OPENING
    trouble: KnownError | None = None
    size: int = 0
    read: int = 0
    packing: str | None = None
    binary: bool = False
    rotated: int = 0
    rewritten: int = 0


class Follower:
    """Keeps a shelf up to date with the file at a path. One thread steps it."""

    def __init__(
        self,
        path: Path,
        shelf: Shelf,
        *,
        zone: tzinfo | None,
        follow: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is opened before the first step."""
        self.state = FileState()
        self._path = path
        self._shelf = shelf
        self._zone = zone
        self._follow = follow
        self._clock = clock
        self._unpacking: Unpacking | None = None
        self._looked_at = -1e9
        self._grew_at = 0.0
        self._away_since: float | None = None
        self._sample: tuple[bytes, int, bytes] = (b"", 0, b"")
        self._stamp: tuple[int, float] = (0, 0.0)

    def step(self, budget: float) -> float:
        """Read for about `budget` seconds; return the seconds until something is due again, infinite for never."""
        until = self._clock() + budget
        if self._shelf.last is None:
            pause = self._first_look()
            if pause is not None:
                return pause
        while self._read_some():
            if self._clock() >= until:
                return 0.0
        return self._look()

    def close(self) -> None:
        """Let go of everything."""
        if self._unpacking is not None:
            self._unpacking.close()
            self._unpacking = None

    def _first_look(self) -> float | None:
        if self.state.phase is Phase.BROKEN:
            return float("inf")
        try:
            self._begin(RawFile.open(self._path))
        except FileNotFoundError:
            return self._wait(
                _("{name} does not exist.").format(name=self._path.name), _("It is shown when it does.")
            )
        except PermissionError:
            advice = _("Change its permissions, or open it as somebody who may read it.")
            return self._wait(_("You may not read {name}.").format(name=self._path.name), advice)
        except (NotALogError, PackedError) as error:
            return self._give_up(error)
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
            text = _("{name} cannot be read: {reason}.").format(name=self._path.name, reason=reason)
            return self._wait(text, _("It is tried again."))
        return None

    def _wait(self, message: str, advice: str) -> float:
        self.state = replace(self.state, phase=Phase.WAITING, trouble=FileOpenError(message, advice))
        return RETRY_S if self._follow else float("inf")

    def _give_up(self, error: KnownError) -> float:
        self.state = replace(self.state, phase=Phase.BROKEN, trouble=error)
        return float("inf")

    def _begin(self, raw: RawFile) -> None:
        beginning = raw.read(0, 8192)
        packing = packing_of(beginning)
        modified = raw.modified()
        if packing:
            self._unpacking = Unpacking(self._path, packing)
            raw = self._unpacking.raw
        year = datetime.fromtimestamp(modified, self._zone or UTC).year
        self._shelf.begin(Volume(raw, Zone(self._zone, year, modified + 86400)))
        self._sample = (b"", 0, b"")
        self._stamp = (0, 0.0)
        self._grew_at = self._clock()
        binary = packing is None and b"\0" in beginning
        self.state = replace(
            self.state, phase=Phase.READING, trouble=None, packing=packing, binary=binary, size=raw.size(), read=0
        )

    def _read_some(self) -> bool:
        """Read a piece; return whether there is more at once."""
        volume = self._shelf.last
        if volume is None:
            return False
        more = self._unpack()
        stamp = (volume.raw.size(), volume.raw.modified())
        if self._unpacking is None and self.state.packing is None and stamp != self._stamp:
            if self._written_anew(volume, stamp[0]):
                self._shelf.forget_last()
                self._begin(volume.raw)
                self.state = replace(self.state, rewritten=self.state.rewritten + 1)
                return True
            self._stamp = stamp
        if stamp[0] > volume.index.size:
            if volume.ended:
                self._go_on(volume)
            if volume.index.extend(stamp[0]):
                self._grew_at = self._clock()
                self._take_sample(volume)
                self.state = replace(self.state, size=stamp[0], read=volume.index.size)
                more = more or volume.index.size < stamp[0]
        return more

    def _go_on(self, volume: Volume) -> None:
        if volume.index.known.unfinished:
            self._shelf.unsettle()
        else:
            volume.reopen()

    def _unpack(self) -> bool:
        if self._unpacking is None:
            return False
        try:
            if self._unpacking.step():
                return True
            self.close()
        except PackedError as error:
            self.close()
            self.state = replace(self.state, trouble=error)
        return True

    def _written_anew(self, volume: Volume, size: int) -> bool:
        """Whether the file is shorter than what was read, or holds something else where it was read."""
        head, place, tail = self._sample
        if size < volume.index.size:
            return True
        if not head:
            return False
        return volume.raw.read(0, len(head)) != head or volume.raw.read(place, len(tail)) != tail

    def _take_sample(self, volume: Volume) -> None:
        size = volume.index.size
        place = max(0, size - SAMPLE)
        head = self._sample[0] if len(self._sample[0]) == SAMPLE else volume.raw.read(0, min(SAMPLE, size))
        self._sample = (head, place, volume.raw.read(place, size - place))

    def _look(self) -> float:
        """All that is there is read: look whether it is still the same file, and say when to come again."""
        volume = self._shelf.last
        assert volume is not None
        now = self._clock()
        if not self._follow or self.state.packing is not None:
            volume.ended = True
            self.state = replace(self.state, phase=Phase.COMPLETE)
            return float("inf")
        if not volume.ended and now - self._grew_at > SETTLES_S:
            volume.ended = True
        pause = SOON_S if now - self._grew_at < 1.0 else IDLE_S
        if now - self._looked_at >= SOON_S:
            self._looked_at = now
            return self._compare(volume, now, pause)
        return pause

    def _compare(self, volume: Volume, now: float, pause: float) -> float:
        try:
            status = self._path.stat()
        except OSError as error:
            gone = isinstance(error, FileNotFoundError)
            text = _("{name} has gone.") if gone else _("{name} can no longer be looked at.")
            advice = _("What was read stays; a new file of this name is shown when it comes.")
            trouble = FileOpenError(text.format(name=self._path.name), advice)
            self.state = replace(self.state, phase=Phase.WAITING, trouble=trouble)
            return pause
        if (status.st_dev, status.st_ino) == volume.raw.identity():
            self._away_since = None
            self.state = replace(self.state, phase=Phase.FOLLOWING, trouble=None)
            return pause
        if self._away_since is None:
            self._away_since = now
        if self._grew_at >= self._looked_before(now) and now - self._away_since < LINGERS_S:
            return SOON_S  # somebody still writes into the file that was rotated away
        return self._take_over(volume, pause)

    def _looked_before(self, now: float) -> float:
        return now - 2 * SOON_S

    def _take_over(self, old: Volume, pause: float) -> float:
        """Go on with the file that has taken the place of the old one, and with those that came between."""
        try:
            newest, between = _successors(
                self._path, old.raw, {each.volume.raw.identity() for each in self._shelf.placed}
            )
        except FileNotFoundError:
            return pause  # just being rotated
        except (OSError, KnownError) as error:
            log.debug("The file that took a log's place cannot be opened: %s", type(error).__name__)
            trouble = FileOpenError(
                _("{name} was replaced by a file that cannot be read.").format(name=self._path.name),
                _("What was read stays; it is tried again."),
            )
            self.state = replace(self.state, phase=Phase.WAITING, trouble=trouble)
            return RETRY_S
        self._away_since = None
        while old.index.extend(old.raw.size()):
            pass  # what was written into it until it was put away
        for raw in between:
            self._begin(raw)
            self._read_whole()
        self._begin(newest)
        self.state = replace(self.state, rotated=self.state.rotated + len(between) + 1)
        return 0.0

    def _read_whole(self) -> None:
        """Read a file that is complete: it was current only between two looks, so it is small."""
        volume = self._shelf.last
        while volume is not None and volume.index.extend(volume.raw.size()):
            pass


def _successors(path: Path, old: RawFile, known: set[tuple[int, int]]) -> tuple[RawFile, list[RawFile]]:
    """Return the file at `path`, and those that were there after the old one and before it, the oldest first.

    Names move on while they are looked at; so it is done again until nothing has moved meanwhile.

    Raises:
        OSError, NotALogError: the file at `path` cannot be opened.
    """
    since = old.modified()
    for _attempt in range(ATTEMPTS):
        newest = RawFile.open(path)
        before = _siblings(path)
        between = [raw for raw in before.values() if raw.identity() not in known and raw.modified() >= since - 0.001]
        status = path.stat()
        if (status.st_dev, status.st_ino) == newest.identity() and before.keys() == _siblings(path).keys():
            break
    else:
        newest = RawFile.open(path)
    between = [raw for raw in between if raw.identity() != newest.identity() and packing_of(raw.read(0, 8)) is None]
    return newest, sorted(between, key=RawFile.modified)


def _siblings(path: Path) -> dict[tuple[int, int], RawFile]:
    """Return the files beside a log whose names begin with its name."""
    found: dict[tuple[int, int], RawFile] = {}
    with os.scandir(path.parent) as entries:
        for _nth, entry in zip(range(MOST_SIBLINGS), entries, strict=False):
            if entry.name.startswith(path.name) and entry.name != path.name:
                try:
                    raw = RawFile.open(Path(entry.path))
                except (OSError, KnownError):
                    continue
                found[raw.identity()] = raw
                if len(found) >= MOST_OPEN:
                    break
    return found
