"""Loading and following a log in the command line: patience with what passes, an end with what does not."""

import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from avdesk.cli.session import tell
from avdesk.core.errors import AvdeskError, NotAllowedError, RateLimitedError, ServerFailedError, UsageError
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.services.logs.source import LogSource

SLICE_S = 0.5
TRIES = 3
"""So often in a row a server may fail before the first lines are given up."""


@contextmanager
def opened(source: "LogSource") -> Iterator["LogSource"]:
    """Close a source and its book at the end."""
    try:
        yield source
    finally:
        source.close()
        source.book.close()


def load(source: "LogSource", came: Callable[[], None] = lambda: None) -> None:
    """Step until the first lines are there; `came` is called after each step.

    Raises:
        KnownError: they cannot be had.
    """
    failures, told = 0, False
    while True:
        waits = source.step()
        came()
        if source.view.heard_at is not None and not source.view.loading:
            return
        trouble = source.view.trouble
        if trouble is None:
            failures = 0
        elif isinstance(trouble, RateLimitedError) and source.view.heard_at is not None:
            if not told:
                tell(trouble.message)
            told = True
        else:
            failures += 1
            if failures >= TRIES or not isinstance(trouble, ServerFailedError):
                raise _told(trouble)
        wait(waits)


def follow(source: "LogSource", came: Callable[[], None]) -> None:
    """Step for as long as more is expected, telling once on stderr when it is interrupted, and when it goes on.

    Raises:
        KnownError: it is not allowed any more.
    """
    interrupted: AvdeskError | None = None
    while source.book.growing:
        waits = source.step()
        came()
        trouble = source.view.trouble
        if isinstance(trouble, NotAllowedError):
            raise trouble
        if trouble is not None and interrupted is None:
            _tell_trouble(trouble)
        elif trouble is None and interrupted is not None:
            tell(_("The log goes on."))
        interrupted = trouble
        wait(waits)


def _told(trouble: AvdeskError) -> AvdeskError:
    """Return the error of a source as the command line's: a file that cannot be read is wrong use of it."""
    from avdesk.services.logs.filefollow import FileOpenError

    if not isinstance(trouble, FileOpenError):
        return trouble
    return UsageError(trouble.message, _("Check its name and its permissions; a file to come is waited for with -f."))


def _tell_trouble(trouble: AvdeskError) -> None:
    tell(trouble.message)
    if trouble.advice:
        tell(trouble.advice)


def wait(seconds: float) -> None:
    """Wait, but not for somebody who no longer reads.

    Raises:
        BrokenPipeError: stdout's reader has gone.
    """
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if reader_has_gone(min(left, SLICE_S)):
            raise BrokenPipeError


def reader_has_gone(within_s: float) -> bool:
    """Return whether the other end of stdout's pipe is closed, at once when it is, else after the time."""
    if sys.platform == "win32":
        time.sleep(within_s)
        return False
    try:
        poller = select.poll()
        poller.register(sys.stdout.fileno(), 0)
        return any(event & (select.POLLERR | select.POLLHUP) for _fd, event in poller.poll(within_s * 1000))
    except (OSError, ValueError):  # no file at all
        time.sleep(within_s)
        return False
