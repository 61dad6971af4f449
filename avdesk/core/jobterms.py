"""The terms of the job query language: what each is called, which values it takes, and what it asks of a job."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from avdesk.core.jobfacts import JobFacts
from avdesk.core.jobs import JobState
from avdesk.core.text import one_line
from avdesk.i18n import _

Test = Callable[[JobFacts], bool]
Compare = Callable[[float, float], bool]
Bind = Callable[[datetime, str], Test]
"""From the time and the environment's name to the test."""


class BadValueError(ValueError):
    """A term's value means nothing.

    Attributes:
        unfinished: it may become one that does while somebody types on.
    """

    def __init__(self, message: str, *, unfinished: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.unfinished = unfinished


@dataclass(frozen=True, slots=True)
class TermHelp:
    """A term as help and completion show it.

    Attributes:
        name: as it is typed, with its sign: ``state:`` or ``age<``.
        example: a whole term.
        meaning: one sentence without its full stop.
        values: what it takes, where that is a fixed list.
    """

    name: str
    example: str
    meaning: str
    values: tuple[str, ...] = ()


STATE_GROUPS: Mapping[str, frozenset[JobState]] = MappingProxyType(
    {
        "active": frozenset(state for state in JobState if state.active),
        "waiting": frozenset(state for state in JobState if state.waiting),
        "ended": frozenset(state for state in JobState if state.ended),
        "done": frozenset({JobState.SUCCEEDED}),
        "bad": frozenset({JobState.FAILED, JobState.EXPIRED, JobState.PARTIALLY_SUCCEEDED}),
    }
)
"""Names for several states at once."""

STATE_VALUES = (*STATE_GROUPS, *(state.value for state in JobState))
YES_NO = ("yes", "no", "unknown")
KINDS = ("autovideo", "other")

_YES = frozenset({"yes", "true", "y", "1"})
_NO = frozenset({"no", "false", "n", "0"})
_SECONDS = MappingProxyType(
    {"s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
)
_SPAN_PART = re.compile(r"(\d{1,9}(?:[.,]\d{1,6})?)(sec|min|[smhdw])")
_AMOUNT = re.compile(r"\$?(\d{1,9}(?:[.,]\d{1,6})?)\$?")
_COMPARE: Mapping[str, Compare] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}
)
_PLAIN = ("spot", "on-demand")


def term_help() -> tuple[TermHelp, ...]:
    """Return all terms in the order in which help shows them."""
    return (
        TermHelp("state:", "state:failed", _("The state, its beginning, or a group of states"), STATE_VALUES),
        TermHelp("region:", "region:us-west1", _("The region or its beginning")),
        TermHelp("gpu:", "gpu:l4", _("The kind of GPU; cpu for none"), ("l4", "t4", "a100", "cpu")),
        TermHelp("machine:", "machine:n1-standard", _("The machine type or a part of it")),
        TermHelp("spot:", "spot:yes", _("Whether it runs on spot capacity"), YES_NO),
        TermHelp("id:", "id:ab12cd34", _("A part of the job’s id or number")),
        TermHelp("name:", "name:render", _("A part of the display name")),
        TermHelp("error:", "error:quota", _("A part of the error’s text, or its code")),
        TermHelp("label:", "label:team=video", _("A label, or a label with its value")),
        TermHelp("kind:", "kind:autovideo", _("Whether AutoVideo made it"), KINDS),
        TermHelp("env:", "env:prod", _("The environment or its beginning")),
        TermHelp("age<", "age<2d", _("Created less (or, with >, more) than so long ago")),
        TermHelp("ran>", "ran>10m", _("Ran for more (or, with <, less) than this")),
        TermHelp("queued>", "queued>5m", _("Waited for a machine for more (or, with <, less) than this")),
        TermHelp("cost>", "cost>1", _("Cost more (or, with <, less) than so many dollars")),
    )


# What a value asks of a job. Each raises BadValueError.


def _state(value: str) -> Test:
    wanted: set[JobState] = set()
    for word in _alternatives(value):
        name = word.replace("-", "_").replace(" ", "_")
        found = STATE_GROUPS.get(name) or frozenset(s for s in JobState if s.value.startswith(name))
        if not found:
            raise BadValueError(
                _("No state begins with “{value}”. States: {states}.").format(
                    value=one_line(word, 40), states=", ".join(STATE_VALUES)
                ),
                unfinished=any(group.startswith(name) for group in STATE_GROUPS),
            )
        wanted |= found
    states = tuple(wanted)  # compared by identity first: quicker than hashing an enum's member
    return lambda facts: facts.state in states


def _region(value: str) -> Test:
    tests = [_beginning_of(word) for word in _alternatives(value)]
    return lambda facts: facts.job.region is not None and any(test(facts.job.region.casefold()) for test in tests)


def _beginning_of(word: str) -> Callable[[str], bool]:
    """Return a test for names that begin with `word`; europe-west1 is no beginning of europe-west12."""
    if not word[-1:].isdigit():
        return lambda name: name.startswith(word)
    end = len(word)
    return lambda name: name.startswith(word) and not name[end : end + 1].isdigit()


def _gpu(value: str) -> Test:
    words = [word.replace("-", "_").replace(" ", "_") for word in _alternatives(value)]
    without = any(word in ("cpu", "none", "no") for word in words)
    parts = tuple("_" + word for word in words if word not in ("cpu", "none", "no"))

    def test(facts: JobFacts) -> bool:
        accelerator = facts.job.accelerator_type
        if accelerator is None:
            return without
        name = "_" + accelerator.casefold()
        return any(part in name for part in parts)

    return test


