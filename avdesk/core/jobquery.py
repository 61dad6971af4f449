"""What is typed into the job table's query line: free words and terms, as ``failed quota region:us -gpu:t4 age<2d``.

All that is typed must hold for a job. A minus before a word or a term turns it round, quotes keep blanks together,
commas part alternatives (``state:failed,cancelled``). What cannot be understood is told with its place; nothing that
is typed raises an error.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from avdesk.core.jobfacts import JobFacts
from avdesk.core.jobs import Job
from avdesk.core.jobterms import (
    MEASURES,
    NAMES,
    BadValueError,
    Measure,
    OfKind,
    OfOne,
    OfOwn,
    Question,
    Test,
    field_question,
    measure_question,
)
from avdesk.i18n import _

FactsT = TypeVar("FactsT", bound=JobFacts)

LONGEST = 1000
"""Characters of a query that are read."""

MOST_TERMS = 40

_HEAD = re.compile(r"([A-Za-z_]{1,20})(:|<=|>=|<|>|=)")
_COMPARISON = re.compile(r"<=|>=|<|>|=")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a query that could not be understood.

    Attributes:
        message: one sentence.
        start, end: where it stands in the text.
        unfinished: it may become right while somebody types on, so nobody needs to be told yet.
    """

    message: str
    start: int
    end: int
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is asked for.

    Attributes:
        name: of the term, empty for a free word.
        sign: ``:``, ``<``, ``<=``, ``>``, ``>=`` or ``=``; empty for a free word.
        value: case-folded, without quotes.
        negated: a job must not answer to it.
        start, end: where it stands in the text.
    """

    name: str
    sign: str
    value: str
    negated: bool
    start: int = field(compare=False)
    end: int = field(compare=False)
    question: Question | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class JobQuery:
    """A query that was read.

    Attributes:
        text: as it was typed, at most `LONGEST` characters.
        terms: all that is asked for; what could not be understood is not among them.
        problems: what could not be understood.
    """

    text: str = ""
    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()

    def matches(self, job: Job, now: datetime, environment: str = "") -> bool:
        """Whether a job answers to the query; an empty one is answered by all."""
        return bool(self.select([JobFacts(job)], now, environment))

    def select(self, rows: Iterable[FactsT], now: datetime, environment: str = "") -> list[FactsT]:
        """Return the rows that answer to the query, in their order; `JobSheet.answering` is for very many."""
        for term in self.terms:
            rows = filter(_test_of(term, now, environment), rows)
        return list(rows)

    @property
    def depends_on_time(self) -> bool:
        """Whether a job that does not change may come to answer, or cease to."""
        return any(term.name in MEASURES for term in self.terms)


def parse_query(text: str) -> JobQuery:
    """Return the query that was typed; never raises."""
    reader = _Reader(text[:LONGEST])
    if len(text) > LONGEST:
        reader.problems.append(Problem(_("The query is too long; its end is left out."), LONGEST, len(text)))
    reader.read()
    return JobQuery(reader.text, tuple(reader.terms), tuple(reader.problems))


def quoted(value: str) -> str:
    """Return a value as it has to be typed: in quotes where it holds blanks; quotes in it cannot be typed."""
    plain = value.replace('"', "")
    return f'"{plain}"' if not plain or any(c.isspace() for c in plain) else plain


class _Reader:
    """Reads a query from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.terms: list[Term] = []
        self.problems: list[Problem] = []

    def read(self) -> None:
        """Read everything."""
        for start, end in _pieces(self.text):
            if len(self.terms) >= MOST_TERMS:
                self._problem(
                    _("More than {count} terms; the rest is left out.").format(count=MOST_TERMS), start, end
                )
                return
            self._read_piece(start, end)

    def _read_piece(self, start: int, end: int) -> None:
        raw = self.text[start:end]
        if raw.count('"') % 2:
            self._problem(_("A quote is not closed."), start + raw.rindex('"'), end, unfinished=True)
        negated = raw.startswith("-") and len(raw) > 1
        body = raw[1:] if negated else raw
        head = _HEAD.match(body)
        if head is None or head[1].lower() not in NAMES:
            if head is not None:
                self._tell_strange(head[1], head[2], body[head.end() :], start, end)
            self._word(body, negated, start, end)
            return
        name = head[1].lower()
        sign, value = head[2], _bare(body[head.end() :])
        try:
            term = self._term(name, sign, value, negated, start, end)
        except BadValueError as error:
            self._problem(error.message, start, end, unfinished=error.unfinished or not value)
        else:
            self.terms.append(term)

    def _term(self, name: str, sign: str, value: str, negated: bool, start: int, end: int) -> Term:
        if name in MEASURES:
            if sign == ":":
                found = _COMPARISON.match(value)
                if found is None:
                    message = _("“{name}” is compared: write {name}<… or {name}>….").format(name=name)
                    raise BadValueError(message, unfinished=not value)
                sign, value = found[0], value[found.end() :]
            return Term(name, sign, value, negated, start, end, measure_question(name, sign, value))
        if sign not in (":", "="):
            raise BadValueError(_("“{name}” cannot be compared: write {name}:….").format(name=name))
        if not value:
            raise BadValueError(_("“{name}:” needs a value.").format(name=name), unfinished=True)
        return Term(name, ":", value, negated, start, end, field_question(name, value))

    def _word(self, body: str, negated: bool, start: int, end: int) -> None:
        word = _bare(body)
        if word:
            self.terms.append(Term("", "", word, negated, start, end))

    def _tell_strange(self, name: str, sign: str, rest: str, start: int, end: int) -> None:
        """Tell of a name that is none; ``gs://…`` and ``team=video`` are text that somebody may look for."""
        if sign == "=" or rest.startswith("//"):
            return
        near = difflib.get_close_matches(name.lower(), NAMES, 1, 0.6)
        message = _("“{name}{sign}” is no term; it is looked for as text.").format(name=name, sign=sign)
        if near:
            usual = "<" if near[0] in MEASURES else ":"
            message += " " + _("Did you mean {name}?").format(name=near[0] + usual)
        self._problem(message, start, end)

    def _problem(self, message: str, start: int, end: int, *, unfinished: bool = False) -> None:
        self.problems.append(Problem(message, start, end, unfinished))


def _pieces(text: str) -> Iterable[tuple[int, int]]:
    """Return where the pieces between blanks begin and end; blanks within quotes part nothing."""
    start, inside = None, False
    for place, character in enumerate(text):
        if character == '"':
            inside = not inside
        if character.isspace() and not inside:
            if start is not None:
                yield start, place
            start = None
        elif start is None:
            start = place
    if start is not None:
        yield start, len(text)


def _bare(text: str) -> str:
    """Return what is looked for: without quotes, blanks as one, case-folded."""
    return " ".join(text.replace('"', "").split()).casefold()


def _test_of(term: Term, now: datetime, environment: str) -> Test:
    """Return what a term asks of a row."""
    test = _asked_by(term, now, environment)
    return (lambda facts: not test(facts)) if term.negated else test


def _asked_by(term: Term, now: datetime, environment: str) -> Test:
    question, word = term.question, term.value
    if question is None:
        return lambda facts: facts.holds(word)
    if isinstance(question, Measure):
        return question.bound(now)
    if isinstance(question, OfOwn):
        return lambda facts: question.answers((facts.own,))[0]
    if isinstance(question, OfOne):
        return question.test
    of_kind = question.test if isinstance(question, OfKind) else question.bound(environment)
    return lambda facts: of_kind(facts.kind)
