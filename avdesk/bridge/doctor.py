"""The doctor off the GUI thread: findings come up one by one; diagnostics are gathered, shown, and then written."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from avdesk.core.errors import KnownError
from avdesk.core.findings import Finding
from avdesk.core.snapshot import Trouble
from avdesk.i18n import _

log = logging.getLogger(__name__)

Planned = tuple[str, str | None]
"""A check by its name and its environment."""


class BundleFileLike(Protocol):
    """A file of the diagnostics."""

    @property
    def name(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def size(self) -> int: ...


class BundleLike(Protocol):
    """Diagnostics as they would be written."""

    @property
    def files(self) -> Sequence[BundleFileLike]: ...
    @property
    def name(self) -> str: ...
    @property
    def at(self) -> datetime: ...


class PracticeLike(Protocol):
    """What examines; one call at a time, from any thread."""

    def examine(self, plan: Callable[[list[Planned]], object], tell: Callable[[Finding], object], /) -> str: ...
    def gather(self) -> BundleLike: ...
    def save(self, file: Path, /) -> None: ...


@dataclass(frozen=True, slots=True)
class ExaminationBegan:
    """What will be looked at."""

    planned: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One finding that came."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class ExaminationEnded:
    """All of it as text; `trouble` says why it broke off."""

    text: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The diagnostics, not written yet; `trouble` says why there are none."""

    bundle: BundleLike | None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The diagnostics are in `file`; `trouble` says why they are not."""

    file: Path
    trouble: Trouble | None = None


DoctorTold = ExaminationBegan | Found | ExaminationEnded | Gathered | Saved


class DoctorRunner(QObject):
    """Examines, gathers and saves in a thread of its own, one after the other; lives in the GUI thread.

    Signals:
        told: a `DoctorTold`.
    """

    told = Signal(object)

    environment = "doctor"
    """What it is called where watches are stopped."""

    def __init__(self, make: Callable[[], PracticeLike]) -> None:
        """Examine by what `make` makes, which is called off the GUI thread, once."""
        super().__init__()
        self._make = make
        self._practice: PracticeLike | None = None
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._busy: set[str] = set()
        self._stopping = False

    # From the GUI thread

    def examine(self) -> None:
        """Examine this machine and all environments; where that is under way, nothing more."""
        self._run("examine", self._examine)

    def gather(self) -> None:
        """Put the diagnostics together."""
        self._run("gather", self._gather)

    def save(self, file: str) -> None:
        """Write the diagnostics that were told last to a file."""
        self._run("save", lambda: self._save(Path(file)))

    def ask_to_stop(self) -> None:
        """Begin nothing more; what is under way is told to nobody."""
        with self._lock:
            self._stopping = True

    def wait(self, seconds: float) -> bool:
        """Wait for the threads to end, at most so long; return whether they have.

        An examination only looks: one that is under way is left behind and counts as ended.
        """
        deadline = time.monotonic() + max(0.0, seconds)
        with self._lock:
            saving = [thread for thread in self._threads if thread.name == "doctor save"]
        for thread in saving:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in saving)

    # In threads of their own

    def _run(self, what: str, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                with self._turn:
                    if not self._stopping:
                        work()
            finally:
                with self._lock:
                    self._threads.discard(thread)
                    self._busy.discard(what)

        thread = threading.Thread(target=run, name=f"doctor {what}", daemon=True)
        with self._lock:
            if self._stopping or what in self._busy:
                return
            self._busy.add(what)
            self._threads.add(thread)
        thread.start()

    def _at_hand(self) -> PracticeLike:
        if self._practice is None:
            self._practice = self._make()
        return self._practice

    def _examine(self) -> None:
        text = ""

        def work() -> None:
            nonlocal text
            text = self._at_hand().examine(
                lambda planned: self._tell(ExaminationBegan(tuple(planned))),
                lambda finding: self._tell(Found(finding)),
            )

        trouble = _trouble_of(work)
        self._tell(ExaminationEnded(text, trouble))

    def _gather(self) -> None:
        bundle: BundleLike | None = None

        def work() -> None:
            nonlocal bundle
            bundle = self._at_hand().gather()

        trouble = _trouble_of(work)
        self._tell(Gathered(bundle, trouble))

    def _save(self, file: Path) -> None:
        self._tell(Saved(file, _trouble_of(lambda: self._at_hand().save(file))))

    def _tell(self, told: DoctorTold) -> None:
        if not self._stopping:  # by then it may be that nobody is there any more
            self.told.emit(told)


def _trouble_of(do: Callable[[], None]) -> Trouble | None:
    try:
        do()
    except KnownError as error:
        return Trouble.of(error)
    except Exception as error:
        log.exception("the doctor failed")
        return Trouble(type(error).__name__, _("AVDesk itself failed."), _("AVDesk's log holds the details."))
    return None
