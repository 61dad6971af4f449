"""What is asked of very many jobs, kept in columns: a keystroke in the query line asks it of all of them.

A Python object for each job, visited one after the other, is what takes the time: they lie all over the memory. Of a
column that holds numbers or what is shared by many, a hundred thousand are gone through in a few milliseconds.
"""

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import compress

from avdesk.core.jobfacts import JobFacts, JobKind
from avdesk.core.jobquery import JobQuery, Term
from avdesk.core.jobs import Job
from avdesk.core.jobterms import Measure, OfEnvironment, OfKind, OfOne
from avdesk.core.steps import Steps

_PUT_ROWS = 500
_ASKED_ROWS = 5000
_UNKNOWN = math.nan
"""Answers to no comparison."""

_TURNED = bytes.maketrans(b"\x00\x01", b"\x01\x00")
_CHARACTERS = 1024
"""Different characters beyond which nobody remembers which have occurred."""

Ask = Callable[[slice], list[bool]]


class SheetFacts(JobFacts):
    """A job that may have a place in a sheet.

    Attributes:
        slot: that place; -1: none yet.
    """

    __slots__ = ("slot",)

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.slot = -1


class JobSheet:
    """The columns. Each job has a slot of its own in all of them, which another one takes once it is gone."""

    def __init__(self) -> None:
        """Start empty."""
        self._rows: list[SheetFacts | None] = []
        self._kinds: list[JobKind | None] = []
        self._owns: list[str] = []
        self._columns = {name: array("d") for name in ("age", "ran", "queued", "cost")}
        self._live: dict[int, SheetFacts] = {}
        self._free: list[int] = []
        self._coming: list[SheetFacts] = []
        self._going: list[SheetFacts] = []
        self._characters: set[str] = set()

    def change(self, coming: Iterable[SheetFacts], going: Iterable[SheetFacts]) -> None:
        """Tell which jobs come and go; `catching_up` has to follow before anything is asked."""
        self._coming += coming
        self._going += going

    def catch_up(self) -> bool:
        """Take up some of what `change` told; return whether there was any."""
        queue, do = (self._coming, self._put) if self._coming else (self._going, self._take)
        any_left = bool(queue)
        for _count in range(min(_PUT_ROWS, len(queue))):
            do(queue.pop())
        return any_left

    def catching_up(self) -> Steps[None]:
        """Take up all that `change` told; what is done of it stays done wherever the work is dropped."""
        while self.catch_up():
            yield

    def answering(self, query: JobQuery, now: datetime, environment: str) -> Steps[tuple[set[JobFacts | None], bool]]:
        """Return the jobs that answer to the query; or, where these are more, the others and True.

        Of what is asked of each job by itself (`OfOne`), only what has to hold at least is asked. What `change` told
        is taken up first.
        """
        yield from self.catching_up()
        marks = yield from self._marking(query, now, environment)
        others = 2 * marks.count(1) > len(marks)
        if others:
            marks = marks.translate(_TURNED)
        found: set[JobFacts | None] = set()
        for start in range(0, len(marks), _ASKED_ROWS):
            found.update(compress(self._rows[start : start + _ASKED_ROWS], marks[start : start + _ASKED_ROWS]))
            yield
        return found, others

    def _marking(self, query: JobQuery, now: datetime, environment: str) -> Steps[bytes]:
        """Return a one for each slot whose job answers, a zero for each other one, and any for those not in use."""
        # "-id:…" asks the opposite of all that is asked, of which this is only a part.
        terms = [term for term in query.terms if not (term.negated and isinstance(term.question, OfOne))]
        asks = [(self._asking(term, now, environment), term.negated) for term in terms]
        marks = bytearray()
        for start in range(0, len(self._rows), _ASKED_ROWS):
            part = slice(start, min(start + _ASKED_ROWS, len(self._rows)))
            size = part.stop - start
            found = int.from_bytes(b"\x01" * size)
            for ask, negated in asks:
                answers = bytes(ask(part))
                found &= int.from_bytes(answers.translate(_TURNED) if negated else answers)
                if not found:
                    break
            marks += found.to_bytes(size)
            yield
        return bytes(marks)

    def _put(self, row: SheetFacts) -> None:
        if self._free:
            slot = self._free.pop()
        else:
            slot = len(self._rows)
            self._rows.append(None)
            self._kinds.append(None)
            self._owns.append("")
            for column in self._columns.values():
                column.append(_UNKNOWN)
        row.slot = slot
        self._rows[slot] = row
        self._kinds[slot] = row.kind
        self._owns[slot] = row.own
        if len(self._characters) < _CHARACTERS:
            self._characters.update(row.own)
        columns = self._columns
        columns["age"][slot] = _number(row.created)
        columns["ran"][slot] = _number(row.ran_then)
        columns["queued"][slot] = _number(row.queued_then)
        columns["cost"][slot] = _number(row.cost_then)
        if row.live:
            self._live[slot] = row

    def _take(self, row: SheetFacts) -> None:
        slot = row.slot
        self._rows[slot] = None
        self._kinds[slot] = None
        self._owns[slot] = ""
        self._live.pop(slot, None)
        self._free.append(slot)

    def _asking(self, term: Term, now: datetime, environment: str) -> Ask:
        match term.question:
            case OfKind():
                return self._of_kinds(term.question.test)
            case OfEnvironment():
                return self._of_kinds(term.question.bound(environment))
            case Measure():
                return self._of_measure(term.question, now)
            case OfOne():
                return self._of_own(term.question.words)
            case None:
                return self._of_text(term.value)

    def _of_kinds(self, test: Callable[[JobKind], bool]) -> Ask:
        answers = _Answers(test)
        return lambda part: [answers[kind] for kind in self._kinds[part]]

    def _of_text(self, word: str) -> Ask:
        answers = _Answers(lambda kind: word in kind.text)
        if len(self._characters) < _CHARACTERS and not self._characters.issuperset(word):
            return lambda part: [answers[kind] for kind in self._kinds[part]]  # no job's own text can hold it
        return lambda part: [
            answers[kind] or word in own for kind, own in zip(self._kinds[part], self._owns[part], strict=True)
        ]

    def _of_own(self, words: Sequence[str]) -> Ask:
        """Ask what has to hold at least, the rest is asked of each job."""
        if len(words) == 1:
            word = words[0]
            return lambda part: [word in own for own in self._owns[part]]
        return lambda part: [not words or any(word in own for word in words) for own in self._owns[part]]

    def _of_measure(self, measure: Measure, now: datetime) -> Ask:
        compare, limit = measure.compare, measure.limit
        column = self._columns[measure.name]
        if measure.name == "age":
            present = now.timestamp()
            latest = compare(0.0, limit)  # made by a clock that goes ahead
            return lambda part: [
                compare(present - made, limit) if made <= present else latest and made > present
                for made in column[part]
            ]
        test = measure.bound(now)
        live: dict[int, list[tuple[int, bool]]] = {}
        for slot, row in self._live.items():
            number, place = divmod(slot, _ASKED_ROWS)
            live.setdefault(number, []).append((place, test(row)))

        def ask(part: slice) -> list[bool]:
            answers = [compare(value, limit) for value in column[part]]
            for place, answer in live.get(part.start // _ASKED_ROWS, ()):
                answers[place] = answer
            return answers

        return ask


class _Answers(dict[JobKind | None, bool]):
    """Asks each kind once."""

    def __init__(self, test: Callable[[JobKind], bool]) -> None:
        super().__init__({None: False})
        self._test = test

    def __missing__(self, kind: JobKind | None) -> bool:
        assert kind is not None, "what is nobody's is known from the beginning"
        answer = self[kind] = bool(self._test(kind))
        return answer


def _number(value: float | None) -> float:
    return _UNKNOWN if value is None else value
