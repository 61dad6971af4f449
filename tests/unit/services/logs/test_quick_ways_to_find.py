"""What makes a search quick never changes what it finds: texts that lines must hold, runs of lines, rare letters."""

import re
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avdesk.core.logsearch import Case, Wanted
from avdesk.services.logs import rareletter
from avdesk.services.logs.eachline import EachLine
from avdesk.services.logs.lineterms import held_by_each, within_line
from avdesk.services.logs.pattern import PatternError, compiled, run_of_lines
from avdesk.services.logs.rareletter import RareLetter
from avdesk.services.logs.target import target_of

ATOMS = st.sampled_from(
    [
        *"abkS _-]",
        ".",
        "^",
        "$",
        "ä",
        "ſ",
        r"\.",
        r"\d",
        r"\D",
        r"\s",
        r"\S",
        r"\w",
        r"\W",
        r"\b",
        r"\B",
        r"\A",
        r"\z",
        "[ab]",
        "[^a]",
        "[^-a]",
        "[a-k_]",
        r"[^\s]",
        r"[\d-]",
        r"[^\D]",
        "[]a]",
        "[^]a]",
        "[[:alpha:]]",
        r"[\W]",
        "job",
        "ab",
        r"\x41",
        r"\n",
        "\\t",
        "(?i)",
        "(?s:.)",
        r"\pL",
        r"\Qa+\E",
        r"\C",
        "{",
        "}",
    ]
)
QUANTIFIERS = st.sampled_from(["", "", "", "*", "+", "?", "??", "+?", "{2}", "{0,2}", "{1,}?", "{0}"])


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    grouped = st.tuples(st.sampled_from(["(", "(?:"]), inner, QUANTIFIERS).map(lambda it: f"{it[0]}{it[1]}){it[2]}")
    return grouped | st.lists(inner, min_size=1, max_size=4).map("".join) | st.tuples(inner, inner).map("|".join)


EXPRESSIONS = st.recursive(st.tuples(ATOMS, QUANTIFIERS).map("".join), _combined, max_leaves=8)
LINES = st.lists(
    st.text("abkKsSſ _-.1]\tjoä\r", max_size=12).map(str.encode)
    | st.sampled_from([b"\xff", b"ab\xfeab", b"", b"a\x00"]),
    min_size=1,
    max_size=12,
)
WANTED = st.builds(
    Wanted,
    EXPRESSIONS | st.text("abkKsSſ _-.", min_size=1, max_size=6),
    regex=st.booleans(),
    case=st.sampled_from(Case),
    word=st.booleans(),
)
thorough = settings(max_examples=300, deadline=None)


def matching(wanted: Wanted, lines: list[bytes]) -> list[int]:
    try:
        pattern = compiled(wanted)
    except PatternError:
        return []
    return [number for number, line in enumerate(lines) if pattern.within_bytes(line)]


@thorough
@given(wanted=WANTED, lines=LINES)
def test_a_run_of_lines_holds_no_line_that_does_not_match(wanted: Wanted, lines: list[bytes]) -> None:
    found = matching(wanted, lines)
    runs = run_of_lines(wanted) if found else None
    if runs is None:
        return
    content = b"\n".join([*lines, b""])
    for number in range(len(lines)):
        start = sum(len(line) + 1 for line in lines[:number])
        part = content[start:]
        end = runs.match(part, 0, len(part))[0][1]
        if end > 0:
            assert part[:end].endswith(b"\n")
            assert set(range(number, number + part.count(b"\n", 0, end))) <= set(found)


@thorough
@given(wanted=WANTED, lines=LINES)
def test_each_line_looked_at_gives_the_lines_that_match(wanted: Wanted, lines: list[bytes]) -> None:
    found = matching(wanted, lines)
    each = target_of(wanted).each if found else None
    content = b"\n".join([*lines, b""])
    looked = each.look(memoryview(content), 100) if each else None
    if looked is not None:
        assert looked.found == array("q", [100 + number for number in found])
        assert looked.lines == len(lines)


@pytest.mark.parametrize(
    ("expression", "held"),
    [
        ("video-job-[0-9a-f]{8} is PENDING", " is PENDING"),
        ("error.*(quota|exhausted)", "error"),
        ("ERROR|quota", ""),
        ("(a|b)ccc", "ccc"),
        ("abc*d", "ab"),
        ("abc+d", "abc"),
        ("ab{2}?c", "a"),
        ("abcd??e", "abc"),
        (r"a\.b\.c\d", "a.b.c"),
        ("(?i)abc", ""),
        ("(?:abc)?d", "d"),
        (r"\d{2}\.\d{2} s$", " s"),
    ],
)
def test_the_longest_text_that_a_match_must_hold(expression: str, held: str) -> None:
    assert held_by_each(expression) == held


@pytest.mark.parametrize(
    "expression", [r"a\nb", "a\nb", r"\x0a", r"[\x00-z]", "[^]a]", "(?s).", r"\C", r"[\s-z]", r"a{,2}", "[a"]
)
def test_what_is_not_surely_within_a_line_is_left_to_the_slow_way(expression: str) -> None:
    assert within_line(expression) is None


@thorough
@given(
    literal=st.text("abxy_ k", min_size=1, max_size=9),
    insensitive=st.booleans(),
    content=st.lists(st.sampled_from([*"abxyABXY_ kK\n", "ſ", "K"]), max_size=200).map("".join),
    data=st.data(),
)
def test_by_a_rare_letter_the_same_places_are_found(
    literal: str, insensitive: bool, content: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(content)))
    cased = "".join(data.draw(st.sampled_from([each, each.upper()])) for each in literal) if insensitive else literal
    text = f"{content[:at]}{cased}{content[at:]}".encode()
    whole = compiled(Wanted(literal, case=Case.INSENSITIVE if insensitive else Case.SENSITIVE))
    sample = data.draw(st.sampled_from([text, b"xx" * rareletter.RARE, b"k " * rareletter.RARE * 8, b""]))
    wanted = literal.lower() if insensitive else literal
    found: set[int] = set()
    for form in RareLetter(wanted.encode(), whole).forms(sample):
        start = 0
        while (begin := form.match(text, start, len(text))[0][0]) >= 0:
            found.add(begin)
            start = begin + 1
    flags = re.IGNORECASE if insensitive else 0
    assert found == {each.start() for each in re.finditer(b"(?=" + re.escape(literal.encode()) + b")", text, flags)}


def test_an_expression_that_seldom_matches_in_a_row_is_left_alone_for_a_while() -> None:
    wanted = Wanted("a.b", regex=True)
    runs = run_of_lines(wanted)
    assert runs is not None
    each = EachLine(compiled(wanted), runs, b"a")
    content = memoryview(b"a1b\na\n" * 50)
    looked = each.look(content, 0)
    assert looked is not None
    assert list(looked.found) == list(range(0, 100, 2))
    assert each.look(content, 0) is None
