"""Taking a secret from the user: typed without being shown, or piped in; never from an argument."""

import contextlib
import sys
from collections.abc import Iterator
from typing import TextIO

from avdesk.core.credentials import Kind
from avdesk.core.errors import UsageError
from avdesk.core.text import without_controls
from avdesk.i18n import _
from avdesk.services.given_secret import MAX_KEY

MAX_BYTES = 2 * MAX_KEY
_LONGEST_LINE = 4000
"""Terminals cut lines off at 4,096 characters, and say nothing."""


def take_secret(kind: Kind, environment: str) -> str:
    """Return what is given on stdin; where that is a terminal, after asking there.

    Raises:
        UsageError: there is no stdin, it holds too much or no text, or the terminal would show what is typed.
    """
    stream = sys.stdin
    if stream is None or stream.closed:
        raise UsageError(
            _("There is no input to take the secret from."), _("Pipe it in: … | avdesk auth set, or use a terminal.")
        )
    return _typed(stream, kind, environment) if stream.isatty() else _piped(stream)


def _piped(stream: TextIO) -> str:
    binary = getattr(stream, "buffer", None)
    raw = binary.read(MAX_BYTES + 1) if binary is not None else stream.read(MAX_BYTES + 1).encode()
    if len(raw) > MAX_BYTES:
        raise UsageError(_("What was piped in is too long for a secret."), _("Check what the command before prints."))
    try:
        return str(raw.decode())
    except UnicodeDecodeError:
        raise UsageError(_("What was piped in is no text."), _("Check what the command before prints.")) from None


def _typed(stream: TextIO, kind: Kind, environment: str) -> str:
    name = without_controls(environment, 60)
    if sys.platform == "win32" and kind is Kind.BEARER:
        import getpass  # asks key by key there, and shows none

        return getpass.getpass(_("Token of {name} (it is not shown): ").format(name=name))
    with _without_echo(stream):  # before it is asked for: a paste may come at once
        if kind is Kind.BEARER:
            _ask(_("Token of {name} (it is not shown): ").format(name=name), end="")
            text = stream.readline()
        else:
            _ask(_("Paste the service-account key of {name}, the whole JSON; it is not shown.").format(name=name))
            _ask(_("An empty line, or Ctrl-D, ends it."))
            text = _until_empty_line(stream)
    _ask("")
    if max(map(len, text.splitlines()), default=0) >= _LONGEST_LINE:
        raise UsageError(_("A terminal takes no line as long as this."), _("Pipe the secret in: … | avdesk auth set"))
    return text


def _until_empty_line(stream: TextIO) -> str:
    """Return lines up to an empty one, or to the brace that closes the JSON."""
    lines: list[str] = []
    length = 0
    while length <= MAX_BYTES and (line := stream.readline()):
        if not line.strip() and lines:
            break
        lines.append(line)
        length += len(line)
        if line.rstrip() == "}" or (len(lines) == 1 and line.strip().startswith("{") and line.strip().endswith("}")):
            break
    return "".join(lines)


@contextlib.contextmanager
def _without_echo(stream: TextIO) -> Iterator[None]:
    """Keep the terminal from showing what is typed; refuse where that cannot be done."""
    try:
        import termios
    except ImportError:  # Windows
        raise UsageError(
            _("This terminal would show what is typed."), _("Pipe the secret in: … | avdesk auth set")
        ) from None
    try:
        descriptor = stream.fileno()
        before = termios.tcgetattr(descriptor)
        quiet = termios.tcgetattr(descriptor)
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, quiet)
    except (OSError, ValueError, termios.error):
        raise UsageError(
            _("This terminal would show what is typed."), _("Pipe the secret in: … | avdesk auth set")
        ) from None
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)


def _ask(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)  # noqa: T201 - stdout is for results
