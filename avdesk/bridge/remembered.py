"""What AVDesk has kept, read off the GUI thread: the audit list, past runs, what the servers are known to have.

The GUI thread asks for a preview of an action and gets it at once, by what was read last; where nothing was read yet,
the preview says both ways that the action may go.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionPreview, ActionRecord, ActionRequest, ActionState
from avdesk.core.endpoints import Endpoints
from avdesk.core.errors import KnownError
from avdesk.core.history import PastRuns
from avdesk.core.jobs import Job
from avdesk.core.run import Run
from avdesk.core.snapshot import Trouble
from avdesk.i18n import _

log = logging.getLogger(__name__)

T = TypeVar("T")

UNKNOWN = Endpoints()


class RememberedLike(Protocol):
    """What reads; all may be called from any thread."""

    def endpoints(self, environment: str) -> Endpoints: ...
    def audit(self, limit: int, environment: str | None = None) -> tuple[ActionRecord, ...]: ...
    def export(self, file: Path, environment: str | None = None) -> int: ...
    def history(self, environment: str, limit: int) -> PastRuns: ...
    def export_history(self, file: Path, environment: str, runs: Sequence[Run]) -> int: ...


@dataclass(frozen=True, slots=True)
class AuditTold:
    """The audit list as it was read.

    Attributes:
        environment: of which environment; None: of all.
        records: newest first; at most `limit`.
        trouble: why it could not be read; None when it could.
    """

    environment: str | None
    records: tuple[ActionRecord, ...]
    limit: int
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class ExportTold:
    """How an export came out: so many records are in `file`, or `trouble` says why there is none."""

    file: Path
    count: int
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class HistoryTold:
    """Past runs as they were read, or `trouble` says why they could not be."""

    environment: str
    past: PastRuns
    trouble: Trouble | None = None


class RememberedReader(QObject):
    """Reads in short-lived threads; lives in the GUI thread.

    Signals:
        audit_told: an `AuditTold`.
        export_told: an `ExportTold`.
        history_told: a `HistoryTold`.
        history_export_told: an `ExportTold`, of past runs.
        endpoints_told: an environment's name, and its server's `Endpoints`.
    """

    audit_told = Signal(object)
    export_told = Signal(object)
    history_told = Signal(object)
    history_export_told = Signal(object)
    endpoints_told = Signal(str, object)

    environment = "remembered"
    """What it is called where watches are stopped."""

    def __init__(self, environments: Mapping[str, Environment], make: Callable[[], RememberedLike]) -> None:
        """Read by what `make` makes, which is called off the GUI thread."""
        super().__init__()
        self._environments = environments
        self._make = make
        self._learning: dict[str, bool] = {}  # whose endpoints are being read, and whether to read them once more
        self._known: dict[str, Endpoints] = {}
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._stopping = False

    # From the GUI thread

    def preview(self, request: ActionRequest, job: Job | None) -> ActionPreview:
        """Return what an action would do, by what was read last; nothing is asked or read for it."""
        from avdesk.services.previews import preview  # the window's: the tray comes without it

        known = self._known.get(request.environment, UNKNOWN)
        by_server = known.serves(request.kind, datetime.now(UTC))
        return preview(self._environments[request.environment], request, job, by_server=by_server)

    def take_endpoints(self, environment: str, endpoints: Endpoints) -> None:
        """Take note of what was read, unless it is of another server than the environment's is now."""
        from avdesk.store.ledger import server_key  # whoever reads has it already

        known = self._environments.get(environment)
        if known is not None and endpoints.server in ("", server_key(known.url) if known.url else ""):
            self._known[environment] = endpoints

    def set_environments(self, environments: Mapping[str, Environment], changed: Collection[str]) -> None:
        """Go by other environments from now on; what was read of the `changed` ones is dropped."""
        self._environments = environments
        for name in changed:
            self._known.pop(name, None)

    def learn(self, environment: str) -> None:
        """Read what an environment's server is known to have; where that is under way, once more after it."""
        if environment not in self._environments:
            return
        with self._lock:
            under_way = environment in self._learning
            self._learning[environment] = under_way
        if not under_way:
            self._run(lambda: self._learn(environment))

    def learn_of(self, record: ActionRecord) -> None:
        """Read it anew when an action may have found it out."""
        if record.state.ended or record.state is ActionState.REQUESTED:
            self.learn(record.request.environment)

    def read_audit(self, environment: str, limit: int) -> None:
        """Read the audit list of an environment, an empty name: of all."""
        self._run(lambda: self._read_audit(environment or None, limit))

    def export_audit(self, environment: str, file: str) -> None:
        """Write the audit list of an environment, an empty name: of all, to a file."""
        self._run(lambda: self._export(environment or None, Path(file)))

    def read_history(self, environment: str, limit: int) -> None:
        """Read an environment's past runs."""
        self._run(lambda: self._read_history(environment, limit))

    def export_history(self, environment: str, file: str, runs: Sequence[Run]) -> None:
        """Write past runs of an environment to a file."""
        self._run(lambda: self._export_history(environment, Path(file), tuple(runs)))

    def ask_to_stop(self) -> None:
        """Begin nothing more."""
        with self._lock:
            self._stopping = True

    def wait(self, seconds: float) -> bool:
        """Wait for the threads to end, at most so long; return whether they have."""
        deadline = time.monotonic() + max(0.0, seconds)
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    # In threads of their own

    def _run(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._threads.discard(thread)

        thread = threading.Thread(target=run, name="remembered", daemon=True)
        with self._lock:
            if self._stopping:
                return
            self._threads.add(thread)
        thread.start()

    def _learn(self, environment: str) -> None:
        again = True
        while again and not self._stopping:
            with self._lock:
                self._learning[environment] = False
            try:
                found = self._make().endpoints(environment)
            except Exception:
                log.exception("what the server of %s has could not be read", environment)
            else:
                self._tell(partial(self.endpoints_told.emit, environment, found))
            with self._lock:
                again = self._learning[environment]
                if not again:
                    del self._learning[environment]

    def _read_audit(self, environment: str | None, limit: int) -> None:
        nothing: tuple[ActionRecord, ...] = ()
        trouble, found = _told(lambda: self._make().audit(limit, environment), nothing)
        self._tell(lambda: self.audit_told.emit(AuditTold(environment, found, limit, trouble)))

    def _export(self, environment: str | None, file: Path) -> None:
        trouble, count = _told(lambda: self._make().export(file, environment), 0)
        self._tell(lambda: self.export_told.emit(ExportTold(file, count, trouble)))

    def _read_history(self, environment: str, limit: int) -> None:
        nothing = PastRuns(environment, (), limit)
        trouble, found = _told(lambda: self._make().history(environment, limit), nothing)
        self._tell(lambda: self.history_told.emit(HistoryTold(environment, found, trouble)))

    def _export_history(self, environment: str, file: Path, runs: tuple[Run, ...]) -> None:
        trouble, count = _told(lambda: self._make().export_history(file, environment, runs), 0)
        self._tell(lambda: self.history_export_told.emit(ExportTold(file, count, trouble)))

    def _tell(self, tell: Callable[[], None]) -> None:
        if not self._stopping:  # by then it may be that nobody is there any more
            tell()


def _told(do: Callable[[], T], nothing: T) -> tuple[Trouble | None, T]:
    try:
        return None, do()
    except KnownError as error:
        return Trouble.of(error), nothing
    except Exception as error:
        log.exception("what is remembered could not be read")
        return Trouble(type(error).__name__, _("AVDesk itself failed."), ""), nothing
