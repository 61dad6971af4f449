"""Reading a TOML text that may be damaged: each damaged statement is reported and left out, the rest is used."""

import re
import tomllib
from dataclasses import dataclass, field

from avdesk.config.problems import Problem, quoted
from avdesk.config.statements import KeyPath, Statement, statements
from avdesk.core.text import one_line
from avdesk.i18n import _

MAX_DAMAGE = 20
"""Damaged statements after which the rest of the file is given up."""

_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_AT_END = re.compile(r"\s*\(at end of document\)")
_REPLACEMENT = "\ufffd"


@dataclass(slots=True)
class Parsed:
    """What could be read.

    Attributes:
        tables: as tomllib returns them.
        problems: one for each damaged statement.
        damaged: the damaged statements.
        given_up: nothing could be used.
    """

    tables: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    damaged: list[Statement] = field(default_factory=list)
    given_up: bool = False


def parse(text: str) -> Parsed:
    """Return what a TOML text holds; never raises for what it holds."""
    parsed = Parsed()
    lines = text.split("\n")
    for statement in list(statements(text)):
        if _REPLACEMENT in statement.text:
            _leave_out(parsed, lines, statement, statement.first, _("is not valid UTF-8 text."))
    while len(parsed.damaged) <= MAX_DAMAGE:
        current = "\n".join(lines)
        try:
            parsed.tables = dict(tomllib.loads(current))
        except tomllib.TOMLDecodeError as error:
            blamed, line, words = _blame(current, str(error))
        except (ValueError, RecursionError):
            blamed, line, words = _blame_alone(current), None, _("holds a value that is too large or too deep.")
        else:
            return parsed
        if blamed is None:
            parsed.problems.append(Problem(line, "", _("The file is not valid TOML: {words}").format(words=words)))
            break
        _leave_out(parsed, lines, blamed, line or blamed.first, words)
    parsed.given_up = True
    return parsed


def _leave_out(parsed: Parsed, lines: list[str], statement: Statement, line: int, words: str) -> None:
    """Report a statement and take it out of `lines`, so that everything else keeps its line and its table."""
    key = ".".join(quoted(part) for part in statement.path or ())
    hint = "" if key else _("It reads: {text}").format(text=quoted(statement.text))
    parsed.problems.append(Problem(line, key, words, hint))
    parsed.damaged.append(statement)
    for row in range(statement.first - 1, statement.last):
        lines[row] = ""
    if statement.header:
        # The keys below it must not fall into the table above: they go into one that nobody reads.
        lines[statement.first - 1] = f"[{discarded(statement.first)}]"


def discarded(line: int) -> str:
    """Return the name of the table that takes the keys below a damaged header."""
    return f"__damaged_header_in_line_{line}__"


def is_discarded(path: KeyPath) -> bool:
    """Whether a table holds only what stands below a damaged header."""
    return bool(path) and path[0].startswith("__damaged_header_in_line_")


def _blame(text: str, message: str) -> tuple[Statement | None, int, str]:
    """Return the statement that a syntax error comes from, its line, and tomllib's words."""
    match = _AT_LINE.search(message)
    last_line = text.count("\n") + 1
    line = int(match.group(1)) if match else last_line
    words = _("is not valid TOML: {words}.").format(
        words=one_line(_AT_END.sub("", _AT_LINE.sub("", message)), 120).rstrip(".")
    )
    before = [statement for statement in statements(text) if statement.first <= line]
    unclosed = next((statement for statement in before if statement.unclosed), None)
    if unclosed is not None:
        return unclosed, min(line, unclosed.last), words
    return (before[-1], min(line, before[-1].last), words) if before else (None, line, words)


def _blame_alone(text: str) -> Statement | None:
    """Return the first statement that cannot be read by itself, None when each can."""
    for statement in statements(text):
        try:
            tomllib.loads(statement.text)
        except tomllib.TOMLDecodeError:
            continue
        except (ValueError, RecursionError):
            return statement
    return None
