"""The server's health checks: asked seldom and only when the rate limit leaves room, remembered in between."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from avdesk.config.settings import Environment
from avdesk.core.errors import AbortedError, AvdeskError, KnownError, RateLimitedError
from avdesk.core.health import CHECKS, MAIN, Check, CheckResult, Health
from avdesk.services.clock import Clock
from avdesk.services.errands import Errands
from avdesk.services.server_watch import ServerWatch
from avdesk.store.memory import Memory

log = logging.getLogger(__name__)

ASK_ABSENT_AGAIN = timedelta(days=1)
"""A check that the server does not have, or has retired, is asked again after a new revision may have come."""

FRESH_FOR = timedelta(seconds=30)
"""A counted check that was answered so lately is not asked again when several are asked for."""

FREE_NEEDED = 5
"""A counted check is only asked by itself while so many requests would be free: the status comes first."""

AT_ONCE = 12
"""All of them side by side: most make the server ask others, which takes seconds and costs it nothing but waiting."""

QUEUED_FOR_S = 900.0
"""What a sweep left over is given up after so long."""

CHECKS_FACT = "checks"
"""Under which name the results are remembered."""


@dataclass(frozen=True, slots=True)
class KeptChecks:
    """The results last known, as they are remembered."""

    results: tuple[CheckResult, ...] = ()


class CheckWatch:
    """What is known of one server's checks, and the asking. Belongs to one thread."""

    def __init__(
        self,
        environment: Environment,
        server: ServerWatch,
        memory: Memory,
        clock: Clock,
        errands: Errands[CheckResult] | None = None,
    ) -> None:
        """Ask `server`; `errands` run what is asked beside the steps (None: in threads)."""
        self._environment = environment.name
        self._sweep_s = environment.polling.health_sweep_s
        self._server = server
        self._memory = memory
        self._clock = clock
        self._known: dict[str, CheckResult] = {}
        self._tried_mono: dict[str, float] = {}
        self._sweeping: set[str] = set()
        self._queued: dict[str, float] = {}
        self._errands: Errands[CheckResult] = errands or Errands("health", AT_ONCE)

    def restore(self) -> None:
        """Start from what was known before."""
        kept = self._memory.recall(self._environment, CHECKS_FACT, KeptChecks)
        if kept is not None:
            self._known = {result.name: result for result in kept[0].results}

    @property
    def asking(self) -> frozenset[str]:
        """The names of the checks that `begin` has begun to ask and that have not answered."""
        return self._errands.busy

    @property
    def queued(self) -> tuple[str, ...]:
        """The names of the checks that a sweep left over for want of allowance; they are asked as it comes free."""
        return tuple(sorted(self._queued))

    @property
    def absent(self) -> tuple[str, ...]:
        """The names of the checks that the server is known not to have."""
        return tuple(check.name for check in CHECKS if (known := self._known.get(check.name)) and known.absent)

    def results(self, main: CheckResult | None) -> dict[str, CheckResult]:
        """Return the last results of the checks that this server has, `main` first."""
        found = {MAIN: main} if main is not None else {}
        for check in CHECKS:
            known = self._known.get(check.name)
            if check.name != MAIN and known is not None and not known.absent:
                found[check.name] = known
        return found

    def ask_due(self, *, busy: bool, free: int) -> None:
        """Begin to ask one check that is due, if there is room; `collect` picks up the answer.

        At most one at a time, so that they spread out; beside the steps, since a slow check must not hold up the
        status for as long as it is waited for.
        """
        if self._sweep_s <= 0 or busy or self.asking:
            return
        for check in CHECKS:
            if check.name == MAIN or (check.counted and free < FREE_NEEDED) or not self._due(check):
                continue
            self._tried_mono[check.name] = self._clock.mono()
            ask = partial(self._server.ask_check, check.name, check.path, counted=check.counted)
            self._errands.begin(check.name, ask)
            return

    def ask(self, checks: Sequence[Check]) -> tuple[dict[str, CheckResult], KnownError | None]:
        """Ask several checks side by side, by hand.

        A check that the rate limit leaves no room for keeps its last answer; one that was asked in vain is unknown.
        Among several, those answered a moment ago or known to be absent are not asked again.

        Returns:
            A result for each, and why not a single one was answered (None when some were).
        """
        waiting = [check for check in checks if len(checks) == 1 or not self._still_good(check)]
        waiting.sort(key=self._answered_at)
        with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="health") as pool:
            answers = dict(zip((check.name for check in waiting), pool.map(self._try, waiting), strict=True))
        errors = [answer for answer in answers.values() if isinstance(answer, KnownError)]
        results: dict[str, CheckResult] = {}
        for check in checks:
            known = self._known.get(check.name, CheckResult(check.name))
            answer = answers.get(check.name, known)
            if isinstance(answer, CheckResult):
                results[check.name] = answer
                if check.name in answers:
                    self._keep(answer)
            elif isinstance(answer, RateLimitedError):
                results[check.name] = replace(known, error=answer.message)
            else:
                results[check.name] = CheckResult(check.name, checked_at=known.checked_at, error=answer.message)
        self._save()
        if not errors or len(errors) < len(waiting):
            return results, None
        return results, next((error for error in errors if not isinstance(error, RateLimitedError)), errors[0])

    def begin(self, checks: Sequence[Check], *, sweep: bool) -> None:
        """Begin to ask checks by hand, beside the steps; `collect` picks up the answers.

        In a `sweep` those answered a moment ago or known to be absent are not asked. Where the rate limit leaves no
        room for all, those come first whose answers are the oldest; what a sweep leaves over follows by itself.
        """
        waiting = [check for check in checks if not (sweep and self._still_good(check))]
        for check in sorted(waiting, key=self._answered_at):
            self._tried_mono[check.name] = self._clock.mono()
            if sweep:
                self._sweeping.add(check.name)
            self._begin(check, by_hand=True)

    def collect(self) -> None:
        """Take in the answers that have come since the last time."""
        done = self._errands.finished()
        for name, answer in done:
            swept = name in self._sweeping
            self._sweeping.discard(name)
            self._queued.pop(name, None)
            if swept and isinstance(answer, RateLimitedError):
                self._queued[name] = self._clock.mono()
            if isinstance(answer, CheckResult):
                self._keep(answer)
            else:
                log.info("%s not known: %s", name, answer)
                self._keep_unanswered(name, answer)
        if done:
            self._save()
        if self._queued and not self.asking:
            self._go_on()

    def _go_on(self) -> None:
        """Ask those that the last sweep left over, as far as requests have come free since; nobody's reserve."""
        now = self._clock.mono()
        for name, since in list(self._queued.items()):
            if now - since > QUEUED_FOR_S:
                del self._queued[name]
        left = [check for check in CHECKS if check.name in self._queued]
        for check in sorted(left, key=self._answered_at)[: self._server.free()]:
            self._sweeping.add(check.name)
            self._begin(check, by_hand=False)

    def _begin(self, check: Check, *, by_hand: bool) -> None:
        ask = partial(self._server.ask_check, check.name, check.path, counted=check.counted, by_hand=by_hand)
        self._errands.begin(check.name, ask)

    def _keep_unanswered(self, name: str, error: AvdeskError) -> None:
        """Keep that a check was asked in vain; where nothing was sent, what was known still holds."""
        if not isinstance(error, RateLimitedError | AbortedError):
            known = self._known.get(name, CheckResult(name))
            self._known[name] = replace(known, status=Health.UNKNOWN, error=error.message, advice=error.advice)

    def _answered_at(self, check: Check) -> float:
        known = self._known.get(check.name)
        return known.checked_at.timestamp() if known is not None and known.checked_at is not None else 0.0

    def _still_good(self, check: Check) -> bool:
        """Whether a check among several need not be asked: it was answered a moment ago, or there is none."""
        if self._known_absent(check):
            return True
        known = self._known.get(check.name)
        if not check.counted or known is None or known.checked_at is None or known.error is not None:
            return False
        return timedelta() <= self._clock.now() - known.checked_at < FRESH_FOR

    def _try(self, check: Check) -> CheckResult | KnownError:
        try:
            return self._server.ask_check(check.name, check.path, counted=check.counted, by_hand=True)
        except AbortedError:
            raise
        except KnownError as error:
            return error

    def _keep(self, result: CheckResult) -> None:
        self._known[result.name] = result
        self._tried_mono[result.name] = self._clock.mono()

    def _save(self) -> None:
        kept = KeptChecks(tuple(self._known.values()))
        self._memory.keep(self._environment, CHECKS_FACT, kept, self._clock.now())

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
