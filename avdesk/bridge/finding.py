"""Finding what is there, off the GUI thread: gcloud, credentials, servers on this machine and on Cloud Run."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from avdesk.services.finding import DefaultsFound, GcloudFound, ServerTried, ServicesFound

log = logging.getLogger(__name__)


class FinderLike(Protocol):
    """What looks; may be called from any thread."""

    def gcloud(self) -> "GcloudFound": ...
    def defaults(self) -> "DefaultsFound": ...
    def server(self, url: str) -> "ServerTried": ...
    def services(self, project: str, regions: Sequence[str], google_endpoint: str) -> "ServicesFound": ...


class FindingDesk(QObject):
    """Looks in short-lived threads, side by side; lives in the GUI thread.

    Signals:
        told: a `GcloudFound`, `DefaultsFound`, `ServerTried` or `ServicesFound` of `avdesk.services.finding`.
        failed: the name of what AVDesk itself failed to look for: ``gcloud``, ``defaults``, ``server``, ``services``.
    """

    told = Signal(object)
    failed = Signal(str)

    environment = "finding"
    """What it is called where watches are stopped."""

    def __init__(self, make: Callable[[], FinderLike]) -> None:
        """Look by what `make` makes, which is called off the GUI thread."""
        super().__init__()
        self._make = make
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._stopping = False

    def look_at_gcloud(self) -> None:
        """Find gcloud's account, project and region."""
        self._run("gcloud", lambda finder: finder.gcloud())

    def look_at_defaults(self) -> None:
        """Find application-default credentials."""
        self._run("defaults", lambda finder: finder.defaults())

    def try_server(self, url: str) -> None:
        """Ask an address whether AutoVideo is there."""
        self._run("server", lambda finder: finder.server(url))

    def look_for_services(self, project: str, regions: Sequence[str], google_endpoint: str = "") -> None:
        """Find a project's Cloud Run services that look like AutoVideo."""
        self._run("services", lambda finder: finder.services(project, tuple(regions), google_endpoint))

    def ask_to_stop(self) -> None:
        """Begin nothing more; what is under way is told to nobody."""
        with self._lock:
            self._stopping = True

    def wait(self, seconds: float) -> bool:
        """Wait for the threads to end, at most so long; return True: what only looks may be left behind."""
        deadline = time.monotonic() + min(0.2, max(0.0, seconds))
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return True

    def _run(self, what: str, look: Callable[[FinderLike], object]) -> None:
        def run() -> None:
            try:
                found = look(self._make())
            except Exception:
                log.exception("could not look for %s", what)
                if not self._stopping:
                    self.failed.emit(what)
            else:
                if not self._stopping:
                    self.told.emit(found)
            finally:
                with self._lock:
                    self._threads.discard(thread)

        thread = threading.Thread(target=run, name=f"finding {what}", daemon=True)
        with self._lock:
            if self._stopping:
                return
            self._threads.add(thread)
        thread.start()
