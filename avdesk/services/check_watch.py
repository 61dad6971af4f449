"""The server's health checks: asked seldom and only when the rate limit leaves room, remembered in between."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

from avdesk.config.settings import Environment
from avdesk.core.errors import AbortedError, KnownError, RateLimitedError
from avdesk.core.health import CHECKS, MAIN, Check, CheckResult, Health
from avdesk.services.clock import Clock
from avdesk.services.server_watch import ServerWatch
from avdesk.store.memory import Memory

log = logging.getLogger(__name__)

ASK_ABSENT_AGAIN = timedelta(days=1)
"""A check that the server does not have, or has retired, is asked again after a new revision may have come."""

FREE_NEEDED = 5
"""A counted check is only asked by itself while so many requests would be free: the status comes first."""

AT_ONCE = 4
_FACT = "checks"


@dataclass(frozen=True, slots=True)
class KeptChecks:
    """The results last known, as they are remembered."""

    results: tuple[CheckResult, ...] = ()


class CheckWatch:
    """What is known of one server's checks, and the asking. Belongs to one thread."""

    def __init__(self, environment: Environment, server: ServerWatch, memory: Memory, clock: Clock) -> None:
        self._environment = environment.name
        self._sweep_s = environment.polling.health_sweep_s
        self._server = server
        self._memory = memory
        self._clock = clock
        self._known: dict[str, CheckResult] = {}
        self._tried_mono: dict[str, float] = {}

    def restore(self) -> None:
        """Start from what was known before."""
        kept = self._memory.recall(self._environment, _FACT, KeptChecks)
        if kept is not None:
            self._known = {result.name: result for result in kept[0].results}

    def results(self, main: CheckResult | None) -> dict[str, CheckResult]:
        """Return the last results of the checks that this server has, `main` first."""
        found = {MAIN: main} if main is not None else {}
        for check in CHECKS:
            known = self._known.get(check.name)
            if check.name != MAIN and known is not None and not known.absent:
                found[check.name] = known
        return found

    def ask_due(self, *, busy: bool, free: int) -> None:
        """Ask one check that is due, if there is room; at most one a step, so that they spread out."""
        if self._sweep_s <= 0 or busy:
            return
        for check in CHECKS:
            if check.name == MAIN or (check.counted and free < FREE_NEEDED) or not self._due(check):
                continue
            self._ask(check, by_hand=False)
            return

    def ask(self, checks: Sequence[Check], *, by_hand: bool = True) -> dict[str, CheckResult]:
        """Ask several checks side by side, by hand; return a result for each, remembered where none was had.

        Raises:
            KnownError: not a single one was answered; this is why.
        """
        errors: list[KnownError] = []
        results: dict[str, CheckResult] = {}
        waiting: list[Check] = []
        for check in checks:
            if self._known_absent(check) and len(checks) > 1:
                results[check.name] = self._known[check.name]
            else:
                waiting.append(check)
        with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="health") as pool:
            answers = list(pool.map(lambda check: self._try(check, by_hand=by_hand), waiting))
        for check, answer in zip(waiting, answers, strict=True):
            if isinstance(answer, CheckResult):
                self._keep(answer)
                results[check.name] = answer
            else:
                errors.append(answer)
                known = self._known.get(check.name, CheckResult(check.name))
                results[check.name] = replace(known, error=answer.message)
        if errors and len(errors) == len(waiting) and all(result.checked_at is None for result in results.values()):
            raise errors[0]
        self._save()
        return {check.name: results[check.name] for check in checks}

    def _try(self, check: Check, *, by_hand: bool) -> CheckResult | KnownError:
        try:
            return self._server.ask_check(check.name, check.path, counted=check.counted, by_hand=by_hand)
        except AbortedError:
            raise
        except KnownError as error:
            return error

    def _ask(self, check: Check, *, by_hand: bool) -> None:
        self._tried_mono[check.name] = self._clock.mono()
        try:
            result = self._server.ask_check(check.name, check.path, counted=check.counted, by_hand=by_hand)
        except AbortedError:
            raise
        except RateLimitedError as error:
            log.info("%s not asked: %s", check.name, error)
            return
        except KnownError as error:
            known = self._known.get(check.name)
            if known is not None:
                self._known[check.name] = replace(known, status=Health.UNKNOWN, error=error.message)
            log.info("%s not known: %s", check.name, error)
            return
        self._keep(result)
        self._save()

    def _keep(self, result: CheckResult) -> None:
        self._known[result.name] = result
        self._tried_mono[result.name] = self._clock.mono()

    def _save(self) -> None:
        kept = KeptChecks(tuple(self._known.values()))
        self._memory.keep(self._environment, _FACT, kept, self._clock.now())

    def _due(self, check: Check) -> bool:
        tried = self._tried_mono.get(check.name)
        if tried is not None and self._clock.mono() - tried < self._sweep_s:
            return False
        if self._known_absent(check):
            return False
        known = self._known.get(check.name)
        if known is None or known.checked_at is None:
            return True
        return (self._clock.now() - known.checked_at).total_seconds() >= self._sweep_s

    def _known_absent(self, check: Check) -> bool:
        known = self._known.get(check.name)
        if known is None or known.checked_at is None or not (known.absent or known.status is Health.RETIRED):
            return False
        return self._clock.now() - known.checked_at < ASK_ABSENT_AGAIN
