"""Completing what is being typed into the job table's query line."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from avdesk.core.jobquery import quoted
from avdesk.core.jobterms import MEASURES, term_help

MOST = 12
"""Proposals at once."""

_NO_VALUES: Mapping[str, Iterable[str]] = {}
_PIECE = re.compile(r'(?:[^\s"]|"[^"]*"?)*\Z')
_SPANS = ("1h", "1d", "2d", "1w")
_TIMES = ("10m", "30m", "1h", "4h")


@dataclass(frozen=True, slots=True)
class Completion:
    """One proposal.

    Attributes:
        start, end: which part of the text it replaces.
        text: by what.
        meaning: what a term is for; empty for a value.
    """

    start: int
    end: int
    text: str
    meaning: str = ""


def completions(text: str, cursor: int, known: Mapping[str, Iterable[str]] = _NO_VALUES) -> tuple[Completion, ...]:
    """Return what the piece that ends at `cursor` may become.

    `known` holds the values that occur, by the term's name without its colon (``region``, ``machine``, ``label``).
    """
    cursor = max(0, min(cursor, len(text)))
    piece = _PIECE.search(text, 0, cursor)
    start = piece.start() if piece is not None else cursor
    typed = text[start:cursor]
    if typed.startswith("-"):
        start, typed = start + 1, typed[1:]
    if not typed:
        return ()
    name, sign, value = _parts(typed)
    if not sign:
        names = ((term.name, term.meaning) for term in term_help() if term.name.startswith(name))
        found = [Completion(start, cursor, text, meaning) for text, meaning in names]
        return tuple(each for each in found if each.text != typed)[:MOST]
    before, last = value.rpartition(",")[::2] if "," in value else ("", value)
    head = name + sign + (before + "," if before else "")
    choices = dict.fromkeys(choice for choice in _values(name, known) if _fits(choice, last))
    return tuple(Completion(start, cursor, head + quoted(choice)) for choice in choices)[:MOST]


def _parts(typed: str) -> tuple[str, str, str]:
    match = re.match(r"([A-Za-z_]*)(:|<=|>=|<|>|)(.*)\Z", typed, re.DOTALL)
    assert match is not None, "every part may be empty"
    return match[1].lower(), match[2], match[3].replace('"', "").casefold()


def _values(name: str, known: Mapping[str, Iterable[str]]) -> list[str]:
    if name in MEASURES:
        return list({"age": _SPANS, "cost": ("0.5", "1", "5")}.get(name, _TIMES))
    fixed = next((term.values for term in term_help() if term.name == name + ":"), ())
    return [*fixed, *sorted(known.get(name, ()))]


def _fits(choice: str, typed: str) -> bool:
    folded = choice.casefold()
    return typed in folded and folded != typed
