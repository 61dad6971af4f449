"""Looking for a plain text by that letter of it which is rarest in the log.

To look for one byte is what a processor is quickest at, and a letter in any case is two of them. RE2 goes from one to
the next of them and compares what follows; what stands before is compared here, for the few that are left.
"""

import re

from avdesk.services.logs.pattern import Bytes, Pattern

SAMPLE = 4096
"""Bytes in which letters are counted."""

RARE = 64
"""A letter of which there is one in so many bytes is rare."""

TAIL = 4
"""Letters from the rare one on, at least."""

FRUITLESS = 200
"""After so many places in a piece at which only the end of the text was found, it is looked for as a whole."""


class OneForm:
    """The text from the rare letter on, which is in one of its cases."""

    def __init__(self, literal: bytes, place: int, letter: int, whole: Pattern) -> None:
        """Prepare. `literal` is in lower case if `whole`, which finds it too, is of any case."""
        self._literal = literal
        self._place = place
        self._whole = whole
        self.fruitless = 0
        """At how many places of this piece of the log only the end of the text was found."""
        tail = re.escape(literal[place + 1 :].decode("latin-1"))
        case = "i" if whole.insensitive else "-i"
        first = re.escape(chr(letter))
        self._tail = Pattern(f"{first}(?{case}:{tail})", by_bytes=True)

    def match(self, text: Bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Return where the text stands between two places, as `Pattern.match` does."""
        literal, place = self._literal, self._place
        at = start
        while self.fruitless < FRUITLESS:
            begin, behind = self._tail.match(text, at, end)[0]
            if begin < 0:
                return [(-1, -1)]
            head = begin - place
            if head >= start:
                there = bytes(text[head:behind])
                if (there.lower() if self._whole.insensitive else there) == literal:
                    return [(head, behind)]
            self.fruitless += 1
            at = begin + 1
        return self._whole.match(text, start, end)


class RareLetter:
    """Chooses the letter by which a text is looked for, for each piece of a log anew."""

    def __init__(self, literal: bytes, whole: Pattern) -> None:
        """Prepare. `literal`: ASCII, in lower case if `whole`, the pattern that finds it, is of any case."""
        self._literal = literal
        self._whole = whole
        self._forms: dict[int, tuple[OneForm, ...]] = {}

    def forms(self, sample: bytes) -> "tuple[OneForm, ...] | tuple[Pattern]":
        """Return what to look for, each by itself, in a piece of which this is a sample."""
        literal = self._literal
        counted: dict[int, int] = {}
        for letter in set(literal[: 1 - TAIL]):
            counted[letter] = sum(sample.count(form) for form in self._cases(letter))
        if not counted:
            return (self._whole,)
        rarest = min(counted, key=lambda letter: (counted[letter], letter))
        if counted[rarest] * RARE > len(sample):
            return (self._whole,)
        place = literal.index(rarest)
        if place not in self._forms:
            self._forms[place] = tuple(OneForm(literal, place, form, self._whole) for form in self._cases(rarest))
        for form in self._forms[place]:
            form.fruitless = 0
        return self._forms[place]

    def _cases(self, letter: int) -> list[int]:
        if not self._whole.insensitive:
            return [letter]
        return sorted({letter, ord(chr(letter).upper())})
