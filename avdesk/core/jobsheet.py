"""What is asked of very many jobs, kept in columns: a keystroke in the query line asks it of all of them.

A Python object for each job, visited one after the other, is what takes the time: they lie all over the memory. Of a
column that holds numbers or what is shared by many, a hundred thousand are gone through in a few milliseconds.
"""

import math
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import repeat

from avdesk.core.jobfacts import JobFacts, JobKind
from avdesk.core.jobquery import JobQuery, Term
from avdesk.core.jobs import Job
from avdesk.core.jobterms import Measure, OfEnvironment, OfKind, OfOne, OfOwn
from avdesk.core.steps import Steps

_PUT_ROWS = 250
_TEXT_ROWS = 1000
"""Slots that are asked in one step; their texts are kept together."""

_END = "\0"
_UNKNOWN = math.nan
"""Answers to no comparison."""

_TURNED = bytes.maketrans(b"\x00\x01", b"\x01\x00")
Ask = Callable[[slice], Iterable[bool]]


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
        self._texts: list[str] = []
        self._stale: set[int] = set()
        self._columns = {name: array("d") for name in ("age", "ran", "queued", "cost")}
        self._live: dict[int, SheetFacts] = {}
        self._free: dict[str, int] = {}
        self._changes: deque[tuple[list[SheetFacts], list[SheetFacts]]] = deque()

    def change(self, coming: Iterable[SheetFacts], going: Iterable[SheetFacts]) -> None:
        """Tell which jobs come and go; a job that changed goes as it was and comes as it is."""
        self._changes.append((list(going), list(coming)))

    def catch_up(self) -> bool:
        """Take up some of what `change` told; return whether there was any."""
        if not self._changes:
            if self._stale:
                self._renew_text(self._stale.pop())
                return True
            return False
        going, coming = self._changes[0]  # those that go first: one of the same name may take the place
        queue, do = (going, self._take) if going else (coming, self._put)
        for _count in range(min(_PUT_ROWS, len(queue))):
            do(queue.pop())
        if not going and not coming:
            self._changes.popleft()
        return True

    def catching_up(self) -> Steps[None]:
        """Take up all that `change` told; what is done of it stays done wherever the work is dropped."""
        while self.catch_up():
            yield

    def answering(self, query: JobQuery, now: datetime, environment: str) -> Steps[bytes]:
        """Return a one for each slot whose job answers, a zero for each other one, and any for those not in use.

        What is asked of each job by itself (`OfOne`) is left out. What `change` told is taken up first.
        """
        yield from self.catching_up()
        terms = [term for term in query.terms if not isinstance(term.question, OfOne)]
        asks = [(self._asking(term, now, environment), term.negated) for term in terms]
        marks = bytearray()
        for start in range(0, len(self._rows), _TEXT_ROWS):
            part = slice(start, min(start + _TEXT_ROWS, len(self._rows)))
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
        slot = self._free.pop(row.own, None)
        if slot is None:
            slot = self._free.popitem()[1] if self._free else self._new_slot()
            self._stale.add(slot // _TEXT_ROWS)
        row.slot = slot
        self._rows[slot] = row
        self._kinds[slot] = row.kind
        columns = self._columns
        columns["age"][slot] = _number(row.created)
        columns["ran"][slot] = _number(row.ran_then)
        columns["queued"][slot] = _number(row.queued_then)
        columns["cost"][slot] = _number(row.cost_then)
        if row.live:
            self._live[slot] = row

    def _take(self, row: SheetFacts) -> None:
        slot = row.slot
        self._rows[slot] = self._kinds[slot] = None
        self._live.pop(slot, None)
        if self._free.setdefault(row.own, slot) != slot:  # two jobs of one name, which only their regions tell apart
            self._free[f"{row.own}\n{slot}"] = slot

    def _new_slot(self) -> int:
        slot = len(self._rows)
        self._rows.append(None)
        self._kinds.append(None)
        for column in self._columns.values():
            column.append(_UNKNOWN)
        if not slot % _TEXT_ROWS:
            self._texts.append("")
        return slot

    def _renew_text(self, part: int) -> None:
        """Put the own texts of some slots together: searching that is quicker than each, wherever it lies."""
        rows = self._rows[part * _TEXT_ROWS : (part + 1) * _TEXT_ROWS]
        self._texts[part] = _END.join([row.own.replace(_END, " ") if row else "" for row in rows])

    def _asking(self, term: Term, now: datetime, environment: str) -> Ask:
        match term.question:
            case OfKind():
                return self._of_kinds(term.question.test)
            case OfEnvironment():
                return self._of_kinds(term.question.bound(environment))
            case Measure():
                return self._of_measure(term.question, now)
            case OfOne():
                raise AssertionError("these are left out")
            case OfOwn():
                return self._of_own(term.question)
            case None:
                return self._of_text(term.value)

    def _of_kinds(self, test: Callable[[JobKind], bool]) -> Ask:
        answers = _Answers(test)
        return lambda part: map(answers.__getitem__, self._kinds[part])

    def _of_text(self, word: str) -> Ask:
        answers = _Answers(lambda kind: word in kind.text)

        def ask(part: slice) -> Iterable[bool]:
            text = self._texts[part.start // _TEXT_ROWS]
            kinds = self._kinds[part]
            if word not in text:
                return map(answers.__getitem__, kinds)
            return [answers[kind] or word in own for kind, own in zip(kinds, text.split(_END), strict=True)]

        return ask

    def _of_own(self, question: OfOwn) -> Ask:
        def ask(part: slice) -> list[bool]:
            text = self._texts[part.start // _TEXT_ROWS]
            if not any(word in text for word in question.words):
                return [False] * (part.stop - part.start)
            return question.answers(text.split(_END))

        return ask

    def _of_measure(self, measure: Measure, now: datetime) -> Ask:
        compare, limit = measure.compare, measure.limit
        column = self._columns[measure.name]
        if measure.name == "age":
            present = now.timestamp()

            def ages(part: slice) -> list[float]:
                if limit > 0:  # whether a clock went ahead makes no difference then
                    return [present - made for made in column[part]]
                return [max(present - made, 0.0) for made in column[part]]

            return lambda part: map(compare, ages(part), repeat(limit))
        test = measure.bound(now)
        live: dict[int, list[tuple[int, bool]]] = {}
        for slot, row in self._live.items():
            number, place = divmod(slot, _TEXT_ROWS)
            live.setdefault(number, []).append((place, test(row)))

        def ask(part: slice) -> list[bool]:
            answers = list(map(compare, column[part], repeat(limit)))
            for place, answer in live.get(part.start // _TEXT_ROWS, ()):
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