def _machine(value: str) -> Test:
    words = _alternatives(value)
    return lambda facts: any(word in (facts.job.machine_type or "").casefold() for word in words)


def _spot(value: str) -> Test:
    if value in _YES:
        return lambda facts: facts.job.spot is True
    if value in _NO:
        return lambda facts: facts.job.spot is False
    if value == "unknown":
        return lambda facts: facts.job.spot is None
    raise BadValueError(
        _("“spot:” takes yes, no or unknown."), unfinished=any(word.startswith(value) for word in YES_NO)
    )


def _kind(value: str) -> Test:
    found = [kind for kind in KINDS if kind.startswith(value)]
    if not found:
        raise BadValueError(_("“kind:” takes autovideo or other."))
    wanted = found[0] == "autovideo"
    return lambda facts: facts.autovideo is wanted


def _id(value: str) -> Test:
    words = _alternatives(value)

    def test(facts: JobFacts) -> bool:
        job = facts.job
        return any(word in job.id or word in job.number or word == job.resource_name.casefold() for word in words)

    return test


def _name(value: str) -> Test:
    return lambda facts: value in facts.job.display_name.casefold()


def _error(value: str) -> Test:
    code = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else None

    def test(facts: JobFacts) -> bool:
        error = facts.job.error
        return error is not None and (value in error.message.casefold() or (code is not None and error.code == code))

    return test


def _label(value: str) -> Test:
    name, equals, wanted = value.partition("=")
    if not name:
        raise BadValueError(_("“label:” needs a label’s name, as in label:team=video."), unfinished=not wanted)

    def test(facts: JobFacts) -> bool:
        return any(
            key.casefold() == name and (not equals or text.casefold() == wanted)
            for key, text in facts.job.labels.items()
        )

    return test


FIELDS: Mapping[str, Callable[[str], Test]] = MappingProxyType(
    {
        "state": _state,
        "region": _region,
        "gpu": _gpu,
        "machine": _machine,
        "spot": _spot,
        "kind": _kind,
        "id": _id,
        "name": _name,
        "error": _error,
        "label": _label,
    }
)
"""Terms with a value; ``env:`` is apart, because it asks nothing of a job."""

ENVIRONMENT = "env"
MEASURES = ("age", "ran", "queued", "cost")
NAMES = (*FIELDS, ENVIRONMENT, *MEASURES)


def bind_field(name: str, value: str) -> Bind:
    """Return what a term such as ``state:failed`` asks. Raises BadValueError."""
    if name == ENVIRONMENT:
        words = _alternatives(value)

        def bind(_now: datetime, environment: str) -> Test:
            fits = any(environment.casefold().startswith(word) for word in words)
            return lambda _facts: fits

        return bind
    test = FIELDS[name](value)
    return lambda _now, _environment: test


def bind_measure(name: str, sign: str, value: str) -> Bind:
    """Return what a term such as ``ran>10m`` asks; what is unknown answers to none. Raises BadValueError."""
    compare = _COMPARE[sign]
    limit = _dollars(value) if name == "cost" else seconds_of(value)
    makers = {"age": _age_test, "ran": _ran_test, "queued": _queued_test, "cost": _cost_test}
    make = makers[name]
    return lambda now, _environment: make(now, compare, limit)


# Written out one by one: each is asked a hundred thousand times while somebody types.


def _age_test(now: datetime, compare: Compare, limit: float) -> Test:
    present = now.timestamp()

    def test(facts: JobFacts) -> bool:
        created = facts.created
        return created is not None and compare(max(0.0, present - created), limit)

    return test


def _ran_test(now: datetime, compare: Compare, limit: float) -> Test:
    def test(facts: JobFacts) -> bool:
        ran = facts.job.run_s(now) if facts.live else facts.ran_then
        return ran is not None and compare(ran, limit)

    return test


def _queued_test(now: datetime, compare: Compare, limit: float) -> Test:
    def test(facts: JobFacts) -> bool:
        queued = facts.job.queue_s(now) if facts.live else facts.queued_then
        return queued is not None and compare(queued, limit)

    return test


def _cost_test(now: datetime, compare: Compare, limit: float) -> Test:
    def test(facts: JobFacts) -> bool:
        cost = facts.job.cost_usd(now) if facts.live else facts.cost_then
        return cost is not None and compare(cost, limit)

    return test


def seconds_of(value: str) -> float:
    """Return the seconds of ``10m``, ``1h30m``, ``2d`` or ``1.5h``. Raises BadValueError."""
    total, place = 0.0, 0
    for part in _SPAN_PART.finditer(value):
        if part.start() != place:
            break
        total += float(part[1].replace(",", ".")) * _SECONDS[part[2]]
        place = part.end()
    if place == len(value) and value:
        return total
    digits_only = not value or value.replace(".", "", 1).replace(",", "", 1).isdigit()
    raise BadValueError(
        _("“{value}” is no duration: write 90s, 10m, 1h30m, 2d or 1w.").format(value=one_line(value, 40)),
        unfinished=digits_only or (place > 0 and value[place:].isdigit()),
    )


def _dollars(value: str) -> float:
    match = _AMOUNT.fullmatch(value)
    if match is None:
        raise BadValueError(
            _("“{value}” is no amount of dollars: write 1 or 0.5.").format(value=one_line(value, 40)),
            unfinished=value in ("", "$") or value[:-1].isdigit(),
        )
    return float(match[1].replace(",", "."))


def _alternatives(value: str) -> Sequence[str]:
    """Return the values that are separated by commas."""
    words = [word.strip() for word in value.split(",")]
    return [word for word in words if word] or [value]
