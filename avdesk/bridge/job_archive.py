"""Loading older jobs off the GUI thread: one thread for each environment that loads, and one signal up."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from avdesk.core.errors import AbortedError, AvdeskError
from avdesk.core.jobs import Job
from avdesk.core.redact import redact
from avdesk.core.snapshot import Trouble
from avdesk.core.text import one_line

TOLD_EVERY_S = 0.3
"""Pages are gathered for so long: a table is not rearranged for each of them."""

log = logging.getLogger(__name__)


class PageLike(Protocol):
    """A page of an archive."""

    @property
    def jobs(self) -> tuple[Job, ...]: ...
    @property
    def loaded(self) -> int: ...
    @property
    def regions_left(self) -> tuple[str, ...]: ...
    @property
    def troubles(self) -> Mapping[str, Trouble]: ...


class ArchiveLike(Protocol):
    """What is needed of an archive; all but `pages` may be called from any thread."""

    def pages(self, limit: int) -> Iterator[PageLike]: ...
    def raise_limit(self, limit: int) -> None: ...
    def abort(self) -> None: ...


ArchiveMaker = Callable[[str], ArchiveLike]
"""Makes the archive of the environment of that name; called off the GUI thread."""


@dataclass(frozen=True, slots=True)
class OlderTold:
    """What came in, and how far it has come.

    Attributes:
        environment: of which environment.
        jobs: jobs that came in since the last one.
        running: whether more is being loaded.
        loaded: how many have come in all; `limit` how many were asked for.
        regions_left: the regions that have more, or that failed.
        troubles: region → why it could not be asked; ``""`` stands for all of them.
    """

    environment: str
    jobs: tuple[Job, ...]
    running: bool
    loaded: int
    limit: int
    regions_left: tuple[str, ...]
    troubles: Mapping[str, Trouble]

    @property
    def all_known(self) -> bool:
        """Whether there are no more jobs."""
        return not self.running and not self.regions_left and not self.troubles


class ArchiveLoader(QObject):
    """Loads older jobs.

    Signals:
        told: an `OlderTold`, some times a second while it loads, and at the end.
    """

    told = Signal(object)
    _came = Signal(object, object)

    environment = "job archive"
    """What it is called where watches are stopped."""

    def __init__(self, make_archive: ArchiveMaker) -> None:
        """Prepare; nothing is made or asked yet."""
        super().__init__()
        self._make_archive = make_archive
        self._lock = threading.Lock()
        self._archives: dict[str, ArchiveLike] = {}
        self._loading: dict[str, _Load] = {}
        self._stopping = False
        self._came.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def load(self, environment: str, limit: int) -> None:
        """Load until so many jobs are known; where it loads already, the limit is raised."""
        with self._lock:
            if self._stopping:
                return
            running = self._loading.get(environment)
            if running is not None:
                running.limit = max(running.limit, limit)
                archive = self._archives.get(environment)
                if archive is not None:
                    archive.raise_limit(limit)
                return
            load = self._loading[environment] = _Load(environment, limit)
            load.thread = threading.Thread(
                target=self._run, args=(load,), name=f"older jobs of {environment}", daemon=True
            )
        load.thread.start()

    def stop(self, environment: str) -> None:
        """Stop loading; what came in stays, and `load` goes on from there."""
        with self._lock:
            load, archive = self._loading.get(environment), self._archives.get(environment)
            if load is not None:
                load.stopped = True
        if load is not None and archive is not None:
            archive.abort()

    def forget(self, environments: Collection[str]) -> None:
        """Drop what some environments were asked by: they are gone, or are reached in another way from now on.

        Nothing more is told of what was being loaded.
        """
        for name in environments:
            with self._lock:
                load, archive = self._loading.pop(name, None), self._archives.pop(name, None)
                if load is not None:
                    load.stopped = load.forgotten = True
            if archive is not None:
                archive.abort()

    def ask_to_stop(self) -> None:
        """Stop all, for good."""
        with self._lock:
            self._stopping = True
            names = list(self._loading)
        for name in names:
            self.stop(name)

    def wait(self, seconds: float) -> bool:
        """Wait for the threads to end, at most so long; return whether they have."""
        deadline = time.monotonic() + max(0.0, seconds)
        with self._lock:
            threads = [load.thread for load in self._loading.values() if load.thread is not None]
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _pass_on(self, load: "_Load", told: OlderTold) -> None:
        """Tell, here in the GUI thread, unless the environment is another one since then."""
        if not load.forgotten:
            self.told.emit(told)

    # In a thread of its own

    def _run(self, load: "_Load") -> None:
        gathered = _Gathered(load)
        try:
            self._load(load, gathered)
        except AbortedError:
            log.info("loading older jobs of %s was stopped", load.environment)
        except AvdeskError as error:
            gathered.troubles = {"": Trouble.of(error)}
        except Exception as error:
            log.exception("loading older jobs of %s failed", load.environment)
            crash = one_line(redact(f"{type(error).__name__}: {error}"))
            gathered.troubles = {"": Trouble(type(error).__name__, crash, "")}
        with self._lock:
            if self._loading.get(load.environment) is load:
                del self._loading[load.environment]
            stopping = self._stopping
        if not stopping:
            self._came.emit(load, gathered.told(running=False))

    def _load(self, load: "_Load", gathered: "_Gathered") -> None:
        with self._lock:
            archive = self._archives.get(load.environment)
        if archive is None:
            archive = self._make_archive(load.environment)
            with self._lock:
                if not load.forgotten:
                    self._archives[load.environment] = archive
        told_at = time.monotonic()
        for page in archive.pages(load.limit):
            gathered.add(page)
            if load.stopped:
                return
            archive.raise_limit(load.limit)
            if time.monotonic() - told_at >= TOLD_EVERY_S:
                told_at = time.monotonic()
                self._came.emit(load, gathered.told(running=True))


@dataclass(slots=True)
class _Load:
    environment: str
    limit: int
    stopped: bool = False
    forgotten: bool = False
    thread: threading.Thread | None = None


class _Gathered:
    """What has come in since it was last told."""

    def __init__(self, load: _Load) -> None:
        self._load = load
        self._jobs: list[Job] = []
        self._loaded = 0
        self._regions_left: Sequence[str] = ()
        self.troubles: Mapping[str, Trouble] = {}

    def add(self, page: PageLike) -> None:
        """Take a page."""
        self._jobs += page.jobs
        self._loaded = page.loaded
        self._regions_left = page.regions_left
        self.troubles = page.troubles

    def told(self, *, running: bool) -> OlderTold:
        """Return what to tell, and begin anew."""
        jobs, self._jobs = tuple(self._jobs), []
        left = tuple(self._regions_left)
        return OlderTold(self._load.environment, jobs, running, self._loaded, self._load.limit, left, self.troubles)
