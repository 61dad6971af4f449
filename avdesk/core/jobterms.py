"""The terms of the job query language: what each is called, which values it takes, and what it asks of a job."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from avdesk.core.jobfacts import JobFacts, JobKind
from avdesk.core.jobs import JobState
from avdesk.core.text import one_line
from avdesk.i18n import _

Test = Callable[[JobFacts], bool]
Compare = Callable[[float, float], bool]
KindTest = Callable[[JobKind], bool]


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


def _state(value: str) -> KindTest:
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
    return lambda kind: kind.state in states


def _region(value: str) -> KindTest:
    tests = [_beginning_of(word) for word in _alternatives(value)]
    return lambda kind: kind.job.region is not None and any(test(kind.job.region.casefold()) for test in tests)


def _beginning_of(word: str) -> Callable[[str], bool]:
    """Return a test for names that begin with `word`; europe-west1 is no beginning of europe-west12."""
    if not word[-1:].isdigit():
        return lambda name: name.startswith(word)
    end = len(word)
    return lambda name: name.startswith(word) and not name[end : end + 1].isdigit()


def _gpu(value: str) -> KindTest:
    words = [word.replace("-", "_").replace(" ", "_") for word in _alternatives(value)]
    without = any(word in ("cpu", "none", "no") for word in words)
    parts = tuple("_" + word for word in words if word not in ("cpu", "none", "no"))

    def test(kind: JobKind) -> bool:
        accelerator = kind.job.accelerator_type
        if accelerator is None:
            return without
        name = "_" + accelerator.casefold()
        return any(part in name for part in parts)

    return test


def _machine(value: str) -> KindTest:
    words = _alternatives(value)
    return lambda kind: any(word in (kind.job.machine_type or "").casefold() for word in words)


def _spot(value: str) -> KindTest:
    if value in _YES:
        return lambda kind: kind.job.spot is True
    if value in _NO:
        return lambda kind: kind.job.spot is False
    if value == "unknown":
        return lambda kind: kind.job.spot is None
    raise BadValueError(
        _("“spot:” takes yes, no or unknown."), unfinished=any(word.startswith(value) for word in YES_NO)
    )


def _kind(value: str) -> KindTest:
    found = [kind for kind in KINDS if kind.startswith(value)]
    if not found:
        raise BadValueError(_("“kind:” takes autovideo or other."))
    wanted = found[0] == "autovideo"
    return lambda kind: kind.autovideo is wanted


def _error(value: str) -> KindTest:
    code = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else None

    def test(kind: JobKind) -> bool:
        error = kind.job.error
        return error is not None and (value in error.message.casefold() or (code is not None and error.code == code))

    return test


def _label(value: str) -> KindTest:
    name, equals, wanted = value.partition("=")
    if not name:
        raise BadValueError(_("“label:” needs a label’s name, as in label:team=video."), unfinished=not wanted)

    def test(kind: JobKind) -> bool:
        return any(
            key.casefold() == name and (not equals or text.casefold() == wanted)
            for key, text in kind.job.labels.items()
        )

    return test


def _id(value: str) -> "OfOwn | OfOne":
    words = _alternatives(value)
    if any("/" in word for word in words):
        return OfOne(lambda facts: any(word == facts.job.resource_name.casefold() for word in words))
    return OfOwn(words, in_name=False)


def _name(value: str) -> "OfOwn | OfOne":
    return OfOwn((value,), in_name=True)


KIND_FIELDS: Mapping[str, Callable[[str], KindTest]] = MappingProxyType(
    {
        "state": _state,
        "region": _region,
        "gpu": _gpu,
        "machine": _machine,
        "spot": _spot,
        "kind": _kind,
        "error": _error,
        "label": _label,
    }
)
OWN_FIELDS: Mapping[str, Callable[[str], "OfOwn | OfOne"]] = MappingProxyType({"id": _id, "name": _name})
"""Terms with a value; ``env:`` is apart, because it asks nothing of a job."""

ENVIRONMENT = "env"
MEASURES = ("age", "ran", "queued", "cost")
NAMES = (*KIND_FIELDS, *OWN_FIELDS, ENVIRONMENT, *MEASURES)


@dataclass(frozen=True, slots=True)
class OfEnvironment:
    """What ``env:`` asks: the beginnings of names."""

    words: Sequence[str]

    def bound(self, environment: str) -> KindTest:
        """Return the test in an environment."""
        fits = any(environment.casefold().startswith(word) for word in self.words)
        return lambda _kind: fits


@dataclass(frozen=True, slots=True)
class Measure:
    """What a term such as ``ran>10m`` asks; what is unknown answers to none.

    Attributes:
        name: one of `MEASURES`.
        compare: how what is measured is compared with the limit.
        limit: seconds or dollars.
    """

    name: str
    compare: Compare
    limit: float

    def of(self, facts: JobFacts, now: datetime) -> float | None:
        """Return what is measured of a job."""
        if self.name == "age":
            return None if facts.created is None else max(0.0, now.timestamp() - facts.created)
        if self.name == "ran":
            return facts.ran(now)
        return facts.queued(now) if self.name == "queued" else facts.cost(now)

    def bound(self, now: datetime) -> Test:
        """Return the test at a time."""

        def test(facts: JobFacts) -> bool:
            value = self.of(facts, now)
            return value is not None and self.compare(value, self.limit)

        return test


@dataclass(frozen=True, slots=True)
class OfKind:
    """What is asked of a job's kind."""

    test: KindTest


@dataclass(frozen=True, slots=True)
class OfOwn:
    """What is asked of a job's own text.

    Attributes:
        words: one of these has to be there.
        in_name: in the display name; else in the id or the number.
    """

    words: Sequence[str]
    in_name: bool

    def answers(self, owns: Sequence[str]) -> list[bool]:
        """Tell of each `JobFacts.own` whether it has it."""
        answers = [
            [own.find(word, 0, own.find("\n")) >= 0 for own in owns]
            if self.in_name
            else [own.find(word, own.find("\n")) >= 0 for own in owns]
            for word in self.words
        ]
        return answers[0] if len(answers) == 1 else list(map(any, zip(*answers, strict=True)))


@dataclass(frozen=True, slots=True)
class OfOne:
    """What is asked of each job by itself."""

    test: Test


Question = OfKind | OfOwn | OfOne | OfEnvironment | Measure


def field_question(name: str, value: str) -> Question:
    """Return what a term such as ``state:failed`` asks. Raises BadValueError."""
    if name == ENVIRONMENT:
        return OfEnvironment(_alternatives(value))
    return OfKind(KIND_FIELDS[name](value)) if name in KIND_FIELDS else OWN_FIELDS[name](value)


def measure_question(name: str, sign: str, value: str) -> Measure:
    """Return what a term such as ``ran>10m`` asks. Raises BadValueError."""
    return Measure(name, _COMPARE[sign], _dollars(value) if name == "cost" else seconds_of(value))


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
