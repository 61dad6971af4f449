"""Text for people as lines of styled pieces: plain where it is piped, coloured on a terminal."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


class Style(StrEnum):
    """How a piece is meant; the words and symbols say it too, so that nothing hangs on colour alone."""

    PLAIN = ""
    STRONG = "bold"
    FAINT = "dim"
    BUSY = "bold blue"
    WAIT = "bold magenta"
    GOOD = "green"
    WARN = "bold yellow"
    BAD = "bold red"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: pieces of text, each with its style."""

    pieces: tuple[tuple[str, Style], ...] = ()

    @property
    def text(self) -> str:
        """The line without styles."""
        return "".join(text for text, _style in self.pieces).rstrip()


def line(*pieces: str | tuple[str, Style]) -> Line:
    """Return a line of pieces; one without a style is plain."""
    return Line(tuple((piece, Style.PLAIN) if isinstance(piece, str) else piece for piece in pieces))


def is_terminal(stream: TextIO | None = None) -> bool:
    """Whether a stream (stdout) is a terminal."""
    target = sys.stdout if stream is None else stream
    try:
        return target is not None and target.isatty()
    except ValueError:  # it is closed
        return False


def has_display(environ: Mapping[str, str] | None = None) -> bool:
    """Whether windows can be shown: on Linux and its like when a display is named, elsewhere always."""
    if sys.platform in ("win32", "darwin"):
        return True
    variables = os.environ if environ is None else environ
    return bool(variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY"))


def show(lines: Iterable[Line]) -> None:
    """Print lines on stdout, with colours where it is a terminal."""
    if not is_terminal():
        for each in lines:
            print(each.text)  # noqa: T201 - the command line's result
        return
    console = terminal()
    for each in lines:
        console.print(rich_text([each]), soft_wrap=True)


def terminal() -> "Console":
    """Return the terminal as rich knows it; NO_COLOR and TERM=dumb are respected there."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def rich_text(lines: Sequence[Line]) -> "Text":
    """Return lines as one text with styles."""
    from rich.text import Text

    whole = Text()
    for place, each in enumerate(lines):
        if place:
            whole.append("\n")
        for text, style in each.pieces:
            whole.append(text, style.value or None)
    return whole
