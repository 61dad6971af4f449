"""The health checks of a monitor, the server's and AVDesk's own: asked by hand beside its steps, told together."""

import threading
from collections.abc import Collection

from avdesk.core.gpuquota import GpuQuota
from avdesk.core.health import CHECKS, MAIN, CheckResult
from avdesk.core.ownchecks import CLOCK, region_of
from avdesk.services.check_watch import CheckWatch
from avdesk.services.own_checks import OwnChecks
from avdesk.services.server_watch import ServerWatch
from avdesk.services.vertex_watch import VertexWatch

PICK_UP_S = 0.25
"""How often answers are picked up while somebody waits for them."""


class Checking:
    """Asks what a user wants to know now. All but `want` belong to the monitor's thread."""

    def __init__(self, server: ServerWatch, vertex: VertexWatch, checks: CheckWatch, own: OwnChecks | None) -> None:
        """Ask through a monitor's watches."""
        self._server = server
        self._vertex = vertex
        self._checks = checks
        self._own = own
        self._lock = threading.Lock()
        self._wanted: set[str] = set()
        self._all_wanted = False
        self._waiting: set[str] = set()

    def want(self, names: Collection[str]) -> None:
        """Take a wish: to ask these checks, without names all of them. From any thread."""
        with self._lock:
            self._wanted.update(names)
            self._all_wanted = self._all_wanted or not names

    def begin_wanted(self) -> None:
        """Begin to ask what is wanted: the slow ones first, which then answer while the quick ones are asked."""
        self._ask_waiting()
        with self._lock:
            names, every = frozenset(self._wanted), self._all_wanted
            self._wanted.clear()
            self._all_wanted = False
        if not names and not every:
            return
        own = self._own.results(self._server.view, self._vertex.view) if self._own is not None else {}
        if every:
            names = frozenset((*(check.name for check in CHECKS), *own))
        if self._server.watched:
            asked = [check for check in CHECKS if check.name in names and check.name != MAIN]
            self._checks.begin(asked, sweep=every)
        if self._own is not None:
            self._own.begin(names)
        self._waiting = {name for name in names if name in (MAIN, CLOCK) or region_of(name)}

    def _ask_waiting(self) -> None:
        """Ask what belongs to the steps themselves, one step after the rest: that is seen to be asked first."""
        waiting, self._waiting = self._waiting, set()
        if self._server.watched and waiting & {MAIN, CLOCK}:
            self._server.ask_alive()
        if self._vertex.watched and any(region_of(name) for name in waiting):
            self._vertex.ask()

    def step(self) -> None:
        """Take in what has come, and begin those of AVDesk's own checks that are due."""
        self._checks.collect()
        if self._own is not None:
            self._own.step()

    def wait_s(self) -> float:
        """Return the seconds until answers should be picked up."""
        return PICK_UP_S if self.asking else float("inf")

    @property
    def asking(self) -> tuple[str, ...]:
        """The names of the checks that are being asked by hand."""
        own = self._own.asking if self._own is not None else frozenset()
        return tuple(sorted(self._checks.asking | own | self._waiting))

    @property
    def quotas(self) -> tuple[GpuQuota, ...]:
        """Compute Engine's GPU quotas as last told."""
        return self._own.quotas if self._own is not None else ()

    def results(self) -> tuple[dict[str, CheckResult], dict[str, CheckResult]]:
        """Return the results as they stand: the server's, and AVDesk's own."""
        own = self._own.results(self._server.view, self._vertex.view) if self._own is not None else {}
        return self._checks.results(self._server.main_check), own
