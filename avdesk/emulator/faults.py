"""Faults to order: what goes wrong, where, and how often.

A specification is ``[SIDE:][METHOD ]PATTERN=EFFECT[ xN]``; several may be given, parted by commas.

``SIDE``
    ``autovideo`` or ``google``. Without it: AutoVideo; for the pattern ``*``: both. A third side, ``gpu``, has a
    region pattern and the effect ``quota``: no GPU is left there, jobs end with RESOURCE_EXHAUSTED.
``PATTERN``
    A path, in which ``*`` stands for anything: ``/status``, ``/health/*``, ``/v1/*/us-west1/*``.
``EFFECT``
    ========================  ==========================================================================
    ``500`` (200 to 599)      that status, with the side's own error body; ``429:30`` adds ``Retry-After: 30``
    ``delay:S``               the right answer, S seconds late
    ``drip:S``                the right answer, its body spread over S seconds
    ``hang``                  no answer at all, the connection stays open
    ``reset``                 the connection is cut before anything was done
    ``lost``                  it is done, but the connection is cut before the answer
    ``truncate``              half of the right answer's body
    ``html``                  200 with an HTML page
    ``huge``                  200 with 64 MB of JSON
    ``nested``                200 with JSON nested 100,000 deep
    ``redirect:URL``          302 to there
    ``skew:S``                the server's clock is S seconds ahead (negative: behind): Date header and bodies
    ``quota``                 the allowance is spent: 429
    ``denied``                permission denied: 403
    ``expired``               the token is refused: 401
    ========================  ==========================================================================
``xN``
    Only the first N times: ``/status=500 x3`` or ``/status=500x3``.
"""

import fnmatch
import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from avdesk.core.errors import UsageError
from avdesk.emulator.exchange import Request
from avdesk.i18n import _


class Side(StrEnum):
    """Which server, or what else, a fault concerns."""

    AUTOVIDEO = "autovideo"
    GOOGLE = "google"
    GPU = "gpu"
    BOTH = "both"


class Effect(StrEnum):
    """What goes wrong."""

    STATUS = "status"
    DELAY = "delay"
    DRIP = "drip"
    HANG = "hang"
    RESET = "reset"
    LOST = "lost"
    TRUNCATE = "truncate"
    HTML = "html"
    HUGE = "huge"
    NESTED = "nested"
    REDIRECT = "redirect"
    SKEW = "skew"
    QUOTA = "quota"
    DENIED = "denied"
    EXPIRED = "expired"


_SECONDS = frozenset({Effect.DELAY, Effect.DRIP, Effect.SKEW})
_COUNT = re.compile(r"(.*?)[ :]?x(\d+)")
_SPACED_COUNT = re.compile(r"(.*?) +x(\d+)")
_METHOD = re.compile(r"([A-Z]{3,7}) +(.*)")


@dataclass(slots=True)
class Fault:
    """One fault.

    Attributes:
        spec: as it was written.
        method: the only method it concerns, None for all.
        seconds: of a delay, drip, skew or Retry-After.
        status: of `Effect.STATUS`.
        url: of `Effect.REDIRECT`.
        left: how many times it still happens, None for ever.
    """

    spec: str
    side: Side
    method: str | None
    pattern: str
    effect: Effect
    seconds: float = 0.0
    status: int = 0
    url: str = ""
    left: int | None = None

    def concerns(self, side: Side, method: str, path: str) -> bool:
        """Whether it happens to such a request now."""
        return (
            self.left != 0
            and self.side in (side, Side.BOTH)
            and self.side is not Side.GPU
            and self.method in (None, method)
            and fnmatch.fnmatchcase(path, self.pattern)
        )


