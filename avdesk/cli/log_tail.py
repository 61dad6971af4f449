"""`logs tail`: the last entries of a log, and with `-f` the new ones as they come."""

import time
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command, session_of
from avdesk.cli.ending import Terminated, orderly_end
from avdesk.cli.exit_codes import Exit
from avdesk.cli.log_choice import Meant, options, what_is_meant
from avdesk.cli.numbers import Number
from avdesk.cli.session import tell
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.cli.log_print import Printer
    from avdesk.core.logline import LogLine
    from avdesk.services.logs.source import LogSource

DEFAULT_LINES = 50
MOST_LINES = 100_000
MOST_PAGES_BACK = 30
"""Pages of older entries that are looked through for those that are wanted."""

SETTLES_S = 0.6
"""After so long without more an entry of a file counts as complete."""


def build() -> click.Command:
    """Return the command."""
    return Command(
        "tail",
        callback=_tail,
        params=[
            click.Option(
                ["-n", "--lines", "count"],
                type=Number(0, MOST_LINES, whole=True),
                metavar=_("COUNT"),
                default=DEFAULT_LINES,
                help=_("So many of the newest entries; {count} without it.").format(count=DEFAULT_LINES),
            ),
            click.Option(
                ["-f", "--follow"], is_flag=True, help=_("Go on with new entries until Ctrl-C, or the job's end.")
            ),
            *options(),
        ],
        short=_("The newest entries of a log."),
        about=_("Print the newest entries of a log, and with -f the new ones as they come."),
    )


@click.pass_context
def _tail(
    context: click.Context,
    *,
    count: float,
    follow: bool,
    source: str | None,
    job: str | None,
    severity: str | None,
    as_json: bool,
) -> int:
    session = session_of(context)
    meant = what_is_meant(source, job, severity)
    if meant.nothing_yet(session) and not follow:
        tell(_("AVDesk has not logged anything yet."))
        return Exit.FINE
    from avdesk.cli.log_print import Printer
    from avdesk.cli.log_waiting import opened

    printer = Printer(as_json=as_json, as_they_are=meant.of_a_file)
    with orderly_end(), opened(meant.open(session, newest=max(1, int(count)), follow=follow)) as log:
        try:
            Tail(log, meant, printer).run(int(count), follow=follow)
        except Terminated:
            return Exit.FINE
    return Exit.FINE


class Tail:
    """Prints what a source tells."""

    def __init__(self, source: "LogSource", meant: Meant, printer: "Printer") -> None:
        from avdesk.services.logs.news import News

        self._source = source
        self._selection = meant.selection()
        self._of_a_file = meant.of_a_file
        self._printer = printer
        self._news = News(source.book)
        self._holds = meant.of_a_file and printer.as_json
        self._held: list[LogLine] = []
        self._held_since = 0.0
        self._takes = False

    def run(self, count: int, *, follow: bool) -> None:
        """Print the newest entries, and follow the log if that is wanted.

        Raises:
            KnownError: the log cannot be read.
        """
        from avdesk.cli import log_waiting

        if follow and self._of_a_file:
            self._load_file()
        else:
            log_waiting.load(self._source)
        for entry in self._last(count):
            self._printer.entry(entry)
        self._printer.flush()
        self._news.skip()
        if follow:
            log_waiting.follow(self._source, self._print_new)
            self._release(at_once=True)

    def _load_file(self) -> None:
        """Read what there is; a file that does not exist yet is waited for afterwards."""
        while self._source.view.loading:
            self._source.step()

    def _last(self, count: int) -> "list[list[LogLine]]":
        """Return the newest entries that are wanted, older pages looked through where there are too few."""
        found = self._in_book(count)
        for _page in range(MOST_PAGES_BACK):
            if len(found) >= count or not self._source.view.older:
                break
            self._source.older()
            found = self._in_book(count)
        return found

    def _in_book(self, count: int) -> "list[list[LogLine]]":
        from avdesk.cli.log_print import entries_of, ranges_of

        if count <= 0:
            return []
        book = self._source.book
        heads: dict[int, None] = {}
        for piece in book.scan(self._selection, backwards=True):
            for number in piece.numbers:
                heads.setdefault(book.entry(number).start)
                if len(heads) > count:
                    break
            if len(heads) >= count:
                break
        wanted = sorted(heads, reverse=True)[:count]
        numbers = sorted(number for head in wanted for number in book.entry(head))
        return list(entries_of(book, ranges_of(numbers)))

    def _print_new(self) -> None:
        """Print what has come.

        An entry of a file that becomes one object is held back until it is complete: a traceback comes in pieces.
        """
        from avdesk.cli.log_print import entries_of

        ranges = self._news.ranges()
        if self._news.begun_anew:
            self._release(at_once=True)
            tell(_("The file was written anew."))
        for entry in entries_of(self._source.book, ranges):
            continues = entry[0].continuation
            if not continues:
                self._takes = self._selection.takes(entry[0])
            if not self._takes:
                continue
            if self._held and continues:
                self._held += entry
            else:
                self._release(at_once=True)
                self._held = entry
            self._held_since = time.monotonic()
        self._release(at_once=not self._holds)

    def _release(self, *, at_once: bool) -> None:
        if self._held and (at_once or time.monotonic() - self._held_since >= SETTLES_S):
            self._printer.entry(self._held)
            self._held = []
            self._printer.flush()
