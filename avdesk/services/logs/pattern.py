"""Looking for a text or a regular expression in bounded time: RE2, whose time grows with the text's length alone.

A catastrophic expression as ``(a+)+$`` is an ordinary one here. What RE2 cannot do, look-around and back references,
is refused with a sentence that says so. The GIL is free while RE2 looks.
"""

import re
from collections.abc import Callable
from functools import partial

from avdesk.core.errors import KnownError
from avdesk.core.logsearch import LONGEST, Wanted
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.services.logs.lineterms import within_line

MEMORY = 8 << 20
"""Bytes that one compiled expression may take, its cache of states included."""

_BEYOND = re.compile(r"\(\?<?[=!]|\(\?P=|\(\?>|\(\?\(|\\[1-9]|[*+?}]\+")


_TOKENS = re.compile(r"\\.|.|\n", re.DOTALL)
_OF_LINES = {r"\A": "^", "$": r"(?:\r*$)", r"\z": r"(?:\r*$)", r"\Z": r"(?:\r*$)"}

Bytes = bytes | bytearray | memoryview


class PatternError(KnownError):
    """A text that cannot be looked for."""


class Pattern:
    """A text or an expression that was understood."""

    __slots__ = ("insensitive", "match")

    def __init__(
        self, source: str, *, insensitive: bool = False, by_bytes: bool = False, of_lines: bool = False
    ) -> None:
        """Compile an expression in RE2's syntax.

        `by_bytes`: only ASCII letters have capitals, as when bytes are compared in lower case. (In Unicode K and S
        have a third form each.)
        `of_lines`: it matches from the very beginning on, and as much as it can, over line breaks.

        Raises:
            ValueError: it is wrong or too large; the first argument says why.
        """
        import re2

        self.insensitive = insensitive
        options = re2.Options()
        options.never_capture = True
        options.log_errors = False
        options.never_nl = not of_lines  # one match never reaches into the next line, as [^x]* would
        options.longest_match = of_lines
        options.max_mem = MEMORY
        options.case_sensitive = not insensitive
        if by_bytes:
            options.encoding = re2.Options.Encoding.LATIN1
        try:
            compiled_one = re2._re2.RE2(source.encode(), options)  # noqa: SLF001 - a third of the time of its wrapper
        except UnicodeError:
            raise ValueError("not Unicode") from None
        if not compiled_one.ok():
            raise ValueError(compiled_one.error())
        anchors = re2._re2.RE2.Anchor  # noqa: SLF001
        anchor = anchors.ANCHOR_START if of_lines else anchors.UNANCHORED
        # All groups' places, of which there is one: called millions of times, so without a method around it.
        self.match: Callable[[Bytes, int, int], list[tuple[int, int]]] = partial(compiled_one.Match, anchor)

    def find(self, text: Bytes, start: int, end: int) -> tuple[int, int]:
        """Return where the first match lies between two places of `text`, as start and end; (-1, -1) without one.

        ``^`` matches at `start` and, in an expression with the flag ``m``, behind each line break.
        """
        return self.match(text, start, end)[0]

    def within(self, line: str) -> bool:
        """Whether a text matches."""
        return self.within_bytes(line.encode("utf-8", "replace"))

    def within_bytes(self, line: bytes) -> bool:
        """Whether a text in UTF-8 matches."""
        return self.match(line, 0, len(line))[0][0] >= 0


def compiled(wanted: Wanted) -> Pattern:
    """Return a pattern that finds what is wanted within one line.

    Raises:
        PatternError: the expression is wrong, too large or needs what cannot be bounded.
    """
    if not wanted.text:
        raise PatternError(_("There is nothing to look for."))
    if len(wanted.text) > LONGEST:
        raise PatternError(_("The text to look for is too long: at most {count} characters.").format(count=LONGEST))
    try:
        return Pattern(expression(wanted), insensitive=wanted.insensitive, by_bytes=_by_bytes(wanted))
    except ValueError as error:
        raise PatternError(_explained(wanted.text, error)) from None


def run_of_lines(wanted: Wanted) -> Pattern | None:
    """Return a pattern that matches as many whole lines in a row as hold what is wanted; None if there is none.

    It may stop before a line that holds it, and does before one that is not UTF-8, but includes none that does not.
    """
    text = within_line(wanted.text if wanted.regex else re.escape(wanted.text))
    if text is None:
        return None
    text = rf"\b(?:{text})\b" if wanted.word else f"(?:{text})"
    source = rf"(?m)(?:[^\n]*{text}[^\n]*\n)+"
    try:
        return Pattern(source, insensitive=wanted.insensitive, by_bytes=_by_bytes(wanted), of_lines=True)
    except ValueError:
        return None  # larger than it may be, where the expression alone was not


def _by_bytes(wanted: Wanted) -> bool:
    return not wanted.regex and wanted.text.isascii() and wanted.insensitive


def expression(wanted: Wanted) -> str:
    """Return what is wanted as an expression in RE2's syntax that holds within a line of a text of many lines."""
    text = _per_line(wanted.text) if wanted.regex else re.escape(wanted.text)
    return rf"(?m)\b(?:{text})\b" if wanted.word else f"(?m){text}"


def _per_line(text: str) -> str:
    r"""Return an expression whose beginnings and ends (``\A``, ``$``, ``\z``) are those of a line, CR LF or not."""
    parts: list[str] = []
    opened: int | None = None  # where a class of characters begins
    for place, piece in enumerate(_TOKENS.findall(text)):
        if opened is None and piece == "[":
            opened = place
        elif piece == "]" and opened is not None and parts[opened:] not in (["["], ["[", "^"]):
            opened = None
        parts.append(piece if opened is not None else _OF_LINES.get(piece, piece))
    return "".join(parts)


def problem_of(wanted: Wanted) -> str | None:
    """Return what is wrong with a text to look for, in one sentence for people; None when nothing is."""
    try:
        compiled(wanted)
    except PatternError as error:
        return str(error)
    return None


def _explained(text: str, error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    said = one_line(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason, 120)
    if "too large" in said or "bad repetition" in said:
        return _("This expression is too large: its repetitions multiply. Use smaller numbers.")
    if _BEYOND.search(text):
        return _(
            "Look-around, back references and possessive repetition are not supported, because the time they need"
            " cannot be bounded."
        )
    return _("This is no valid expression: {reason}.").format(reason=said)
