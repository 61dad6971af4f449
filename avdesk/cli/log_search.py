"""`logs search`: the lines of a log that hold a text or match an expression, as they are found, the oldest first."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command, session_of
from avdesk.cli.ending import Terminated, orderly_end
from avdesk.cli.exit_codes import Exit
from avdesk.cli.log_choice import Meant, moment, options, what_is_meant
from avdesk.cli.session import tell
from avdesk.core.errors import UsageError
from avdesk.core.logsearch import Wanted
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.cli.log_print import Finder, Printer
    from avdesk.services.logs.pattern import Pattern
    from avdesk.services.logs.source import LogSource

USUAL_SINCE = timedelta(hours=24)
"""How far back a log at Cloud Logging is searched unless it is said."""


def build() -> click.Command:
    """Return the command."""
    return Command(
        "search",
        callback=_search,
        params=[
            click.Argument(["pattern"], metavar=_("PATTERN")),
            click.Option(
                ["--since"],
                metavar=_("TIME"),
                help=_("Only entries since then: 30m, 2h, 1d ago, or a date and time. Without it: 1d; files: all."),
            ),
            click.Option(
                ["--regex"], is_flag=True, help=_("PATTERN is a regular expression (RE2); else it is plain text.")
            ),
            *options(),
        ],
        short=_("Search a log."),
        about=_(
            "Print the lines of a log that hold PATTERN, the oldest first. Capitals matter only if PATTERN has any. "
            "Nothing found is no error: the exit code is 0."
        ),
    )


@click.pass_context
def _search(
    context: click.Context,
    *,
    pattern: str,
    since: str | None,
    regex: bool,
    source: str | None,
    job: str | None,
    severity: str | None,
    as_json: bool,
) -> int:
    session = session_of(context)
    meant = what_is_meant(source, job, severity)
    if meant.nothing_yet(session):
        tell(_("AVDesk has not logged anything yet."))
        return Exit.FINE
    begin = moment(since) if since is not None else None
    if begin is None and not meant.of_a_file and not meant.ends:
        begin = datetime.now(UTC) - USUAL_SINCE
    wanted = Wanted(pattern, regex=regex)
    find = _finder(understood(wanted))
    from avdesk.cli.log_print import Printer
    from avdesk.cli.log_waiting import opened

    printer = Printer(as_json=as_json, as_they_are=meant.of_a_file, find=find)
    start = begin if begin is not None or meant.of_a_file else datetime.fromtimestamp(0, UTC)
    with orderly_end(), opened(meant.open(session, newest=1, since=start, follow=False)) as log:
        try:
            search(log, meant, wanted, begin, printer)
        except Terminated:
            return Exit.FINE
    return Exit.FINE


def understood(wanted: Wanted) -> "Pattern":
    """Return what is wanted as a pattern.

    Raises:
        UsageError: it is none.
    """
    from avdesk.services.logs.pattern import PatternError, compiled

    try:
        return compiled(wanted)
    except PatternError as error:
        raise UsageError(error.message, error.advice or _("See “avdesk logs search --help”.")) from None


def search(log: "LogSource", meant: Meant, wanted: Wanted, since: datetime | None, printer: "Printer") -> None:
    """Print what is found while the log is being read.

    Raises:
        KnownError: it cannot be read.
    """
    from dataclasses import replace

    from avdesk.cli.log_print import entries_of, lines_of, ranges_of
    from avdesk.cli.log_waiting import load
    from avdesk.services.logs.news import News

    book, news = log.book, News(log.book)
    selection = replace(meant.selection(since), wanted=wanted)
    printed: set[int] = set()

    def found() -> Iterator[range]:
        for part in news.ranges():
            for piece in book.scan(selection, part.start, part.stop):
                yield from ranges_of(piece.numbers)

    def print_found() -> None:
        for part in found():
            if not printer.as_json:
                for line in lines_of(book, [part]):
                    printer.line(line)
                continue
            for number in part:
                entry = book.entry(number)
                if entry.start not in printed:
                    printed.add(entry.start)
                    for lines in entries_of(book, [entry]):
                        printer.entry(lines)
        printer.flush()

    load(log, print_found)


def _finder(pattern: "Pattern") -> "Finder":
    """Return what finds the pattern in a text, by characters."""

    def find(text: str) -> tuple[int, int]:
        raw = text.encode("utf-8", "replace")
        start, end = pattern.find(raw, 0, len(raw))
        if start < 0:
            return -1, -1
        return len(raw[:start].decode("utf-8", "replace")), len(raw[:end].decode("utf-8", "replace"))

    return find
