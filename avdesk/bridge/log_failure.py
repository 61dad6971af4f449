"""The line of a log that says why its job failed, found from the end."""

from avdesk.bridge.log_errands import Stopped
from avdesk.core.failure_line import failure_line
from avdesk.core.logline import LogLine, Severity
from avdesk.core.logsearch import Selection
from avdesk.services.logs.book import Book

MOST_LINES = 600
"""So many of the last lines that could say it are looked at."""


def failure_number(book: Book, error: str, stopped: Stopped) -> int | None:
    """Return the number of the line that says why a job failed; None where no line does.

    `error` is what the job itself says.
    """
    numbers: list[int] = []
    for found in book.scan(Selection(least=Severity.WARNING), backwards=True):
        numbers += found.numbers
        if len(numbers) >= MOST_LINES or stopped():
            break
    lines: list[LogLine] = []
    for number in sorted(numbers[:MOST_LINES]):
        lines += book.lines(number, 1)
    told = failure_line(lines, error)
    if told is None and error:
        tail = book.lines(max(0, book.count() - MOST_LINES), MOST_LINES)
        told = failure_line(tail, error)
    return None if told is None else told.number
