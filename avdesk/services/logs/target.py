"""What a search looks for, with the ways to find it: where it is rare, and where most lines hold it."""

from avdesk.core.logsearch import Wanted
from avdesk.services.logs.eachline import EachLine
from avdesk.services.logs.lineterms import held_by_each
from avdesk.services.logs.pattern import Pattern, compiled, run_of_lines
from avdesk.services.logs.rareletter import OneForm, RareLetter


class Target:
    """A text or an expression that was understood."""

    def __init__(self, pattern: Pattern, each: EachLine | None = None, letter: RareLetter | None = None) -> None:
        """Look for a pattern; `each` and `letter` are ways that take less time, where there are such."""
        self.each = each
        self.pattern = pattern
        self._letter = letter

    @property
    def sampled(self) -> bool:
        """Whether what to look for depends on the log."""
        return self._letter is not None

    def forms(self, sample: bytes) -> "tuple[OneForm, ...] | tuple[Pattern]":
        """Return what to look for, each by itself, in a piece of a log of which this is a sample."""
        return (self.pattern,) if self._letter is None else self._letter.forms(sample)


def target_of(wanted: Wanted) -> Target:
    """Return what finds a text or an expression.

    Raises:
        PatternError: see `compiled`.
    """
    pattern = compiled(wanted)
    literal = _plain(wanted)
    if literal is not None:
        each = EachLine(pattern, None, literal)
        return Target(pattern, each, RareLetter(literal, pattern) if literal.isascii() else None)
    runs = run_of_lines(wanted)
    return Target(pattern, EachLine(pattern, runs, _held(wanted)) if runs else None)


def _plain(wanted: Wanted) -> bytes | None:
    """Return a text that can be looked for byte by byte, in lower case if capitals do not matter."""
    if wanted.regex or wanted.word or "\n" in wanted.text:
        return None
    if not wanted.insensitive:
        return wanted.text.encode("utf-8", "replace")
    return wanted.text.lower().encode() if wanted.text.isascii() else None


def _held(wanted: Wanted) -> bytes | None:
    """Return what each line that matches must hold, in lower case if capitals do not matter; None if not known."""
    text = held_by_each(wanted.text) if wanted.regex else wanted.text
    if not text or "\n" in text or (wanted.insensitive and not text.isascii()):
        return None
    return text.lower().encode() if wanted.insensitive else text.encode()