class Faults:
    """The faults in force; may be changed from any thread."""

    def __init__(self, specs: Sequence[str] = ()) -> None:
        """Put faults in force.

        Raises:
            UsageError: a specification cannot be read.
        """
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        for spec in specs:
            self.add(spec)

    def add(self, specs: str) -> None:
        """Put the faults of one or several specifications, parted by commas, in force.

        Raises:
            UsageError: a specification cannot be read; none of them is then in force.
        """
        faults = [parse(spec) for spec in specs.split(",") if spec.strip()]
        if not faults:
            raise _bad(specs, _("it is empty"))
        with self._lock:
            self._faults.extend(faults)

    def remove(self, spec: str) -> bool:
        """End the faults that were written so; return whether there were any."""
        with self._lock:
            kept = [fault for fault in self._faults if fault.spec != spec.strip()]
            found = len(kept) != len(self._faults)
            self._faults = kept
        return found

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._faults.clear()

    @property
    def specs(self) -> tuple[str, ...]:
        """What is in force, as it was written."""
        with self._lock:
            return tuple(fault.spec for fault in self._faults if fault.left != 0)

    def befalling(self, side: Side, request: Request) -> list[Fault]:
        """Return the faults that happen to a request, and count them."""
        with self._lock:
            found = [fault for fault in self._faults if fault.concerns(side, request.method, request.path)]
            for fault in found:
                if fault.left is not None:
                    fault.left -= 1
        return found

    def gpus_exhausted(self, region: str, *, job_asks: bool) -> bool:
        """Whether no GPU is left in a region; only a job that asks for one uses up a fault with a count."""
        with self._lock:
            for fault in self._faults:
                if fault.side is Side.GPU and fault.left != 0 and fnmatch.fnmatchcase(region, fault.pattern):
                    if fault.left is not None and job_asks:
                        fault.left -= 1
                    return True
        return False


def parse(text: str) -> Fault:
    """Return the fault of one specification.

    Raises:
        UsageError: it cannot be read; the message says what is wrong.
    """
    spec = text.strip()
    where, equals, what = spec.partition("=")
    if not equals or not where.strip() or not what.strip():
        raise _bad(spec, _("it is not of the form PATH=EFFECT"))
    side, method, pattern = _place(spec, where.strip())
    what = what.strip()
    left = None
    match = (_SPACED_COUNT if what.startswith("redirect:") else _COUNT).fullmatch(what)
    if match is not None:
        what, left = match.group(1), int(match.group(2)[:9])
        if left == 0:
            raise _bad(spec, _("a count of 0 would never happen"))
    fault = Fault(spec, side, method, pattern, Effect.HANG, left=left)
    _read_effect(fault, what)
    if (side is Side.GPU) and fault.effect is not Effect.QUOTA:
        raise _bad(spec, _("GPUs know only the effect “quota”"))
    return fault


def _place(spec: str, where: str) -> tuple[Side, str | None, str]:
    name, colon, rest = where.partition(":")
    side = Side.BOTH if where == "*" else Side.AUTOVIDEO
    if colon:
        if name not in (Side.AUTOVIDEO, Side.GOOGLE, Side.GPU):
            raise _bad(spec, _("there is no side “{name}”, only autovideo, google and gpu").format(name=name))
        side, where = Side(name), rest.strip()
    method = None
    match = _METHOD.fullmatch(where)
    if match is not None:
        method, where = match.group(1), match.group(2)
    if side is not Side.GPU and not where.startswith(("/", "*")):
        raise _bad(spec, _("the path must begin with / or *"))
    return side, method, where


def _read_effect(fault: Fault, what: str) -> None:
    name, colon, value = what.partition(":")
    if name.isdecimal():
        fault.effect, fault.status = Effect.STATUS, int(name[:4])
        if not 200 <= fault.status <= 599:
            raise _bad(fault.spec, _("an HTTP status is from 200 to 599"))
        if colon:
            fault.seconds = _number(fault.spec, value)
        return
    try:
        fault.effect = Effect(name)
    except ValueError:
        fault.effect = Effect.STATUS
    if fault.effect is Effect.STATUS:
        effects = ", ".join(effect for effect in Effect if effect is not Effect.STATUS)
        message = _("there is no effect “{name}”; there are an HTTP status, {effects}")
        raise _bad(fault.spec, message.format(name=name, effects=effects))
    if fault.effect in _SECONDS:
        fault.seconds = _number(fault.spec, value)
        if fault.effect is not Effect.SKEW and fault.seconds < 0:
            raise _bad(fault.spec, _("a time to wait cannot be negative"))
    elif fault.effect is Effect.REDIRECT:
        if not value.startswith(("http://", "https://", "/")) or any(c in value for c in "\r\n"):
            raise _bad(fault.spec, _("a redirect needs the address to go to"))
        fault.url = value
    elif colon:
        raise _bad(fault.spec, _("the effect “{name}” takes no value").format(name=name))


def _number(spec: str, value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds) or abs(seconds) > 1e9:
        raise _bad(spec, _("“{value}” is no number of seconds").format(value=value))
    return seconds


def _bad(spec: str, why: str) -> UsageError:
    return UsageError(
        _("The fault “{spec}” cannot be used: {why}.").format(spec=spec, why=why),
        _("Write it as PATH=EFFECT, for example /status=500 or google:/v1/*=denied x3."),
    )
