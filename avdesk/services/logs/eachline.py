"""Looking at each line of a piece of a file, which is cheaper than asking for the next one where many are found.

The lines are cut apart and asked for the text that each must hold. Whether an expression matches those that hold it,
RE2 says for as many as follow each other at once, with the GIL free, instead of once for each.
"""

from array import array
from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

from avdesk.services.logs.lineindex import BREAK
from avdesk.services.logs.pattern import Pattern

REST = 32
"""Pieces for which it is not tried again, after few lines that match followed each other."""

CALL = 3
"""A run of so many lines that match is worth the two questions that it costs."""

SAMPLE = 4096
"""Characters in which letters are counted."""


class Looked(NamedTuple):
    """The numbers of the lines that were found, and how many there are in all."""

    found: "array[int]"
    lines: int


class EachLine:
    """How to look at each line for one text or expression."""

    def __init__(self, pattern: Pattern, runs: Pattern | None, literal: bytes | None) -> None:
        """Prepare.

        `runs`: matches any number of whole lines in which `pattern` matches; None if `pattern` is `literal` alone.
        `literal`: what a line must hold, in lower case if capitals do not matter; None if that is not known.
        """
        self._pattern = pattern
        self._runs = runs
        # Whether a `str` holds a text is asked in a fifth of the time that it takes for `bytes`: these try a number.
        self._literal = None if literal is None else literal.decode("latin-1")
        self._rest = 0

    def look(self, content: memoryview, number: int) -> Looked | None:
        """Look at whole lines of which the first has this number; None where it is not worth it or not possible."""
        if self._rest:
            self._rest -= 1
            return None
        if self._literal is None:
            whole = bytes(content)
            lines = whole.count(BREAK)
            return Looked(self._in_runs(whole, range(number, number + lines)), lines)
        if (text := self._text(content)) is None:
            return None
        literal, each = self._literal, text.split("\n")
        each.pop()  # behind the last line break
        numbers = range(number, number + len(each))
        rare = _rarest(literal, text[:SAMPLE])
        # For one letter a processor looks in a fraction of the time.
        held = [rare in line and literal in line for line in each] if rare else [literal in line for line in each]
        if self._runs is None:
            return Looked(array("q", compress(numbers, held)), len(each))
        holding = list(compress(each, held))
        if not holding:
            return Looked(array("q"), len(each))
        holding.append("")
        joined = "\n".join(holding).encode("latin-1")
        return Looked(self._in_runs(joined, array("q", compress(numbers, held))), len(each))

    def _text(self, content: memoryview) -> str | None:
        if not self._pattern.insensitive:
            return str(content, "latin-1")
        lowered = bytes(content).lower()
        # Beyond ASCII some letters are another form of an ASCII one, which expressions know.
        return lowered.decode("latin-1") if self._runs is None or lowered.isascii() else None

    def _in_runs(self, content: bytes, numbers: Sequence[int]) -> "array[int]":
        """Return which of the lines in `content`, whose numbers these are, the expression matches in."""
        assert self._runs is not None
        runs, find = self._runs.match, self._pattern.match
        found = array("q")
        at = place = asked = 0
        end = len(content)
        while at < end:
            asked += 1
            run_end = runs(content, at, end)[0][1]
            if run_end > at:
                count = content.count(BREAK, at, run_end)
                found.extend(numbers[place : place + count])
                at, place = run_end, place + count
                if at >= end:
                    break
            begin = find(content, at, end)[0][0]
            if begin < 0 or begin >= end:
                break
            place += content.count(BREAK, at, begin)
            found.append(numbers[place])
            at, place = content.index(BREAK, begin) + 1, place + 1
        if asked * CALL > len(found):
            self._rest = REST
        return found


def _rarest(literal: str, sample: str) -> str:
    """Return the letter of a text that no more than half of all lines hold, going by a sample; "" without one."""
    count, letter = min((sample.count(letter), letter) for letter in set(literal))
    return letter if len(literal) > 1 and count * 2 < sample.count("\n") else ""
