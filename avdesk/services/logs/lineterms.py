r"""What an expression says about single lines: a text that each match holds, and the expression kept to one line.

Both are worked out from what is surely understood, and are None or empty for all else: an expression that is not
understood costs time, never a wrong answer.
"""

import re

_PIECES = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*\]|\(\?:|\{\d+(?:,\d*)?\}|.", re.DOTALL)
_END = r"(?:\r*$)"

_OF_ONE_LINE = {
    r"\A": "^",
    "$": _END,
    r"\z": _END,
    r"\Z": _END,
    r"\s": r"[\t\f\r ]",
    r"\D": r"[^\n\d]",
    r"\W": r"[^\n\w]",
}
"""What matches a line break, or is of the whole text, and what is meant by it within a line."""

_SAFE = frozenset([r"\d", r"\w", r"\S", r"\b", r"\B", r"\t", r"\r", r"\f", "\t"])
_SAFE_IN_CLASS = frozenset([r"\d", r"\w", r"\S", r"\t", r"\r", r"\f"])


def within_line(text: str) -> str | None:
    """Return an expression that matches what `text` matches within one line, and never a line break.

    None where that is not sure. `text`: an expression in RE2's syntax that is known to be valid.
    """
    parts: list[str] = []
    for piece in _PIECES.findall(text):
        part = _kept_to_a_line(piece)
        if part is None or (piece == "?" and parts and parts[-1] == "("):
            return None
        parts.append(part)
    return "".join(parts)


def held_by_each(text: str) -> str:
    """Return the longest text that whatever `text`, a valid expression, matches must hold as it is; perhaps ""."""
    if within_line(text) is None:
        return ""
    runs, run, depth = [""], "", 0
    for piece in _PIECES.findall(text):
        if piece == "|" and not depth:
            return ""
        character = _character(piece)
        if character and not depth:
            run += character
            continue
        if piece[0] in "?*{":
            run = run[:-1]  # perhaps it is not there at all
        runs.append(run)
        run = ""
        depth += (piece in ("(", "(?:")) - (piece == ")")
    return max([*runs, run], key=len)


def _kept_to_a_line(piece: str) -> str | None:
    if piece in _OF_ONE_LINE:
        return _OF_ONE_LINE[piece]
    if piece in _SAFE or _character(piece) or piece in ("(", "(?:", ")", "|", "*", "+", "?", "^", "."):
        return piece
    if piece[0] == "{" and len(piece) > 1:
        return piece
    return _class(piece) if piece[0] == "[" and len(piece) > 1 else None


def _class(piece: str) -> str | None:
    negated = piece[1] == "^"
    body = piece[2 if negated else 1 : -1]
    if not body or "[" in body:
        return None
    for each in re.findall(r"\\.|.", body, re.DOTALL):
        if len(each) == 1:
            if each < " ":
                return None
        elif each not in _SAFE_IN_CLASS and (each[1].isalnum() or each[1] < " "):
            return None
    return rf"[^\n{body}]" if negated else piece


def _character(piece: str) -> str:
    """Return the character that a piece stands for, "" if it is more or less than that."""
    if len(piece) == 1:
        return "" if piece < " " or piece in r"\.[{}()|*+?^$" else piece
    return (
        piece[1]
        if piece[0] == "\\" and len(piece) == 2 and " " <= piece[1] < "\x7f" and not piece[1].isalnum()
        else ""
    )
