"""AVDesk's own checks of one environment: begun when due, beside the monitor's steps, and remembered until the next.

What the looks at the server and at Vertex AI tell anyway costs nothing here; the rest is asked seldom.
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Protocol

from avdesk.config.settings import Environment
from avdesk.core.errors import AbortedError, AvdeskError, NotAllowedError
from avdesk.core.gpuquota import GpuQuota
from avdesk.core.health import CheckResult, Health
from avdesk.core.ownchecks import CREDENTIALS, GCLOUD, LOGGING, QUOTA, TOKEN, clock_result, vertex_results
from avdesk.core.snapshot import ServerView, VertexView
from avdesk.services.clock import Clock
from avdesk.services.errands import Errands

log = logging.getLogger(__name__)

FIRST_AFTER_S = 6.0
"""The pipeline's state comes first."""

_EVERY_S: Mapping[str, float] = {CREDENTIALS: 300.0, GCLOUD: 3600.0, LOGGING: 1800.0, QUOTA: 1800.0, TOKEN: 900.0}
_AGAIN_S = 300.0
"""What came to nothing is tried again so soon."""

_ASKING_GOOGLE = frozenset({LOGGING, QUOTA})
_AT_ONCE = 2


class ProbedLike(Protocol):
    """What a probe found."""

    @property
    def result(self) -> CheckResult:
        """How it stands."""

    @property
    def quotas(self) -> tuple[GpuQuota, ...] | None:
        """The GPU quotas, where it was asked for them."""


class ProbesLike(Protocol):
    """What asks; from any thread."""

    def probes(self) -> Mapping[str, Callable[[], ProbedLike]]:
        """Return name → what asks for the check of that name."""


class OwnChecks:
    """What is known of the own checks, and the asking. Belongs to one thread.

    Attributes:
        quotas: Compute Engine's GPU quotas as last told.
    """

    def __init__(
        self,
        environment: Environment,
        make_probes: Callable[[], ProbesLike] | None,
        clock: Clock,
        token: Callable[[], ProbedLike] | None = None,
    ) -> None:
        """Prepare.

        Args:
            environment: whose.
            make_probes: makes what asks; called off this thread. None where there is nothing to ask of Google.
            clock: the time.
            token: looks at the token that the server wants; called off this thread. None where it wants none.
        """
        self._environment = environment
        self._make_probes = make_probes
        self._token = token
        of_google = [name for name in _EVERY_S if name != TOKEN] if make_probes is not None else []
        self._asked = (*of_google, *((TOKEN,) if token is not None else ()))
        self._probes: ProbesLike | None = None
        self._making = threading.Lock()
        self._clock = clock
        self._started_mono = clock.mono()
        self._tried_mono: dict[str, float] = {}
        self._known: dict[str, CheckResult] = {}
        self._by_hand: set[str] = set()
        self._failing: set[str] = set()
        self._errands: Errands[ProbedLike] = Errands("own check", _AT_ONCE)
        self.quotas: tuple[GpuQuota, ...] = ()

    @property
    def asking(self) -> frozenset[str]:
        """The names of the checks that are being asked by hand."""
        return self._errands.busy & self._by_hand

    @property
    def under_way(self) -> frozenset[str]:
        """The names of the checks that are being asked, for whatever reason."""
        return self._errands.busy

    def results(self, server: ServerView, vertex: VertexView) -> dict[str, CheckResult]:
        """Return the results as they stand, also of those that were not asked yet."""
        found = vertex_results(vertex, self._environment.regions)
        clock = clock_result(server)
        if clock is not None:
            found.append(clock)
        found += [self._known.get(name, CheckResult(name)) for name in self._asked]
        return {result.name: result for result in found}

    def step(self) -> None:
        """Take in what has come, and begin what is due."""
        self.collect()
        if self._clock.mono() - self._started_mono < FIRST_AFTER_S:
            return
        for name in self._asked:
            if self._due(name):
                self._begin(name)

    def begin(self, names: Collection[str]) -> None:
        """Ask some checks now, by hand; those that are not asked here are passed over."""
        for name in self._asked:
            if name in names:
                self._by_hand.add(name)
                self._begin(name)

    def collect(self) -> None:
        """Take in the answers that have come since the last time."""
        for name, outcome in self._errands.finished():
            self._by_hand.discard(name)
            self._failing.discard(name)
            if isinstance(outcome, AbortedError):
                continue
            if isinstance(outcome, AvdeskError):
                self._failing.add(name)
                self._known[name] = self._failed(name, outcome)
                log.info("%s: %s", name, outcome)
                continue
            self._known[name] = outcome.result
            if outcome.quotas is not None:
                self.quotas = outcome.quotas

    def _begin(self, name: str) -> None:
        self._tried_mono[name] = self._clock.mono()
        self._errands.begin(name, lambda: self._probe(name))

    def _probe(self, name: str) -> ProbedLike:
        if name == TOKEN:
            assert self._token is not None, "nothing is begun without"
            return self._token()
        with self._making:
            if self._probes is None:
                assert self._make_probes is not None, "nothing is begun without"
                self._probes = self._make_probes()
            probe = self._probes.probes()[name]
        return probe()

    def _failed(self, name: str, error: AvdeskError) -> CheckResult:
        """Return the result of a check that came to nothing: a refusal is an answer, silence is none."""
        known = self._known.get(name, CheckResult(name))
        if isinstance(error, NotAllowedError):
            return CheckResult(
                name,
                Health.UNHEALTHY,
                checked_at=self._clock.now(),
                error=error.message,
                advice=error.advice,
            )
        return replace(known, status=Health.UNKNOWN, error=error.message, advice=error.advice)

    def _due(self, name: str) -> bool:
        interval = _EVERY_S[name]
        if name in _ASKING_GOOGLE:
            sweep = self._environment.polling.health_sweep_s
            if sweep <= 0:
                return False
            interval = min(interval, sweep)
        if name in self._failing:
            interval = min(interval, _AGAIN_S)
        tried = self._tried_mono.get(name)
        return tried is None or self._clock.mono() - tried >= interval
